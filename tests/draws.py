"""How many random draws a property gets: a sample in the ordinary run, many in the long one, from one seed.

The ordinary run takes 100. The long one takes 20,000 for a property of one call and 2,000 for one that reads whole
panels or results: 2 to 45 seconds of processor time each, about five minutes together, which two workers share.
"""

import os

import pytest
from hypothesis import settings

SOAK = bool(os.environ.get("CALCINOSIS_SOAK"))


def _draws(in_the_long_run):
    def mark(test):
        # A busy machine is no fault of the code, hence no deadline.
        chosen = settings(max_examples=in_the_long_run if SOAK else 100, deadline=None, derandomize=True)
        return pytest.mark.soak(chosen(test))

    return mark


many = _draws(20_000)
"""For a property of one call."""
some = _draws(2_000)
"""For a property that reads whole panels or results."""
