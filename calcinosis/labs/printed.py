"""An interval as a report prints it, which wins over any table."""

import re
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.labs.intervals import Interval

_LIMIT = r"\d+(?:[.,]\d+)?|[.,]\d+"
_TWO_LIMITS = re.compile(rf"({_LIMIT})\s*([^\d\s-][^\d-]*?)?\s*(?:-|to|bis|\.\.\.?|…)\s*({_LIMIT})\s*(\D.*)?")
_ONE_LIMIT = re.compile(rf"(<=|>=|=<|=>|[<>≤≥]|up to|below|under|above|over)\s*({_LIMIT})\s*(\D.*)?", re.IGNORECASE)
_UPPER = {"<": True, "≤": False, "<=": False, "=<": False, "up to": False, "below": True, "under": True}
_LOWER = {">": True, "≥": False, ">=": False, "=>": False, "above": True, "over": True}


def parse_interval(analyte: str, text: str, value_unit: str) -> Interval:
    """Read an interval as printed on a report.

    Parameters
    ----------
    analyte : str
        Id, name or alias.
    text : str
        For example ``"2.10-2.55"``, ``"35–51 g/L"``, ``"<5"``, ``">= 3 mg/dL"``.
    value_unit : str
        Unit of the value beside it; the interval's unit where it states none.

    Returns
    -------
    Interval
        Marked as printed.

    Raises
    ------
    InputError
        It cannot be read, is upside down, or lies beyond what the course accepts in that unit.

    Examples
    --------
    >>> parse_interval("calcium", "2,10-2,55", "mmol/L").shown(), parse_interval("crp", "<5", "mg/L").shown()
    ('2.10–2.55 mmol/L', '< 5 mg/L')
    """
    about = units.analyte(analyte)
    if not isinstance(text, str):
        raise InputError(f"The printed interval of {about.name} is not text; write it as in “2.10-2.55 mmol/L”.")
    plain = units.plain(text).strip("()[] ")
    named = f"The printed interval of {about.name}, {units.quoted(text)},"
    two, one = _TWO_LIMITS.fullmatch(plain), _ONE_LIMIT.fullmatch(plain)
    if two is not None:
        low, first_unit, high, unit = two.groups()
        strict = False
        if first_unit and unit and first_unit.strip() != unit.strip():
            raise InputError(f"{named} has two units; write one.")
        unit = unit or first_unit
    elif one is not None:
        sign, limit, unit = one.groups()
        upper = sign.lower() in _UPPER
        strict = (_UPPER if upper else _LOWER)[sign.lower()]
        low, high = (None, limit) if upper else (limit, None)
    else:
        raise InputError(f"{named} cannot be read; write it as in “2.10-2.55 mmol/L” or “<5 mg/L”.")
    stated = (unit or "").strip()
    spec = about.spec(stated or value_unit)
    limits = [None if x is None else float(x.replace(",", ".")) for x in (low, high)]
    if None not in limits and limits[0] >= limits[1]:
        raise InputError(f"{named} runs from the higher to the lower limit; write the lower one first.")
    _refuse_wrong_unit(named, about, spec, limits, stated)
    return Interval(
        about.id, limits[0], limits[1], spec.unit, printed=True, strict=strict, applies="printed on the report"
    )


def _refuse_wrong_unit(named: str, about: Any, spec: Any, limits: list[float | None], stated: str) -> None:
    """Refuse limits that no value could have in this unit: an interval read in the wrong one flags everybody."""
    low, high = spec.hard
    # A lower limit of 0 is printed for many analytes and harms nobody.
    outside = [x for x in limits if x and ((low is not None and x < low) or (high is not None and x > high))]
    if outside:
        read = "" if stated else f", read in {spec.unit} like the value,"
        raise InputError(f"{named}{read} lies beyond what this course accepts for {about.name} in {spec.unit}; "
                         "write the interval with its own unit.")  # fmt: skip
