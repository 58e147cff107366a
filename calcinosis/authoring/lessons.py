"""From the text of a lesson to its notebook."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import calcinosis
from calcinosis import content, prose
from calcinosis.authoring import myst
from calcinosis.authoring.models import LessonHeader
from calcinosis.authoring.notebooks import Cell, cell_id, check_ids, code_name, slug
from calcinosis.authoring.records import sources_of
from calcinosis.content import store
from calcinosis.errors import ContentError

__all__ = [
    "NO_CLAIM",
    "START_CELL",
    "WRITTEN_BY_BUILD",
    "Lesson",
    "bibliography",
    "call_of",
    "cells",
    "code_cell",
    "quiz_sets",
    "reference",
    "rendered",
    "teaching_notes",
]

NO_CLAIM = re.compile(r"[ \t]*<!--\s*no-claim\s*-->")
WRITTEN_BY_BUILD = ("What you will be able to do", "Before you start", "Next", "Sources")
START = "**Press the double arrow** (Restart the kernel and run all cells) to start or resume; your answers are kept."
# JupyterLab shows the first line of a cell whose source is hidden; these read as sentences.
START_CELL = "# Start: loads the course."
_KEY_NUMBERS_CELL = "# The course checks its own numbers here; nothing to do."
# A source that was read as an excerpt may lack these; a bibliography then leaves them out.
_NOT_SEEN = re.compile(r"\bnot (?:seen|shown)\b")
_DIRECTIVE = re.compile(r"^\s*(```+|~~~+|:::+)\s*\{.*", re.MULTILINE)
_ROLE = re.compile(r"\{[A-Za-z][\w:-]*\}`[^`]*`")


@dataclass(frozen=True)
class Lesson:
    """A lesson as written: its source and its checked header."""

    source: myst.Source

    @cached_property
    def header(self) -> LessonHeader:
        """The header, checked; objectives carry the lesson's number."""
        document = self.source.header
        value = document.value if isinstance(document.value, dict) else {}
        for part in ("jupyter", "lesson"):
            value = value.get(part) if isinstance(value, dict) else None
        if value is None:
            raise self.source.error(1, "the header lacks jupyter: lesson: with title, minutes and objectives.")
        header = store.validate(LessonHeader, value, document, ("jupyter", "lesson"))
        for key in header.objectives:
            if not re.fullmatch(rf"{self.source.number}[a-z]", key):
                path = ("jupyter", "lesson", "objectives", key)
                raise document.error(
                    path, f"found {key}; an objective is called {self.source.number}a, {self.source.number}b …"
                )
        return header

    @property
    def id(self) -> str:
        """The permanent name, such as ``030-reading-the-panel``."""
        return self.source.slug

    @property
    def shown(self) -> tuple[myst.SourceCell, ...]:
        """The cells that reach the notebook."""
        return tuple(cell for cell in self.source.cells if "instructor" not in cell.tags)

    @property
    def cited(self) -> list[str]:
        """Source ids that the text cites."""
        return list(
            dict.fromkeys(key for cell in self.shown if cell.kind == "markdown" for key in prose.cited(cell.text))
        )

    def calls(self) -> list[tuple[myst.SourceCell, str, list[str]]]:
        """Return the widget calls: cell, function name, text arguments."""
        found = (
            (cell, call_of(cell.text)) for cell in self.shown if cell.kind == "code" and "key-numbers" not in cell.tags
        )
        return [(cell, *call) for cell, call in found if call]

    def record(self) -> dict:
        """Return the header as ``data/generated/lessons.json`` holds it."""
        header = self.header
        return {
            "id": self.id,
            "title": header.title,
            "minutes": header.minutes,
            "needs": list(header.needs),
            "objectives": {key: value.model_dump() for key, value in header.objectives.items()},
            "next": header.next,
        }


