"""`python -m calcinosis` is `calcinosis`, for a machine whose path does not hold it."""

import sys

from calcinosis.cli import main

sys.exit(main())
