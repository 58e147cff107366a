"""How a value, as displayed, lies to its interval."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.labs.intervals import Interval
from calcinosis.units import Quantity


class Flag(StrEnum):
    """How a displayed value lies to its reference interval."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    DIFFERS = "laboratories differ"
    NO_INTERVAL = "no interval"


FLAG_CODES = {Flag.LOW: -1, Flag.NORMAL: 0, Flag.HIGH: 1, Flag.DIFFERS: 2, Flag.NO_INTERVAL: 3}
"""Codes that :func:`flags_of_arrays` returns."""
MISSING = 9
"""Code of a value that is not there (NaN)."""


def flag(quantity: Quantity, interval: Interval | None) -> Flag:
    """Judge a value, as displayed in its own unit, by an interval.

    Parameters
    ----------
    quantity : Quantity
        The value.
    interval : Interval or None
        In any unit of the analyte.

    Returns
    -------
    Flag
        ``NO_INTERVAL`` without interval; ``DIFFERS`` between the limits that laboratories quote.

    Raises
    ------
    InputError
        The interval belongs to another analyte.

    Examples
    --------
    >>> flag(units.parse("phosphate", "3.0 mg/dL"), Interval("phosphate", 0.97, 1.45, "mmol/L")).value
    'normal'
    """
    if interval is None:
        return Flag.NO_INTERVAL
    if interval.analyte != quantity.analyte:
        raise InputError(f"An interval of {interval.analyte} cannot judge {quantity.analyte}; use its own interval.")
    unit = quantity.unit
    shown = units.rounded(quantity.value, quantity.about.spec(unit).decimals)
    lows = [x for x in (interval.limit("low", unit), interval.limit("differs_low", unit)) if x is not None]
    highs = [x for x in (interval.limit("high", unit), interval.limit("differs_high", unit)) if x is not None]
    if interval.strict and shown in (*lows, *highs):
        return Flag.LOW if shown in lows else Flag.HIGH
    # Outside every laboratory's limit is a flag, outside one only is not.
    if lows and shown < min(lows):
        return Flag.LOW
    if highs and shown > max(highs):
        return Flag.HIGH
    outside_one = (lows and shown < max(lows)) or (highs and shown > min(highs))
    return Flag.DIFFERS if outside_one else Flag.NORMAL


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a panel: the value as typed, the interval it was judged by, the flag."""

    name: str
    quantity: Quantity
    interval: Interval | None
    flag: Flag

    def as_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        interval = self.interval
        return {
            "analyte": self.quantity.analyte,
            "name": self.quantity.label or self.name,
            "value": self.quantity.value,
            "unit": self.quantity.unit,
            "shown": self.quantity.both(),
            "flag": self.flag.value,
            "interval": None if interval is None else interval.shown(self.quantity.unit),
            "interval_from": None if interval is None else interval.applies,
            "source": [] if interval is None else list(interval.source),
        }