def call_of(text: str) -> tuple[str, list[str]] | None:
    """Return function and text arguments of a one-line call, or None if the text is anything else.

    Examples
    --------
    >>> call_of('worked_case("bes-2022", leave=["the-pair"])')
    ('worked_case', ['bes-2022'])
    >>> call_of("x = 1") is None
    True
    """
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        return None
    call = body[0].value
    if not isinstance(call.func, ast.Name):
        return None
    return call.func.id, [
        arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    ]


def quiz_sets(source: myst.Source, prefix: str) -> dict[str, list[str]]:
    """Return the questions of each ``quiz(…)`` by the name of its cell.

    Learners see the name and not the questions' ids, which tell answers.

    Parameters
    ----------
    source : Source
        A lesson or worksheet.
    prefix : str
        What the names of its cells open with, such as ``030``.

    Raises
    ------
    calcinosis.errors.ContentError
        A quiz without a name.
    """
    found: dict[str, list[str]] = {}
    for cell in source.cells:
        call = call_of(cell.text) if cell.kind == "code" and "instructor" not in cell.tags else None
        if call and call[0] == "quiz" and call[1]:
            if not cell.name:
                text = "the learner reads the name of this quiz; give it one that tells no answer"
                raise source.error(cell.line, f"{text}, as :name: {prefix}-quiz-units.")
            found[cell_id(prefix, cell.name)] = call[1]
    return found


def code_cell(cell: myst.SourceCell, prefix: str) -> Cell:
    """Build a code cell that a learner runs; a quiz names its set, other calls stay as they are."""
    call = call_of(cell.text)
    name = cell_id(prefix, cell.name or code_name(cell.text) or "code")
    tags = tuple(tag for tag in cell.tags if tag not in {"hide-input", "remove-input"})
    text = f'quiz("{name}")' if call and call[0] == "quiz" and call[1] else cell.text
    return Cell("code", name, text, tags, call is not None, line=cell.line)


def rendered(cell: myst.SourceCell, source: myst.Source, extra: Mapping[str, Callable[..., str]]) -> str:
    """Return a piece of text as the notebook shows it.

    Raises
    ------
    calcinosis.errors.ContentError
        With file and line, if an expression or citation fails or the text holds a MyST directive or role.
    """
    bare = _without_code(cell.text)
    for pattern in (_DIRECTIVE, _ROLE):
        found = pattern.search(cell.text if pattern is _DIRECTIVE else bare)
        if found:
            line = cell.line + cell.text.count("\n", 0, found.start())
            raise source.error(
                line,
                f"found {found[0].strip()!r}; JupyterLab shows MyST directives and roles raw, so write plain Markdown.",
            )
    try:
        return prose.render(NO_CLAIM.sub("", cell.text), link=True, extra=extra)
    except ContentError as error:
        raise source.error(_line_of(cell, str(error)), str(error)) from error


def _without_code(text: str) -> str:
    """Blank out fenced and inline code that stands by itself, keeping positions."""
    return re.sub(r"(?<![}`])`[^`\n]+`", lambda match: " " * len(match[0]), text)


def _line_of(cell: myst.SourceCell, message: str) -> int:
    """Find the line of the expression or citation that a message opens with."""
    start = re.match(r"\{\{.*?\}\}|\[@[^\]]*\]", message)
    at = cell.text.find(start[0]) if start else -1
    return cell.line + (cell.text.count("\n", 0, at) if at >= 0 else 0)


