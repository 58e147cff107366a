"""Rules on the items together (B, and O04 and O15)."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from calcinosis.quiz.lint.course import LEVELS, Course
from calcinosis.quiz.lint.draft import Draft, jaccard
from calcinosis.quiz.lint.findings import Complaints, bank_rule

ITEMS_PER_OBJECTIVE, LEVELS_PER_OBJECTIVE = 3, 2
HIGHER_SHARE = 0.6
NEAR_DUPLICATE = 0.6
LONGEST_RUN = 4
RARE = 0.05
# Below this many items a distribution says nothing.
ENOUGH = 12


def chi2_tail(statistic: float, freedom: int) -> float:
    """Return the probability of a larger chi-squared value.

    >>> round(chi2_tail(3.841, 1), 3), round(chi2_tail(7.815, 3), 3), round(chi2_tail(9.488, 4), 3)
    (0.05, 0.05, 0.05)
    """
    half = statistic / 2
    tail = math.exp(-half) if freedom % 2 == 0 else math.erfc(math.sqrt(half))
    for step in range(2 if freedom % 2 == 0 else 1, freedom, 2):
        tail += half ** (step / 2) * math.exp(-half) / math.gamma(step / 2 + 1)
    return min(tail, 1.0)


def _by_options(drafts: Sequence[Draft]) -> dict[int, list[Draft]]:
    """Group items with one key by their number of options, in the order of their ids."""
    groups: dict[int, list[Draft]] = defaultdict(list)
    for draft in sorted(drafts, key=lambda draft: draft.id):
        if draft.key is not None:
            groups[len(draft.options)].append(draft)
    return groups


@bank_rule("O04", "E")
def length_gives_nothing_away(drafts: Sequence[Draft], course: Course) -> Complaints:
    """O04 (E): over the bank the key is uniquely the longest, or shortest, no more often than chance and two SE."""
    for count, group in _by_options(drafts).items():
        if len(group) < ENOUGH:
            continue
        limit = 1 / count + 2 * math.sqrt((1 - 1 / count) / count / len(group))
        for name, pick in (("longest", max), ("shortest", min)):
            hits = sum(_uniquely(draft, pick) for draft in group)
            if hits / len(group) > limit:
                yield (
                    f"the key is the {name} option in {hits} of {len(group)} items with {count} options.",
                    "Level the lengths.",
                )


def _uniquely(draft: Draft, pick: type[max] | type[min]) -> bool:
    extreme = pick(len(option.text) for option in draft.options)
    return [option.best for option in draft.options if len(option.text) == extreme] == [True]


@bank_rule("O15", "E")
def key_position_is_random(drafts: Sequence[Draft], course: Course) -> Complaints:
    """O15 (E): over the bank the place of the key is even (chi-squared p at least 0.05), with no run beyond four."""
    for count, group in _by_options(drafts).items():
        places = [draft.options.index(draft.key) for draft in group]
        run = _longest_run(places)
        if run > LONGEST_RUN:
            yield (
                f"the key has the same place {run} times in a row.",
                "Draw the order again, or choose other distractors.",
            )
        if len(group) < ENOUGH:
            continue
        expected = len(group) / count
        seen = Counter(places)
        statistic = sum((seen[place] - expected) ** 2 / expected for place in range(count))
        if chi2_tail(statistic, count - 1) < RARE:
            yield (
                f"the key's places are uneven among {len(group)} items: "
                f"{', '.join(str(seen[place]) for place in range(count))}.",
                "Choose other distractors; never move the key by hand.",
            )


def _longest_run(places: Sequence[int]) -> int:
    longest, run = 0, 0
    for number, place in enumerate(places):
        run = run + 1 if number and place == places[number - 1] else 1
        longest = max(longest, run)
    return longest


@bank_rule("B01", "E")
def objectives_are_covered(drafts: Sequence[Draft], course: Course) -> Complaints:
    """B01 (E): each objective of a lesson with items has at least three, on at least two levels."""
    begun = {draft.document.get("lesson", "")[:3] for draft in drafts}
    for objective in sorted(course.objectives):
        here = [draft for draft in drafts if draft.objective == objective]
        if objective[:3] not in begun:
            continue
        if len(here) < ITEMS_PER_OBJECTIVE:
            yield f"objective {objective} has {len(here)} items.", f"Write at least {ITEMS_PER_OBJECTIVE}."
        elif len({draft.bloom for draft in here}) < LEVELS_PER_OBJECTIVE:
            yield f"the items of objective {objective} share one level.", "Write one on another level."


@bank_rule("B02", "E")
def most_items_apply(drafts: Sequence[Draft], course: Course) -> Complaints:
    """B02 (E): at least 60 % of the items are at apply level or above."""
    higher = sum(draft.bloom in LEVELS[2:] for draft in drafts)
    if drafts and higher / len(drafts) < HIGHER_SHARE:
        yield f"{higher} of {len(drafts)} items are at apply level or above.", "Turn recall into decisions."


@bank_rule("B04", "E")
def near_duplicates_are_declared(drafts: Sequence[Draft], course: Course) -> Complaints:
    """B04 (E): stems that share 60 % of their three-word groups belong to one isomorph group."""
    grams = {draft.id: _three_grams(draft.stem) for draft in drafts}
    for one, other in combinations(drafts, 2):
        group = one.document.get("isomorph_group")
        declared = group and group == other.document.get("isomorph_group")
        if not declared and jaccard(grams[one.id], grams[other.id]) >= NEAR_DUPLICATE:
            yield f"{one.id} and {other.id} have nearly the same stem.", "Give them one isomorph_group, or change one."


def _three_grams(text: str) -> set[tuple[str, ...]]:
    parts = text.casefold().split()
    return {tuple(parts[start : start + 3]) for start in range(len(parts) - 2)}


@bank_rule("B05", "W")
def misconceptions_return(drafts: Sequence[Draft], course: Course) -> Complaints:
    """B05 (W): a misconception that an item uses is used by at least two items."""
    used: Counter[str] = Counter()
    for draft in drafts:
        named = {option.misconception for option in draft.distractors}
        named |= {wrong.get("misconception") for wrong in draft.answer.get("wrong") or ()}
        used.update(name for name in named if name)
    for name, count in sorted(used.items()):
        if count < 2:
            yield f"the misconception {name!r} is used by one item only.", "Meet it again in another item."


@bank_rule("B09", "E")
def ids_are_unique(drafts: Sequence[Draft], course: Course) -> Complaints:
    """B09 (E): no id is used twice (the second half of S01)."""
    for name, count in Counter(draft.id for draft in drafts).items():
        if count > 1:
            yield f"the id {name!r} is used {count} times.", "Give each item its own id."
