"""What several values of a panel say together, and what none of them says alone."""

from collections.abc import Mapping

from calcinosis import units
from calcinosis.formulas import Result
from calcinosis.labs.flags import Flag, Row
from calcinosis.units import Notice

_HIGHEST_IONISED_SHARE = 0.65
_EDTA_CALCIUM_MMOL_L = 1.5
_EDTA_POTASSIUM_MMOL_L = 6.0
_CKD_BELOW_EGFR = 60


def cross_checks(by_id: Mapping[str, Row], derived: Mapping[str, Result]) -> list[Notice]:
    """Return what several values say together; source of the EDTA pattern: ``rlbuht_spurious``, ``cornes2008``."""
    notices = []
    si = {key: row.quantity.si for key, row in by_id.items()}
    total, ionised = si.get("calcium_total"), si.get("calcium_ionised")
    if total is not None and ionised is not None and ionised > _HIGHEST_IONISED_SHARE * total:
        share = f"{100 * ionised / total:.0f} %"
        text = f"Ionised calcium is {share} of total calcium, more than 65 %: check both values and their units."
        notices.append(Notice("ionised-share", text))
    low_alp = "alp" in by_id and by_id["alp"].flag is Flag.LOW
    if (
        total is not None
        and total < _EDTA_CALCIUM_MMOL_L
        and si.get("potassium", 0) > _EDTA_POTASSIUM_MMOL_L
        and low_alp
    ):
        text = "Very low calcium, high potassium, low alkaline phosphatase: think of EDTA in the tube and repeat."
        notices.append(Notice("edta", text))
    if "corrected-calcium" in derived:
        notices += _about_corrected(by_id, derived)
    return notices


def _about_corrected(by_id: Mapping[str, Row], derived: Mapping[str, Result]) -> list[Notice]:
    notices = []
    kidney = derived.get("egfr")
    egfr = kidney.quantity if kidney else by_id["egfr"].quantity if "egfr" in by_id else None
    if egfr is not None and units.rounded(egfr.value, 0) < _CKD_BELOW_EGFR:
        text = (
            f"eGFR {egfr.shown()}: in CKD corrected calcium agrees less well with ionised calcium than the uncorrected "
        )
        notices.append(Notice("corrected-calcium-ckd", text + "total; measure ionised calcium."))
    if "calcium_ionised" in by_id:
        text = "Ionised calcium was measured: trust it before any correction formula."
        notices.append(Notice("ionised-measured", text))
    return notices