def cells(
    lesson: Lesson, others: Mapping[str, Lesson], sheets: Mapping[str, str], extra: Mapping[str, Callable[..., str]]
) -> list[Cell]:
    """Build the cells of one lesson.

    Parameters
    ----------
    lesson : Lesson
        What to build.
    others : mapping of str to Lesson
        All lessons by id, for links.
    sheets : mapping of str to str
        For a lesson's id one line about its worksheet.
    extra : mapping of str to callable
        Functions for ``{{ }}`` beside those of :mod:`calcinosis.prose`.

    Returns
    -------
    list of Cell
        Front matter, the lesson's own cells, *Next*, *Sources*, the hidden cell of key numbers.
    """
    source, number = lesson.source, lesson.source.number
    body = _body(lesson, extra)
    key_numbers = [cell for cell in body if "key-numbers" in cell.tags]
    rest = [cell for cell in body if "key-numbers" not in cell.tags]
    title = f"# {lesson.header.title}"
    if not rest or rest[0].kind != "markdown" or not rest[0].text.startswith("# "):
        raise source.error(1, f"the text must open with its title: {title}")
    first_line, _, opening = rest[0].text.partition("\n")
    if first_line.strip() != title:
        raise source.error(rest[0].line, f"found {first_line!r}; the title in the header says {title!r}.")
    made = [
        Cell("markdown", cell_id(number, "title"), title),
        _objectives(lesson),
        _before(lesson, others),
        _imports(lesson),
    ]
    if opening.strip():
        made.append(replace(rest[0], id=cell_id(number, "opening"), text=opening.strip("\n")))
    made += [*rest[1:], _next(lesson, others, sheets), *_sources(lesson), *key_numbers]
    kept = [cell for cell in made if cell.text]
    check_ids(kept, source.file)
    return kept


def _body(lesson: Lesson, extra: Mapping[str, Callable[..., str]]) -> list[Cell]:
    source, number = lesson.source, lesson.source.number
    made: list[Cell] = []
    for cell in lesson.shown:
        if cell.kind == "code":
            shown = code_cell(cell, number)
            if "key-numbers" in cell.tags:
                shown = replace(shown, text=f"{_KEY_NUMBERS_CELL}\n{cell.text}", hidden=True)
            made.append(shown)
            continue
        text = rendered(cell, source, extra)
        heading = re.match(r"#{1,2} (.+)", cell.text)
        # Text without a heading is named after the cell that it follows, never after its place in the lesson.
        after = f"{made[-1].id}-then" if made else "opening"
        name = cell.name or (slug(heading[1]) if heading else after)
        made.append(Cell("markdown", cell_id(number, name), text, cell.tags, line=cell.line))
    return made


def _objectives(lesson: Lesson) -> Cell:
    lines = [f"- {prose.render(objective.text)}" for objective in lesson.header.objectives.values()]
    text = "\n".join(["## What you will be able to do", "", *lines])
    return Cell("markdown", cell_id(lesson.source.number, "objectives"), text)


def _before(lesson: Lesson, others: Mapping[str, Lesson]) -> Cell:
    needs = [_link(key, others) for key in lesson.header.needs]
    for key in lesson.header.needs:
        if key not in others:
            raise lesson.source.error(1, f"needs names {key}, but there is no source/lessons/{key}.md.")
    lines = [f"- About {lesson.header.minutes} minutes; you can stop after any section and go on later."]
    lines.append(f"- Before this: {', '.join(needs)}." if needs else "- Nothing has to come before this.")
    lines.append("- For teaching, not for patient care.")
    text = "\n".join(["## Before you start", "", *lines, "", START])
    return Cell("markdown", cell_id(lesson.source.number, "before-you-start"), text)


def _link(key: str, others: Mapping[str, Lesson]) -> str:
    return f"[{others[key].header.title}]({key}.ipynb)" if key in others else key


def _imports(lesson: Lesson) -> Cell:
    names = sorted({name for _, name, _ in lesson.calls()} & set(calcinosis.__all__))
    text = f"{START_CELL}\nfrom calcinosis import {', '.join(names)}" if names else ""
    return Cell("code", cell_id(lesson.source.number, "start"), text, hidden=True)


def _next(lesson: Lesson, others: Mapping[str, Lesson], sheets: Mapping[str, str]) -> Cell:
    lines = []
    if lesson.id in sheets:
        lines.append(f"- Practise: {sheets[lesson.id]}")
    following = _following(lesson, others)
    if following:
        lines.append(f"- Go on: {_link(following, others)}, about {others[following].header.minutes} minutes.")
    else:
        lines.append("- This is the last lesson for now.")
    first = next((key for key, other in others.items() if _has_board(other)), None)
    if first and first != lesson.id:
        lines.append(f"- See how far you have come: the progress board is on the first page, {_link(first, others)}.")
    return Cell("markdown", cell_id(lesson.source.number, "next"), "\n".join(["## Next", "", *lines]))


