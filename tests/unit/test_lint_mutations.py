"""Every rule of the item linter is tried on every item: a planted flaw must be found, a clean item left in peace."""

import copy
import re

import pytest

from calcinosis import content
from calcinosis.quiz.lint import BANK_RULES, ITEM_RULES, check_bank, check_item
from calcinosis.quiz.lint.course import present_course
from calcinosis.quiz.lint.draft import Draft

RECALL = {"E": 0.99, "W": 0.90}
MUTATORS = {}


def flaw(*rules, where=lambda doc: True):
    """Register a mutator of the documents for which `where` holds."""

    def keep(function):
        for rule in rules:
            MUTATORS.setdefault(rule, []).append((where, function))
        return function

    return keep


def key_of(doc):
    return next(option for option in doc["options"] if option.get("best"))


def distractor_of(doc):
    return next(option for option in doc["options"] if not option.get("best"))


def one_best(doc):
    return doc["kind"] == "one_best"


def in_words(doc):
    return one_best(doc) and doc["option_class"] != "value"


def of_values(doc):
    return one_best(doc) and doc["option_class"] == "value"


def applied(doc):
    return doc["bloom"] in ("apply", "analyse", "evaluate", "create")


# --- structure


@flaw("S01")
def unknown_key(doc):
    doc["hint"] = "look at albumin"


@flaw("S01")
def missing_key(doc):
    del doc["sources"]


@flaw("S01")
def id_with_capitals(doc):
    doc["id"] = "Item One"


@flaw("S02", where=one_best)
def no_best(doc):
    key_of(doc)["best"] = False


@flaw("S02", where=one_best)
def two_best(doc):
    distractor_of(doc)["best"] = True


@flaw("S03", where=one_best)
def three_options(doc):
    while len(doc["options"]) > 3:
        doc["options"].remove(distractor_of(doc))


@flaw("S04")
def feedback_removed(doc):
    (doc["options"][-1] if one_best(doc) else doc["answer"])["feedback"] = ""


@flaw("S04")
def bare_verdict(doc):
    (distractor_of(doc) if one_best(doc) else doc["answer"])["feedback"] = "Wrong."


@flaw("S04", where=one_best)
def feedback_copied(doc):
    doc["options"][0]["feedback"] = doc["options"][1]["feedback"]


@flaw("S04")
def endless_feedback(doc):
    (doc["options"][0] if one_best(doc) else doc["answer"])["feedback"] = "Read the value with its unit again. " * 20


@flaw("S05", where=one_best)
def feedback_of_nothing_here(doc):
    distractor_of(doc)["feedback"] = (
        "Nobody would ever choose this; it belongs into some quite different chapter of the book."
    )


@flaw("S06")
def unknown_objective(doc):
    doc["objective"] = "999z"


@flaw("S06", where=lambda doc: present_course().objectives[doc["objective"]] in ("remember", "understand", "apply"))
def level_too_high(doc):
    doc["bloom"] = "create"


@flaw("S07", where=one_best)
def no_misconception(doc):
    distractor_of(doc)["misconception"] = None


@flaw("S07", where=lambda doc: one_best(doc) or doc["answer"]["wrong"])
def invented_misconception(doc):
    known = distractor_of(doc) if one_best(doc) else doc["answer"]["wrong"][0]
    known["misconception"] = "just-wrong"


@flaw("S08")
def unknown_source(doc):
    doc["sources"] = ["a-friend-told-me"]


@flaw("S08")
def old_review(doc):
    doc["reviewed_on"] = "2019-01-01"


@flaw("S10")
def script(doc):
    doc["stem"] += " <script>alert(1)</script>"


@flaw("S10")
def outside_picture(doc):
    (doc["options"][0] if one_best(doc) else doc["answer"])["feedback"] += " https://example.org/picture.png"


@flaw("S11")
def expression_of_nothing(doc):
    doc["stem"] += " {{ fact('no-such-fact') }}"


