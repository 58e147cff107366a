"""Phosphate: its product with calcium, what the tubule takes back, and the renal threshold."""

import numpy as np

from calcinosis.errors import InputError
from calcinosis.formulas.limits import within
from calcinosis.formulas.urine import excreted_share
from calcinosis.units import Number

TRP_SWITCH = 0.86


def calcium_phosphate_product(calcium_mmol_l: Number, phosphate_mmol_l: Number) -> Number:
    """Multiply total calcium by phosphate, mmol²/L².

    Parameters
    ----------
    calcium_mmol_l, phosphate_mmol_l : float or numpy.ndarray
        Total calcium and phosphate, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Product, mmol²/L²; shape of the inputs broadcast.

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
    calcium = within("calcium_mmol_l", calcium_mmol_l, "calcium_total", "mmol/L")
    return calcium * within("phosphate_mmol_l", phosphate_mmol_l, "phosphate", "mmol/L")


def calcium_phosphate_product_conventional(calcium_mg_dl: Number, phosphate_mg_dl: Number) -> Number:
    """Multiply total calcium by phosphate (as phosphorus), both mg/dL: mg²/dL²; times 0.080556 it is mmol²/L².

    Shapes, errors, limits and source (``oneill2007``) as in :func:`calcium_phosphate_product`.

    Examples
    --------
    >>> round(calcium_phosphate_product_conventional(14.9, 3.0), 1)
    44.7
    """
    calcium = within("calcium_mg_dl", calcium_mg_dl, "calcium_total", "mg/dL")
    return calcium * within("phosphate_mg_dl", phosphate_mg_dl, "phosphate", "mg/dL")


def trp(
    urine_phosphate_mmol_l: Number,
    creatinine_umol_l: Number,
    phosphate_mmol_l: Number,
    urine_creatinine_mmol_l: Number,
) -> Number:
    """Return the tubular reabsorption of phosphate, a fraction of the filtered load.

    Parameters
    ----------
    urine_phosphate_mmol_l, urine_creatinine_mmol_l : float or numpy.ndarray
        Concentrations in one urine sample, mmol/L.
    creatinine_umol_l : float or numpy.ndarray
        Serum creatinine, µmol/L.
    phosphate_mmol_l : float or numpy.ndarray
        Serum phosphate, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Fraction between 0 and 1; shape of the inputs broadcast.

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
    reabsorbed = 1 - excreted_share(
        "phosphate", "phosphate", urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l
    )
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
    """Return the renal phosphate threshold TmP/GFR of adults, mmol/L, two branches.

    Inputs, shapes and errors as in :func:`trp`.

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
    """Return TmP/GFR, mmol/L, by the linear form that many centres use in children: TRP × phosphate at every TRP.

    Inputs, shapes and errors as in :func:`trp`. Used because the splay of the adult form was not confirmed in children.
    Source: ``brodehl1988``.

    Examples
    --------
    >>> round(tmp_gfr_child(8, 60, 2.10, 9.0), 2)
    2.05
    """
    fraction = trp(urine_phosphate_mmol_l, creatinine_umol_l, phosphate_mmol_l, urine_creatinine_mmol_l)
    return fraction * phosphate_mmol_l
