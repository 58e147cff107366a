"""Rules on numbers and medicine (N)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from calcinosis import content, labs, units
from calcinosis.errors import CourseError, InputError
from calcinosis.quiz.lint import words as lists
from calcinosis.quiz.lint.course import Course
from calcinosis.quiz.lint.draft import Draft
from calcinosis.quiz.lint.findings import Complaints, rule
from calcinosis.quiz.lint.numeric import CONVENTIONAL_UNITS, SI_UNITS, Value, pairs_in, sums_in, values_in

AGREE = 0.01
ABOUT = 0.02
FLAGS = {"low": "LOW", "normal": "NORMAL", "high": "HIGH"}
NUMBER_OF_AGE = re.compile(
    r"\b(?:aged? (?:about )?|(?:man|woman|boy|girl|person|patient) of )(\d{1,3})\b|\b(\d{1,3})[- ]year", re.IGNORECASE
)
FEMALE = lists.word_pattern("woman", "girl", "female", "she", "her")
MALE = lists.word_pattern("man", "boy", "male", "he", "his")
CORRECTED = re.compile(
    r"\b(?:albumin[- ])?(?:correct(?:ed|ion)|adjust(?:ed|ment))\b[^.]{0,40}\b(?:calcium|total)\b"
    r"|\bcalcium\b[^.]{0,40}\b(?:corrected|adjusted)\b|\balbumin (?:correction|adjustment)\b",
    re.IGNORECASE,
)
EXPLAINED = re.compile(r"\bcalcium|phosphate|unrelated|coincid|separate", re.IGNORECASE)


def _agree(one: Value, other: Value, factor: float) -> bool:
    """Say whether two values agree within 1 % or within what their last digits can show."""
    for first, second, first_places, second_places in zip(
        one.numbers, other.numbers, one.decimals, other.decimals, strict=True
    ):
        rounding = 0.5 * 10.0**-second_places + 0.5 * 10.0**-first_places * factor
        if abs(first * factor - second) > max(AGREE * abs(second), rounding * 1.0001):
            return False
    return True


def _factors(one: str, other: str) -> Iterable[float]:
    """Yield the conversion factors from one unit to another of all analytes that have both."""
    for analyte_id in content.analytes():
        about = units.analyte(analyte_id)
        if one in about.units and other in about.units:
            yield units.factor(about, one, other)


def _named_before(text: str, position: int) -> str | None:
    """Return the analyte whose name stands last before `position`, within its sentence."""
    before = re.split(r"[.;:?!]\s", text[:position])[-1].casefold()
    found = (
        (before.rfind(name.casefold()) + len(name), len(name), analyte_id)
        for analyte_id, record in content.analytes().items()
        for name in (record.name, record.short, *record.aliases)
        if len(name) > 3 and name.casefold() in before
    )
    # The name that ends last stands nearest; "ionised calcium" and "calcium" end together, and the longer one is meant.
    return max(found, default=(0, 0, None))[2]


@rule("N01", "E", waivable=True)
def both_unit_systems_agree(draft: Draft, course: Course) -> Complaints:
    """N01 (E): each declared value stands in the stem in both systems, which agree within 1 %.

    A question about converting units may show one system only, with a waiver that says so.
    """
    shown = list(values_in(draft.stem))
    for lab in draft.labs:
        try:
            about = units.analyte(lab["analyte"])
            spec = about.spec(lab["unit"])
        except InputError as error:
            yield str(error), "Use a unit of data/analytes.yml."
            continue
        for unit in (about.si_unit, about.other_unit(about.si_unit)):
            if unit is None or not about.spec(unit).unit:
                continue  # one number serves both systems (U/L, mmol/L and mEq/L), or there is no unit (pH)
            target = units.convert(lab["value"], about, spec.unit, unit)
            same = [name for name, known in about.units.items() if known.to_si == about.spec(unit).to_si]
            if not any(value.unit in same and _near(value, target) for value in shown):
                yield f"{about.name} does not stand in the stem as {target:.4g} {unit}.", "Show both systems."
    for where, text in draft.visible:
        for one, other in pairs_in(text):
            named = _named_before(text, one.start)
            if named and _has_unit(named, one.unit) and _has_unit(named, other.unit):
                known = [units.factor(named, one.unit, other.unit)]
            else:
                known = list(_factors(one.unit, other.unit))
            if known and not any(_agree(one, other, factor) for factor in known):
                yield (
                    f"in the {where} {one.numbers[0]:g} {one.unit} and {other.numbers[0]:g} {other.unit} disagree.",
                    "Convert again.",
                )


def _has_unit(name: str, unit: str) -> bool:
    """Say whether the analyte is measured in this unit, in any accepted spelling."""
    try:
        units.analyte(name).spec(unit)
    except InputError:
        return False
    return True


def _near(value: Value, target: float) -> bool:
    return len(value.numbers) == 1 and abs(value.numbers[0] - target) <= max(
        AGREE * abs(target), 0.5001 * 10.0 ** -value.decimals[0]
    )


def age_and_sex(draft: Draft) -> tuple[float | None, str | None]:
    """Return age in years and sex as the stem states them."""
    age = NUMBER_OF_AGE.search(draft.stem)
    female, male = bool(FEMALE.search(draft.stem)), bool(MALE.search(draft.stem))
    sex = None if female == male else "female" if female else "male"
    return (float(age[1] or age[2]) if age else None), sex


@rule("N02", "E")
def plausible_and_rightly_flagged(draft: Draft, course: Course) -> Complaints:
    """N02 (E): each declared value lies inside the hard limits, and its flag agrees with the reference interval."""
    age, sex = age_and_sex(draft)
    for lab in draft.labs:
        try:
            quantity = units.parse(lab["analyte"], f"{lab['value']} {lab['unit']}")
        except CourseError as error:
            yield str(error), "Correct value or unit."
            continue
        stated = lab.get("flag")
        if stated is None or age is None:
            continue
        found = labs.flag(quantity, labs.interval_for(quantity.analyte, sex=sex, age_years=age))
        if found.name not in (FLAGS[stated], "NO_INTERVAL", "DIFFERS"):
            yield (
                f"{quantity.shown()} is flagged {stated}, the interval says {found.name.lower()}.",
                "Correct the flag.",
            )


@rule("N03", "E")
def one_pair_of_units(draft: Draft, course: Course) -> Complaints:
    """N03 (E): one analyte has one pair of units; who speaks of corrected calcium states albumin with its unit."""
    used: dict[str, set[str]] = {}
    for lab in draft.labs:
        used.setdefault(lab["analyte"], set()).add(lab["unit"])
    for value in values_in(draft.question):
        named = _named_before(draft.question, value.start)
        if named and _has_unit(named, value.unit):
            used.setdefault(named, set()).add(value.unit)
    for analyte_id, found in used.items():
        for system in (SI_UNITS, CONVENTIONAL_UNITS):
            here = sorted(found & set(system))
            if len(here) > 1:
                yield f"{analyte_id} stands in {' and '.join(here)}.", "Keep to one unit in each system."
    albumin = re.search(r"\balbumin\b[^.;]{0,30}?\d+(?:\.\d+)?\s*g/d?L", draft.stem, re.IGNORECASE)
    if CORRECTED.search(draft.question) and not albumin:
        yield "calcium is corrected, but albumin stands nowhere with its unit.", "State albumin in g/L and g/dL."


@rule("N04", "E")
def arithmetic_holds(draft: Draft, course: Course) -> Complaints:
    """N04 (E): every written sum gives what is written: within its rounding after "=", within 2 % after "≈"."""
    for where, text in draft.visible:
        for written, worked, stated, step in sums_in(text):
            slack = ABOUT * abs(worked) if "≈" in written else 0.0
            if abs(worked - stated) > 0.5001 * step + slack:
                yield f"in the {where} '{written}' gives {worked:.4g}.", "Work it out again."


@rule("N05", "E")
def chemistry_fits_the_subtype(draft: Draft, course: Course) -> Complaints:
    """N05 (E): a dystrophic diagnosis explains abnormal minerals; a metastatic one shows them or says why not."""
    if not draft.one_best or draft.document.get("option_class") != "diagnosis":
        return
    subtype = set(draft.document.get("subtype") or ())
    minerals = [lab for lab in draft.labs if lab["analyte"] in ("calcium_total", "calcium_ionised", "phosphate")]
    abnormal = any(lab.get("flag") in ("low", "high") for lab in minerals)
    explained = draft.key is not None and EXPLAINED.search(draft.key.feedback)
    if subtype == {"dystrophic"} and abnormal and not explained:
        yield "a dystrophic item shows abnormal calcium or phosphate without a word.", "Explain it in the feedback."
    if subtype == {"metastatic"} and minerals and not abnormal and "normalised" not in draft.stem:
        yield "a metastatic item shows normal calcium and phosphate.", "Show the abnormality, or say it is normalised."


@rule("N06", "E")
def doses_are_sourced(draft: Draft, course: Course) -> Complaints:
    """N06 (E): an item that names a dose cites a source with a year that a reader can find."""
    doses = [lists.DOSE.search(text) for _, text in draft.visible]
    if not any(doses):
        return
    cited = [course.sources.get(source_id) for source_id in draft.document.get("sources") or ()]
    if not any(source is not None and source.year and source.identified for source in cited):
        dose = next(hit for hit in doses if hit)
        yield f"the dose '{dose[0]}' rests on no dated source.", "Cite where the dose stands."


@rule("N07", "E")
def wrong_values_can_be_told_apart(draft: Draft, course: Course) -> Complaints:
    """N07 (E): units of a numeric answer exist, and its key and known wrong values lie more than a tolerance apart."""
    if draft.kind != "numeric" or not draft.answer:
        return
    reached: list[float] = []
    for number, entry in enumerate((draft.answer, *(draft.answer.get("wrong") or ()))):
        try:
            value = _in_unit_of(draft.answer, entry)
        except CourseError as error:
            yield str(error), "Use a unit of data/analytes.yml and a value inside its limits."
            continue
        if any(abs(value - earlier) <= float(draft.answer.get("tolerance") or 0) for earlier in reached):
            yield f"wrong value {number} lies within the tolerance of another value.", "Its feedback is never reached."
        reached.append(value)


def _in_unit_of(answer: Mapping[str, Any], entry: Mapping[str, Any]) -> float:
    """Return a value of a numeric item in the unit of its key."""
    if not answer.get("analyte"):
        return float(entry["value"])
    return units.parse(answer["analyte"], f"{entry['value']} {entry['unit']}").to(answer["unit"]).value