def _following(lesson: Lesson, others: Mapping[str, Lesson]) -> str | None:
    """Return the lesson that the header names if it exists, else the next one in the order of their numbers."""
    if lesson.header.next in others:
        return lesson.header.next
    return next((key for key in sorted(others) if key > lesson.id), None)


def _has_board(lesson: Lesson) -> bool:
    return lesson.header.kind == "orientation" and any(name == "progress_board" for _, name, _ in lesson.calls())


def _sources(lesson: Lesson) -> list[Cell]:
    keys = dict.fromkeys([*lesson.cited, *_shown_sources(lesson)])
    return [Cell("markdown", cell_id(lesson.source.number, "sources"), bibliography(keys))]


def bibliography(keys: Iterable[str]) -> str:
    """Return the section *Sources* in alphabetical order, or an empty text if nothing is cited."""
    entries = sorted((reference(key) for key in keys if key in content.sources()), key=str.casefold)
    return "\n".join(["## Sources", "", *(f"- {entry}" for entry in entries)]) if entries else ""


def _shown_sources(lesson: Lesson) -> list[str]:
    """Return the sources of what a lesson shows: of questions, predictions and patients, feedback included."""
    found: list[str] = []
    for _, name, arguments in lesson.calls():
        for key in arguments:
            if name == "quiz" and key in content.items():
                found += sources_of(content.items()[key])
            elif name == "predict" and key in content.predictions():
                found += sources_of(content.predictions()[key])
            elif name == "worked_case" and key in content.cases():
                found += sources_of(content.cases()[key])
            elif name in {"lab_panel", "forms_of_calcium"} and key in content.cases():
                found.append(content.cases()[key].source_id)
    return found


def reference(source_id: str) -> str:
    """Return one line of a bibliography: authors, year, title, journal, link; without names the title leads.

    Examples
    --------
    >>> reference("payne1973").startswith("Payne RB, Little AJ, Williams RB, Milner JR (1973). ")
    True
    """
    source = content.sources()[source_id]
    year = f" ({source.year})" if source.year else ""
    link = ""
    if source.doi:
        link = f" [doi:{source.doi}](https://doi.org/{source.doi})"
    elif source.pmid:
        link = f" [PMID {source.pmid}](https://pubmed.ncbi.nlm.nih.gov/{source.pmid}/)"
    elif source.pmcid:
        link = f" [{source.pmcid}](https://pmc.ncbi.nlm.nih.gov/articles/{source.pmcid}/)"
    elif source.isbn:
        link = f" ISBN {source.isbn}"
    elif source.url:
        link = f" [publisher's page]({source.url})"
    journal = f" *{source.journal}*." if source.journal and not _NOT_SEEN.search(source.journal) else ""
    title = source.title.rstrip(".")
    lead = f"{title}{year}." if _NOT_SEEN.search(source.authors) else f"{source.authors}{year}. {title}."
    return f"{lead}{journal}{link}"


def teaching_notes(lesson: Lesson) -> str:
    """Return what the cells tagged ``instructor`` say, or an empty text."""
    notes = [cell for cell in lesson.source.cells if "instructor" in cell.tags]
    texts = []
    for cell in notes:
        text = cell.text
        if cell.kind == "code":
            try:
                text = ast.literal_eval(cell.text.strip())
            except (ValueError, SyntaxError) as error:
                raise lesson.source.error(
                    cell.line, "teaching notes in a code cell must be one text in triple quotes."
                ) from error
        paragraphs = (
            [line for line in text.strip().split("\n") if line.strip()] if cell.kind == "code" else [text.strip()]
        )
        texts.append("\n\n".join(paragraphs))
    if not texts:
        return ""
    title = f"# Teaching notes: {lesson.header.title}"
    return prose.render("\n\n".join([title, *texts])) + "\n"
