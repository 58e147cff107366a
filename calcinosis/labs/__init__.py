"""Laboratory panels: reference intervals, flags, derived values with their caveats, and what is missing.

The interval printed on the report wins over any table; a child is never judged by an adult interval; where laboratories
disagree about a limit there is no flag between their limits; every flag judges the value as displayed. A formula is
never shown without its warning. For teaching, not for patient care.

``intervals`` chooses a reference interval and ``printed`` reads one from a report, ``flags`` judges a value by it;
``panel`` reads typed values and gathers what ``derived`` computes and ``cross_checks`` notices; ``arrays`` does it for
a population.
"""

from calcinosis.labs.arrays import derived_of_arrays, flags_of_arrays
from calcinosis.labs.flags import FLAG_CODES, MISSING, Flag, Row, flag
from calcinosis.labs.intervals import Interval, interval_for
from calcinosis.labs.panel import MINERAL_PANEL, Panel, missing_name, read_panel
from calcinosis.labs.printed import parse_interval

__all__ = [
    "FLAG_CODES",
    "MINERAL_PANEL",
    "MISSING",
    "Flag",
    "Interval",
    "Panel",
    "Row",
    "derived_of_arrays",
    "flag",
    "flags_of_arrays",
    "interval_for",
    "missing_name",
    "parse_interval",
    "read_panel",
]
