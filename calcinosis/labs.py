"""Laboratory panels: reference intervals, flags, derived values with their caveats, and what is missing.

The interval printed on the report wins over any table; a child is never judged by an adult interval; where laboratories
disagree about a limit there is no flag between their limits; every flag judges the value as displayed. A formula is
never shown without its warning. For teaching, not for patient care.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from calcinosis import content, formulas, units
from calcinosis.errors import InputError
from calcinosis.formulas import Result
from calcinosis.units import Age, Notice, Quantity

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
    "parse_interval",
    "read_panel",
]

MINERAL_PANEL = (
    "calcium_total",
    "calcium_ionised",
    "phosphate",
    "pth",
    "creatinine",
    "magnesium",
    "vitd_25oh",
    "albumin",
    "alp",
)
"""What a mineral panel should hold; anything absent is named."""


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


@dataclass(frozen=True, slots=True)
class Interval:
    """A reference interval in its own unit.

    Parameters
    ----------
    analyte : str
        Id of the analyte.
    low, high : float or None
        Limits, which belong to the interval; None for an open end.
    unit : str
        Unit of all limits.
    differs_low, differs_high : float or None
        The limit that another laboratory quotes, inside or outside `low` to `high`; between the two no flag is given.
    printed : bool
        True when it stood on the report.
    strict : bool
        True when a printed bound such as ``<5`` excludes the limit itself.
    applies, note : str
        For whom, and what to know about it.
    source : tuple of str
        Source ids.
    """

    analyte: str
    low: float | None
    high: float | None
    unit: str
    differs_low: float | None = None
    differs_high: float | None = None
    printed: bool = False
    strict: bool = False
    applies: str = ""
    note: str = ""
    source: tuple[str, ...] = ()

    def limit(self, which: str, unit: str) -> Decimal | None:
        """Return one limit as the reader of `unit` sees it: as given in its own unit, else converted and rounded."""
        value = getattr(self, which)
        if value is None:
            return None
        if unit == self.unit:
            return Decimal(repr(float(value)))
        about = units.analyte(self.analyte)
        return units.rounded(units.convert(value, about, self.unit, unit), about.spec(unit).decimals)

    def shown(self, unit: str | None = None) -> str:
        """Return the interval as displayed in a unit.

        Examples
        --------
        >>> Interval("calcium_total", 2.15, 2.55, "mmol/L").shown("mg/dL")
        '8.6–10.2 mg/dL'
        """
        about = units.analyte(self.analyte)
        unit = about.spec(self.unit if unit is None else unit).unit
        decimals = about.spec(unit).decimals
        texts = [
            None if x is None else _limit_text(x, decimals) for x in (self.limit("low", unit), self.limit("high", unit))
        ]
        if texts[0] is None:
            return f"{'<' if self.strict else '≤'} {texts[1]} {unit}".rstrip()
        if texts[1] is None:
            return f"{'>' if self.strict else '≥'} {texts[0]} {unit}".rstrip()
        return f"{texts[0]}–{texts[1]} {unit}".rstrip()

    def both(self) -> str:
        """Return the interval in both systems, SI first: ``"2.15–2.55 mmol/L (8.6–10.2 mg/dL)"``."""
        about = units.analyte(self.analyte)
        other = about.other_unit(about.si_unit)
        return self.shown(about.si_unit) if other is None else f"{self.shown(about.si_unit)} ({self.shown(other)})"


def _limit_text(limit: Decimal, decimals: int) -> str:
    """Return a limit with at least the displayed digits and never fewer than it was given with."""
    own = max(0, -limit.normalize().as_tuple().exponent)
    return f"{limit:.{max(own, decimals)}f}".replace("-", "−")


# --- choosing an interval ---------------------------------------------------------------------------------------------


def interval_for(analyte: str, *, sex: str | None = None, age_years: float | None = None) -> Interval | None:
    """Return the course's reference interval for a person, or None where it has none.

    Parameters
    ----------
    analyte : str
        Id, name or alias.
    sex : {"female", "male"}, optional
        Needed where the interval differs.
    age_years : float, optional
        Without an age there is no interval: a child must never be judged by an adult's.

    Returns
    -------
    Interval or None
        None when the age is not given or not covered, or the sex is needed and not given.

    Raises
    ------
    InputError
        Unknown analyte, or a sex that is neither female nor male.

    Examples
    --------
    >>> interval_for("calcium", age_years=40).both()
    '2.15–2.55 mmol/L (8.6–10.2 mg/dL)'
    >>> interval_for("calcium") is None
    True
    """
    key = units.analyte(analyte).id
    sex = None if sex is None else units.parse_sex(sex)
    if age_years is None:
        return None
    for row in _rows_of(key):
        if row.age_min_years <= age_years < row.age_max_years and row.sex in (None, sex):
            return _from_row(row)
    return None


_by_analyte: tuple[Any, dict[str, list[Any]]] | None = None


def _rows_of(key: str) -> list[Any]:
    """Return the interval rows of an analyte, grouped once per reading of the content."""
    global _by_analyte
    rows = content.intervals()
    if _by_analyte is None or _by_analyte[0] is not rows:
        grouped: dict[str, list[Any]] = {}
        for row in rows.values():
            grouped.setdefault(row.analyte, []).append(row)
        _by_analyte = (rows, grouped)
    return _by_analyte[1].get(key, [])


def _from_row(row: Any) -> Interval:
    return Interval(
        row.analyte, row.low, row.high, units.analyte(row.analyte).spec(row.unit).unit,
        row.differs_low, row.differs_high, applies=row.applies, note=row.note or "", source=tuple(row.source),
    )  # fmt: skip


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


# --- flags ------------------------------------------------------------------------------------------------------------


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


# --- panels -----------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Panel:
    """A read panel: rows, derived values, notices, and what a mineral panel would hold besides."""

    rows: tuple[Row, ...]
    derived: Mapping[str, Result]
    notices: tuple[Notice, ...]
    missing: tuple[str, ...]
    age: Age | None = None
    sex: str | None = None
    by_id: Mapping[str, Row] = field(default_factory=dict, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Return what `panel --json` prints."""
        return {
            "patient": {"age": None if self.age is None else self.age.typed, "sex": self.sex},
            "flags": {row.name: row.flag.value for row in self.rows},
            "rows": [row.as_dict() for row in self.rows],
            "derived": {name: _derived_dict(name, result, self.derived) for name, result in self.derived.items()},
            "warnings": [notice.text for notice in self.notices],
            "missing": [missing_name(key) for key in self.missing],
        }


