"""Worksheets: answers typed as plain text, marked as text, never run.

A learner writes under ``%%answer w030-1``; the next cell, ``check("w030-1")``, says what is right or wrong and ends in
the points earned, which is what nbgrader reads. Nothing that a learner types can raise: a missing unit, a decimal comma
or an empty cell ends in one sentence and 0 points.
"""

import json
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from calcinosis import content, units
from calcinosis.errors import ContentError, InputError

__all__ = ["STUB", "Mark", "answer", "check", "count", "mark", "task"]

STUB = "# Write your answer on the next line."
_MAGIC = re.compile(r"%%answer\b(.*)", re.DOTALL)
_MARKERS = ("BEGIN SOLUTION", "END SOLUTION")
# Far below any digit a laboratory prints; it keeps a value exactly on the edge of the tolerance inside.
_EDGE = 1e-9

# The number that nbgrader reads stands alone below a check; this line before it says what it is.
_POINTS = "Points:"
_WIDTH = 90

_typed: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Mark:
    """What an answer earned.

    Parameters
    ----------
    points : float or None
        Points earned; None for a written answer, which a person marks.
    state : str
        ``right``, ``partly``, ``wrong``, ``unreadable``, ``unanswered`` or ``written``.
    text : str
        What the learner is told.
    """

    points: float | None
    state: str
    text: str


# --- the two things a worksheet calls --------------------------------------------------------------------------------


def answer(line: str, cell: str = "") -> None:
    """Keep what was typed under ``%%answer ID`` and say how it was read; registered as a cell magic.

    Parameters
    ----------
    line : str
        The rest of the first line: the task's id (an answer typed behind it counts as well).
    cell : str
        The lines below.
    """
    key, _, rest = line.strip().partition(" ")
    text = _plain(f"{rest}\n{cell}")
    _typed[key] = text
    try:
        found = task(key)
    except InputError as error:
        print(error)
        return
    if text:
        print(_lines_of(_echo(found, text)))


def check(key: str, *, hidden: bool = False) -> float | int | None:
    """Mark the answer to one task, print what it is worth and why.

    Parameters
    ----------
    key : str
        The task, such as ``w030-1``.
    hidden : bool, default False
        Mark by the stricter key that only the instructor's copy of a worksheet asks for.

    Returns
    -------
    float, int or None
        Points earned, the last value of the cell, which nbgrader reads; None for a written answer.
    """
    try:
        found = task(key)
    except InputError as error:
        print(error, _POINTS, sep="\n")
        return 0
    result = mark(found, _typed.get(key, ""), hidden=hidden)
    print(_lines_of(result.text))
    if result.points is None:
        return None
    print(_POINTS)
    return int(result.points) if result.points == int(result.points) else result.points


