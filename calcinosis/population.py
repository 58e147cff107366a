"""Where a value lies among people: weighted percentiles of NHANES 2017–2018.

These people are the population, not the healthy: everybody examined is in, ill, pregnant or on drugs. A percentile is
therefore never a limit of normality. ``scripts/nhanes.py`` says how the numbers were computed.
"""

import math
from dataclasses import dataclass

import numpy as np

from calcinosis import content, units
from calcinosis.errors import InputError

__all__ = ["Band", "Curve", "Place", "Regression", "analytes", "curve", "percentile_of", "percentiles", "regression"]

YOUNGEST_YEARS = 12
OLDEST_YEARS = 130
ADULT_YEARS = 18

_PERCENTS = {name: float(name[1:].replace("_", ".")) for name in
             ("p1", "p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5", "p99")}  # fmt: skip
_ORDINALS = {1: "1st", 2.5: "2.5th", 97.5: "97.5th", 99: "99th"}


@dataclass(frozen=True, slots=True)
class Band:
    """The group a value is compared with.

    ``sex`` is None for both sexes together; ``age_max_years`` is the first age that no longer belongs to it.
    """

    sex: str | None
    age_min_years: float
    age_max_years: float

    def __str__(self) -> str:
        """Return the group in words.

        Examples
        --------
        >>> print(Band("female", 30, 50), Band(None, 70, 130), Band("male", 12, 18), Band(None, 18, 130), sep="; ")
        women of 30 to 49 years; people of 70 years and over; boys of 12 to 17 years; adults of 18 years and over
        """
        young = self.age_max_years <= ADULT_YEARS
        everybody = self.age_min_years == ADULT_YEARS and self.age_max_years == OLDEST_YEARS
        names = {"female": "girls" if young else "women", "male": "boys" if young else "men"}
        name = names.get(self.sex, "adults" if everybody else "people")
        if self.age_max_years == OLDEST_YEARS:
            return f"{name} of {self.age_min_years:.0f} years and over"
        return f"{name} of {self.age_min_years:.0f} to {self.age_max_years - 1:.0f} years"


