"""Flags and derived values of many people at once, by the same rules as for one panel."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from calcinosis import formulas, units
from calcinosis.errors import InputError
from calcinosis.labs.flags import FLAG_CODES, MISSING, Flag
from calcinosis.labs.intervals import from_row, rows_of

_SLICE = 1 << 15  # a slice of every array stays in the processor's cache


def flags_of_arrays(
    values: Mapping[str, np.ndarray],
    value_units: Mapping[str, str],
    *,
    age_years: np.ndarray | float,
    female: np.ndarray | bool,
) -> dict[str, np.ndarray]:
    """Flag many people's values at once, by the same rules as :func:`calcinosis.labs.flag`.

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
        Codes of :data:`calcinosis.labs.FLAG_CODES`, or :data:`calcinosis.labs.MISSING`, by analyte.

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
    rows = [r for r in rows_of(about.id) if r.age_min_years <= oldest and r.age_max_years > youngest]
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
        interval = from_row(row)
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
