"""Calcium in plasma and in the ampoule: corrected for albumin, ionised at pH 7.40, elemental in a salt."""

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas.limits import within
from calcinosis.units import Number

REFERENCE_ALBUMIN_G_L = 40.0
REFERENCE_ALBUMIN_G_DL = 4.0
POPULAR_SLOPE_MMOL_PER_G = 0.02
POPULAR_SLOPE_MG_PER_G = 0.8
ORIGINAL_SLOPE_MMOL_PER_G = 0.025
ORIGINAL_SLOPE_MG_PER_G = 1.0
UNRELIABLE_BELOW_ALBUMIN_G_L = 30.0

REFERENCE_PH = 7.40


def _corrected(total_mmol_l: Number, albumin_g_l: Number, slope: float) -> Number:
    total = within("total_mmol_l", total_mmol_l, "calcium_total", "mmol/L")
    albumin = within("albumin_g_l", albumin_g_l, "albumin", "g/L")
    return total + slope * (REFERENCE_ALBUMIN_G_L - albumin)


def _corrected_conventional(total_mg_dl: Number, albumin_g_dl: Number, slope: float) -> Number:
    total = within("total_mg_dl", total_mg_dl, "calcium_total", "mg/dL")
    albumin = within("albumin_g_dl", albumin_g_dl, "albumin", "g/dL")
    return total + slope * (REFERENCE_ALBUMIN_G_DL - albumin)


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
    return _corrected(total_mmol_l, albumin_g_l, POPULAR_SLOPE_MMOL_PER_G)


def corrected_calcium_popular_conventional(total_mg_dl: Number, albumin_g_dl: Number) -> Number:
    """Estimate total calcium (mg/dL) at albumin 4.0 g/dL, popular form with slope 0.8 mg/dL per g/dL.

    Shapes, errors, limits and source (``statpearls_resist``) as in :func:`corrected_calcium_popular`.

    Examples
    --------
    >>> round(corrected_calcium_popular_conventional(8.0, 2.5), 2)
    9.2
    """
    return _corrected_conventional(total_mg_dl, albumin_g_dl, POPULAR_SLOPE_MG_PER_G)


def corrected_calcium_1973(total_mmol_l: Number, albumin_g_l: Number) -> Number:
    """Estimate total calcium (mmol/L) at albumin 40 g/L by the original form of 1973, slope 0.025 mmol/L per g/L.

    Shapes and errors as in :func:`corrected_calcium_popular`.

    Notes
    -----
    Derived in patients of one hospital laboratory without endocrine disease; every laboratory should derive its own.
    0.025 is a rounded 0.02495. Source: ``payne1973``; limits ``lian2018``, ``desgagnes2025_abs``.

    Examples
    --------
    >>> round(corrected_calcium_1973(1.996, 25), 3)
    2.371
    """
    return _corrected(total_mmol_l, albumin_g_l, ORIGINAL_SLOPE_MMOL_PER_G)


def corrected_calcium_1973_conventional(total_mg_dl: Number, albumin_g_dl: Number) -> Number:
    """Estimate total calcium (mg/dL) by the original form of 1973: calcium − albumin + 4.0.

    Shapes and errors as in :func:`corrected_calcium_popular`, limits and source (``payne1973``) as in
    :func:`corrected_calcium_1973`.

    Examples
    --------
    >>> round(corrected_calcium_1973_conventional(8.0, 2.5), 2)
    9.5
    """
    return _corrected_conventional(total_mg_dl, albumin_g_dl, ORIGINAL_SLOPE_MG_PER_G)


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
        Ionised calcium at pH 7.40, mmol/L; shape of the inputs broadcast.

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
    ionised = within("ionised_mmol_l", ionised_mmol_l, "calcium_ionised", "mmol/L")
    acidity = within("ph", ph, "ph", units.analyte("ph").si_unit)
    if rule == "log":
        return ionised * 10 ** (-0.178 * (REFERENCE_PH - acidity))
    if rule == "linear":
        return ionised + 0.5 * (acidity - REFERENCE_PH)
    raise InputError(f"rule={units.quoted(rule)} is not known; write log or linear.")


_ATOMS_G_MOL = {"Ca": 40.078, "C": 12.011, "O": 15.999, "H": 1.008, "Cl": 35.45}
SALTS = {
    "carbonate": {"Ca": 1, "C": 1, "O": 3},
    "gluconate-monohydrate": {"Ca": 1, "C": 12, "H": 24, "O": 15},
    "gluconate-anhydrous": {"Ca": 1, "C": 12, "H": 22, "O": 14},
    "chloride-dihydrate": {"Ca": 1, "Cl": 2, "H": 4, "O": 2},
}


def salt_mass_g_mol(salt: str) -> float:
    """Return the formula mass of a calcium salt, g/mol, from standard atomic weights.

    An unknown salt is refused with the nearest one. Source: ``iupac_masses``.

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
        Elemental calcium, mmol; shape of the mass.

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
    mass = within("salt_g", salt_g, "salt_mass", "g")
    return mass / salt_mass_g_mol(salt) * 1000
