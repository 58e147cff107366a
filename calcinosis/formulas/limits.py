"""What a formula accepts: a number inside the course's input limits, refused by the name of its parameter.

The limits of ``data/analytes.yml`` are design values, wide enough for any patient and narrow enough to catch most
values in the wrong unit. NaN is refused as a single value and stays NaN in an array.
"""

import math
from typing import Any

import numpy as np

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.units import Number


def given(name: str, value: Any, low: float, high: float) -> Number:
    """Return the value as float or array of floats, or refuse it by its parameter's name."""
    if value is None:
        raise InputError(f"{name} is missing; without it there is no result.")
    is_list = isinstance(value, np.ndarray | list | tuple)
    if isinstance(value, bool | np.bool_ | str | bytes) or not (np.isscalar(value) or is_list):
        raise InputError(f"{name}={units.quoted(value)} is not a number; text with a unit goes through calculate().")
    if np.isscalar(value):
        if isinstance(value, complex) or not math.isfinite(value):
            raise InputError(f"{name}={value} is not a finite number; without it there is no result.")
        if not low <= value <= high:
            raise InputError(f"{name}={value:g} is outside {low:g} to {high:g}; check the unit.")
        return float(value)
    array = np.asarray(value)
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name} holds {array.dtype} where numbers are needed.")
    # One pass for each end; NaN compares false and so passes through as missing.
    outside = (array < low) | (array > high)
    if outside.any():
        worst = array[outside].flat[0]
        raise InputError(f"{name}: {int(outside.sum())} values, first {worst:g}, are outside {low:g} to {high:g}; "
                         "check the unit.")  # fmt: skip
    return array


def within(name: str, value: Any, analyte: str, unit: str) -> Number:
    """Check a value against the hard limits of its analyte in the unit that its name promises."""
    low, high = units.analyte(analyte).spec(unit).hard
    return given(name, value, 0.0 if low is None else low, math.inf if high is None else high)
