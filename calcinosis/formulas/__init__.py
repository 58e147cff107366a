"""Clinical formulas as pure functions, and one border: values with units in, a result with caveats out.

Functions take floats or numpy arrays, the unit stands in the parameter's name, results are unrounded. A value outside
the input limits of ``data/analytes.yml`` (design values) is refused; NaN is refused as a single value and stays NaN in
an array. :func:`calculate` takes what a person types. For teaching, not for patient care.

``calcium``, ``phosphate``, ``urine``, ``kidney`` and ``acid_base`` hold the pure functions, ``limits`` what those
accept; ``outcomes`` chooses the unit system and collects caveats, ``register`` lists every formula with inputs, source
and limits, ``calculation`` reads what was typed and dresses the result. A new formula is a pure function, an outcome
and a row of the register.
"""

from calcinosis.formulas.acid_base import anion_gap, anion_gap_albumin_adjusted
from calcinosis.formulas.calcium import (
    SALTS,
    corrected_calcium_1973,
    corrected_calcium_1973_conventional,
    corrected_calcium_popular,
    corrected_calcium_popular_conventional,
    elemental_calcium,
    ionised_calcium_at_ph_7_40,
    salt_mass_g_mol,
)
from calcinosis.formulas.calculation import Result, calculate
from calcinosis.formulas.kidney import (
    ADULT_YEARS,
    KDIGO_A,
    KDIGO_G,
    egfr_ckd_epi_2021,
    kdigo_a_from_mg_g,
    kdigo_a_from_mg_mmol,
    kdigo_g,
    kdigo_g_index,
)
from calcinosis.formulas.phosphate import (
    calcium_phosphate_product,
    calcium_phosphate_product_conventional,
    tmp_gfr,
    tmp_gfr_child,
    trp,
)
from calcinosis.formulas.register import FORMULAS, Formula, Input, formula
from calcinosis.formulas.urine import cccr

__all__ = [
    "ADULT_YEARS",
    "FORMULAS",
    "KDIGO_A",
    "KDIGO_G",
    "SALTS",
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
    "salt_mass_g_mol",
    "tmp_gfr",
    "tmp_gfr_child",
    "trp",
]
