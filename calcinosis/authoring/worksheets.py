"""From the text of a worksheet to its notebook in nbgrader's form, and to its keys."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import calcinosis
from calcinosis import prose, units
from calcinosis import worksheets as marking
from calcinosis.authoring import myst
from calcinosis.authoring.lessons import START, START_CELL, bibliography, call_of, code_cell, rendered
from calcinosis.authoring.models import Task, WorksheetHeader
from calcinosis.authoring.notebooks import Cell, cell_id, check_ids, slug
from calcinosis.authoring.records import texts_of
from calcinosis.content import reader, store
from calcinosis.errors import ContentError, CourseError

__all__ = ["Worksheet", "cells", "cells_without_tasks", "keys", "prefix", "self_test"]

_BLOCK = re.compile(r"^```\{task\}[ \t]*(\S*)[ \t]*\n(.*?)^```[ \t]*$\n?", re.MULTILINE | re.DOTALL)
_ANSWER = re.compile(r"%%answer[ \t]+(\S+)\n")
_SOLUTION = re.compile(r"^### BEGIN SOLUTION\n(.*?)\n?^### END SOLUTION[ \t]*$", re.MULTILINE | re.DOTALL)
_HOW = {
    "value": "Type a number with its unit.",
    "choice": "Type the letter.",
    "set": "Type those that apply, with commas between them. Offered: {words}.",
    "order": "Type them in order, with > between them. Offered: {words}.",
    "classify": "Type one line for each, such as `{example}`. To judge: {names}. Words: {classes}.",
    "written": "Write in your own words. A person marks this answer; the next cell shows you the rubric afterwards.",
}


@dataclass(frozen=True)
class Worksheet:
    """A worksheet as written: its source, its checked header and its tasks."""

    source: myst.Source

    @property
    def id(self) -> str:
        """The permanent name, such as ``030-reading-the-panel``."""
        return self.source.slug

    @cached_property
    def header(self) -> WorksheetHeader:
        """The header, checked."""
        document = self.source.header
        value = document.value if isinstance(document.value, dict) else {}
        for part in ("jupyter", "worksheet"):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            raise self.source.error(1, "the header lacks jupyter: worksheet: with title and lesson.")
        return store.validate(WorksheetHeader, value, document, ("jupyter", "worksheet"))

    @cached_property
    def documents(self) -> dict[str, reader.Document]:
        """The YAML of each task, with the lines on which it stands."""
        found: dict[str, reader.Document] = {}
        for cell in self.source.cells:
            for block in _BLOCK.finditer(cell.text) if cell.kind == "markdown" else ():
                line = cell.line + cell.text.count("\n", 0, block.start())
                key = block[1]
                if not re.fullmatch(rf"w{self.source.number}-[0-9]{{1,2}}", key):
                    raise self.source.error(
                        line, f"found the task {key!r}; a task here is called w{self.source.number}-1, -2 …"
                    )
                if key in found:
                    raise self.source.error(line, f"the task {key} stands twice; give one of them another number.")
                found[key] = reader.parse_yaml("\n" * line + block[2], self.source.file)
        return found

    @cached_property
    def tasks(self) -> dict[str, Task]:
        """The tasks, checked, in the order of the worksheet."""
        return {key: store.validate(Task, doc.value, doc) for key, doc in self.documents.items()}

    @cached_property
    def solutions(self) -> dict[str, str]:
        """What stands between the solution marks of each task."""
        found: dict[str, str] = {}
        for cell in self.source.cells:
            opening = _ANSWER.match(cell.text) if cell.kind == "code" else None
            if not opening:
                continue
            key, inside = opening[1], _SOLUTION.search(cell.text)
            if key not in self.tasks:
                raise self.source.error(cell.line, f"%%answer names {key}, for which there is no {{task}} block.")
            if key in found:
                raise self.source.error(cell.line, f"the task {key} has two answer cells; keep one.")
            if not inside or not inside[1].strip():
                raise self.source.error(cell.line, "write the answer between ### BEGIN SOLUTION and ### END SOLUTION.")
            found[key] = inside[1].strip()
        for key, document in self.documents.items():
            if key not in found:
                raise document.error((), f"the task {key} has no cell %%answer {key}.")
        return found


def prefix(sheet: Worksheet) -> str:
    """Return what the names of a worksheet's cells open with, such as ``w030``."""
    return f"w{sheet.source.number}"


