"""Build, then check: a fault in a source must be seen even by an author who did not forget to build."""

import sys

from calcinosis.cli import main

if __name__ == "__main__":
    sys.exit(main(["build"]) or main(["check"]))
