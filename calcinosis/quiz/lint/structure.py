"""Rules on the structure of an item (S)."""

import json
from datetime import date, timedelta
from itertools import combinations

from calcinosis.quiz.lint.course import LEVELS, Course
from calcinosis.quiz.lint.draft import Draft, content_words, jaccard, tokens
from calcinosis.quiz.lint.findings import Complaints, rule
from calcinosis.quiz.lint.numeric import numbers_in
from calcinosis.quiz.lint.words import ALLOWED_TAGS, ANY_TAG, BARE_VERDICT, FORBIDDEN_MARKUP

SHORTEST_FEEDBACK, LONGEST_FEEDBACK = 40, 500
SAME_FEEDBACK = 0.8
REVIEW_GOOD_FOR = timedelta(days=731)


@rule("S01", "E")
def schema_holds(draft: Draft, course: Course) -> Complaints:
    """S01 (E): the item fits its schema, and no key is unknown or missing."""
    from pydantic import ValidationError  # costs 50 ms and is needed by this rule alone

    from calcinosis.content.models import Item

    try:
        Item.model_validate_json(json.dumps(draft.document, default=str))
    except ValidationError as error:
        for flaw in error.errors(include_url=False):
            place = ".".join(str(part) for part in flaw["loc"]) or "the item"
            yield f"{place}: {flaw['msg']}.", "Write it as the other items do."


@rule("S02", "E")
def one_best_option(draft: Draft, course: Course) -> Complaints:
    """S02 (E): exactly one option is marked best."""
    best = sum(option.best for option in draft.options)
    if draft.one_best and best != 1:
        yield f"{best} options are marked best.", "Mark exactly one with best: true."


@rule("S03", "E", waivable=True)
def four_or_five_options(draft: Draft, course: Course) -> Complaints:
    """S03 (E): four or five options; three only with a waiver that no further plausible distractor exists."""
    count = len(draft.options)
    if draft.one_best and count not in (4, 5) and not (count == 3 and draft.waived("S03")):
        yield f"{count} options.", "Give four or five; three need a waiver."


@rule("S04", "E")
def every_option_explained(draft: Draft, course: Course) -> Complaints:
    """S04 (E): each feedback has 40 to 500 characters, more than a verdict, and is not a copy of another."""
    for where, text, _ in draft.feedbacks:
        if BARE_VERDICT.match(text):
            yield f"the feedback of {where} says no more than a verdict.", "Say why it is right or wrong here."
        elif not SHORTEST_FEEDBACK <= len(text) <= LONGEST_FEEDBACK:
            yield (
                f"the feedback of {where} has {len(text)} characters.",
                f"Write {SHORTEST_FEEDBACK} to {LONGEST_FEEDBACK}.",
            )
    for (first, one, _), (second, other, _) in combinations(draft.feedbacks, 2):
        if one and jaccard(tokens(one), tokens(other)) >= SAME_FEEDBACK:
            yield f"the feedbacks of {first} and {second} say the same.", "Explain what is particular to each."


@rule("S05", "W")
def feedback_uses_the_stem(draft: Draft, course: Course) -> Complaints:
    """S05 (W): the feedback of a distractor names a finding or value from the stem."""
    known = content_words(draft.stem, shortest=4)
    values = numbers_in(draft.stem)
    for where, text, best in draft.feedbacks:
        if not best and not (content_words(text, shortest=4) & known or numbers_in(text) & values):
            yield f"the feedback of {where} names nothing from the stem.", "Name the finding that speaks against it."


@rule("S06", "E")
def level_fits_the_objective(draft: Draft, course: Course) -> Complaints:
    """S06 (E): the objective exists, and the item's level lies at most one above the objective's."""
    if draft.bloom not in LEVELS:
        yield f"the level {draft.bloom!r} is none of the six.", f"Write one of {', '.join(LEVELS)}."
        return
    level = course.objectives.get(draft.objective)
    if level is None:
        yield f"no lesson has the objective {draft.objective!r}.", "Use an objective id of a lesson's header."
    elif LEVELS.index(draft.bloom) > LEVELS.index(level) + 1:
        yield f"{draft.bloom} lies more than one level above the objective ({level}).", "Change one of the two."


@rule("S07", "E")
def distractors_are_misconceptions(draft: Draft, course: Course) -> Complaints:
    """S07 (E): each distractor and each known wrong value names a misconception of the list."""
    named = [(f"option {option.id}", option.misconception) for option in draft.distractors]
    named += [
        (f"wrong value {number}", wrong.get("misconception"))
        for number, wrong in enumerate(draft.answer.get("wrong") or (), start=1)
    ]
    for where, misconception in named:
        if misconception not in course.misconceptions:
            found = f"the unknown misconception {misconception!r}" if misconception else "no misconception"
            yield f"{where} names {found}.", "Name one of data/misconceptions.yml, or add it there."


@rule("S08", "E")
def sourced_and_reviewed_in_time(draft: Draft, course: Course) -> Complaints:
    """S08 (E): sources are known and at least one can be found by a reader; a review is at most 24 months old."""
    sources = draft.document.get("sources") or ()
    known = [course.sources[source_id] for source_id in sources if source_id in course.sources]
    for source_id in sources:
        if source_id not in course.sources:
            yield f"the source {source_id!r} is not in the bibliography.", "Check the id or add the source."
    if not any(source.identified for source in known):
        yield "no source can be found by a reader.", "Cite one with a DOI, PMID, ISBN or its publisher's address."
    reviewed = draft.document.get("reviewed_on")
    if reviewed and date.today() - date.fromisoformat(str(reviewed)) > REVIEW_GOOD_FOR:
        yield f"the last review is of {reviewed}.", "Have it reviewed again."


@rule("S10", "E")
def only_plain_markup(draft: Draft, course: Course) -> Complaints:
    """S10 (E): no script, style, event, link or embedded data; of tags only b, i, em, strong, sub, sup, br."""
    for where, text in draft.visible:
        if FORBIDDEN_MARKUP.search(text):
            yield f"the {where} holds mark-up or an address that a page must not run.", "Write plain text."
        strange = {tag.casefold() for tag in ANY_TAG.findall(text)} - ALLOWED_TAGS
        if strange:
            yield f"the {where} uses the tag {sorted(strange)[0]!r}.", f"Use only {', '.join(sorted(ALLOWED_TAGS))}."


@rule("S11", "E")
def values_can_be_worked_out(draft: Draft, course: Course) -> Complaints:
    """S11 (E): every {{ … }} and every [@id] in the item can be worked out."""
    for complaint in draft.broken_texts:
        yield complaint, "Check names and arguments."