def cells(sheet: Worksheet, extra: Mapping[str, Callable[..., str]]) -> list[Cell]:
    """Build the cells of a worksheet with its solutions, marked up for nbgrader.

    Raises
    ------
    calcinosis.errors.ContentError
        With file and line: what the worksheet lacks, or a key that does not mark its own solution and wrong answers.
    """
    source, number = sheet.source, prefix(sheet)
    self_test(sheet)
    title, *body = source.cells or [None]
    if title is None or title.text.partition("\n")[0].strip() != f"# {sheet.header.title}":
        raise source.error(1, f"the text must open with its title: # {sheet.header.title}")
    made = [_title(sheet), _imports(sheet)]
    introduction = myst.SourceCell("markdown", title.text.partition("\n")[2], title.line + 1, "introduction")
    for cell in [introduction, *body]:
        if "instructor" in cell.tags:
            continue
        if cell.kind == "code":
            made += _code(sheet, cell)
            continue
        text = rendered(_without_blocks(cell), source, extra)
        heading = re.match(r"## (.+)", cell.text)
        block = _BLOCK.search(cell.text)
        if block:
            text = _prompt(text, sheet.tasks[block[1]])
        name = (block[1] if block else cell.name) or (slug(heading[1]) if heading else f"{made[-1].id}-then")
        if text.strip():
            made.append(
                Cell("markdown", cell_id(number, name), re.sub(r"\n{3,}", "\n\n", text.strip("\n")), line=cell.line)
            )
    made.append(_sources(sheet))
    kept = [cell for cell in made if cell.text]
    check_ids(kept, source.file)
    return kept


def _sources(sheet: Worksheet) -> Cell:
    texts = [cell.text for cell in cells_without_tasks(sheet)]
    texts += [text for document in sheet.documents.values() for text in texts_of(document.value)]
    keys = dict.fromkeys(key for text in texts for key in prose.cited(text))
    return Cell("markdown", f"{prefix(sheet)}-sources", bibliography(keys))


def cells_without_tasks(sheet: Worksheet) -> list[myst.SourceCell]:
    """Return the text cells as a learner reads them: the task blocks taken out, the lines kept."""
    return [_without_blocks(cell) for cell in sheet.source.cells if cell.kind == "markdown"]


def _without_blocks(cell: myst.SourceCell) -> myst.SourceCell:
    # Empty lines stay in place of a block, so that what follows keeps its line in every message.
    text = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), cell.text)
    return myst.SourceCell(cell.kind, text, cell.line, cell.name, cell.tags)


def _title(sheet: Worksheet) -> Cell:
    tasks = sheet.tasks.values()
    by_hand = sum(task.points for task in tasks if task.kind == "written")
    total, minutes = sum(task.points for task in tasks), sum(task.minutes for task in tasks)
    person = f", {by_hand:g} of them marked by a person" if by_hand else ""
    lines = [
        f"# Worksheet {sheet.source.number}: {sheet.header.title}",
        "",
        f"- {len(sheet.tasks)} tasks, {total:g} points{person}, about {minutes} minutes.",
        f"- It belongs to the lesson [{sheet.header.lesson}](../notebooks/{sheet.header.lesson}.ipynb).",
        "- Type each answer below its line `%%answer`, run the cell, then run the cell below it to see how it did. A "
        "decimal comma is fine; a unit is never optional.",
        "- For teaching, not for patient care.",
        "",
        START,
    ]
    return Cell("markdown", f"w{sheet.source.number}-title", "\n".join(lines))


def _imports(sheet: Worksheet) -> Cell:
    calls = (call_of(cell.text) for cell in sheet.source.cells if cell.kind == "code")
    names = sorted(({call[0] for call in calls if call} & set(calcinosis.__all__)) | {"check"})
    text = f"{START_CELL}\nfrom calcinosis import {', '.join(names)}"
    return Cell("code", f"{prefix(sheet)}-start", text, hidden=True)


def _prompt(text: str, task: Task) -> str:
    """Add to the text of a task the choices, its size and how to answer."""
    size = f"{marking.count(task.points, 'point')}, about {marking.count(task.minutes, 'minute')}."
    first = next(iter(task.classify), "")
    how = (f"Type a number in {task.in_unit}." if task.in_unit else _HOW[task.kind]).format(
        words=", ".join(task.words),
        names=", ".join(task.classify),
        classes=", ".join(task.classes),
        example=f"{first}: {task.classes[0] if task.classes else ''}",
    )
    choices = [f"- **{key}** {prose.render(shown)}" for key, shown in task.choices.items()]
    parts = [text.strip("\n"), "\n".join(choices), f"*{size} {how}*"]
    return "\n\n".join(part for part in parts if part)


