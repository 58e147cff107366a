"""Rules on the options (O), for one-best-answer items."""

import re
from itertools import combinations, pairwise
from statistics import median

from calcinosis.quiz.lint import words as lists
from calcinosis.quiz.lint.course import Course
from calcinosis.quiz.lint.draft import Draft, content_words, jaccard, tokens
from calcinosis.quiz.lint.findings import Complaints, rule
from calcinosis.quiz.lint.numeric import VALUE, Value, values_in

ALIKE = 0.8
LONG_OPTION, KEY_EXCESS = 25, 1.25
LONG_SET, SPREAD = 40, 2.5
SYNONYMS = {
    "ionized": "ionised",
    "free": "ionised",
    "raised": "high",
    "elevated": "high",
    "reduced": "low",
    "ca": "calcium",
}


def _folded(text: str) -> str:
    """Return the text without case, spaces, punctuation and synonyms, to find options that are the same."""
    parts = re.findall(r"\d+(?:\.\d+)?|[^\W\d_]+", text.casefold())
    return " ".join(SYNONYMS.get(part, part) for part in parts)


def option_values(draft: Draft) -> list[Value] | None:
    """Return the value that each option is, or None if an option is more or less than a value with its unit."""
    found = []
    for option in draft.options:
        values = list(values_in(option.text))
        rest = re.sub(r"[()\s,;]|about", "", VALUE.sub("", option.text))
        if not values or rest:
            return None
        found.append(values[0])
    return found


@rule("O01", "E")
def no_catch_all(draft: Draft, course: Course) -> Complaints:
    """O01 (E): no option such as all of the above, both A and B, other, unknown."""
    for option in draft.options:
        if lists.CATCH_ALL.search(option.text):
            yield f"option {option.id} is a catch-all.", "Name one definite answer."


@rule("O02", "E")
def options_differ(draft: Draft, course: Course) -> Complaints:
    """O02 (E): no two options are the same after folding case, spaces, punctuation and synonyms, or nearly so."""
    for one, other in combinations(draft.options, 2):
        same = _folded(one.text) == _folded(other.text)
        if same or jaccard(tokens(_folded(one.text)), tokens(_folded(other.text))) >= ALIKE:
            yield f"options {one.id} and {other.id} say the same.", "Make them differ in substance."


@rule("O03", "E")
def key_is_no_longer(draft: Draft, course: Course) -> Complaints:
    """O03 (E): among options of more than 25 characters the key is at most 1.25 times the distractors' median."""
    if draft.key is None or not draft.distractors:
        return
    usual = median(len(option.text) for option in draft.distractors)
    if len(draft.key.text) > LONG_OPTION and len(draft.key.text) > KEY_EXCESS * usual:
        yield f"the key has {len(draft.key.text)} characters, the others about {usual:.0f}.", "Shorten the key."


@rule("O05", "W")
def options_of_like_length(draft: Draft, course: Course) -> Complaints:
    """O05 (W): where an option exceeds 40 characters, the longest is at most 2.5 times the shortest."""
    lengths = [len(option.text) for option in draft.options]
    if lengths and max(lengths) > LONG_SET and max(lengths) > SPREAD * min(lengths):
        yield f"the options run from {min(lengths)} to {max(lengths)} characters.", "Bring them to like length."


@rule("O06", "E")
def no_absolutes(draft: Draft, course: Course) -> Complaints:
    """O06 (E): no absolute words in options; they give a distractor away."""
    yield from _words_in_options(draft, lists.ABSOLUTE, "absolute")


@rule("O07", "W")
def no_vagueness(draft: Draft, course: Course) -> Complaints:
    """O07 (W): no vague words in options; nobody agrees what often means."""
    yield from _words_in_options(draft, lists.VAGUE, "vague")


def _words_in_options(draft: Draft, pattern: re.Pattern[str], kind: str) -> Complaints:
    for option in draft.options:
        hit = pattern.search(option.text)
        if hit:
            yield f"option {option.id} holds the {kind} word {hit[0]!r}.", "Say it with a number, or leave it out."


@rule("O08", "W")
def no_clang(draft: Draft, course: Course) -> Complaints:
    """O08 (W): no word of five letters or more is shared by question and key and by no distractor."""
    if draft.key is None:
        return
    # Every item of this course speaks of calcium, so that word is no clue.
    elsewhere = {"calcium"}.union(*(content_words(option.text) for option in draft.distractors))
    echoes = (content_words(draft.key.text) & content_words(draft.question)) - elsewhere
    if echoes:
        yield f"only the key echoes {sorted(echoes)[0]!r} of the question.", "Use the word in a distractor too."


