"""The register of formulas: inputs, output, source, limits and text of each, as `calc --list` shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas import outcomes
from calcinosis.formulas.acid_base import anion_gap
from calcinosis.formulas.calcium import (
    SALTS,
    corrected_calcium_1973,
    corrected_calcium_popular,
    elemental_calcium,
    ionised_calcium_at_ph_7_40,
)
from calcinosis.formulas.kidney import egfr_ckd_epi_2021, kdigo_g
from calcinosis.formulas.outcomes import Given, Outcome
from calcinosis.formulas.phosphate import calcium_phosphate_product, tmp_gfr, tmp_gfr_child, trp
from calcinosis.formulas.urine import cccr


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
    compute: Callable[[Given], Outcome]

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
        outcomes.of_corrected_popular,
    ),
    Formula(
        "corrected-calcium-1973", "corrected calcium, original form of 1973", corrected_calcium_1973,
        (_CALCIUM, _ALBUMIN), Output("calcium_corrected", "mmol/L", 2), "mg/dL",
        ("payne1973", "lian2018", "desgagnes2025_abs"),
        "calcium + 0.025 × (40 − albumin in g/L) mmol/L; calcium − albumin + 4.0 (mg/dL and g/dL)",
        _ALBUMIN_LIMITS + " Derived in one laboratory's hospital patients.", outcomes.of_corrected_original,
    ),
    Formula(
        "ca-p-product", "calcium-phosphate product", calcium_phosphate_product, (_CALCIUM, _PHOSPHATE),
        Output("ca_p_product", "mmol²/L²", 2), "mg²/dL²", ("oneill2007", "kdigo2017"),
        "calcium × phosphate, both in the same system", "No threshold has a sound basis; decide from serial calcium, "
        "phosphate and PTH.", outcomes.of_product,
    ),
    Formula(
        "egfr", "eGFR, CKD-EPI 2021, creatinine", egfr_ckd_epi_2021,
        (_CREATININE, Input("age", unit="years, at least 18"), Input("sex", choices=("female", "male"))),
        Output("egfr", "mL/min/1.73 m²", 0), None, ("nkf_ckdepi", "inker2021_pmc"),
        "142 × min(Cr/κ, 1)^α × max(Cr/κ, 1)^−1.200 × 0.9938^age × 1.012 if female; Cr in mg/dL, κ 0.7 F or 0.9 M, "
        "α −0.241 F or −0.302 M",
        "Adults with stable kidney function; not in acute kidney injury, pregnancy, on dialysis or with extreme muscle "
        "mass.",
        outcomes.of_egfr,
    ),
    Formula(
        "cccr", "calcium/creatinine clearance ratio", cccr,
        (Input("urine_calcium", "urine_calcium", "mmol/L or mg/dL"), _CREATININE, _CALCIUM, _URINE_CREATININE),
        Output("cccr", "", 4), None, ("bigtomato_cccr", "marx2015"),
        "(urine calcium × serum creatinine) / (serum calcium × urine creatinine)",
        "Below 0.01 points to familial hypocalciuric hypercalcaemia, above 0.02 to primary hyperparathyroidism, "
        "between is grey. Lowered by low vitamin D, kidney disease, thiazides, low calcium intake.", outcomes.of_cccr,
    ),
    Formula(
        "trp", "tubular reabsorption of phosphate", trp, _PHOSPHATE_URINE, Output("trp", "", 3), "%",
        ("payne1998", "labkl_tmp"), "1 − (urine phosphate × serum creatinine) / (serum phosphate × urine creatinine)",
        "Fasting second-void urine with simultaneous blood.", outcomes.of_trp,
    ),
    Formula(
        "tmp-gfr", "renal phosphate threshold TmP/GFR, adults", tmp_gfr, _PHOSPHATE_URINE,
        Output("tmp_gfr", "mmol/L", 2), "mg/dL", ("payne1998", "barth2000"),
        "TRP × phosphate up to TRP 0.86; above, 0.3 × TRP / (1 − 0.8 × TRP) × phosphate",
        "Fasting second-void urine with simultaneous blood. The branches do not meet at 0.86: results up to TRP 0.875 "
        "are slightly low.", outcomes.of_tmp_gfr,
    ),
    Formula(
        "tmp-gfr-child", "renal phosphate threshold TmP/GFR, children (linear)", tmp_gfr_child, _PHOSPHATE_URINE,
        Output("tmp_gfr", "mmol/L", 2), "mg/dL", ("brodehl1988",), "TRP × phosphate",
        "Children; fasting second-void urine with simultaneous blood.", outcomes.of_tmp_gfr_child,
    ),
    Formula(
        "anion-gap", "anion gap without potassium, adjusted for albumin if given", anion_gap,
        (Input("sodium", "sodium", "mmol/L or mEq/L"), Input("chloride", "chloride", "mmol/L or mEq/L"),
         Input("bicarbonate", "bicarbonate", "mmol/L or mEq/L"),
         Input("albumin", "albumin", "g/L or g/dL", optional=True)),
        Output("anion_gap", "mmol/L", 0), None, ("ficm_ag2023",),
        "sodium − chloride − bicarbonate; + 0.25 × (40 − albumin in g/L)",
        "Intervals differ between laboratories and methods.", outcomes.of_anion_gap,
    ),
    Formula(
        "ionised-calcium-ph", "ionised calcium at pH 7.40", ionised_calcium_at_ph_7_40,
        (Input("ionised_calcium", "calcium_ionised", "mmol/L or mg/dL"), Input("ph", "ph", "pH, no unit")),
        Output("calcium_ionised", "mmol/L", 2), "mg/dL", ("medalg_ph", "gera_ica", "acutecare_ph"),
        "log rule: ionised × 10^(−0.178 × (7.40 − pH)); linear rule: ionised + 0.05 mmol/L for each 0.1 pH above 7.40",
        "Approximations near pH 7.40; the true relation is S-shaped. Describes the tube, not the patient.",
        outcomes.of_ionised,
    ),
    Formula(
        "elemental-calcium", "elemental calcium in a calcium salt", elemental_calcium,
        (Input("salt", choices=tuple(SALTS)), Input("mass", "salt_mass", "g or mg")),
        Output("calcium_mass", "mg", 0), "mmol", ("iupac_masses",), "mass × 40.078 / formula mass of the salt",
        "Pure salt; labels of gluconate differ with its water.", outcomes.of_elemental,
    ),
    Formula(
        "kdigo", "KDIGO categories of kidney disease", kdigo_g,
        (Input("egfr", "egfr", "mL/min/1.73 m²", optional=True), Input("acr", "acr", "mg/mmol or mg/g", optional=True)),
        Output("category", "", 0), None, ("kdigo2012", "kdigo2024"),
        "G1 ≥ 90, G2 60–89, G3a 45–59, G3b 30–44, G4 15–29, G5 < 15 mL/min/1.73 m²; A1 < 30, A2 30–300, A3 > 300 mg/g "
        "(A1 < 3, A2 3–30, A3 > 30 mg/mmol)",
        "An abnormality for at least three months; G1 and G2 need another marker of damage.", outcomes.of_kdigo,
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