def _code(sheet: Worksheet, cell: myst.SourceCell) -> list[Cell]:
    opening = _ANSWER.match(cell.text)
    if not opening:
        return [code_cell(cell, prefix(sheet))]
    key = opening[1]
    task = sheet.tasks[key]
    by_hand = task.kind == "written"
    typed = Cell(
        "code", f"{key}-answer", cell.text, nbgrader=_nbgrader(f"{key}-answer", task if by_hand else None, True)
    )
    lines = [f'check("{key}")']
    if task.hidden:
        lines += ["### BEGIN HIDDEN TESTS", f'check("{key}", hidden=True)', "### END HIDDEN TESTS"]
    marks = _nbgrader(f"{key}-check", None if by_hand else task, False)
    return [typed, Cell("code", f"{key}-check", "\n".join(lines), nbgrader=marks)]


def _nbgrader(name: str, graded: Task | None, solution: bool) -> dict[str, Any]:
    found = {
        "grade": graded is not None,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if graded is not None:
        found["points"] = int(graded.points) if graded.points == int(graded.points) else graded.points
    return found


# --- keys ------------------------------------------------------------------------------------------------------------


def keys(sheet: Worksheet) -> dict[str, Any]:
    """Return what ``data/generated/worksheets/<id>.json`` holds: every task with its key, texts worked out."""
    tasks = [_worked_out(sheet, key) for key in sheet.tasks]
    return {"id": sheet.id, "title": sheet.header.title, "lesson": sheet.header.lesson, "tasks": tasks}


def _worked_out(sheet: Worksheet, key: str) -> dict[str, Any]:
    try:
        found = _texts(sheet.tasks[key].model_dump(mode="json", exclude_defaults=True))
    except ContentError as error:
        raise sheet.documents[key].error((), f"task {key}: {error}") from error
    found.setdefault("wrong", [])
    found.setdefault("words", {})
    for part in (found, found.get("hidden", {}), *found["wrong"]):
        for name in ("value", "tolerance", "answer"):
            # What q() and calc() give holds both systems; the first is the value.
            if sheet.tasks[key].kind == "value" and name in part:
                part[name] = part[name].partition(" (")[0]
    return {"id": key, **found}


def _texts(value: Any) -> Any:
    """Work out the expressions in every text of a task, as plain text: a check prints it and shows no Markdown."""
    if isinstance(value, str):
        return _plain(prose.render(value))
    if isinstance(value, list):
        return [_texts(part) for part in value]
    if isinstance(value, dict):
        return {name: _texts(part) for name, part in value.items()}
    return value


_MARKS = (
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)(_{1,2})(?=\S)([^_\n]+?)(?<=\S)\1(?!\w)"), r"\2"),
)


def _plain(text: str) -> str:
    """Take the inline marks of Markdown out of a text.

    Examples
    --------
    >>> _plain("A *low* value, **not** `normal`; 2 * 3 * 4, see [here](x.md)")
    'A low value, not normal; 2 * 3 * 4, see here'
    """
    for mark, inside in _MARKS:
        text = mark.sub(inside, text)
    return text


def self_test(sheet: Worksheet) -> None:
    """Mark each task's solution, wrong answers and the empty stub with its own key.

    Raises
    ------
    calcinosis.errors.ContentError
        The solution does not earn full marks, a wrong answer earns any or misses its hint, or the stub earns any.
    """
    for key, solution in sheet.solutions.items():
        given, document = _worked_out(sheet, key), sheet.documents[key]
        try:
            _check_key(given, solution, document)
        except ContentError:
            raise
        except CourseError as error:
            raise document.error((), f"task {key}: {error}") from error


def _check_key(given: Mapping[str, Any], solution: str, document: reader.Document) -> None:
    if given["kind"] == "value" and given.get("analyte"):
        units.parse(given["analyte"], given["value"])
    if marking.mark(given, marking.STUB).state != "unanswered":
        raise document.error((), f"task {given['id']}: the untouched cell counts as an answer.")
    if given["kind"] == "written":
        return
    for hidden in (False, True):
        result = marking.mark(given, solution, hidden=hidden)
        if result.points != given["points"]:
            raise document.error(
                (), f"task {given['id']}: the solution earns {result.points:g}, not full marks ({result.text})"
            )
    for number, wrong in enumerate(given["wrong"]):
        result = marking.mark(given, wrong["answer"])
        if result.points or wrong["hint"] not in result.text:
            raise document.error(
                ("wrong", number), f"this wrong answer must earn 0 and its hint; it gives: {result.text}"
            )
