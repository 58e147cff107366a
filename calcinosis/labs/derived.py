"""What a panel computes by itself: each formula whose inputs it holds, with every caveat."""

from collections.abc import Mapping
from typing import Any

from calcinosis import formulas
from calcinosis.errors import InputError
from calcinosis.formulas import Result
from calcinosis.labs.flags import Row
from calcinosis.units import Age, Notice

# Which formulas a panel computes by itself, with the panel's analytes for each input.
_DERIVED = {
    "corrected-calcium": {"calcium": "calcium_total", "albumin": "albumin"},
    "corrected-calcium-1973": {"calcium": "calcium_total", "albumin": "albumin"},
    "ca-p-product": {"calcium": "calcium_total", "phosphate": "phosphate"},
    "anion-gap": {"sodium": "sodium", "chloride": "chloride", "bicarbonate": "bicarbonate"},
    "ionised-calcium-ph": {"ionised_calcium": "calcium_ionised", "ph": "ph"},
    "cccr": {
        "urine_calcium": "urine_calcium",
        "creatinine": "creatinine",
        "calcium": "calcium_total",
        "urine_creatinine": "urine_creatinine",
    },
    "trp": {
        "phosphate": "phosphate",
        "urine_phosphate": "urine_phosphate",
        "creatinine": "creatinine",
        "urine_creatinine": "urine_creatinine",
    },
}


def derived_values(
    by_id: Mapping[str, Row], age: Age | None, sex: str | None
) -> tuple[dict[str, Result], list[Notice]]:
    """Compute every formula whose inputs are there; a refusal becomes a notice."""
    results: dict[str, Result] = {}
    notices: list[Notice] = []
    for name, wanted in _DERIVED.items():
        if all(key in by_id for key in wanted.values()):
            given = {inp: by_id[key].quantity for inp, key in wanted.items()}
            if name == "anion-gap" and "albumin" in by_id:
                given["albumin"] = by_id["albumin"].quantity
            _add(results, notices, name, given)
    if "trp" in results:
        if age is None:
            text = "TmP/GFR has one form for adults and one for children: add age=58 to have it computed."
            notices.append(Notice("tmp-needs-age", text))
        else:
            given = {inp: by_id[key].quantity for inp, key in _DERIVED["trp"].items()}
            _add(results, notices, "tmp-gfr" if age.years >= formulas.ADULT_YEARS else "tmp-gfr-child", given)
    _add_kidney(results, notices, by_id, age, sex)
    return results, notices


def _add(results: dict[str, Result], notices: list[Notice], name: str, given: Mapping[str, Any]) -> None:
    """Compute one formula; a refusal becomes a notice, so that one impossible ratio does not hide the whole panel."""
    try:
        results[name] = formulas.calculate(name, given)
    except InputError as refusal:
        notices.append(Notice(f"{name}-refused", f"{formulas.FORMULAS[name].title} is not given: {refusal}"))
        return
    notices.extend(results[name].warnings)


def _add_kidney(
    results: dict[str, Result], notices: list[Notice], by_id: Mapping[str, Row], age: Age | None, sex: str | None
) -> None:
    if "creatinine" in by_id:
        lacking = [f"{name}=" for name, value in (("age", age), ("sex", sex)) if value is None]
        if lacking:
            notices.append(Notice("egfr-needs", f"eGFR is not given: add {' and '.join(lacking)}."))
        elif age.years < formulas.ADULT_YEARS:
            text = f"eGFR is not given: the CKD-EPI 2021 equation is for adults, and the age is {age.typed}."
            notices.append(Notice("egfr-child", text))
        else:
            _add(results, notices, "egfr", {"creatinine": by_id["creatinine"].quantity, "age": age, "sex": sex})
    given = {}
    if "egfr" in results:
        given["egfr"] = results["egfr"].quantity
    elif "egfr" in by_id:
        given["egfr"] = by_id["egfr"].quantity
    if "acr" in by_id:
        given["acr"] = by_id["acr"].quantity
    if given:
        _add(results, notices, "kdigo", given)
