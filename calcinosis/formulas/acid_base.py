"""Acid and base: the anion gap, plain and adjusted for albumin."""

from calcinosis.formulas.calcium import REFERENCE_ALBUMIN_G_L
from calcinosis.formulas.limits import within
from calcinosis.units import Number


def anion_gap(sodium_mmol_l: Number, chloride_mmol_l: Number, bicarbonate_mmol_l: Number) -> Number:
    """Return the anion gap without potassium: sodium − chloride − bicarbonate.

    Parameters
    ----------
    sodium_mmol_l, chloride_mmol_l, bicarbonate_mmol_l : float or numpy.ndarray
        Concentrations, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Anion gap, mmol/L; may be negative (myeloma, bromide); shape of the inputs broadcast.

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
    sodium = within("sodium_mmol_l", sodium_mmol_l, "sodium", "mmol/L")
    chloride = within("chloride_mmol_l", chloride_mmol_l, "chloride", "mmol/L")
    bicarbonate = within("bicarbonate_mmol_l", bicarbonate_mmol_l, "bicarbonate", "mmol/L")
    return sodium - chloride - bicarbonate


def anion_gap_albumin_adjusted(
    sodium_mmol_l: Number, chloride_mmol_l: Number, bicarbonate_mmol_l: Number, albumin_g_l: Number
) -> Number:
    """Return the anion gap, mmol/L, adjusted to albumin 40 g/L: 0.25 mmol/L for each g/L.

    Ions, shapes and errors as in :func:`anion_gap`; albumin in g/L. Source: ``ficm_ag2023``.

    Examples
    --------
    >>> anion_gap_albumin_adjusted(136, 105, 22, 20)
    14.0
    """
    albumin = within("albumin_g_l", albumin_g_l, "albumin", "g/L")
    gap = anion_gap(sodium_mmol_l, chloride_mmol_l, bicarbonate_mmol_l)
    return gap + 0.25 * (REFERENCE_ALBUMIN_G_L - albumin)
