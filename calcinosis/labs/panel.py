"""A panel from typed values: rows with their flags, derived values, notices, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas import Result
from calcinosis.labs.cross_checks import cross_checks
from calcinosis.labs.derived import derived_values
from calcinosis.labs.flags import Row, flag
from calcinosis.labs.intervals import Interval, interval_for, rows_of
from calcinosis.labs.printed import parse_interval
from calcinosis.units import Age, Notice, Quantity

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
    derived, more = derived_values(by_id, known_age, known_sex)
    notices += [*more, *cross_checks(by_id, derived)]
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
    without = [row for row in rows if row.interval is None and rows_of(row.quantity.analyte)]
    if not without:
        return []
    names = ", ".join(row.name for row in without)
    if age is None:
        mend = "add age=58, or the interval printed on the report."
        return [Notice("no-age", f"No age is given, so no interval was chosen for {names}: {mend}")]
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
    return any(row.sex is not None and row.age_min_years <= age_years < row.age_max_years for row in rows_of(key))
