"""Rules on lessons: the skeleton, the amount of prose, one readable line per cell, ids that exist."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import calcinosis
from calcinosis import content
from calcinosis.authoring import lessons, myst, prose_rules
from calcinosis.authoring.findings import Finding
from calcinosis.authoring.lessons import Lesson
from calcinosis.errors import ContentError

__all__ = ["check_bank_use", "check_lesson", "shown_ids"]

WORDS = (900, 1800)
_LAST = ("Check yourself", "Key points")
_KINDS = {
    "quiz": "items",
    "predict": "predictions",
    "worked_case": "cases",
    "lab_panel": "cases",
    "forms_of_calcium": "cases",
    "population_compare": "analytes",
}
# Of these only the first argument is an id; what follows are values and settings.
_FIRST_ONLY = {"lab_panel", "forms_of_calcium", "population_compare", "worked_case"}
_NETWORK = re.compile(r"https?://|www\.|ftp://")
_PLAIN = (ast.Import, ast.ImportFrom, ast.Assign, ast.Assert)


def check_lesson(
    lesson: Lesson, tested: set[str], built: set[str], root: Path, extra: Mapping[str, Callable[..., str]]
) -> list[Finding]:
    """Return what is wrong with one lesson.

    Parameters
    ----------
    lesson : Lesson
        The lesson.
    tested : set of str
        Objectives that an item or a worksheet task asks for.
    built : set of str
        Names of all generated files, which links may lead to.
    root : pathlib.Path
        The project's folder.
    extra : mapping of str to callable
        Functions for ``{{ }}`` beside those of :mod:`calcinosis.prose`.

    Returns
    -------
    list of Finding
        In the order of the lesson's rules.
    """
    found = [*_headings(lesson), *_sections(lesson), *_key_points(lesson), *_objectives(lesson, tested)]
    found += [*_code(lesson), *_ids(lesson), *_length(lesson, extra)]
    for cell in lesson.shown:
        if cell.kind == "markdown":
            found += prose_rules.callouts(cell, lesson.source.file)
            found += prose_rules.typed_units(cell, lesson.source.file)
            found += prose_rules.links(cell, lesson.source.file, root / "notebooks", built, root)
            found += _claims(lesson, cell)
            found += prose_rules.renders(cell, lesson.source, extra)
    return found


def _at(lesson: Lesson, line: int) -> str:
    return f"{lesson.source.file} line {line}"


def _headings_of(lesson: Lesson) -> list[tuple[int, str, int]]:
    """Return level, text and line of every heading."""
    found = []
    for cell in lesson.shown:
        tokens = myst.blocks(cell.text) if cell.kind == "markdown" else []
        for number, token in enumerate(tokens):
            if token.type == "heading_open":
                found.append((int(token.tag[1]), tokens[number + 1].content, cell.line + token.map[0]))
    return found


def _headings(lesson: Lesson) -> Iterator[Finding]:
    headings = _headings_of(lesson)
    for level, text, line in [one for one in headings if one[0] == 1][1:]:
        yield Finding("one-title", _at(lesson, line), f"“{text}” is a second title of level {level}; use ##.")
    for _, text, line in headings:
        if text in lessons.WRITTEN_BY_BUILD:
            yield Finding("built-heading", _at(lesson, line), f"the build writes “{text}”; take it out of the text.")
    last = tuple(text for level, text, _ in headings if level == 2)[-2:]
    if last != _LAST:
        shown = " and ".join(f"“## {name}”" for name in _LAST)
        yield Finding("last-sections", _at(lesson, 1), f"the last two sections must be {shown}.")


def _sections_of(lesson: Lesson) -> list[tuple[str, int, list[myst.SourceCell]]]:
    """Return heading, line and cells of each section of level 2."""
    found: list[tuple[str, int, list[myst.SourceCell]]] = []
    for cell in lesson.shown:
        heading = re.match(r"## (.+)", cell.text) if cell.kind == "markdown" else None
        if heading:
            found.append((heading[1].strip(), cell.line, []))
        if found:
            found[-1][2].append(cell)
    return found


def _widgets(cells: list[myst.SourceCell]) -> set[str]:
    calls = (lessons.call_of(cell.text) for cell in cells if cell.kind == "code")
    return {call[0] for call in calls if call} & (set(calcinosis.__all__) - {"__version__"})


def _sections(lesson: Lesson) -> Iterator[Finding]:
    sections = _sections_of(lesson)
    opening = [cell for cell in lesson.shown if cell.line < (sections[0][1] if sections else 10**9)]
    if sections and not _widgets(opening) and not _widgets(sections[0][2]):
        text = "a lesson opens with a patient or a puzzle: the first section must ask or show something."
        yield Finding("puzzle-first", _at(lesson, sections[0][1]), text)
    for heading, line, cells in sections:
        used = _widgets(cells)
        if heading == "Check yourself" and "quiz" not in used:
            yield Finding("check-yourself", _at(lesson, line), "“Check yourself” must hold a quiz(…).")
        elif heading != "Key points" and not used:
            text = f"the section “{heading}” only has to be read; give it something to predict, try or answer."
            yield Finding("only-reading", _at(lesson, line), text)


def _key_points(lesson: Lesson) -> Iterator[Finding]:
    for heading, line, cells in _sections_of(lesson):
        if heading != "Key points":
            continue
        text = "\n".join(cell.text for cell in cells if cell.kind == "markdown")
        items = [token for token in myst.blocks(text) if token.type == "list_item_open" and token.level == 1]
        if len(items) != len(lesson.header.objectives):
            wanted = len(lesson.header.objectives)
            yield Finding("key-points", _at(lesson, line), f"found {len(items)} key points for {wanted} objectives.")
        for key in lesson.header.objectives:
            if f"**{key}**" not in text:
                yield Finding("key-points", _at(lesson, line), f"no key point opens with **{key}**.")


def _objectives(lesson: Lesson, tested: set[str]) -> Iterator[Finding]:
    for key in lesson.header.objectives:
        if key not in tested:
            yield Finding("untested-objective", _at(lesson, 1), f"no item and no worksheet task asks for {key}.")


def _code(lesson: Lesson) -> Iterator[Finding]:
    cells = [cell for cell in lesson.shown if cell.kind == "code"]
    hidden = [cell for cell in cells if "key-numbers" in cell.tags]
    if len(hidden) != 1:
        text = f"found {len(hidden)} cells tagged key-numbers; a lesson asserts its key numbers in one."
        yield Finding("key-numbers", _at(lesson, 1), text)
    for cell in cells:
        if _NETWORK.search(cell.text):
            yield Finding("network", _at(lesson, cell.line), "a cell names a network address; put the data into data/.")
        if cell in hidden:
            yield from _asserts(lesson, cell)
        elif not _one_line(cell.text):
            text = 'a cell is one call of the course\'s functions, such as lab_panel("bcmj-2007").'
            yield Finding("one-line", _at(lesson, cell.line), text)


def _one_line(text: str) -> bool:
    call = lessons.call_of(text)
    return call is not None and call[0] in calcinosis.__all__ and "\n" not in text.strip()


def _asserts(lesson: Lesson, cell: myst.SourceCell) -> Iterator[Finding]:
    try:
        body = ast.parse(cell.text).body
    except SyntaxError as error:
        yield Finding("key-numbers", _at(lesson, cell.line), f"this is not Python ({error.msg}).")
        return
    if not any(isinstance(node, ast.Assert) for node in body):
        yield Finding("key-numbers", _at(lesson, cell.line), "the cell of key numbers asserts nothing.")
    if not all(isinstance(node, _PLAIN) for node in body):
        yield Finding(
            "key-numbers", _at(lesson, cell.line), "the cell of key numbers holds imports, names and assert only."
        )


def shown_ids(lesson: Lesson) -> Iterator[tuple[myst.SourceCell, str, str]]:
    """Yield cell, kind of record and id of everything that a lesson shows."""
    for cell, name, arguments in lesson.calls():
        if name in _KINDS:
            for key in arguments[:1] if name in _FIRST_ONLY else arguments:
                yield cell, _KINDS[name], key


def _ids(lesson: Lesson) -> Iterator[Finding]:
    for cell, kind, key in shown_ids(lesson):
        if key not in content.load_records(kind):
            yield Finding("unknown-id", _at(lesson, cell.line), f"there is no {key} among the {kind}.")
    for cell, name, arguments in lesson.calls():
        if name == "worked_case" and arguments and arguments[0] in content.cases():
            known = {step.id for step in content.cases()[arguments[0]].steps}
            for step in _left(cell.text):
                if step not in known:
                    text = f"the case {arguments[0]} has no step {step}; it has {', '.join(sorted(known))}."
                    yield Finding("unknown-id", _at(lesson, cell.line), text)


def _left(text: str) -> list[str]:
    """Return the steps that ``leave=[…]`` leaves to the learner."""
    call = ast.parse(text).body[0].value
    given = next((word.value for word in call.keywords if word.arg == "leave"), None)
    return [part.value for part in given.elts if isinstance(part, ast.Constant)] if isinstance(given, ast.List) else []


def _length(lesson: Lesson, extra: Mapping[str, Callable[..., str]]) -> Iterator[Finding]:
    if lesson.header.kind != "teaching":
        return
    try:
        texts = [lessons.rendered(cell, lesson.source, extra) for cell in lesson.shown if cell.kind == "markdown"]
    except ContentError:
        return  # the build reports it, with its line
    texts += [text for record in _predictions(lesson) for text in (record.prompt, record.explanation)]
    count = sum(len(re.findall(r"[^\W_]+(?:['’.,:-][^\W_]+)*", text)) for text in texts)
    low, high = WORDS
    if not low <= count <= high:
        yield Finding("length", _at(lesson, 1), f"{count} words of prose; a lesson has {low} to {high}.")


def _predictions(lesson: Lesson) -> list[Any]:
    """Return the predictions shown: their explanations are the lesson's prose, read after the learner has committed."""
    known = content.predictions()
    return [known[key] for _, kind, key in shown_ids(lesson) if kind == "predictions" and key in known]


def _claims(lesson: Lesson, cell: myst.SourceCell) -> Iterator[Finding]:
    for finding in prose_rules.citations(cell, lesson.source.file):
        if lesson.header.kind == "teaching" or finding.note:
            yield finding


def check_bank_use(found: Mapping[str, Lesson]) -> list[Finding]:
    """Note the items, predictions and cases that no lesson shows."""
    shown = {(kind, key) for lesson in found.values() for _, kind, key in shown_ids(lesson)}
    notes = []
    for kind in ("items", "predictions", "cases"):
        for key, record in content.load_records(kind).items():
            if (kind, key) not in shown and getattr(record, "status", "") != "retired":
                notes.append(Finding("not-shown", f"data/{kind}", f"{key} is shown in no lesson.", note=True))
    return notes
