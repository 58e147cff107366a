"""The kidney: estimated filtration and the KDIGO categories of filtration and albuminuria."""

import math

import numpy as np

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas.limits import given, within
from calcinosis.units import Number

ADULT_YEARS = 18


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
    creatinine = within("creatinine_mg_dl", creatinine_mg_dl, "creatinine", "mg/dL")
    age = given("age_years", age_years, -math.inf, math.inf)
    if np.any(np.less(age, ADULT_YEARS)):
        raise InputError("age_years is below 18; the CKD-EPI 2021 equation is for adults, so there is no eGFR.")
    age = given("age_years", age, ADULT_YEARS, 120)
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
    egfr = np.atleast_1d(given("egfr_ml_min_173", egfr_ml_min_173, 0, math.inf))
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
    return KDIGO_G[int(kdigo_g_index(given("egfr_ml_min_173", egfr_ml_min_173, 0, math.inf))[0])]


def _albuminuria(name: str, ratio: float, moderate_from: float, severe_above: float) -> str:
    acr = given(name, ratio, 0, math.inf)
    return KDIGO_A[(acr >= moderate_from) + (acr > severe_above)]


def kdigo_a_from_mg_g(acr_mg_g: float) -> str:
    """Return the albuminuria category of an albumin/creatinine ratio in mg/g: below 30, 30 to 300, above 300.

    The limits in mg/g and mg/mmol are each rounded, so 30 mg/g (3.39 mg/mmol) is not converted but judged in its own
    unit. A negative ratio is refused. Source: ``kdigo2012``.

    Examples
    --------
    >>> kdigo_a_from_mg_g(29.9), kdigo_a_from_mg_g(30), kdigo_a_from_mg_g(301)
    ('A1', 'A2', 'A3')
    """
    return _albuminuria("acr_mg_g", acr_mg_g, 30, 300)


def kdigo_a_from_mg_mmol(acr_mg_mmol: float) -> str:
    """Return the albuminuria category of an albumin/creatinine ratio in mg/mmol: below 3, 3 to 30, above 30.

    Errors and source (``kdigo2012``) as in :func:`kdigo_a_from_mg_g`.

    Examples
    --------
    >>> kdigo_a_from_mg_mmol(2.9), kdigo_a_from_mg_mmol(3), kdigo_a_from_mg_mmol(31)
    ('A1', 'A2', 'A3')
    """
    return _albuminuria("acr_mg_mmol", acr_mg_mmol, 3, 30)