def _derived_dict(name: str, result: Result, derived: Mapping[str, Result]) -> dict[str, Any]:
    full = result.as_dict()
    kept = {key: full[key] for key in ("title", "value", "unit", "also", "shown", "more", "formula", "source")}
    if name == "egfr" and "kdigo" in derived:
        kept["category"] = str(derived["kdigo"].value).split()[0]
    return kept


def missing_name(key: str) -> str:
    """Return how a missing analyte is named: ``"25-hydroxyvitamin D, 25(OH)D"``."""
    about = units.analyte(key)
    return f"{about.name}, {about.short}" if about.short.casefold() != about.name.casefold() else about.name


def read_panel(
    values: Mapping[str, str | Quantity],
    age: str | Age | None = None,
    sex: str | None = None,
    printed: Mapping[str, str] | None = None,
) -> Panel:
    """Read a laboratory panel: flags, derived values with caveats, what is missing.

    Parameters
    ----------
    values : Mapping[str, str]
        Text with unit by analyte name: ``{"calcium": "2.9 mmol/L"}``.
    age : str, optional
        ``"58"`` (years), ``"5 months"``, ``"3 weeks"``. Without it no table interval is used.
    sex : str, optional
        ``"female"`` or ``"male"``.
    printed : Mapping[str, str], optional
        Intervals as printed on the report, by the same names; they win over the table.

    Returns
    -------
    Panel
        Nothing in it is guessed: what cannot be judged or computed is named in ``notices`` or ``missing``.

    Raises
    ------
    InputError
        An unknown analyte, one given twice, a value that is refused, or no value at all.

    Examples
    --------
    >>> panel = read_panel({"calcium": "14.9 mg/dL", "albumin": "4.0 g/dL"}, age="56", sex="female")
    >>> panel.rows[0].flag.value, panel.derived["corrected-calcium"].shown()
    ('high', '14.9 mg/dL')
    """
    if not isinstance(values, Mapping) or not values:
        raise InputError('A panel needs at least one value with its unit, as in calcium="2.9 mmol/L".')
    known_age = age if age is None or isinstance(age, Age) else units.parse_age(age)
    known_sex = None if sex is None else units.parse_sex(sex)
    quantities = _read_values(values)
    intervals = _read_printed(printed or {}, quantities)
    rows, notices = [], []
    for key, (name, quantity) in quantities.items():
        notices += [*quantity.notices, *units.soft_warnings(quantity)]
        interval = intervals.get(key)
        if interval is None:
            interval = interval_for(key, sex=known_sex, age_years=None if known_age is None else known_age.years)
        rows.append(Row(name, quantity, interval, flag(quantity, interval)))
    by_id = {row.quantity.analyte: row for row in rows}
    notices += _about_intervals(rows, known_age, known_sex)
    derived, more = _derived(by_id, known_age, known_sex)
    notices += [*more, *_cross_checks(by_id, derived)]
    missing = tuple(key for key in MINERAL_PANEL if key not in by_id)
    return Panel(tuple(rows), derived, tuple(dict.fromkeys(notices)), missing, known_age, known_sex, by_id)