@flaw("S11")
def citation_of_nothing(doc):
    (doc["options"][0] if one_best(doc) else doc["answer"])["feedback"] += " [@nobody1900]"


# --- stem and lead-in


@flaw("L01")
def question_without_mark(doc):
    doc["lead_in"] = doc["lead_in"].rstrip("?") + "."


@flaw("L01")
def second_question(doc):
    doc["stem"] += " Is that alarming?"


@flaw("L02")
def open_lead_in(doc):
    doc["lead_in"] = "Regarding this person, would you agree with the colleague?"


@flaw("L03")
def which_is_true(doc):
    doc["lead_in"] = "Which of the following statements is true?"


@flaw("L04")
def negative(doc):
    doc["lead_in"] = "Which cause is LEAST likely?"


@flaw("L04")
def all_except(doc):
    doc["lead_in"] = "What explains this result except one?"


@flaw("L05", where=applied)
def no_age(doc):
    doc["stem"] = re.sub(r"\b(?:A|An) \d+[- ](year|month|week|day)s?[- ]old", "A", doc["stem"])


@flaw("L05", where=applied)
def cut_to_the_bone(doc):
    doc["stem"] = "A patient has this result."


@flaw("L05", where=applied)
def endless_story(doc):
    doc["stem"] += " The bus was late, it rained, and the waiting room was full of people who talked." * 15


@flaw("L06")
def recall_in_costume(doc):
    doc["bloom"] = "remember"
    doc["stem"] = "A 45-year-old woman sees her doctor about her calcium. " + doc["stem"]


@flaw("L07")
def leans_on_another(doc):
    doc["stem"] = "The same patient comes back. " + doc["stem"]


@flaw("L08")
def named(doc):
    doc["stem"] = "Mrs Keller is here. " + doc["stem"]


@flaw("L08")
def dated(doc):
    doc["stem"] += " The sample is of 12 March 2024."


@flaw("L09")
def breathless(doc):
    doc["stem"] = doc["stem"].replace(". ", ", and ")
    doc["stem"] += " " + "and then another value came which nobody had asked for " * 5


@flaw("L09")
def unknown_abbreviation(doc):
    doc["stem"] += " The XQZR is normal."


@flaw("L10")
def shouting(doc):
    doc["stem"] += " This is IMPORTANT."


# --- options


@flaw("O01", where=in_words)
def all_of_the_above(doc):
    doc["options"][-1]["text"] = "All of the above"


@flaw("O01", where=in_words)
def both(doc):
    doc["options"][-1]["text"] = "Both A and B"


@flaw("O02", where=one_best)
def twin(doc):
    doc["options"][1]["text"] = "  " + doc["options"][0]["text"].upper() + "."


@flaw("O03", "O05", where=one_best)
def long_key(doc):
    key_of(doc)["text"] += (
        ", since this explains the whole picture including the age, the course and each of the values shown"
    )


@flaw("O06", where=one_best)
def absolute(doc):
    distractor_of(doc)["text"] += " and never otherwise"


@flaw("O07", where=one_best)
def vague(doc):
    distractor_of(doc)["text"] += ", usually"


@flaw("O08", where=one_best)
def clang(doc):
    doc["stem"] += " The harlequin is known."
    key_of(doc)["text"] += " harlequin"


@flaw("O09", where=lambda doc: in_words(doc) and len(doc["options"]) == 4)
def convergent(doc):
    texts = iter(["calcium high, PTH normal", "calcium normal, phosphate low", "urea low, creatinine high"])
    for option in doc["options"]:
        option["text"] = "calcium high, phosphate low" if option.get("best") else next(texts)


@flaw("O10")
def article(doc):
    doc["lead_in"] = "The most likely cause is a?"


@flaw("O10", where=lambda doc: in_words(doc) and not any(o["text"].lower().startswith("the ") for o in doc["options"]))
def one_in_another_form(doc):
    doc["options"][0]["text"] = "The " + doc["options"][0]["text"]


