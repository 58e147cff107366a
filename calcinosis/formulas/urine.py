"""What the kidney lets go, from one urine sample and blood of the same hour."""

from calcinosis.formulas.limits import within
from calcinosis.units import Number


def excreted_share(
    solute: str,
    serum_analyte: str,
    urine_mmol_l: Number,
    creatinine_umol_l: Number,
    serum_mmol_l: Number,
    urine_creatinine_mmol_l: Number,
) -> Number:
    """Return the clearance of a solute divided by that of creatinine: the share of the filtered load in the urine."""
    urine = within(f"urine_{solute}_mmol_l", urine_mmol_l, f"urine_{solute}", "mmol/L")
    creatinine = within("creatinine_umol_l", creatinine_umol_l, "creatinine", "µmol/L")
    serum = within(f"{solute}_mmol_l", serum_mmol_l, serum_analyte, "mmol/L")
    urine_creatinine = within("urine_creatinine_mmol_l", urine_creatinine_mmol_l, "urine_creatinine", "mmol/L")
    return urine * (creatinine / 1000) / (serum * urine_creatinine)


def cccr(
    urine_calcium_mmol_l: Number, creatinine_umol_l: Number, calcium_mmol_l: Number, urine_creatinine_mmol_l: Number
) -> Number:
    """Return the calcium/creatinine clearance ratio, the fractional excretion of calcium.

    Parameters
    ----------
    urine_calcium_mmol_l, urine_creatinine_mmol_l : float or numpy.ndarray
        Concentrations in one urine sample, mmol/L.
    creatinine_umol_l : float or numpy.ndarray
        Serum creatinine, µmol/L.
    calcium_mmol_l : float or numpy.ndarray
        Total serum calcium, mmol/L.

    Returns
    -------
    float or numpy.ndarray
        Ratio without unit; shape of the inputs broadcast.

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
    return excreted_share(
        "calcium", "calcium_total", urine_calcium_mmol_l, creatinine_umol_l, calcium_mmol_l, urine_creatinine_mmol_l
    )