def _read_values(values: Mapping[str, str | Quantity]) -> dict[str, tuple[str, Quantity]]:
    quantities: dict[str, tuple[str, Quantity]] = {}
    for typed, text in values.items():
        about = units.analyte(typed)
        if about.id in quantities:
            raise InputError(
                f"{about.name} is given twice, as {quantities[about.id][0]} and as {typed}; write it once."
            )
        quantity = text if isinstance(text, Quantity) else units.parse(typed, text)
        if quantity.analyte != about.id:
            raise InputError(f"{typed} holds a value of {quantity.analyte}; write it under its own name.")
        quantities[about.id] = (str(typed), quantity)
    return quantities


def _read_printed(printed: Mapping[str, str], quantities: Mapping[str, tuple[str, Quantity]]) -> dict[str, Interval]:
    intervals = {}
    for typed, text in printed.items():
        key = units.analyte(typed).id
        if key not in quantities:
            raise InputError(
                f"An interval is printed for {typed}, but no value is given; add the value or drop the interval."
            )
        intervals[key] = parse_interval(key, text, quantities[key][1].unit)
    return intervals


def _about_intervals(rows: list[Row], age: Age | None, sex: str | None) -> list[Notice]:
    """Say why values have no interval, once per reason."""
    without = [row for row in rows if row.interval is None and _rows_of(row.quantity.analyte)]
    if not without:
        return []
    names = ", ".join(row.name for row in without)
    if age is None:
        text = f"No age is given, so no interval was chosen for {names}: add age=58, or the report's own interval."
        return [Notice("no-age", text)]
    unsexed = [row for row in without if sex is None and _needs_sex(row.quantity.analyte, age.years)]
    notices = []
    if unsexed:
        names = ", ".join(row.name for row in unsexed)
        notices.append(Notice("no-sex", f"The interval of {names} depends on sex: add sex=female or sex=male."))
    rest = ", ".join(row.name for row in without if row not in unsexed)
    if rest:
        text = f"No interval for this age ({age.typed}): {rest} is not flagged; use the interval printed on the report."
        notices.append(Notice("no-interval", text))
    return notices