@rule("O09", "W")
def no_convergence(draft: Draft, course: Course) -> Complaints:
    """O09 (W): in compound options the key is not the one that shares most elements with the others."""
    if draft.key is None:
        return
    parts = {option.id: {_folded(part) for part in _elements(option.text)} for option in draft.options}
    if any(len(elements) < 2 for elements in parts.values()):
        return
    shared = {
        name: sum(len(elements & other) for second, other in parts.items() if second != name)
        for name, elements in parts.items()
    }
    others = [count for name, count in shared.items() if name != draft.key.id]
    if shared[draft.key.id] > max(others):
        yield "the key shares most elements with the other options.", "Combine the elements evenly."


def _elements(text: str) -> list[str]:
    """Return the parts of a compound option: "calcium high, phosphate low" has two."""
    return [part for part in re.split(r",|;|\band\b|\bwith\b|\bbut\b", text) if part.strip()]


@rule("O10", "W")
def grammar_fits_all(draft: Draft, course: Course) -> Complaints:
    """O10 (W): the lead-in does not end in a or an; the first words of the options have one grammatical form."""
    if re.search(r"\b(?:a|an)\s*\??$", draft.lead_in, re.IGNORECASE):
        yield "the lead-in ends in an article that fits some options only.", "End it before the article."
    if len(draft.options) < 4:
        return
    for name, form in FORMS.items():
        fits = [bool(form.search(option.text)) for option in draft.options]
        if fits.count(True) in (1, len(fits) - 1):
            odd = draft.options[fits.index(fits.count(True) == 1)]
            yield f"option {odd.id} alone differs in form ({name}).", "Write all options in one form."


FORMS = {
    "begins with an -ing word": re.compile(r"^\s*[A-Za-z]+ing\b"),
    "begins with an article": re.compile(r"^\s*(?:a|an|the)\b", re.IGNORECASE),
    "ends in a full stop": re.compile(r"\.\s*$"),
}


@rule("O11", "E")
def numbers_in_one_form(draft: Draft, course: Course) -> Complaints:
    """O11 (E): numeric options ascend, with one unit and the same decimals, and their ranges do not overlap."""
    if draft.document.get("option_class") != "value" or not draft.options:
        return
    values = option_values(draft)
    if values is None:
        yield "an option is not a number with its unit.", "Write each option as a number with its unit."
        return
    if len({value.unit for value in values}) > 1:
        yield "the options have different units.", "Use one unit."
    if len({value.decimals for value in values}) > 1:
        yield "the options have different decimals.", "Write the same number of decimals."
    for earlier, later in pairwise(values):
        if later.numbers[0] <= earlier.numbers[0]:
            yield "the options do not ascend.", "Put the smallest first."
        elif later.numbers[0] < earlier.numbers[-1]:
            yield "two ranges overlap.", "Keep the ranges apart."


@rule("O12", "E")
def options_in_order(draft: Draft, course: Course) -> Complaints:
    """O12 (E): text options stand in the alphabet unless order is logical; numeric options are never shuffled."""
    order = draft.document.get("order")
    if not draft.options:
        return
    if draft.document.get("option_class") == "value":
        if order != "numeric":
            yield f"numeric options have order {order!r}.", "Write order: numeric."
    elif order == "numeric":
        yield "options in words have order 'numeric'.", "Write order: alpha."
    elif order == "alpha":
        plain = [option.text.casefold() for option in draft.options]
        by_word = [re.findall(r"\w+", text) for text in plain]
        if plain != sorted(plain) and by_word != sorted(by_word):  # either way of reading a hyphen
            yield "the options do not stand in the alphabet.", "Sort them, or give order: logical."


@rule("O13", "E")
def options_of_one_class(draft: Draft, course: Course) -> Complaints:
    """O13 (E): a class is declared and all options belong to it: values are numbers, other classes are words."""
    if not draft.one_best:
        return
    declared = draft.document.get("option_class")
    if not declared:
        yield "no option_class is declared.", "Say what the options are: diagnosis, test, value …"
        return
    bare = [bool(VALUE.fullmatch(re.sub(r"\s*\(.*\)$", "", option.text.strip()))) for option in draft.options]
    if declared == "value" and not all(bare):
        yield "among values stands something else.", "Make every option a number with its unit."
    if declared != "value" and any(bare):
        yield f"among options of the class {declared!r} stands a bare value.", "Keep to one kind of answer."


@rule("O14", "W")
def opposites_in_pairs(draft: Draft, course: Course) -> Complaints:
    """O14 (W): if the key has its opposite among the distractors, a second pair of opposites hides it."""
    if draft.key is None:
        return
    pairs = [
        (one, other)
        for one, other in combinations(draft.options, 2)
        if any(_opposed(one.text, other.text, left, right) for left, right in lists.OPPOSITES)
    ]
    with_key = [pair for pair in pairs if draft.key in pair]
    if with_key and len(pairs) == len(with_key) == 1:
        yield "the key stands opposite one distractor, and no other pair does.", "Add a second pair of opposites."


def _opposed(one: str, other: str, left: str, right: str) -> bool:
    """Say whether two options are equal but for one word or prefix and its opposite."""
    first, second = _folded(one), _folded(other)
    return first != second and (first.replace(left, right) == second or first.replace(right, left) == second)
