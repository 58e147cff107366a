"""Clinical formulas as pure functions, and one border: values with units in, a result with caveats out.

Functions take floats or numpy arrays, the unit stands in the parameter's name, results are unrounded. A value outside
the input limits of ``data/analytes.yml`` (design values) is refused; NaN is refused as a single value and stays NaN in
an array. :func:`calculate` takes what a person types. For teaching, not for patient care.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.units import Age, Notice, Quantity

__all__ = [
    "FORMULAS",
    "KDIGO_A",
    "KDIGO_G",
    "Formula",
    "Input",
    "Result",
    "anion_gap",
    "anion_gap_albumin_adjusted",
    "calcium_phosphate_product",
    "calcium_phosphate_product_conventional",
    "calculate",
    "cccr",
    "corrected_calcium_1973",
    "corrected_calcium_1973_conventional",
    "corrected_calcium_popular",
    "corrected_calcium_popular_conventional",
    "egfr_ckd_epi_2021",
    "elemental_calcium",
    "formula",
    "ionised_calcium_at_ph_7_40",
    "kdigo_a_from_mg_g",
    "kdigo_a_from_mg_mmol",
    "kdigo_g",
    "kdigo_g_index",
    "tmp_gfr",
    "tmp_gfr_child",
    "trp",
]

Number = float | np.ndarray

REFERENCE_ALBUMIN_G_L = 40.0
REFERENCE_ALBUMIN_G_DL = 4.0
POPULAR_SLOPE_MMOL_PER_G = 0.02
POPULAR_SLOPE_MG_PER_G = 0.8
ORIGINAL_SLOPE_MMOL_PER_G = 0.025
ORIGINAL_SLOPE_MG_PER_G = 1.0
UNRELIABLE_BELOW_ALBUMIN_G_L = 30.0

TRP_SWITCH = 0.86
ADULT_YEARS = 18
REFERENCE_PH = 7.40


# --- checking what goes in -------------------------------------------------------------------------------------------


def _given(name: str, value: Any, low: float, high: float) -> Number:
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


def _within(name: str, value: Any, analyte: str, unit: str) -> Number:
    """Check a value against the hard limits of its analyte in the unit that its name promises."""
    low, high = units.analyte(analyte).spec(unit).hard
    return _given(name, value, 0.0 if low is None else low, math.inf if high is None else high)


# --- calcium and albumin ---------------------------------------------------------------------------------------------


def corrected_calcium_popular(total_mmol_l: Number, albumin_g_l: Number) -> Number:
    """Estimate total calcium at albumin 40 g/L, popular form with slope 0.02 mmol/L per g/L.

    Parameters
    ----------
    total_mmol_l : float or numpy.ndarray
        Measured total calcium, mmol/L.
    albumin_g_l : float or numpy.ndarray
        Measured albumin, g/L.

    Returns
    -------
    float or numpy.ndarray
        Corrected total calcium, mmol/L, unrounded; shape of the inputs broadcast.

    Raises
    ------
    InputError
        A value is beyond the course's input limits (often the other unit system).

    Notes
    -----
    The slope in SI units is a rounded 0.01996 (0.8 mg/dL per g/dL is 0.01996 mmol/L per g/L), so the two systems differ
    by less than 0.2 %: 2.296 against 2.295 mmol/L in the example. Often labelled with Payne's name, although the 1973
    paper has slope 1.0. A screening estimate: unreliable below albumin 30 g/L, in kidney disease, at abnormal pH and
    with a paraprotein; ionised calcium decides. Source: ``statpearls_resist``; limits ``lian2018``,
    ``desgagnes2025_abs``.

    Examples
    --------
    >>> round(corrected_calcium_popular(1.996, 25), 3)
    2.296
    """
    total = _within("total_mmol_l", total_mmol_l, "calcium_total", "mmol/L")
    albumin = _within("albumin_g_l", albumin_g_l, "albumin", "g/L")
    return total + POPULAR_SLOPE_MMOL_PER_G * (REFERENCE_ALBUMIN_G_L - albumin)


def corrected_calcium_popular_conventional(total_mg_dl: Number, albumin_g_dl: Number) -> Number:
    """Estimate total calcium at albumin 4.0 g/dL, popular form with slope 0.8 mg/dL per g/dL.

    Parameters
    ----------
    total_mg_dl : float or numpy.ndarray
        Measured total calcium, mg/dL.
    albumin_g_dl : float or numpy.ndarray
        Measured albumin, g/dL.

    Returns
    -------
    float or numpy.ndarray
        Corrected total calcium, mg/dL, unrounded.

    Raises
    ------
    InputError
        A value is beyond the course's input limits (often the other unit system).

    Notes
    -----
    Limits and source as in :func:`corrected_calcium_popular`: ``statpearls_resist``.

    Examples
    --------
    >>> round(corrected_calcium_popular_conventional(8.0, 2.5), 2)
    9.2
    """
    total = _within("total_mg_dl", total_mg_dl, "calcium_total", "mg/dL")
    albumin = _within("albumin_g_dl", albumin_g_dl, "albumin", "g/dL")
    return total + POPULAR_SLOPE_MG_PER_G * (REFERENCE_ALBUMIN_G_DL - albumin)


def corrected_calcium_1973(total_mmol_l: Number, albumin_g_l: Number) -> Number:
    """Estimate total calcium at albumin 40 g/L by the original form of 1973, slope 0.025 mmol/L per g/L.

    Parameters
    ----------
    total_mmol_l : float or numpy.ndarray
        Measured total calcium, mmol/L.
    albumin_g_l : float or numpy.ndarray
        Measured albumin, g/L.

    Returns
    -------
    float or numpy.ndarray
        Corrected total calcium, mmol/L, unrounded.

    Raises
    ------
    InputError
        A value is beyond the course's input limits (often the other unit system).

    Notes
    -----
    Derived in patients of one hospital laboratory without endocrine disease; every laboratory should derive its own.
    0.025 is a rounded 0.02495. Source: ``payne1973``; limits ``lian2018``, ``desgagnes2025_abs``.

    Examples
    --------
    >>> round(corrected_calcium_1973(1.996, 25), 3)
    2.371
    """
    total = _within("total_mmol_l", total_mmol_l, "calcium_total", "mmol/L")
    albumin = _within("albumin_g_l", albumin_g_l, "albumin", "g/L")
    return total + ORIGINAL_SLOPE_MMOL_PER_G * (REFERENCE_ALBUMIN_G_L - albumin)


def corrected_calcium_1973_conventional(total_mg_dl: Number, albumin_g_dl: Number) -> Number:
    """Estimate total calcium by the original form of 1973: calcium − albumin + 4.0.

    Parameters
    ----------
    total_mg_dl : float or numpy.ndarray
        Measured total calcium, mg/dL.
    albumin_g_dl : float or numpy.ndarray
        Measured albumin, g/dL.

    Returns
    -------
    float or numpy.ndarray
        Corrected total calcium, mg/dL, unrounded.

    Raises
    ------
    InputError
        A value is beyond the course's input limits (often the other unit system).

    Notes
    -----
    Limits and source as in :func:`corrected_calcium_1973`: ``payne1973``.

    Examples
    --------
    >>> round(corrected_calcium_1973_conventional(8.0, 2.5), 2)
    9.5
    """
    total = _within("total_mg_dl", total_mg_dl, "calcium_total", "mg/dL")
    albumin = _within("albumin_g_dl", albumin_g_dl, "albumin", "g/dL")
    return total + ORIGINAL_SLOPE_MG_PER_G * (REFERENCE_ALBUMIN_G_DL - albumin)


def calcium_phosphate_product(calcium_mmol_l: Number, phosphate_mmol_l: Number) -> Number:
    """Multiply total calcium by phosphate, mmol²/L².

    Parameters
    ----------
    calcium_mmol_l : float or numpy.ndarray
        Total calcium, mmol/L.
    phosphate_mmol_l : float or numpy.ndarray
        Phosphate, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Product, mmol²/L².

    Raises
    ------
    InputError
        A value is beyond the course's input limits.

    Notes
    -----
    Quoted thresholds have no sound chemical or experimental basis; judge calcium and phosphate each and in series.
    Source: ``oneill2007``; ``kdigo2017``.

    Examples
    --------
    >>> round(calcium_phosphate_product(2.20, 1.67), 2)
    3.67
    """
    calcium = _within("calcium_mmol_l", calcium_mmol_l, "calcium_total", "mmol/L")
    phosphate = _within("phosphate_mmol_l", phosphate_mmol_l, "phosphate", "mmol/L")
    return calcium * phosphate


def calcium_phosphate_product_conventional(calcium_mg_dl: Number, phosphate_mg_dl: Number) -> Number:
    """Multiply total calcium by phosphate, mg²/dL².

    Parameters
    ----------
    calcium_mg_dl : float or numpy.ndarray
        Total calcium, mg/dL.
    phosphate_mg_dl : float or numpy.ndarray
        Phosphate as phosphorus, mg/dL.

    Returns
    -------
    float or numpy.ndarray
        Product, mg²/dL²; times 0.080556 it is mmol²/L².

    Raises
    ------
    InputError
        A value is beyond the course's input limits.

    Notes
    -----
    Limits and source as in :func:`calcium_phosphate_product`: ``oneill2007``.

    Examples
    --------
    >>> round(calcium_phosphate_product_conventional(14.9, 3.0), 1)
    44.7
    """
    calcium = _within("calcium_mg_dl", calcium_mg_dl, "calcium_total", "mg/dL")
    phosphate = _within("phosphate_mg_dl", phosphate_mg_dl, "phosphate", "mg/dL")
    return calcium * phosphate


# --- kidney ----------------------------------------------------------------------------------------------------------


def egfr_ckd_epi_2021(creatinine_mg_dl: Number, age_years: Number, female: bool | np.ndarray) -> Number:
    """Estimate glomerular filtration by the CKD-EPI 2021 creatinine equation, without a race term.

    Parameters
    ----------
    creatinine_mg_dl : float or numpy.ndarray
        Serum creatinine by an IDMS-traceable assay, mg/dL.
    age_years : float or numpy.ndarray
        Age, years, at least 18.
    female : bool or numpy.ndarray of bool
        True for women.

    Returns
    -------
    float or numpy.ndarray
        eGFR, mL/min/1.73 m², unrounded.

    Raises
    ------
    InputError
        Age below 18 or above 120, or creatinine beyond the course's input limits.

    Notes
    -----
    For adults with stable kidney function; not in acute kidney injury, pregnancy, on dialysis or with extreme muscle
    mass. Source: ``nkf_ckdepi``, ``inker2021_pmc``.

    Examples
    --------
    >>> round(egfr_ckd_epi_2021(0.9, 55, True), 1)
    75.5
    """
    creatinine = _within("creatinine_mg_dl", creatinine_mg_dl, "creatinine", "mg/dL")
    age = _given("age_years", age_years, -math.inf, math.inf)
    if np.any(np.less(age, ADULT_YEARS)):
        raise InputError("age_years is below 18; the CKD-EPI 2021 equation is for adults, so there is no eGFR.")
    age = _given("age_years", age, ADULT_YEARS, 120)
    if not isinstance(female, bool | np.bool_) and np.asarray(female).dtype != bool:
        raise InputError("female must be True or False, or an array of them.")
    kappa = np.where(female, 0.7, 0.9)
    alpha = np.where(female, -0.241, -0.302)
    ratio = creatinine / kappa
    # Below kappa the first power acts, above it the second: one power with the exponent that applies.
    result = 142 * ratio ** np.where(ratio < 1, alpha, -1.200) * np.exp(math.log(0.9938) * age)
    result = result * np.where(female, 1.012, 1.0)
    return result if np.ndim(result) else float(result)


KDIGO_G = ("G1", "G2", "G3a", "G3b", "G4", "G5")
_G_LOWER_LIMITS = np.array([90.0, 60.0, 45.0, 30.0, 15.0])
KDIGO_A = ("A1", "A2", "A3")


def kdigo_g_index(egfr_ml_min_173: Number) -> np.ndarray:
    """Return the position in :data:`KDIGO_G` of each eGFR, judged as displayed (whole numbers).

    Parameters
    ----------
    egfr_ml_min_173 : float or numpy.ndarray
        eGFR, mL/min/1.73 m².

    Returns
    -------
    numpy.ndarray of int8
        0 for G1 to 5 for G5; −1 where the eGFR is NaN.

    Raises
    ------
    InputError
        An eGFR is negative.

    Notes
    -----
    A category is kidney disease only if it lasts at least three months; G1 and G2 need another marker of damage.
    Source: ``kdigo2012``, ``kdigo2024``.

    Examples
    --------
    >>> kdigo_g_index(np.array([90.0, 89.4, 14.9])).tolist()
    [0, 1, 4]
    """
    egfr = np.atleast_1d(_given("egfr_ml_min_173", egfr_ml_min_173, 0, math.inf))
    displayed = units.round_half_up(egfr, 0)
    index = np.zeros(displayed.shape, np.int8)
    for limit in _G_LOWER_LIMITS:
        index += displayed < limit
    index[np.isnan(egfr)] = -1
    return index


def kdigo_g(egfr_ml_min_173: float) -> str:
    """Return the G category of one eGFR.

    Source and limits as in :func:`kdigo_g_index`: ``kdigo2012``.

    Examples
    --------
    >>> kdigo_g(75.5), kdigo_g(27.1), kdigo_g(59.6)
    ('G2', 'G4', 'G2')
    """
    return KDIGO_G[int(kdigo_g_index(_given("egfr_ml_min_173", egfr_ml_min_173, 0, math.inf))[0])]


def kdigo_a_from_mg_g(acr_mg_g: float) -> str:
    """Return the albuminuria category of an albumin/creatinine ratio in mg/g: below 30, 30 to 300, above 300.

    The limits in mg/g and mg/mmol are each rounded, so 30 mg/g (3.39 mg/mmol) is not converted but judged in its own
    unit. Source: ``kdigo2012``.

    Examples
    --------
    >>> kdigo_a_from_mg_g(29.9), kdigo_a_from_mg_g(30), kdigo_a_from_mg_g(301)
    ('A1', 'A2', 'A3')
    """
    acr = _given("acr_mg_g", acr_mg_g, 0, math.inf)
    return KDIGO_A[(acr >= 30) + (acr > 300)]


def kdigo_a_from_mg_mmol(acr_mg_mmol: float) -> str:
    """Return the albuminuria category of an albumin/creatinine ratio in mg/mmol: below 3, 3 to 30, above 30.

    Source: ``kdigo2012``; see :func:`kdigo_a_from_mg_g`.

    Examples
    --------
    >>> kdigo_a_from_mg_mmol(2.9), kdigo_a_from_mg_mmol(3), kdigo_a_from_mg_mmol(31)
    ('A1', 'A2', 'A3')
    """
    acr = _given("acr_mg_mmol", acr_mg_mmol, 0, math.inf)
    return KDIGO_A[(acr >= 3) + (acr > 30)]


# --- urine -----------------------------------------------------------------------------------------------------------


def cccr(
    urine_calcium_mmol_l: Number, creatinine_umol_l: Number, calcium_mmol_l: Number, urine_creatinine_mmol_l: Number
) -> Number:
    """Return the calcium/creatinine clearance ratio, the fractional excretion of calcium.

    Parameters
    ----------
    urine_calcium_mmol_l : float or numpy.ndarray
        Urine calcium concentration, mmol/L.
    creatinine_umol_l : float or numpy.ndarray
        Serum creatinine, µmol/L.
    calcium_mmol_l : float or numpy.ndarray
        Total serum calcium, mmol/L.
    urine_creatinine_mmol_l : float or numpy.ndarray
        Urine creatinine concentration of the same sample, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Ratio without unit.

    Raises
    ------
    InputError
        A value is beyond the course's input limits.

    Notes
    -----
    Below 0.01 points to familial hypocalciuric hypercalcaemia, above 0.02 to primary hyperparathyroidism, between is
    grey. Low vitamin D, kidney disease, thiazides and low calcium intake lower it. Source: ``bigtomato_cccr``,
    ``marx2015``; pitfalls ``arshad2021``, ``uca_surgery2022``.

    Examples
    --------
    >>> round(cccr(6.5, 80, 2.75, 8.0), 4)
    0.0236
    """
    urine_ca = _within("urine_calcium_mmol_l", urine_calcium_mmol_l, "urine_calcium", "mmol/L")
    creatinine = _within("creatinine_umol_l", creatinine_umol_l, "creatinine", "µmol/L")
    calcium = _within("calcium_mmol_l", calcium_mmol_l, "calcium_total", "mmol/L")
    urine_cr = _within("urine_creatinine_mmol_l", urine_creatinine_mmol_l, "urine_creatinine", "mmol/L")
    return urine_ca * (creatinine / 1000) / (calcium * urine_cr)


def trp(
    urine_phosphate_mmol_l: Number,
    creatinine_umol_l: Number,
    phosphate_mmol_l: Number,
    urine_creatinine_mmol_l: Number,
) -> Number:
    """Return the tubular reabsorption of phosphate, a fraction of the filtered load.

    Parameters
    ----------
    urine_phosphate_mmol_l : float or numpy.ndarray
        Urine phosphate concentration, mmol/L.
    creatinine_umol_l : float or numpy.ndarray
        Serum creatinine, µmol/L.
    phosphate_mmol_l : float or numpy.ndarray
        Serum phosphate, mmol/L.
    urine_creatinine_mmol_l : float or numpy.ndarray
        Urine creatinine concentration of the same sample, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Fraction between 0 and 1.

    Raises
    ------
    InputError
        A value is beyond the course's input limits, or the fraction would be negative (values swapped or mistyped).

    Notes
    -----
    Fasting second-void urine with simultaneous serum. Source: ``payne1998``, ``labkl_tmp``.

    Examples
    --------
    >>> round(trp(20, 75, 0.65, 8.0), 3)
    0.712
    """
    urine_p = _within("urine_phosphate_mmol_l", urine_phosphate_mmol_l, "urine_phosphate", "mmol/L")
    creatinine = _within("creatinine_umol_l", creatinine_umol_l, "creatinine", "µmol/L")
    phosphate = _within("phosphate_mmol_l", phosphate_mmol_l, "phosphate", "mmol/L")
    urine_cr = _within("urine_creatinine_mmol_l", urine_creatinine_mmol_l, "urine_creatinine", "mmol/L")
    reabsorbed = 1 - urine_p * (creatinine / 1000) / (phosphate * urine_cr)
    if np.any(np.less(reabsorbed, 0)):
        lowest = float(np.nanmin(reabsorbed))
        raise InputError(f"TRP would be {lowest:.2f}, below 0: more phosphate excreted than filtered; "
                         "check urine and serum values and their units.")  # fmt: skip
    return reabsorbed


def tmp_gfr(
    urine_phosphate_mmol_l: Number,
    creatinine_umol_l: Number,
    phosphate_mmol_l: Number,
    urine_creatinine_mmol_l: Number,
) -> Number:
    """Return the renal phosphate threshold TmP/GFR of adults, two branches.

    Parameters
    ----------
    urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l : float or numpy.ndarray
        As in :func:`trp`.

    Returns
    -------
    float or numpy.ndarray
        TmP/GFR, mmol/L.

    Raises
    ------
    InputError
        As in :func:`trp`.

    Notes
    -----
    Up to TRP 0.86 it is TRP × phosphate; above, 0.3 × TRP / (1 − 0.8 × TRP) × phosphate. The branches do not meet: at
    0.86 the factor jumps from 0.860 down to 0.827 and passes 0.860 again near 0.870, so results between TRP 0.86 and
    0.875 are slightly low. Do not read a small step there as physiology. Source: ``payne1998``, ``barth2000``.

    Examples
    --------
    >>> round(tmp_gfr(20, 75, 0.65, 8.0), 2), round(tmp_gfr(8, 60, 2.10, 9.0), 2)
    (0.46, 2.79)
    """
    fraction = trp(urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l)
    above = np.greater(fraction, TRP_SWITCH)
    share = np.where(above, 0.3 * fraction / (1 - 0.8 * fraction), fraction)
    result = share * phosphate_mmol_l
    return result if np.ndim(result) else float(result)


def tmp_gfr_child(
    urine_phosphate_mmol_l: Number,
    creatinine_umol_l: Number,
    phosphate_mmol_l: Number,
    urine_creatinine_mmol_l: Number,
) -> Number:
    """Return TmP/GFR by the linear form that many centres use in children: TRP × phosphate at every TRP.

    Parameters
    ----------
    urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l : float or numpy.ndarray
        As in :func:`trp`.

    Returns
    -------
    float or numpy.ndarray
        TmP/GFR, mmol/L.

    Raises
    ------
    InputError
        As in :func:`trp`.

    Notes
    -----
    Used because the splay of the adult form was not confirmed in children. Source: ``brodehl1988``.

    Examples
    --------
    >>> round(tmp_gfr_child(8, 60, 2.10, 9.0), 2)
    2.05
    """
    fraction = trp(urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l)
    return fraction * phosphate_mmol_l


# --- acid and base ---------------------------------------------------------------------------------------------------


def anion_gap(sodium_mmol_l: Number, chloride_mmol_l: Number, bicarbonate_mmol_l: Number) -> Number:
    """Return the anion gap without potassium: sodium − chloride − bicarbonate.

    Parameters
    ----------
    sodium_mmol_l, chloride_mmol_l, bicarbonate_mmol_l : float or numpy.ndarray
        Concentrations, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Anion gap, mmol/L; may be negative (myeloma, bromide).

    Raises
    ------
    InputError
        A value is beyond the course's input limits.

    Notes
    -----
    Source: ``ficm_ag2023``.

    Examples
    --------
    >>> anion_gap(140, 100, 15)
    25.0
    """
    sodium = _within("sodium_mmol_l", sodium_mmol_l, "sodium", "mmol/L")
    chloride = _within("chloride_mmol_l", chloride_mmol_l, "chloride", "mmol/L")
    bicarbonate = _within("bicarbonate_mmol_l", bicarbonate_mmol_l, "bicarbonate", "mmol/L")
    return sodium - chloride - bicarbonate


def anion_gap_albumin_adjusted(
    sodium_mmol_l: Number, chloride_mmol_l: Number, bicarbonate_mmol_l: Number, albumin_g_l: Number
) -> Number:
    """Return the anion gap adjusted to albumin 40 g/L: 0.25 mmol/L for each g/L.

    Parameters
    ----------
    sodium_mmol_l, chloride_mmol_l, bicarbonate_mmol_l : float or numpy.ndarray
        Concentrations, mmol/L.
    albumin_g_l : float or numpy.ndarray
        Albumin, g/L.

    Returns
    -------
    float or numpy.ndarray
        Adjusted anion gap, mmol/L.

    Raises
    ------
    InputError
        A value is beyond the course's input limits.

    Notes
    -----
    Source: ``ficm_ag2023``.

    Examples
    --------
    >>> anion_gap_albumin_adjusted(136, 105, 22, 20)
    14.0
    """
    albumin = _within("albumin_g_l", albumin_g_l, "albumin", "g/L")
    gap = anion_gap(sodium_mmol_l, chloride_mmol_l, bicarbonate_mmol_l)
    return gap + 0.25 * (REFERENCE_ALBUMIN_G_L - albumin)


def ionised_calcium_at_ph_7_40(ionised_mmol_l: Number, ph: Number, *, rule: str = "log") -> Number:
    """Estimate what ionised calcium would be at pH 7.40.

    Parameters
    ----------
    ionised_mmol_l : float or numpy.ndarray
        Measured ionised calcium, mmol/L.
    ph : float or numpy.ndarray
        pH at which it was measured.
    rule : {"log", "linear"}
        ``"log"``: × 10^(0.178 × (pH − 7.40)), as analysers do; ``"linear"``: 0.05 mmol/L for each 0.1 pH.

    Returns
    -------
    float or numpy.ndarray
        Ionised calcium at pH 7.40, mmol/L.

    Raises
    ------
    InputError
        A value is beyond the course's input limits, or the rule is unknown.

    Notes
    -----
    The true relation is S-shaped; both rules are approximations near the middle. The adjusted value describes the tube
    (CO₂ lost to the air), the unadjusted one the patient. Source: ``medalg_ph``, ``gera_ica``, ``acutecare_ph``.

    Examples
    --------
    >>> round(ionised_calcium_at_ph_7_40(1.10, 7.55), 3)
    1.17
    >>> round(ionised_calcium_at_ph_7_40(1.10, 7.55, rule="linear"), 3)
    1.175
    """
    ionised = _within("ionised_mmol_l", ionised_mmol_l, "calcium_ionised", "mmol/L")
    acidity = _given("ph", ph, *_ph_limits())
    if rule == "log":
        return ionised * 10 ** (-0.178 * (REFERENCE_PH - acidity))
    if rule == "linear":
        return ionised + 0.5 * (acidity - REFERENCE_PH)
    raise InputError(f"rule={units.quoted(rule)} is not known; write log or linear.")


def _ph_limits() -> tuple[float, float]:
    about = units.analyte("ph")
    return about.spec(about.si_unit).hard


# --- doses -----------------------------------------------------------------------------------------------------------

_ATOMS_G_MOL = {"Ca": 40.078, "C": 12.011, "O": 15.999, "H": 1.008, "Cl": 35.45}
SALTS = {
    "carbonate": {"Ca": 1, "C": 1, "O": 3},
    "gluconate-monohydrate": {"Ca": 1, "C": 12, "H": 24, "O": 15},
    "gluconate-anhydrous": {"Ca": 1, "C": 12, "H": 22, "O": 14},
    "chloride-dihydrate": {"Ca": 1, "Cl": 2, "H": 4, "O": 2},
}


def salt_mass_g_mol(salt: str) -> float:
    """Return the formula mass of a calcium salt, g/mol, from standard atomic weights.

    Source: ``iupac_masses``.

    Examples
    --------
    >>> round(salt_mass_g_mol("gluconate-monohydrate"), 2)
    448.39
    """
    if salt not in SALTS:
        raise InputError(f"salt={units.quoted(salt)} is not known; write one of {', '.join(SALTS)}."
                         f"{units.suggestion(salt, SALTS)}")  # fmt: skip
    return sum(_ATOMS_G_MOL[atom] * count for atom, count in SALTS[salt].items())


def elemental_calcium(salt_g: Number, salt: str) -> Number:
    """Return the elemental calcium in a mass of a calcium salt.

    Parameters
    ----------
    salt_g : float or numpy.ndarray
        Mass of the salt, g.
    salt : str
        A key of :data:`SALTS`.

    Returns
    -------
    float or numpy.ndarray
        Elemental calcium, mmol.

    Raises
    ------
    InputError
        Unknown salt, or a mass beyond the course's input limits.

    Notes
    -----
    Gluconate differs by its water (89 or 93 mg per g), which is why labels disagree. Source: ``iupac_masses``.

    Examples
    --------
    >>> round(elemental_calcium(1, "gluconate-monohydrate"), 2), round(elemental_calcium(1, "chloride-dihydrate"), 2)
    (2.23, 6.8)
    """
    mass = _within("salt_g", salt_g, "salt_mass", "g")
    return mass / salt_mass_g_mol(salt) * 1000


# --- the border: text with units in, a result with its caveats out ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a formula, as `calc --list` shows it."""

    name: str
    analyte: str = ""
    unit: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What a formula gives: an analyte-like name, its unit and the digits displayed."""

    name: str
    unit: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with everything a person should see beside its result."""

    id: str
    title: str
    function: Callable[..., Any]
    inputs: tuple[Input, ...]
    output: Output
    also_unit: str | None
    source: tuple[str, ...]
    formula_text: str
    validity_text: str
    compute: Callable[[Mapping[str, Any]], "_Outcome"]

    def as_dict(self) -> dict[str, Any]:
        """Return the record for `calc --list --json`."""
        return {
            "name": self.id,
            "title": self.title,
            "inputs": [
                {"name": i.name, "unit": i.unit, "optional": i.optional, "choices": list(i.choices)}
                for i in self.inputs
            ],
            "output": {"name": self.output.name, "unit": self.output.unit, "also": self.also_unit},
            "formula": self.formula_text,
            "limits": self.validity_text,
            "source": list(self.source),
        }


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a formula's border function hands back before it is dressed as a Result."""

    quantity: Quantity | None
    text: str = ""
    more: tuple[tuple[str, Quantity], ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A computed value with unit, the same in the other system, inputs as understood, caveats, formula and source.

    ``value`` is unrounded, :meth:`shown` gives what is displayed; for a KDIGO category ``value`` is the category.
    """

    name: str
    title: str
    value: float | str
    unit: str
    also: Mapping[str, Any] | None
    inputs: Mapping[str, str]
    warnings: tuple[Notice, ...]
    more: tuple[tuple[str, Quantity], ...]
    formula: str
    source: tuple[str, ...]
    quantity: Quantity | None

    def shown(self) -> str:
        """Return the value as displayed in the unit of the inputs: ``"9.2 mg/dL"``."""
        return str(self.value) if self.quantity is None else self.quantity.shown()

    def both(self) -> str:
        """Return the value as displayed in both systems, SI first: ``"2.30 mmol/L (9.2 mg/dL)"``."""
        return str(self.value) if self.quantity is None else self.quantity.both()

    def as_dict(self) -> dict[str, Any]:
        """Return what `calc --json` prints; numbers carry six significant digits, ``shown`` what is displayed."""
        return {
            "name": self.name,
            "title": self.title,
            "value": significant(self.value),
            "unit": self.unit,
            "also": None if self.also is None else {**self.also, "value": significant(self.also["value"])},
            "shown": self.both(),
            "more": [
                {"name": name, "value": significant(q.value), "unit": q.unit, "shown": q.both()}
                for name, q in self.more
            ],
            "inputs": dict(self.inputs),
            "warnings": [notice.text for notice in self.warnings],
            "formula": self.formula,
            "source": list(self.source),
        }


def significant(value: float | str) -> float | str:
    """Drop the noise of binary arithmetic: six significant digits, far more than any laboratory has.

    Examples
    --------
    >>> significant(14.9 * 3)
    44.7
    """
    return value if isinstance(value, str) else float(f"{value:.6g}")


# Caveats -----------------------------------------------------------------------------------------------------------

CORRECTED_CAVEAT = Notice(
    "corrected-calcium",
    "Corrected calcium is an estimate: in chronic kidney disease (CKD), at abnormal blood pH, with a paraprotein or in "
    "critical illness measure ionised calcium instead.",
)
EGFR_CAVEAT = Notice(
    "egfr-stable",
    "eGFR holds only if kidney function is stable: not in acute kidney injury, pregnancy, on dialysis or with extreme "
    "muscle mass.",
)
PRODUCT_CAVEAT = Notice(
    "ca-p-product",
    "No threshold of the calcium-phosphate product has a sound basis: judge calcium and phosphate each, in series.",
)
PH_CAVEAT = Notice(
    "ph-adjusted",
    "The value at pH 7.40 describes the tube, the measured one the patient: adjust only for carbon dioxide lost on the "
    "way, never for a patient whose own pH is abnormal.",
)


def low_albumin_notice(albumin: Quantity) -> tuple[Notice, ...]:
    """Return the caveat for an albumin below 30 g/L, judged as displayed."""
    spec = albumin.about.spec(albumin.unit)
    limit = units.rounded(UNRELIABLE_BELOW_ALBUMIN_G_L / spec.to_si, spec.decimals)
    if units.rounded(albumin.value, spec.decimals) >= limit:
        return ()
    text = (
        f"Albumin {albumin.both()} is below 30 g/L (3.0 g/dL), where corrected calcium is unreliable: measure ionised "
    )
    return (Notice("albumin-low", text + "calcium."),)


# Border functions: choose the unit system, call the pure function, collect caveats --------------------------------


def _corrected(given: Mapping[str, Any], si: Callable, conventional: Callable) -> _Outcome:
    calcium, albumin = given["calcium"], given["albumin"]
    if calcium.unit == "mg/dL":
        value, unit = conventional(calcium.value, albumin.to("g/dL").value), "mg/dL"
    else:
        value, unit = si(calcium.si, albumin.si), "mmol/L"
    notices = (*low_albumin_notice(albumin), CORRECTED_CAVEAT)
    return _Outcome(Quantity("calcium_corrected", value, unit), notices=notices)


def _corrected_popular(given: Mapping[str, Any]) -> _Outcome:
    return _corrected(given, corrected_calcium_popular, corrected_calcium_popular_conventional)


def _corrected_original(given: Mapping[str, Any]) -> _Outcome:
    return _corrected(given, corrected_calcium_1973, corrected_calcium_1973_conventional)


def _product(given: Mapping[str, Any]) -> _Outcome:
    calcium, phosphate = given["calcium"], given["phosphate"]
    notices = [PRODUCT_CAVEAT]
    if calcium.unit == "mg/dL":
        value, unit = calcium_phosphate_product_conventional(calcium.value, phosphate.to("mg/dL").value), "mg²/dL²"
    else:
        value, unit = calcium_phosphate_product(calcium.si, phosphate.si), "mmol²/L²"
    if calcium.unit != phosphate.unit:
        text = f"Calcium was given in {calcium.unit} and phosphate in {phosphate.unit}; phosphate was converted first."
        notices.append(Notice("mixed-units", text))
    return _Outcome(Quantity("ca_p_product", value, unit), notices=tuple(notices))


def _egfr(given: Mapping[str, Any]) -> _Outcome:
    age: Age = given["age"]
    if age.years < ADULT_YEARS:
        raise InputError(
            f"age={age.typed} is below 18 years; the CKD-EPI 2021 equation is for adults, so there is no eGFR."
        )
    value = egfr_ckd_epi_2021(given["creatinine"].to("mg/dL").value, age.years, given["sex"] == "female")
    return _Outcome(Quantity("egfr", value, "mL/min/1.73 m²"), notices=(EGFR_CAVEAT,))


def _cccr(given: Mapping[str, Any]) -> _Outcome:
    urine_ca, creatinine = given["urine_calcium"].si, given["creatinine"].si
    value = cccr(urine_ca, creatinine, given["calcium"].si, given["urine_creatinine"].si)
    text = (
        "Low vitamin D, kidney disease, thiazides and low calcium intake lower the ratio: a value below 0.01 alone "
        "does not prove familial hypocalciuric hypercalcaemia."
    )
    return _Outcome(Quantity("cccr", value, ""), notices=(Notice("cccr-pitfalls", text),))


def _urine_phosphate(given: Mapping[str, Any]) -> tuple[float, float, float, float]:
    return tuple(given[name].si for name in ("urine_phosphate", "creatinine", "phosphate", "urine_creatinine"))


FASTING_CAVEAT = Notice("fasting", "Needs a fasting second-void urine and a blood sample taken at the same time.")


def _trp(given: Mapping[str, Any]) -> _Outcome:
    return _Outcome(Quantity("trp", trp(*_urine_phosphate(given)), ""), notices=(FASTING_CAVEAT,))


def _threshold(given: Mapping[str, Any], function: Callable, other: tuple[str, Callable]) -> _Outcome:
    values, unit = _urine_phosphate(given), given["phosphate"].unit
    fraction = trp(*values)
    more = (
        ("trp", Quantity("trp", fraction, "")),
        (other[0], Quantity("tmp_gfr", other[1](*values), "mmol/L").to(unit)),
    )
    notices = [FASTING_CAVEAT]
    if function is tmp_gfr and TRP_SWITCH < fraction < 0.875:
        text = (
            f"TRP {fraction:.3f} lies just above 0.86, where the two branches do not meet: the result is slightly low."
        )
        notices.append(Notice("branch-gap", text))
    return _Outcome(Quantity("tmp_gfr", function(*values), "mmol/L").to(unit), more=more, notices=tuple(notices))


def _tmp_gfr(given: Mapping[str, Any]) -> _Outcome:
    return _threshold(given, tmp_gfr, ("tmp-gfr-child", tmp_gfr_child))


def _tmp_gfr_child(given: Mapping[str, Any]) -> _Outcome:
    return _threshold(given, tmp_gfr_child, ("tmp-gfr", tmp_gfr))


def _anion_gap(given: Mapping[str, Any]) -> _Outcome:
    ions = [given[name].si for name in ("sodium", "chloride", "bicarbonate")]
    plain = Quantity("anion_gap", anion_gap(*ions), "mmol/L")
    if "albumin" not in given:
        text = "Low albumin hides a raised gap: give albumin as well to have it adjusted."
        return _Outcome(plain, notices=(Notice("albumin-not-given", text),))
    adjusted = Quantity("anion_gap", anion_gap_albumin_adjusted(*ions, given["albumin"].si), "mmol/L")
    text = "The first value is adjusted to albumin 40 g/L (4.0 g/dL); the plain gap stands beside it."
    return _Outcome(adjusted, more=(("anion-gap-unadjusted", plain),), notices=(Notice("albumin-adjusted", text),))


def _ionised(given: Mapping[str, Any]) -> _Outcome:
    measured, ph = given["ionised_calcium"], given["ph"].value
    log = Quantity("calcium_ionised", ionised_calcium_at_ph_7_40(measured.si, ph), "mmol/L").to(measured.unit)
    linear = ionised_calcium_at_ph_7_40(measured.si, ph, rule="linear")
    other = Quantity("calcium_ionised", linear, "mmol/L").to(measured.unit)
    text = f"Two rules: {log.both()} by the logarithmic, {other.both()} by the linear one; both are approximations."
    notices = (PH_CAVEAT, Notice("two-rules", text))
    return _Outcome(log, more=(("log", log), ("linear", other)), notices=notices)


def _elemental(given: Mapping[str, Any]) -> _Outcome:
    mass, salt = given["mass"], given["salt"]
    amount = Quantity("calcium_mass", elemental_calcium(mass.si, salt), "mmol").to("mg")
    text = f"Calcium {salt.replace('-', ' ')} is {amount.value / mass.to('mg').value:.1%} calcium by mass."
    return _Outcome(amount, notices=(Notice("share", text.replace("%", " %")),))


def _kdigo(given: Mapping[str, Any]) -> _Outcome:
    parts = []
    if "egfr" in given:
        parts.append(kdigo_g(given["egfr"].value))
    if "acr" in given:
        acr = given["acr"]
        parts.append(
            kdigo_a_from_mg_g(_displayed(acr)) if acr.unit == "mg/g" else kdigo_a_from_mg_mmol(_displayed(acr))
        )
    if not parts:
        raise InputError('kdigo needs egfr or acr or both; write for example egfr="27 mL/min/1.73 m²" acr="45 mg/g".')
    text = "Chronic kidney disease means at least three months of abnormality; G1 and G2 need another marker of damage."
    return _Outcome(None, " ".join(parts), notices=(Notice("three-months", text),))


def _displayed(quantity: Quantity) -> float:
    return float(units.rounded(quantity.value, quantity.about.spec(quantity.unit).decimals))


# The register ---------------------------------------------------------------------------------------------------------

_CALCIUM = Input("calcium", "calcium_total", "mmol/L or mg/dL")
_ALBUMIN = Input("albumin", "albumin", "g/L or g/dL")
_PHOSPHATE = Input("phosphate", "phosphate", "mmol/L or mg/dL")
_CREATININE = Input("creatinine", "creatinine", "µmol/L or mg/dL")
_URINE_CREATININE = Input("urine_creatinine", "urine_creatinine", "mmol/L or mg/dL")
_URINE_PHOSPHATE = Input("urine_phosphate", "urine_phosphate", "mmol/L or mg/dL")
_PHOSPHATE_URINE = (_PHOSPHATE, _URINE_PHOSPHATE, _CREATININE, _URINE_CREATININE)
_ALBUMIN_LIMITS = (
    "Adults. Unreliable with albumin below 30 g/L, in chronic kidney disease, at abnormal pH, with a paraprotein and "
    "in critical illness: then measure ionised calcium."
)


def _register(*formulas: Formula) -> dict[str, Formula]:
    return {formula.id: formula for formula in formulas}


FORMULAS: dict[str, Formula] = _register(
    Formula(
        "corrected-calcium", "corrected calcium, popular form", corrected_calcium_popular, (_CALCIUM, _ALBUMIN),
        Output("calcium_corrected", "mmol/L", 2), "mg/dL", ("statpearls_resist", "lian2018", "desgagnes2025_abs"),
        "calcium + 0.02 × (40 − albumin in g/L) mmol/L; calcium + 0.8 × (4.0 − albumin in g/dL) mg/dL",
        _ALBUMIN_LIMITS + " Often labelled with Payne's name, although the 1973 paper has slope 1.0.",
        _corrected_popular,
    ),
    Formula(
        "corrected-calcium-1973", "corrected calcium, original form of 1973", corrected_calcium_1973,
        (_CALCIUM, _ALBUMIN), Output("calcium_corrected", "mmol/L", 2), "mg/dL",
        ("payne1973", "lian2018", "desgagnes2025_abs"),
        "calcium + 0.025 × (40 − albumin in g/L) mmol/L; calcium − albumin + 4.0 (mg/dL and g/dL)",
        _ALBUMIN_LIMITS + " Derived in one laboratory's hospital patients.", _corrected_original,
    ),
    Formula(
        "ca-p-product", "calcium-phosphate product", calcium_phosphate_product, (_CALCIUM, _PHOSPHATE),
        Output("ca_p_product", "mmol²/L²", 2), "mg²/dL²", ("oneill2007", "kdigo2017"),
        "calcium × phosphate, both in the same system", "No threshold has a sound basis; decide from serial calcium, "
        "phosphate and PTH.", _product,
    ),
    Formula(
        "egfr", "eGFR, CKD-EPI 2021, creatinine", egfr_ckd_epi_2021,
        (_CREATININE, Input("age", unit="years, at least 18"), Input("sex", choices=("female", "male"))),
        Output("egfr", "mL/min/1.73 m²", 0), None, ("nkf_ckdepi", "inker2021_pmc"),
        "142 × min(Cr/κ, 1)^α × max(Cr/κ, 1)^−1.200 × 0.9938^age × 1.012 if female; Cr in mg/dL, κ 0.7 F or 0.9 M, "
        "α −0.241 F or −0.302 M",
        "Adults with stable kidney function; not in acute kidney injury, pregnancy, on dialysis or with extreme muscle "
        "mass.",
        _egfr,
    ),
    Formula(
        "cccr", "calcium/creatinine clearance ratio", cccr,
        (Input("urine_calcium", "urine_calcium", "mmol/L or mg/dL"), _CREATININE, _CALCIUM, _URINE_CREATININE),
        Output("cccr", "", 4), None, ("bigtomato_cccr", "marx2015"),
        "(urine calcium × serum creatinine) / (serum calcium × urine creatinine)",
        "Below 0.01 points to familial hypocalciuric hypercalcaemia, above 0.02 to primary hyperparathyroidism, "
        "between is grey. Lowered by low vitamin D, kidney disease, thiazides, low calcium intake.", _cccr,
    ),
    Formula(
        "trp", "tubular reabsorption of phosphate", trp, _PHOSPHATE_URINE, Output("trp", "", 3), "%",
        ("payne1998", "labkl_tmp"), "1 − (urine phosphate × serum creatinine) / (serum phosphate × urine creatinine)",
        "Fasting second-void urine with simultaneous blood.", _trp,
    ),
    Formula(
        "tmp-gfr", "renal phosphate threshold TmP/GFR, adults", tmp_gfr, _PHOSPHATE_URINE,
        Output("tmp_gfr", "mmol/L", 2), "mg/dL", ("payne1998", "barth2000"),
        "TRP × phosphate up to TRP 0.86; above, 0.3 × TRP / (1 − 0.8 × TRP) × phosphate",
        "Fasting second-void urine with simultaneous blood. The branches do not meet at 0.86: results up to TRP 0.875 "
        "are slightly low.", _tmp_gfr,
    ),
    Formula(
        "tmp-gfr-child", "renal phosphate threshold TmP/GFR, children (linear)", tmp_gfr_child, _PHOSPHATE_URINE,
        Output("tmp_gfr", "mmol/L", 2), "mg/dL", ("brodehl1988",), "TRP × phosphate",
        "Children; fasting second-void urine with simultaneous blood.", _tmp_gfr_child,
    ),
    Formula(
        "anion-gap", "anion gap without potassium, adjusted for albumin if given", anion_gap,
        (Input("sodium", "sodium", "mmol/L or mEq/L"), Input("chloride", "chloride", "mmol/L or mEq/L"),
         Input("bicarbonate", "bicarbonate", "mmol/L or mEq/L"),
         Input("albumin", "albumin", "g/L or g/dL", optional=True)),
        Output("anion_gap", "mmol/L", 0), None, ("ficm_ag2023",),
        "sodium − chloride − bicarbonate; + 0.25 × (40 − albumin in g/L)",
        "Intervals differ between laboratories and methods.", _anion_gap,
    ),
    Formula(
        "ionised-calcium-ph", "ionised calcium at pH 7.40", ionised_calcium_at_ph_7_40,
        (Input("ionised_calcium", "calcium_ionised", "mmol/L or mg/dL"), Input("ph", "ph", "pH, no unit")),
        Output("calcium_ionised", "mmol/L", 2), "mg/dL", ("medalg_ph", "gera_ica", "acutecare_ph"),
        "log rule: ionised × 10^(−0.178 × (7.40 − pH)); linear rule: ionised + 0.05 mmol/L for each 0.1 pH above 7.40",
        "Approximations near pH 7.40; the true relation is S-shaped. Describes the tube, not the patient.", _ionised,
    ),
    Formula(
        "elemental-calcium", "elemental calcium in a calcium salt", elemental_calcium,
        (Input("salt", choices=tuple(SALTS)), Input("mass", "salt_mass", "g or mg")),
        Output("calcium_mass", "mg", 0), "mmol", ("iupac_masses",), "mass × 40.078 / formula mass of the salt",
        "Pure salt; labels of gluconate differ with its water.", _elemental,
    ),
    Formula(
        "kdigo", "KDIGO categories of kidney disease", kdigo_g,
        (Input("egfr", "egfr", "mL/min/1.73 m²", optional=True), Input("acr", "acr", "mg/mmol or mg/g", optional=True)),
        Output("category", "", 0), None, ("kdigo2012", "kdigo2024"),
        "G1 ≥ 90, G2 60–89, G3a 45–59, G3b 30–44, G4 15–29, G5 < 15 mL/min/1.73 m²; A1 < 30, A2 30–300, A3 > 300 mg/g "
        "(A1 < 3, A2 3–30, A3 > 30 mg/mmol)",
        "An abnormality for at least three months; G1 and G2 need another marker of damage.", _kdigo,
    ),
)  # fmt: skip


def formula(name: str) -> Formula:
    """Return a formula by its id.

    Raises
    ------
    InputError
        There is none of that id; the nearest is proposed.

    Examples
    --------
    >>> formula("egfr").title
    'eGFR, CKD-EPI 2021, creatinine'
    """
    key = str(name).strip().lower().replace("_", "-")
    if key not in FORMULAS:
        raise InputError(f"{units.quoted(name)} is not a formula of the course; calcinosis calc --list shows all."
                         f"{units.suggestion(key, FORMULAS)}")  # fmt: skip
    return FORMULAS[key]


def calculate(name: str, values: Mapping[str, str | Quantity]) -> Result:
    """Compute a formula from values with units.

    Parameters
    ----------
    name : str
        Id of the formula, a key of :data:`FORMULAS`.
    values : Mapping[str, str]
        Text with unit by input name: ``{"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"}``. Age in years, sex, pH and the
        salt stand without unit.

    Returns
    -------
    Result
        Value in the system of the inputs, the same converted, caveats, formula and source.

    Raises
    ------
    InputError
        Unknown formula or input, an input missing or given twice, or a value that is refused.

    Examples
    --------
    >>> calculate("corrected-calcium", {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"}).both()
    '2.30 mmol/L (9.2 mg/dL)'
    """
    chosen = formula(name)
    given = _read_inputs(chosen, values)
    missing = [i.name for i in chosen.inputs if i.name not in given and not i.optional]
    if missing:
        wanted = next(i for i in chosen.inputs if i.name == missing[0])
        hint = f" ({wanted.unit or ' or '.join(wanted.choices)})"
        raise InputError(f"{chosen.id} needs {' and '.join(missing)}{hint if len(missing) == 1 else ''}; "
                         "without it there is no result.")  # fmt: skip
    outcome = chosen.compute(given)
    return _result(chosen, given, outcome)


def _read_inputs(chosen: Formula, values: Mapping[str, str | Quantity]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise InputError(f"{chosen.id} needs its inputs by name, as in calcium=“8.0 mg/dL”.")
    given: dict[str, Any] = {}
    for typed_name, text in values.items():
        wanted = _input_named(chosen, typed_name)
        if wanted.name in given:
            raise InputError(f"{wanted.name} is given twice, the second time as {typed_name}; write it once.")
        given[wanted.name] = _read_input(wanted, typed_name, text)
    return given


def _input_named(chosen: Formula, typed: str) -> Input:
    key = str(typed).strip().casefold().replace("-", "_").replace(" ", "_")
    for wanted in chosen.inputs:
        if key == wanted.name:
            return wanted
    try:
        found = units.analyte(typed).id
    except InputError:
        found = ""
    for wanted in chosen.inputs:
        if found and found == wanted.analyte:
            return wanted
    names = [i.name for i in chosen.inputs]
    hint = units.suggestion(key, names)
    raise InputError(f"{units.quoted(typed)} is not an input of {chosen.id}, which takes {', '.join(names)}.{hint}")


def _read_input(wanted: Input, typed_name: str, text: Any) -> Any:
    if isinstance(text, Quantity):
        if text.analyte != wanted.analyte:
            raise InputError(f"{wanted.name} is {text.analyte}, but {wanted.analyte} is needed.")
        return text
    if wanted.name == "age":
        return text if isinstance(text, Age) else units.parse_age(text)
    if wanted.name == "sex":
        return units.parse_sex(text)
    if wanted.choices:
        return _choice(wanted, text)
    return units.parse(units.analyte(wanted.analyte), text, label=str(typed_name).strip())


def _choice(wanted: Input, text: Any) -> str:
    key = str(text).strip().casefold().replace(" ", "-").replace("_", "-")
    if key not in wanted.choices:
        hint = units.suggestion(key, wanted.choices)
        raise InputError(
            f"{wanted.name}={units.quoted(text)} is not known; write one of {', '.join(wanted.choices)}.{hint}"
        )
    return key


def _result(chosen: Formula, given: Mapping[str, Any], outcome: _Outcome) -> Result:
    quantity, also, shown = outcome.quantity, None, {}
    notices = [n for value in given.values() if isinstance(value, Quantity) for n in _about_input(value)]
    for name, value in given.items():
        shown[name] = (
            value.both() if isinstance(value, Quantity) else value.typed if isinstance(value, Age) else str(value)
        )
    if quantity is not None:
        other = quantity.about.other_unit(quantity.unit)
        also = None if other is None else {"value": quantity.to(other).value, "unit": other}
    return Result(
        chosen.id, chosen.title, outcome.text if quantity is None else quantity.value,
        "" if quantity is None else quantity.unit, also, shown, (*notices, *outcome.notices), outcome.more,
        chosen.formula_text, chosen.source, quantity,
    )  # fmt: skip


def _about_input(quantity: Quantity) -> tuple[Notice, ...]:
    return (*quantity.notices, *units.soft_warnings(quantity))