def _lines_of(text: str) -> str:
    """Break long lines between words; a notebook breaks them anywhere."""
    return "\n".join(
        textwrap.fill(
            line,
            _WIDTH,
            subsequent_indent=" " * (len(line) - len(line.lstrip())),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )


# --- marking ---------------------------------------------------------------------------------------------------------


def task(key: str) -> Mapping[str, Any]:
    """Return one task as ``data/generated/worksheets/`` holds it.

    Raises
    ------
    calcinosis.errors.InputError
        There is no such task.
    """
    tasks = _tasks(content.data_dir() / "generated" / "worksheets")
    if key not in tasks:
        raise InputError(
            f"There is no task {units.quoted(key)}; leave the line %%answer and the check as they were given."
        )
    return tasks[key]


@lru_cache(maxsize=8)
def _tasks(folder: Path) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            sheet = json.loads(path.read_text("utf-8"))
        except json.JSONDecodeError as error:
            raise ContentError(f"data/generated/worksheets/{path.name}: {error}; run make build.") from error
        found |= {one["id"]: one for one in sheet["tasks"]}
    return found


def mark(given: Mapping[str, Any], typed: str, *, hidden: bool = False) -> Mark:
    """Mark one answer.

    Parameters
    ----------
    given : mapping
        A task as :func:`task` returns it.
    typed : str
        What the learner wrote.
    hidden : bool, default False
        Use the task's hidden key where it has one.

    Returns
    -------
    Mark
        Never an exception, whatever was typed.

    Examples
    --------
    >>> choice = {"kind": "choice", "points": 1, "choices": {"a": "up", "b": "down"}, "choice": "b",
    ...           "feedback": "Yes.", "wrong": [{"answer": "a", "hint": "Look again."}]}
    >>> mark(choice, "b").points, mark(choice, "a").text, mark(choice, "").state
    (1, '0 of 1 point: not yet. Look again.', 'unanswered')
    """
    text = _plain(typed)
    points = given["points"]
    if given["kind"] == "written":
        return _written(given, text)
    if not text:
        return Mark(0, "unanswered", f"Not answered yet ({count(points, 'point')}).")
    key = {**given, **given["hidden"]} if hidden and given.get("hidden") else given
    try:
        share, hints = _MARKERS_BY_KIND[given["kind"]](key, text)
    except InputError as error:
        return Mark(0, "unreadable", f"0 of {count(points, 'point')}: {error}")
    earned = round(points * share, 2)
    score = f"{earned:g} of {count(points, 'point')}"
    if share == 1:
        return Mark(points, "right", f"{score}: right. {key['feedback']}")
    said = " ".join(dict.fromkeys(hints))
    return Mark(earned, "partly" if earned else "wrong", f"{score}: {'partly right' if earned else 'not yet'}. {said}")


def count(number: float, noun: str) -> str:
    """Return a number with its noun: ``1 point``, ``2.5 points``."""
    return f"{number:g} {noun}{'' if number == 1 else 's'}"


def _written(given: Mapping[str, Any], text: str) -> Mark:
    if not text:
        return Mark(None, "unanswered", f"Not answered yet ({count(given['points'], 'point')}, marked by a person).")
    rubric = [f"  {count(line['points'], 'point')}: {line['text']}" for line in given["rubric"]]
    lines = ["Kept. A person marks this answer; compare it with the rubric yourself:", *rubric]
    return Mark(None, "written", "\n".join(lines))


def _mark_value(key: Mapping[str, Any], text: str) -> tuple[float, list[str]]:
    typed, right = _value(key, text), _value(key, key["value"])
    width = _tolerance(key) + _EDGE
    asked = not key.get("in_unit") or _same_unit(key, text, f"1 {key['in_unit']}")
    if asked and abs(typed - right) <= width:
        return 1, []
    for wrong in key["wrong"]:
        # Where the unit is part of the question, a hint belongs to the unit that it was written for.
        meant = not key.get("in_unit") or _same_unit(key, text, wrong["answer"])
        if meant and abs(typed - _value(key, wrong["answer"])) <= width:
            return 0, [wrong["hint"]]
    if not asked:
        return 0, [f"The question asks for {key['in_unit']}; write the value in {key['in_unit']}."]
    return 0, [f"The value is too {'high' if typed > right else 'low'}."]


def _same_unit(key: Mapping[str, Any], one: str, other: str) -> bool:
    """Say whether two values stand in the same unit, or in two names of it such as pg/mL and ng/L."""
    first, second = (units.split_number_unit(text)[1] for text in (one, other))
    return abs(units.factor(key["analyte"], first, second) - 1) < _EDGE


def _value(key: Mapping[str, Any], text: str) -> float:
    """Read a value: of an analyte in its SI unit, else a number in the one unit that the key uses."""
    if key.get("analyte"):
        return _quantity(key, text).si
    number, unit = units.split_number_unit(text)
    expected = units.split_number_unit(key["value"])[1]
    if unit.casefold() != expected.casefold():
        wanted = f"the unit {expected}" if expected else "a number without unit"
        error = _unit_error(text, lambda word: expected if word.casefold() == expected.casefold() else None, None)
        raise error or InputError(f"found {units.quoted(text)}; this answer takes {wanted}.")
    return number


def _quantity(key: Mapping[str, Any], text: str) -> units.Quantity:
    """Read a value of an analyte; words behind its unit are named as what they are."""
    record = units.analyte(key["analyte"])

    def known(word: str) -> str | None:
        try:
            return record.spec(word).unit
        except InputError:
            return None

    try:
        return units.parse(key["analyte"], text)
    except InputError as error:
        raise _unit_error(text, known, key.get("in_unit")) or error from None


def _unit_error(text: str, known: Callable[[str], str | None], asked: str | None) -> InputError | None:
    """Say what is wrong with a unit that is missing where one is `asked` for, or that has words behind it.

    `known` gives a unit's proper spelling, or None for what is no unit.
    """
    try:
        number, typed = units.split_number_unit(text)
    except InputError:
        return None
    if not typed and asked:
        return InputError(f"{number:g} of what? Write the value in {asked}.")
    words = typed.split()
    for end in range(len(words) - 1, 0, -1):
        unit = known(" ".join(words[:end]).rstrip(".,;:"))
        if unit:
            return InputError(f"{units.quoted(typed)} is no unit; write {number:g} {unit}.")
    return None


def _tolerance(key: Mapping[str, Any]) -> float:
    number, unit = units.split_number_unit(key["tolerance"])
    if not key.get("analyte"):
        return number
    return number * units.factor(key["analyte"], unit, units.analyte(key["analyte"]).si_unit)


def _mark_choice(key: Mapping[str, Any], text: str) -> tuple[float, list[str]]:
    chosen = _word({name: [shown] for name, shown in key["choices"].items()}, text)
    if chosen == key["choice"]:
        return 1, []
    return 0, [wrong["hint"] for wrong in key["wrong"] if _fold(wrong["answer"]) == _fold(chosen)] or ["Think again."]


def _mark_set(key: Mapping[str, Any], text: str) -> tuple[float, list[str]]:
    given = {_word(key["words"], part) for part in _parts(text, r"[,;\n]")}
    right = set(key["set"])
    share = max(0.0, (len(given & right) - len(given - right)) / len(right))
    hints = [w["hint"] for w in key["wrong"] if _word(key["words"], w["answer"]) in given - right]
    missing = len(right - given)
    if missing:
        hints.append(f"{missing} {'is' if missing == 1 else 'are'} missing.")
    if given - right and not hints:
        hints.append("Something in the list does not belong there.")
    return share, hints


def _mark_order(key: Mapping[str, Any], text: str) -> tuple[float, list[str]]:
    given = [_word(key["words"], part) for part in _parts(text, r"[,;>→\n]")]
    if given == list(key["order"]):
        return 1, []
    for wrong in key["wrong"]:
        if given == [_word(key["words"], part) for part in _parts(wrong["answer"], r"[,;>→\n]")]:
            return 0, [wrong["hint"]]
    if sorted(given) != sorted(key["order"]):
        return 0, [f"Name each of the {len(key['order'])} once."]
    return 0, ["The order is not right yet."]


def _mark_classify(key: Mapping[str, Any], text: str) -> tuple[float, list[str]]:
    given = _lines(key, text)
    right = key["classify"]
    correct = [name for name, value in given.items() if right[name] == value]
    hints = [w["hint"] for w in key["wrong"] if _lines(key, w["answer"]).items() <= given.items()]
    false = [name for name in given if name not in correct]
    if false:
        hints.append(f"Look again at: {', '.join(false)}.")
    missing = [name for name in right if name not in given]
    if missing:
        hints.append(f"Missing: {', '.join(missing)}.")
    return len(correct) / len(right), hints


def _lines(key: Mapping[str, Any], text: str) -> dict[str, str]:
    """Read lines such as ``calcium: low``."""
    names = {name: key["words"].get(name, []) for name in key["classify"]}
    classes = {name: key["words"].get(name, []) for name in key["classes"]}
    found: dict[str, str] = {}
    for line in _parts(text, r"[;\n]"):
        name, mark_, value = line.partition(":" if ":" in line else "=")
        if not mark_:
            example = f"{next(iter(names))}: {next(iter(classes))}"
            raise InputError(f"found {units.quoted(line)}; write one line for each, such as “{example}”.")
        found[_word(names, name)] = _word(classes, value)
    return found


_MARKERS_BY_KIND = {
    "value": _mark_value,
    "choice": _mark_choice,
    "set": _mark_set,
    "order": _mark_order,
    "classify": _mark_classify,
}


# --- reading text ----------------------------------------------------------------------------------------------------


def _plain(typed: str) -> str:
    """Drop the stub and the solution marks; a comment sign left in front of an answer does not spoil it."""
    lines = [line.strip() for line in typed.replace("\r", "\n").split("\n")]
    kept = [line.lstrip("#").strip() for line in lines if line != STUB and not any(word in line for word in _MARKERS)]
    return "\n".join(line for line in kept if line)


def _parts(text: str, separators: str) -> list[str]:
    return [part.strip() for part in re.split(separators, text) if part.strip()]


def _fold(text: str) -> str:
    """Reduce a word to what matters: letters, digits and signs, in small letters."""
    return " ".join(text.casefold().strip(" .)(\"'“”*-").replace("-", " ").split())


def _word(words: Mapping[str, Any], typed: str) -> str:
    """Find which of the offered words was typed, by itself or by one of its other names."""
    for name, others in words.items():
        if _fold(typed) in {_fold(name), *map(_fold, others)}:
            return name
    raise InputError(f"{units.quoted(typed)} is not among the words offered: {', '.join(words)}.")


def _echo(found: Mapping[str, Any], text: str) -> str:
    if found["kind"] != "value" or not found.get("analyte"):
        return f"Kept: {units.quoted(text, 200)}"
    try:
        kept = _quantity(found, text)
        # Where the unit is part of the question, the answer is not converted for the learner.
        return f"Kept: {kept.shown() if found.get('in_unit') else kept.both()}"
    except InputError as error:
        return f"Kept, but it cannot be marked: {error}"


# --- IPython ---------------------------------------------------------------------------------------------------------


def _answer_first(lines: list[str]) -> list[str]:
    """Put the line ``%%answer`` on top and something below it: IPython raises on a cell magic with nothing under it."""
    at = next((number for number, line in enumerate(lines) if line.lstrip().startswith("%%answer")), None)
    if at is None:
        return lines
    rest = [line for number, line in enumerate(lines) if number != at]
    return [lines[at].lstrip().rstrip("\n") + "\n", *rest, "#\n" if not "".join(rest).strip() else ""]


def load_ipython_extension(shell: Any) -> None:
    """Teach a notebook's kernel ``%%answer``; done by itself when a notebook imports :func:`check`."""
    shell.register_magic_function(answer, "cell", "answer")
    if _answer_first not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.insert(0, _answer_first)


def _running_shell() -> Any:
    # Outside a notebook IPython is not loaded, and importing it would cost a tenth of a second for nothing.
    module = sys.modules.get("IPython")
    return module.get_ipython() if module else None


if _running_shell() is not None:
    load_ipython_extension(_running_shell())