@flaw("O11", where=of_values)
def not_ascending(doc):
    doc["options"][0]["text"], doc["options"][1]["text"] = doc["options"][1]["text"], doc["options"][0]["text"]


@flaw("O11", where=of_values)
def without_unit(doc):
    doc["options"][0]["text"] = doc["options"][0]["text"].split()[0]


@flaw("O12", where=lambda doc: in_words(doc) and doc["order"] == "alpha")
def out_of_order(doc):
    doc["options"].reverse()


@flaw("O12", where=of_values)
def shuffled_numbers(doc):
    doc["order"] = "shuffle"


@flaw("O13", where=in_words)
def value_among_words(doc):
    distractor_of(doc)["text"] = "2.31 mmol/L"


@flaw("O13", where=one_best)
def no_class(doc):
    doc["option_class"] = None


@flaw("O14", where=in_words)
def lone_opposite(doc):
    key_of(doc)["text"] = "Hypercalcaemia from the gland"
    distractor_of(doc)["text"] = "Hypocalcaemia from the gland"


# --- numbers


SECOND_SYSTEM = re.compile(r"\s*\([^()]*(?:mg/dL|g/dL|pg/mL)[^()]*\)")
TWO_UNITS = {"calcium_total", "calcium_ionised", "albumin", "phosphate"}


@flaw(
    "N01",
    where=lambda doc: (
        TWO_UNITS & {lab["analyte"] for lab in doc["labs"]} and SECOND_SYSTEM.search(Draft.of(doc).stem) is not None
    ),
)
def one_system_only(doc):
    doc["stem"] = SECOND_SYSTEM.sub("", Draft.of(doc).stem)


@flaw("N01")
def wrong_conversion(doc):
    doc["stem"] += " Total calcium was 2.00 mmol/L (9.0 mg/dL) before."


@flaw("N02", where=lambda doc: doc["labs"])
def beyond_the_limits(doc):
    doc["labs"][0] = {"analyte": "calcium_total", "value": 9.2, "unit": "mmol/L", "flag": None}


@flaw("N02", where=lambda doc: doc["labs"] and re.search(r"\b[2-8]\d-year-old", doc["stem"]))
def wrong_flag(doc):
    doc["labs"][0] = {"analyte": "calcium_total", "value": 2.35, "unit": "mmol/L", "flag": "high"}


@flaw("N03")
def second_unit(doc):
    doc["stem"] += " Parathyroid hormone was 40 pg/mL, and later parathyroid hormone was 40 ng/L."


@flaw("N03")
def correction_without_albumin(doc):
    doc["stem"] = "A 50-year-old man came to the clinic two days ago. The corrected calcium is 2.30 mmol/L (9.2 mg/dL)."


@flaw("N04")
def wrong_sum(doc):
    (key_of(doc) if one_best(doc) else doc["answer"])["feedback"] += " So 1.48 + 0.02 × (40 − 26) = 1.86 here."


@flaw("N05", where=one_best)
def dystrophic_unexplained(doc):
    doc["option_class"], doc["subtype"] = "diagnosis", ["dystrophic"]
    doc["labs"] = [{"analyte": "calcium_total", "value": 2.9, "unit": "mmol/L", "flag": "high"}]
    key_of(doc)["feedback"] = "The inflamed skin of the last years decides here, and the site over the joints fits."


@flaw("N05", where=one_best)
def metastatic_normal(doc):
    doc["option_class"], doc["subtype"] = "diagnosis", ["metastatic"]
    doc["labs"] = [{"analyte": "calcium_total", "value": 2.35, "unit": "mmol/L", "flag": "normal"}]


@flaw("N06")
def dose_of_nowhere(doc):
    doc["stem"] += " She takes cinacalcet 30 mg twice."
    doc["sources"] = ["a-friend-told-me"]