@dataclass(frozen=True, slots=True)
class Curve:
    """The percentiles of one analyte in one group: ``percents`` and, in ``unit``, ``values`` of equal length."""

    analyte: str
    band: Band
    n: int
    unit: str
    percents: tuple[float, ...]
    values: tuple[float, ...]
    source: tuple[str, ...]

    def at(self, percent: float) -> float:
        """Return the value at a tabulated percentile, in ``unit``.

        Raises
        ------
        InputError
            The percentile is not in the table: nothing is extrapolated.
        """
        if percent not in self.percents:
            known = ", ".join(f"{known:g}" for known in self.percents)
            raise InputError(f"There is no {percent:g}th percentile for {self.band}; the table has {known}.")
        return self.values[self.percents.index(percent)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies among people of one sex and age.

    ``percent`` is the share of people with a lower value (half of those with an equal one); None when the value lies
    beyond the outermost percentile, whose number is then in ``beyond`` and the side in ``tail`` (``low`` or ``high``).
    """

    percent: float | None
    tail: str | None
    beyond: float | None
    band: Band
    n: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Regression:
    """The weighted straight line of total calcium on albumin among adults, with standard errors.

    Slopes in mg/dL per g/dL and in mmol/L per g/L, intercepts in mg/dL and mmol/L.
    """

    n: int
    n_albumin_below_30_g_l: int
    slope_mg_dl_per_g_dl: float
    slope_se_mg_dl_per_g_dl: float
    slope_mmol_l_per_g_l: float
    slope_se_mmol_l_per_g_l: float
    intercept_mg_dl: float
    intercept_mmol_l: float
    slope_unweighted_mg_dl_per_g_dl: float
    flattening_by_rounding_percent: float
    error_sd_needed_for_0_8_g_dl: float
    source: tuple[str, ...]


def analytes() -> tuple[str, ...]:
    """Return the ids of the analytes that have population values, in the order of the table.

    Examples
    --------
    >>> analytes()
    ('calcium_total', 'albumin', 'phosphate', 'creatinine', 'alp', 'ck', 'ca_p_product')
    """
    return tuple(dict.fromkeys(row.analyte for row in content.population_rows().values()))


def curve(analyte: str, sex: str | None = None, age_years: float | None = None, unit: str | None = None) -> Curve:
    """Return the percentiles of an analyte among people of one sex and age.

    Parameters
    ----------
    analyte
        Id or name, as `calcinosis.units.analyte` knows it.
    sex
        ``female``, ``male``, or None for both together.
    age_years
        Completed or fractional years, from 12 on; None for all adults from 18.
    unit
        Unit of the values; the analyte's SI unit when left out.

    Raises
    ------
    InputError
        For an analyte without population values, a child below 12 years, an impossible age or an unknown sex.

    Examples
    --------
    >>> found = curve("calcium_total", "female", 40)
    >>> print(found.band, found.n, f"{found.at(50):.2f} {found.unit}")
    women of 30 to 49 years 800 2.28 mmol/L
    """
    about = units.analyte(analyte)
    _accept(about, sex, age_years)
    spec = about.spec(unit or about.si_unit)
    rows = [row for row in content.population_rows().values() if row.analyte == about.id and row.sex == sex]
    by_unit = {row.unit: row for row in _narrowest(rows, age_years)}
    row = by_unit.get(spec.unit) or by_unit[about.si_unit]
    pairs = [(percent, getattr(row, name)) for name, percent in _PERCENTS.items() if getattr(row, name) is not None]
    values = tuple(float(units.convert(value, about.id, row.unit, spec.unit)) for _, value in pairs)
    band = Band(row.sex, row.age_min_years, row.age_max_years)
    return Curve(about.id, band, row.n, spec.unit, tuple(percent for percent, _ in pairs), values, row.source)


def percentiles(
    analyte: str, sex: str | None = None, age_years: float | None = None, unit: str | None = None
) -> dict[float, float]:
    """Return the tabulated percentiles as a mapping from percent to value; parameters and errors as in `curve`.

    Examples
    --------
    >>> round(percentiles("albumin", unit="g/dL")[50], 1)
    4.1
    """
    found = curve(analyte, sex, age_years, unit)
    return dict(zip(found.percents, found.values, strict=True))


def percentile_of(quantity: units.Quantity, sex: str | None = None, age_years: float | None = None) -> Place:
    """Return where a measured value lies among people of one sex and age.

    Between two tabulated percentiles the place is read off a straight line; beyond the outermost nothing is said but
    that it lies beyond.

    Parameters
    ----------
    quantity
        The value with its unit.
    sex, age_years
        As in `curve`.

    Examples
    --------
    >>> place = percentile_of(units.parse("calcium_total", "1.48 mmol/L"), "male", 62)
    >>> print(place.percent, place.tail, place.sentence, sep=" | ")
    None | low | Total calcium 1.48 mmol/L (5.9 mg/dL) lies below the 1st percentile of 896 men of 50 to 69 years.
    """
    found = curve(quantity.analyte, sex, age_years, quantity.unit)
    name = quantity.about.name
    start = f"{name[0].upper()}{name[1:]} {quantity.both()}"
    group = f"{found.n:,} {found.band}"
    for tail, index in (("low", 0), ("high", -1)):
        outer = found.values[index]
        if quantity.value < outer if tail == "low" else quantity.value > outer:
            side = "below" if tail == "low" else "above"
            ordinal = _ORDINALS[found.percents[index]]
            sentence = f"{start} lies {side} the {ordinal} percentile of {group}."
            return Place(None, tail, found.percents[index], found.band, found.n, sentence)
    percent = float(np.interp(quantity.value, found.values, found.percents))
    lower = "fewer than 2" if percent < 1.5 else f"about {percent:.0f}"
    sentence = f"{start}: of 100 {found.band}, {lower} have a lower value ({found.n:,} were measured)."
    return Place(percent, None, None, found.band, found.n, sentence)


def regression() -> Regression:
    """Return the weighted regression of total calcium on albumin among adults.

    Examples
    --------
    >>> line = regression()
    >>> print(f"{line.slope_mg_dl_per_g_dl:.2f} mg/dL per g/dL, {line.n_albumin_below_30_g_l} of {line.n} below 30 g/L")
    0.53 mg/dL per g/dL, 29 of 5152 below 30 g/L
    """
    facts = content.facts()

    def value(key: str) -> float:
        return facts[f"nhanes_{key}"].value

    return Regression(
        n=int(value("regression_n")),
        n_albumin_below_30_g_l=int(value("albumin_below_30_n")),
        slope_mg_dl_per_g_dl=value("slope"),
        slope_se_mg_dl_per_g_dl=value("slope_se"),
        slope_mmol_l_per_g_l=value("slope_si"),
        slope_se_mmol_l_per_g_l=value("slope_si_se"),
        intercept_mg_dl=value("intercept"),
        intercept_mmol_l=value("intercept_si"),
        slope_unweighted_mg_dl_per_g_dl=value("slope_unweighted"),
        flattening_by_rounding_percent=value("flattening_by_rounding"),
        error_sd_needed_for_0_8_g_dl=value("error_sd_needed_for_0_8"),
        source=facts["nhanes_slope"].source,
    )


def _accept(about: units.Analyte, sex: str | None, age_years: float | None) -> None:
    """Refuse what the table does not hold, in one sentence."""
    if about.id not in analytes():
        names = ", ".join(units.analyte(known).name for known in analytes())
        raise InputError(f"There are no population values of {about.name}; there are of {names}.")
    if sex not in ("female", "male", None):
        raise InputError(f"Sex {units.quoted(sex)} is not in the survey; write female or male, or leave it out.")
    if age_years is None:
        return
    if isinstance(age_years, bool) or not isinstance(age_years, int | float) or not math.isfinite(age_years):
        raise InputError(f"The age {units.quoted(age_years)} is not a number; write it in years, as in 58.")
    if not 0 <= age_years < OLDEST_YEARS:
        raise InputError(f"An age of {age_years:g} years is not possible here; write one from {YOUNGEST_YEARS} on.")
    if age_years < YOUNGEST_YEARS:
        raise InputError(f"There are no population values below {YOUNGEST_YEARS} years; give an age the survey covers.")


def _narrowest(rows: list, age_years: float | None) -> list:
    """Return the rows of the narrowest band that holds the age (all adults without one), SI or conventional."""
    if age_years is None:
        fitting = [row for row in rows if (row.age_min_years, row.age_max_years) == (ADULT_YEARS, OLDEST_YEARS)]
    else:
        fitting = [row for row in rows if row.age_min_years <= age_years < row.age_max_years]
    width = min(row.age_max_years - row.age_min_years for row in fitting)
    return [row for row in fitting if row.age_max_years - row.age_min_years == width]