def _needs_sex(key: str, age_years: float) -> bool:
    return any(row.sex is not None and row.age_min_years <= age_years < row.age_max_years for row in _rows_of(key))


# Which formulas a panel computes by itself, with the panel's analytes for each input.
_DERIVED = {
    "corrected-calcium": {"calcium": "calcium_total", "albumin": "albumin"},
    "corrected-calcium-1973": {"calcium": "calcium_total", "albumin": "albumin"},
    "ca-p-product": {"calcium": "calcium_total", "phosphate": "phosphate"},
    "anion-gap": {"sodium": "sodium", "chloride": "chloride", "bicarbonate": "bicarbonate"},
    "ionised-calcium-ph": {"ionised_calcium": "calcium_ionised", "ph": "ph"},
    "cccr": {
        "urine_calcium": "urine_calcium",
        "creatinine": "creatinine",
        "calcium": "calcium_total",
        "urine_creatinine": "urine_creatinine",
    },
    "trp": {
        "phosphate": "phosphate",
        "urine_phosphate": "urine_phosphate",
        "creatinine": "creatinine",
        "urine_creatinine": "urine_creatinine",
    },
}


def _derived(by_id: Mapping[str, Row], age: Age | None, sex: str | None) -> tuple[dict[str, Result], list[Notice]]:
    results: dict[str, Result] = {}
    notices: list[Notice] = []
    for name, wanted in _DERIVED.items():
        if all(key in by_id for key in wanted.values()):
            given = {inp: by_id[key].quantity for inp, key in wanted.items()}
            if name == "anion-gap" and "albumin" in by_id:
                given["albumin"] = by_id["albumin"].quantity
            _add(results, notices, name, given)
    if "trp" in results:
        if age is None:
            text = "TmP/GFR has one form for adults and one for children: add age=58 to have it computed."
            notices.append(Notice("tmp-needs-age", text))
        else:
            given = {inp: by_id[key].quantity for inp, key in _DERIVED["trp"].items()}
            _add(results, notices, "tmp-gfr" if age.years >= formulas.ADULT_YEARS else "tmp-gfr-child", given)
    _add_kidney(results, notices, by_id, age, sex)
    return results, notices


def _add(results: dict[str, Result], notices: list[Notice], name: str, given: Mapping[str, Any]) -> None:
    """Compute one formula; a refusal becomes a notice, so that one impossible ratio does not hide the whole panel."""
    try:
        results[name] = formulas.calculate(name, given)
    except InputError as refusal:
        notices.append(Notice(f"{name}-refused", f"{formulas.FORMULAS[name].title} is not given: {refusal}"))
        return
    notices.extend(results[name].warnings)


def _add_kidney(
    results: dict[str, Result], notices: list[Notice], by_id: Mapping[str, Row], age: Age | None, sex: str | None
) -> None:
    if "creatinine" in by_id:
        lacking = [f"{name}=" for name, value in (("age", age), ("sex", sex)) if value is None]
        if lacking:
            notices.append(Notice("egfr-needs", f"eGFR is not given: add {' and '.join(lacking)}."))
        elif age.years < formulas.ADULT_YEARS:
            text = f"eGFR is not given: the CKD-EPI 2021 equation is for adults, and the age is {age.typed}."
            notices.append(Notice("egfr-child", text))
        else:
            _add(results, notices, "egfr", {"creatinine": by_id["creatinine"].quantity, "age": age, "sex": sex})
    given = {}
    if "egfr" in results:
        given["egfr"] = results["egfr"].quantity
    elif "egfr" in by_id:
        given["egfr"] = by_id["egfr"].quantity
    if "acr" in by_id:
        given["acr"] = by_id["acr"].quantity
    if given:
        _add(results, notices, "kdigo", given)