@flaw("N07", where=lambda doc: not one_best(doc) and doc["answer"]["wrong"])
def wrong_value_is_the_key(doc):
    doc["answer"]["wrong"][0].update(value=doc["answer"]["value"], unit=doc["answer"]["unit"])


@flaw("N07", where=lambda doc: not one_best(doc) and doc["answer"]["analyte"])
def answer_in_furlongs(doc):
    doc["answer"]["unit"] = "furlong"


def bank():
    return [item.model_dump(mode="json") for item in content.items().values() if item.status != "retired"]


def clean_documents(rule_id):
    """Return the items of the bank in which the rule finds nothing."""
    rule, course = ITEM_RULES[rule_id], present_course()
    return [doc for doc in bank() if not list(rule.check(Draft.of(doc), course))]


def test_every_item_rule_has_a_mutator():
    assert sorted(MUTATORS) == sorted(ITEM_RULES)


@pytest.mark.parametrize("rule_id", sorted(ITEM_RULES))
def test_planted_flaws_are_found(rule_id):
    rule, course = ITEM_RULES[rule_id], present_course()
    missed, planted = [], 0
    for doc in clean_documents(rule_id):
        for where, mutate in MUTATORS[rule_id]:
            if not where(doc):
                continue
            broken = copy.deepcopy(doc)
            mutate(broken)
            planted += 1
            if not list(rule.check(Draft.of(broken), course)):
                missed.append(f"{mutate.__name__} in {doc['id']}")
    assert planted >= 3
    assert 1 - len(missed) / planted >= RECALL[rule.severity], missed


def test_a_waiver_silences_a_warning_and_no_error():
    doc = next(d for d in clean_documents("O07") if in_words(d))
    vague(doc)
    assert "O07" in {finding.rule for finding in check_item(doc)}
    doc["waivers"] = [{"rule": "O07", "reason": "the word is the point", "who": "course team", "date": "2026-11-20"}]
    assert "O07" not in {finding.rule for finding in check_item(doc)}
    absolute(doc)
    doc["waivers"] = [{"rule": "O06", "reason": "no", "who": "course team", "date": "2026-11-20"}]
    assert "O06" in {finding.rule for finding in check_item(doc)}


# --- the bank


def key_first(docs):
    for doc in docs:
        if one_best(doc):
            doc["options"].sort(key=lambda option: not option.get("best"))


def key_longest(docs):
    for doc in docs:
        if one_best(doc):
            key_of(doc)["text"] += " as is shown by everything that was found in this patient"


def lonely_objective(docs):
    objective = docs[0]["objective"]
    docs[:] = [docs[0], *(doc for doc in docs if doc["objective"] != objective)]


def one_level(docs):
    for doc in docs:
        doc["bloom"] = "apply"


def only_recall(docs):
    for doc in docs:
        doc["bloom"] = "remember"


def undeclared_twin(docs):
    docs.append(copy.deepcopy(docs[0]) | {"id": "twin-01", "isomorph_group": None})


def lonely_misconception(docs):
    next(distractor_of(doc) for doc in docs if one_best(doc))["misconception"] = "livedo-always-red"


def id_twice(docs):
    docs.append(copy.deepcopy(docs[0]))


BANK_MUTATORS = [
    ("O15", key_first),
    ("O04", key_longest),
    ("B01", lonely_objective),
    ("B01", one_level),
    ("B02", only_recall),
    ("B04", undeclared_twin),
    ("B05", lonely_misconception),
    ("B09", id_twice),
]


def test_every_bank_rule_has_a_mutator():
    assert {rule for rule, _ in BANK_MUTATORS} == set(BANK_RULES)


@pytest.mark.parametrize(("rule_id", "mutate"), BANK_MUTATORS)
def test_flaws_of_the_bank_are_found(rule_id, mutate):
    docs = bank()
    before = {finding.message for finding in check_bank(docs) if finding.rule == rule_id}
    mutate(docs)
    after = {finding.message for finding in check_bank(docs) if finding.rule == rule_id}
    assert after - before
