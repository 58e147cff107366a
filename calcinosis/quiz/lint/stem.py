"""Rules on stem and lead-in (L)."""

import re

from calcinosis.quiz.lint import words as lists
from calcinosis.quiz.lint.course import LEVELS, Course
from calcinosis.quiz.lint.draft import Draft, sentences
from calcinosis.quiz.lint.findings import Complaints, rule
from calcinosis.quiz.lint.numeric import values_in

SHORTEST_VIGNETTE, LONGEST_VIGNETTE = 35, 180
LONGEST_RECALL = 60
MEAN_SENTENCE = 25
ACRONYM = re.compile(r"(?<![\w/-])[A-Z][A-Z0-9]{1,}(?![\w/])")


def _count(text: str) -> int:
    """Return the number of words as a reader counts them: a value with its unit is one or two."""
    return len(text.split())


@rule("L01", "E")
def one_question(draft: Draft, course: Course) -> Complaints:
    """L01 (E): the lead-in is one sentence, ends with a question mark, and is the only question."""
    if not draft.lead_in.endswith("?"):
        yield "the lead-in is no question.", "End it with a question mark."
    if draft.question.count("?") != 1:
        yield f"stem and lead-in hold {draft.question.count('?')} question marks.", "Ask one question only."
    if len(sentences(draft.lead_in)) != 1:
        yield "the lead-in has more than one sentence.", "Move the rest into the stem."


@rule("L02", "W")
def closed_lead_in(draft: Draft, course: Course) -> Complaints:
    """L02 (W): the lead-in asks for one definite thing, such as the most likely mechanism or which value."""
    if not lists.CLOSED_LEAD_IN.search(draft.lead_in):
        yield "the lead-in is not of a closed form.", "Ask for the most likely cause, the best next step, which value."


@rule("L03", "E")
def no_true_or_false(draft: Draft, course: Course) -> Complaints:
    """L03 (E): the lead-in does not ask which statement is true or false; such a question fails cover-the-options."""
    if lists.OPEN_LEAD_IN.search(draft.lead_in):
        yield "the lead-in asks which statement is true or false.", "Ask for one thing that can be answered unseen."


@rule("L04", "E")
def no_negative_question(draft: Draft, course: Course) -> Complaints:
    """L04 (E): the lead-in does not hang on not, except, least, incorrect, false or never."""
    hit = lists.NEGATIVE.search(draft.lead_in)
    if hit:
        yield f"the lead-in hangs on {hit[0]!r}.", "Turn the question round."


@rule("L05", "E")
def vignette_is_complete(draft: Draft, course: Course) -> Complaints:
    """L05 (E): from apply upwards a vignette of 35 to 180 words: age, sex, setting or complaint, time, a finding."""
    if draft.bloom not in LEVELS[2:]:
        return
    count = _count(draft.question)
    if not SHORTEST_VIGNETTE <= count <= LONGEST_VIGNETTE:
        yield f"the vignette has {count} words.", f"Write {SHORTEST_VIGNETTE} to {LONGEST_VIGNETTE}."
    needed = {
        "age": lists.AGE,
        "sex": lists.SEX,
        "setting or complaint": lists.SETTING,
        "duration or time": lists.DURATION,
    }
    for what, pattern in needed.items():
        if not pattern.search(draft.stem):
            yield f"the vignette states no {what}.", "Add it; a doctor would ask."
    if not (draft.labs or any(values_in(draft.stem)) or lists.FINDING.search(draft.stem)):
        yield "the vignette holds neither a finding nor a laboratory value.", "Add what decides."


@rule("L06", "W")
def recall_is_short(draft: Draft, course: Course) -> Complaints:
    """L06 (W): a question of recall has at most 60 words and no decorative patient."""
    if draft.bloom != "remember":
        return
    if _count(draft.question) > LONGEST_RECALL:
        yield f"a question of recall has {_count(draft.question)} words.", f"Cut it to {LONGEST_RECALL}."
    if lists.AGE.search(draft.stem) and lists.SEX.search(draft.stem):
        yield "a question of recall is dressed up with a patient.", "Take the patient out or let the patient decide."


@rule("L07", "E")
def stands_alone(draft: Draft, course: Course) -> Complaints:
    """L07 (E): the item does not lean on another item."""
    hit = lists.CROSS_REFERENCE.search(draft.question)
    if hit:
        yield f"{hit[0]!r} points to another item.", "Repeat what is needed."


@rule("L08", "E")
def nobody_can_be_recognised(draft: Draft, course: Course) -> Complaints:
    """L08 (E): no names with titles, full dates or record numbers."""
    for pattern, what in (
        (lists.TITLED_NAME, "a name"),
        (lists.FULL_DATE, "a full date"),
        (lists.RECORD_NUMBER, "a record number"),
    ):
        for where, text in draft.visible:
            hit = pattern.search(text)
            if hit:
                yield f"the {where} holds {what} ({hit[0]}).", "Say 'a woman of 56', 'three days ago'."


@rule("L09", "W")
def easy_to_read(draft: Draft, course: Course) -> Complaints:
    """L09 (W): sentences of at most 25 words on average; abbreviations expanded or in the glossary."""
    parts = sentences(draft.question)
    mean = sum(_count(part) for part in parts) / max(len(parts), 1)
    if mean > MEAN_SENTENCE:
        yield f"the sentences have {mean:.0f} words on average.", f"Write at most {MEAN_SENTENCE}."
    for acronym in sorted(set(ACRONYM.findall(draft.question))):
        explained = f"({acronym})" in draft.question or acronym.casefold() in course.glossary
        if acronym.upper() not in lists.PLAIN_ACRONYMS and not explained:
            yield f"the abbreviation {acronym} is not expanded.", "Write it out, or put it into the glossary."


@rule("L10", "W")
def no_shouting(draft: Draft, course: Course) -> Complaints:
    """L10 (W): words in capitals only where the capitals are a name."""
    for where, text in draft.visible:
        loud = [word for word in re.findall(r"\b[A-Z]{4,}\b", text) if word not in lists.ALLOWED_CAPITALS]
        if loud:
            yield f"the {where} shouts {loud[0]}.", "Write it small; let the sentence carry the weight."