# --- cross-checks -----------------------------------------------------------------------------------------------------

_HIGHEST_IONISED_SHARE = 0.65
_EDTA_CALCIUM_MMOL_L = 1.5
_EDTA_POTASSIUM_MMOL_L = 6.0
_CKD_BELOW_EGFR = 60


def _cross_checks(by_id: Mapping[str, Row], derived: Mapping[str, Result]) -> list[Notice]:
    """Return what several values say together; source of the EDTA pattern: ``rlbuht_spurious``, ``cornes2008``."""
    notices = []
    si = {key: row.quantity.si for key, row in by_id.items()}
    total, ionised = si.get("calcium_total"), si.get("calcium_ionised")
    if total is not None and ionised is not None and ionised > _HIGHEST_IONISED_SHARE * total:
        share = f"{100 * ionised / total:.0f} %"
        text = f"Ionised calcium is {share} of total calcium, more than 65 %: check both values and their units."
        notices.append(Notice("ionised-share", text))
    low_alp = "alp" in by_id and by_id["alp"].flag is Flag.LOW
    if (
        total is not None
        and total < _EDTA_CALCIUM_MMOL_L
        and si.get("potassium", 0) > _EDTA_POTASSIUM_MMOL_L
        and low_alp
    ):
        text = "Very low calcium, high potassium, low alkaline phosphatase: think of EDTA in the tube and repeat."
        notices.append(Notice("edta", text))
    if "corrected-calcium" in derived:
        notices += _about_corrected(by_id, derived)
    return notices


def _about_corrected(by_id: Mapping[str, Row], derived: Mapping[str, Result]) -> list[Notice]:
    notices = []
    kidney = derived.get("egfr")
    egfr = kidney.quantity if kidney else by_id["egfr"].quantity if "egfr" in by_id else None
    if egfr is not None and units.rounded(egfr.value, 0) < _CKD_BELOW_EGFR:
        text = (
            f"eGFR {egfr.shown()}: in CKD corrected calcium agrees less well with ionised calcium than the uncorrected "
        )
        notices.append(Notice("corrected-calcium-ckd", text + "total; measure ionised calcium."))
    if "calcium_ionised" in by_id:
        text = "Ionised calcium was measured: trust it before any correction formula."
        notices.append(Notice("ionised-measured", text))
    return notices


# --- arrays -----------------------------------------------------------------------------------------------------------

_SLICE = 1 << 15  # a slice of every array stays in the processor's cache


def flags_of_arrays(
    values: Mapping[str, np.ndarray],
    value_units: Mapping[str, str],
    *,
    age_years: np.ndarray | float,
    female: np.ndarray | bool,
) -> dict[str, np.ndarray]:
    """Flag many people's values at once, by the same rules as :func:`flag`.

    Parameters
    ----------
    values : Mapping[str, numpy.ndarray]
        One-dimensional values by analyte; NaN is missing.
    value_units : Mapping[str, str]
        Unit of each analyte's values.
    age_years : numpy.ndarray or float
        Ages, years; NaN gives no interval.
    female : numpy.ndarray of bool or bool
        True for women.

    Returns
    -------
    dict of numpy.ndarray of int8
        Codes of :data:`FLAG_CODES`, or :data:`MISSING`, by analyte.

    Raises
    ------
    InputError
        Unknown analyte or unit, no unit for an analyte, or arrays of different length.

    Examples
    --------
    >>> calcium = {"calcium_total": np.array([2.0, 2.3, 3.0, np.nan])}
    >>> flags_of_arrays(calcium, {"calcium_total": "mmol/L"}, age_years=40.0, female=True)["calcium_total"].tolist()
    [-1, 0, 1, 9]
    """
    size = _common_size(values, age_years, female)
    ages = np.broadcast_to(np.asarray(age_years, float), (size,))
    women = np.broadcast_to(np.asarray(female, bool), (size,))
    judges = {name: _array_judge(name, value_units.get(name), ages) for name in values}
    flags = {name: np.empty(size, np.int8) for name in values}
    for start in range(0, size, _SLICE):
        part = slice(start, start + _SLICE)
        for name, judge in judges.items():
            judge(np.asarray(values[name][part], float), ages[part], women[part], flags[name][part])
    return flags


