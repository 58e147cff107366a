"""From quantities to an outcome: choose the unit system, call the pure function, collect the caveats.

One function for each row of the register; it takes the inputs by name and hands back the value, what to show besides,
and every sentence that belongs beside it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas.acid_base import anion_gap, anion_gap_albumin_adjusted
from calcinosis.formulas.calcium import (
    UNRELIABLE_BELOW_ALBUMIN_G_L,
    corrected_calcium_1973,
    corrected_calcium_1973_conventional,
    corrected_calcium_popular,
    corrected_calcium_popular_conventional,
    elemental_calcium,
    ionised_calcium_at_ph_7_40,
)
from calcinosis.formulas.kidney import ADULT_YEARS, egfr_ckd_epi_2021, kdigo_a_from_mg_g, kdigo_a_from_mg_mmol, kdigo_g
from calcinosis.formulas.phosphate import (
    TRP_SWITCH,
    calcium_phosphate_product,
    calcium_phosphate_product_conventional,
    tmp_gfr,
    tmp_gfr_child,
    trp,
)
from calcinosis.formulas.urine import cccr
from calcinosis.units import Age, Notice, Quantity

Given = Mapping[str, Any]
"""Inputs by name: quantities, an age, a sex or the name of a salt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula gives, before it is dressed as a Result."""

    quantity: Quantity | None
    text: str = ""
    more: tuple[tuple[str, Quantity], ...] = ()
    notices: tuple[Notice, ...] = ()


# --- caveats ----------------------------------------------------------------------------------------------------------

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
FASTING_CAVEAT = Notice("fasting", "Needs a fasting second-void urine and a blood sample taken at the same time.")


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


# --- one outcome for each formula -------------------------------------------------------------------------------------


def _corrected(given: Given, si: Callable, conventional: Callable) -> Outcome:
    calcium, albumin = given["calcium"], given["albumin"]
    if calcium.unit == "mg/dL":
        value, unit = conventional(calcium.value, albumin.to("g/dL").value), "mg/dL"
    else:
        value, unit = si(calcium.si, albumin.si), "mmol/L"
    notices = (*low_albumin_notice(albumin), CORRECTED_CAVEAT)
    return Outcome(Quantity("calcium_corrected", value, unit), notices=notices)


def of_corrected_popular(given: Given) -> Outcome:
    """Corrected calcium, popular form, in the system in which calcium was given."""
    return _corrected(given, corrected_calcium_popular, corrected_calcium_popular_conventional)


def of_corrected_original(given: Given) -> Outcome:
    """Corrected calcium, original form of 1973, in the system in which calcium was given."""
    return _corrected(given, corrected_calcium_1973, corrected_calcium_1973_conventional)


def of_product(given: Given) -> Outcome:
    """Calcium-phosphate product, in the system in which calcium was given."""
    calcium, phosphate = given["calcium"], given["phosphate"]
    notices = [PRODUCT_CAVEAT]
    if calcium.unit == "mg/dL":
        value, unit = calcium_phosphate_product_conventional(calcium.value, phosphate.to("mg/dL").value), "mg²/dL²"
    else:
        value, unit = calcium_phosphate_product(calcium.si, phosphate.si), "mmol²/L²"
    if calcium.unit != phosphate.unit:
        text = f"Calcium was given in {calcium.unit} and phosphate in {phosphate.unit}; phosphate was converted first."
        notices.append(Notice("mixed-units", text))
    return Outcome(Quantity("ca_p_product", value, unit), notices=tuple(notices))


def of_egfr(given: Given) -> Outcome:
    """Estimated filtration of an adult."""
    age: Age = given["age"]
    if age.years < ADULT_YEARS:
        raise InputError(
            f"age={age.typed} is below 18 years; the CKD-EPI 2021 equation is for adults, so there is no eGFR."
        )
    value = egfr_ckd_epi_2021(given["creatinine"].to("mg/dL").value, age.years, given["sex"] == "female")
    return Outcome(Quantity("egfr", value, "mL/min/1.73 m²"), notices=(EGFR_CAVEAT,))


def of_cccr(given: Given) -> Outcome:
    """Calcium/creatinine clearance ratio with what lowers it."""
    urine_ca, creatinine = given["urine_calcium"].si, given["creatinine"].si
    value = cccr(urine_ca, creatinine, given["calcium"].si, given["urine_creatinine"].si)
    text = (
        "Low vitamin D, kidney disease, thiazides and low calcium intake lower the ratio: a value below 0.01 alone "
        "does not prove familial hypocalciuric hypercalcaemia."
    )
    return Outcome(Quantity("cccr", value, ""), notices=(Notice("cccr-pitfalls", text),))


def _urine_phosphate(given: Given) -> tuple[float, float, float, float]:
    return tuple(given[name].si for name in ("urine_phosphate", "creatinine", "phosphate", "urine_creatinine"))


def of_trp(given: Given) -> Outcome:
    """Tubular reabsorption of phosphate."""
    return Outcome(Quantity("trp", trp(*_urine_phosphate(given)), ""), notices=(FASTING_CAVEAT,))


def _threshold(given: Given, function: Callable, other: tuple[str, Callable]) -> Outcome:
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
    return Outcome(Quantity("tmp_gfr", function(*values), "mmol/L").to(unit), more=more, notices=tuple(notices))


def of_tmp_gfr(given: Given) -> Outcome:
    """TmP/GFR of adults, with TRP and the linear form beside it."""
    return _threshold(given, tmp_gfr, ("tmp-gfr-child", tmp_gfr_child))


def of_tmp_gfr_child(given: Given) -> Outcome:
    """TmP/GFR of children, with TRP and the adult form beside it."""
    return _threshold(given, tmp_gfr_child, ("tmp-gfr", tmp_gfr))


def of_anion_gap(given: Given) -> Outcome:
    """Anion gap, adjusted for albumin where it is given."""
    ions = [given[name].si for name in ("sodium", "chloride", "bicarbonate")]
    plain = Quantity("anion_gap", anion_gap(*ions), "mmol/L")
    if "albumin" not in given:
        text = "Low albumin hides a raised gap: give albumin as well to have it adjusted."
        return Outcome(plain, notices=(Notice("albumin-not-given", text),))
    adjusted = Quantity("anion_gap", anion_gap_albumin_adjusted(*ions, given["albumin"].si), "mmol/L")
    text = "The first value is adjusted to albumin 40 g/L (4.0 g/dL); the plain gap stands beside it."
    return Outcome(adjusted, more=(("anion-gap-unadjusted", plain),), notices=(Notice("albumin-adjusted", text),))


def of_ionised(given: Given) -> Outcome:
    """Ionised calcium at pH 7.40 by both rules."""
    measured, ph = given["ionised_calcium"], given["ph"].value
    log = Quantity("calcium_ionised", ionised_calcium_at_ph_7_40(measured.si, ph), "mmol/L").to(measured.unit)
    linear = ionised_calcium_at_ph_7_40(measured.si, ph, rule="linear")
    other = Quantity("calcium_ionised", linear, "mmol/L").to(measured.unit)
    text = f"Two rules: {log.both()} by the logarithmic, {other.both()} by the linear one; both are approximations."
    notices = (PH_CAVEAT, Notice("two-rules", text))
    return Outcome(log, more=(("log", log), ("linear", other)), notices=notices)


def of_elemental(given: Given) -> Outcome:
    """Elemental calcium with its share of the salt."""
    mass, salt = given["mass"], given["salt"]
    amount = Quantity("calcium_mass", elemental_calcium(mass.si, salt), "mmol").to("mg")
    text = f"Calcium {salt.replace('-', ' ')} is {amount.value / mass.to('mg').value:.1%} calcium by mass."
    return Outcome(amount, notices=(Notice("share", text.replace("%", " %")),))


def of_kdigo(given: Given) -> Outcome:
    """KDIGO categories of what is given: filtration, albuminuria or both."""
    parts = []
    if "egfr" in given:
        parts.append(kdigo_g(given["egfr"].value))
    if "acr" in given:
        acr = given["acr"]
        category = kdigo_a_from_mg_g if acr.unit == "mg/g" else kdigo_a_from_mg_mmol
        parts.append(category(_displayed(acr)))
    if not parts:
        raise InputError('kdigo needs egfr or acr or both; write for example egfr="27 mL/min/1.73 m²" acr="45 mg/g".')
    text = "Chronic kidney disease means at least three months of abnormality; G1 and G2 need another marker of damage."
    return Outcome(None, " ".join(parts), notices=(Notice("three-months", text),))


def _displayed(quantity: Quantity) -> float:
    return float(units.rounded(quantity.value, quantity.about.spec(quantity.unit).decimals))
