"""Reference intervals: the record, and which one fits a person."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from calcinosis import content, units


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
    for row in rows_of(key):
        if row.age_min_years <= age_years < row.age_max_years and row.sex in (None, sex):
            return from_row(row)
    return None


_by_analyte: tuple[Any, dict[str, list[Any]]] | None = None


def rows_of(key: str) -> list[Any]:
    """Return the interval rows of an analyte, grouped once per reading of the content."""
    global _by_analyte
    rows = content.intervals()
    if _by_analyte is None or _by_analyte[0] is not rows:
        grouped: dict[str, list[Any]] = {}
        for row in rows.values():
            grouped.setdefault(row.analyte, []).append(row)
        _by_analyte = (rows, grouped)
    return _by_analyte[1].get(key, [])


def from_row(row: Any) -> Interval:
    """Return the interval of a row of the table."""
    return Interval(
        row.analyte, row.low, row.high, units.analyte(row.analyte).spec(row.unit).unit,
        row.differs_low, row.differs_high, applies=row.applies, note=row.note or "", source=tuple(row.source),
    )  # fmt: skip