def _common_size(values: Mapping[str, Any], *others: Any) -> int:
    sizes = {np.size(v) for v in (*values.values(), *others) if np.ndim(v) > 0}
    if len(sizes) != 1 or any(np.ndim(v) != 1 for v in values.values()):
        raise InputError("Arrays of a panel must be one-dimensional and of one length.")
    return sizes.pop()


def _array_judge(name: str, unit: str | None, ages: np.ndarray) -> Callable[..., None]:
    """Return a function that flags one slice of an analyte's values into an array of codes."""
    about = units.analyte(name)
    if unit is None:
        raise InputError(f"{name} has no unit; write it in value_units, as in {about.si_unit}.")
    spec = about.spec(unit)
    youngest, oldest = (np.nanmin(ages), np.nanmax(ages)) if not np.isnan(ages).all() else (0.0, -1.0)
    rows = [r for r in _rows_of(about.id) if r.age_min_years <= oldest and r.age_max_years > youngest]
    table = _limit_table(rows, spec.unit)
    everybody = (
        len(rows) == 1 and rows[0].sex is None and _covers(rows[0], youngest, oldest) and not np.isnan(ages).any()
    )
    differs = bool((table[:2, :-1] != table[2:, :-1]).any())

    def judge(values: np.ndarray, ages: np.ndarray, women: np.ndarray, out: np.ndarray) -> None:
        limits = table[:, 0] if everybody else table[:, _row_index(rows, ages, women)]
        shown = units.round_half_up(values, spec.decimals)
        _codes(shown, limits, differs, out)
        out[np.isnan(values)] = MISSING

    return judge


def _covers(row: Any, youngest: float, oldest: float) -> bool:
    return row.age_min_years <= youngest and oldest < row.age_max_years


def _limit_table(rows: list[Any], unit: str) -> np.ndarray:
    """Return four limits of each row as displayed in `unit`, and a last column of NaN for no interval.

    Outside the first two (the widest low and high) there is a flag, outside the last two laboratories differ.
    """
    table = np.full((4, len(rows) + 1), np.nan)
    for column, row in enumerate(rows):
        interval = _from_row(row)
        limits = [interval.limit(which, unit) for which in ("low", "differs_low", "high", "differs_high")]
        lows = [float(x) for x in limits[:2] if x is not None] or [-np.inf]
        highs = [float(x) for x in limits[2:] if x is not None] or [np.inf]
        table[:, column] = min(lows), max(highs), max(lows), min(highs)
    return table


def _row_index(rows: list[Any], ages: np.ndarray, women: np.ndarray) -> np.ndarray:
    """Return for each person the first row that fits, or the last column."""
    index = np.full(ages.shape, len(rows), np.intp)
    for number in range(len(rows) - 1, -1, -1):
        row = rows[number]
        fits = (ages >= row.age_min_years) & (ages < row.age_max_years)
        if row.sex is not None:
            fits &= women if row.sex == "female" else ~women
        index[fits] = number
    return index


def _codes(shown: np.ndarray, limits: np.ndarray, differs: bool, out: np.ndarray) -> None:
    lowest, highest, inner_low, inner_high = limits
    below, above = shown < lowest, shown > highest
    np.subtract(above.view(np.int8), below.view(np.int8), out=out)
    if differs:
        between = (shown < inner_low) | (shown > inner_high)
        between &= ~(below | above)
        out[between] = FLAG_CODES[Flag.DIFFERS]
    out[np.broadcast_to(np.isnan(lowest), out.shape)] = FLAG_CODES[Flag.NO_INTERVAL]


def derived_of_arrays(
    *,
    calcium_mmol_l: np.ndarray | None = None,
    albumin_g_l: np.ndarray | None = None,
    phosphate_mmol_l: np.ndarray | None = None,
    creatinine_umol_l: np.ndarray | None = None,
    age_years: np.ndarray | float | None = None,
    female: np.ndarray | bool | None = None,
) -> dict[str, np.ndarray]:
    """Compute the panel's derived values for many people at once.

    Parameters
    ----------
    calcium_mmol_l, albumin_g_l, phosphate_mmol_l, creatinine_umol_l : numpy.ndarray, optional
        One-dimensional; NaN is missing and stays NaN.
    age_years, female : numpy.ndarray or scalar, optional
        Needed for eGFR, which is NaN below 18 years.

    Returns
    -------
    dict of numpy.ndarray
        As far as the inputs allow: ``corrected_calcium_mmol_l``, ``corrected_calcium_1973_mmol_l``,
        ``ca_p_product_mmol2_l2``, ``ca_p_product_mg2_dl2``, ``egfr_ml_min_173``, ``kdigo_g`` (positions in
        :data:`calcinosis.formulas.KDIGO_G`, −1 without eGFR). Corrected calcium is unreliable below albumin 30 g/L.

    Raises
    ------
    InputError
        A value beyond the input limits of the course, or arrays of different length.

    Examples
    --------
    >>> found = derived_of_arrays(calcium_mmol_l=np.array([2.0, 2.4]), albumin_g_l=np.array([25.0, 40.0]))
    >>> found["corrected_calcium_mmol_l"].round(2).tolist()
    [2.3, 2.4]
    """
    given = {"calcium": calcium_mmol_l, "albumin": albumin_g_l, "phosphate": phosphate_mmol_l}
    given |= {"creatinine": creatinine_umol_l, "age": age_years, "female": female}
    given = {name: np.asarray(value) for name, value in given.items() if value is not None}
    measured = {name: value for name, value in given.items() if name not in ("age", "female")}
    size = _common_size(measured, *(given[name] for name in ("age", "female") if name in given))
    spread = {name: np.broadcast_to(value, (size,)) for name, value in given.items()}
    results: dict[str, np.ndarray] = {}
    for start in range(0, size, _SLICE):
        part = slice(start, start + _SLICE)
        for name, values in _derived_slice({key: value[part] for key, value in spread.items()}).items():
            if name not in results:
                results[name] = np.empty(size, values.dtype)
            results[name][part] = values
    return results


def _derived_slice(given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    results: dict[str, np.ndarray] = {}
    if {"calcium", "albumin"} <= given.keys():
        pair = given["calcium"], given["albumin"]
        results["corrected_calcium_mmol_l"] = formulas.corrected_calcium_popular(*pair)
        results["corrected_calcium_1973_mmol_l"] = formulas.corrected_calcium_1973(*pair)
    if {"calcium", "phosphate"} <= given.keys():
        product = formulas.calcium_phosphate_product(given["calcium"], given["phosphate"])
        results["ca_p_product_mmol2_l2"] = product
        results["ca_p_product_mg2_dl2"] = product * units.factor("ca_p_product", "mmol²/L²", "mg²/dL²")
    if {"creatinine", "age", "female"} <= given.keys():
        # The equation is for adults: a child's age becomes "missing", so its eGFR is missing too.
        adult = np.where(given["age"] >= formulas.ADULT_YEARS, given["age"], np.nan)
        creatinine = units.convert(given["creatinine"], "creatinine", "µmol/L", "mg/dL")
        results["egfr_ml_min_173"] = formulas.egfr_ckd_epi_2021(creatinine, adult, given["female"])
        results["kdigo_g"] = formulas.kdigo_g_index(results["egfr_ml_min_173"])
    return results
