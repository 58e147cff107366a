"""Builds everything that is generated: notebooks, worksheets, their keys, the lesson table, the case index.

:func:`plan` works out every generated file in memory; :func:`write` puts the plan on the disk and :func:`differences`
compares the two, so that building and checking can never disagree.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from calcinosis import content
from calcinosis.authoring import lessons, myst, notebooks, tables, worksheets
from calcinosis.authoring.lessons import Lesson
from calcinosis.authoring.worksheets import Worksheet
from calcinosis.errors import ContentError

__all__ = ["OWNED", "differences", "plan", "project_root", "read_lessons", "read_worksheets", "write"]

# Learners' environments do without these.
_TOOLS = ("jupytext", "markdown_it", "nbgrader")

# Folders in which every file of the suffix is generated; one whose source has gone is removed.
OWNED = {
    "notebooks": "*.ipynb",
    "exercises": "*.ipynb",
    "solutions": "*.ipynb",
    "data/generated": "*.json",
    "data/generated/worksheets": "*.json",
    "docs/instructors": "[0-9][0-9][0-9]-*.md",
}


def project_root() -> Path:
    """Return the folder of the checkout, which holds ``data/`` and ``source/``.

    Raises
    ------
    calcinosis.errors.ContentError
        The course is installed without its source, or without the tools of authors.
    """
    missing = [name for name in _TOOLS if find_spec(name) is None]
    if missing:
        raise ContentError(f"{', '.join(missing)} cannot be imported; run make build or make check, which install it.")
    root = content.data_dir().parent
    if not (root / "source" / "lessons").is_dir():
        raise ContentError("there is no source/lessons beside the data; run this in a checkout of the project.")
    return root


def read_lessons(root: Path) -> dict[str, Lesson]:
    """Return all lessons by id, in the order of their numbers."""
    found = [Lesson(myst.read(path, root)) for path in sorted((root / "source" / "lessons").glob("*.md"))]
    numbers: dict[str, str] = {}
    for lesson in found:
        number = lesson.source.number
        if number in numbers:
            raise ContentError(f"{lesson.source.file}: the number {number} is already used by {numbers[number]}.md.")
        numbers[number] = lesson.id
    return {lesson.id: lesson for lesson in found}


def read_worksheets(root: Path) -> dict[str, Worksheet]:
    """Return all worksheets by id, in the order of their numbers."""
    found = [Worksheet(myst.read(path, root)) for path in sorted((root / "source" / "worksheets").glob("*.md"))]
    return {sheet.id: sheet for sheet in found}


def plan(root: Path) -> dict[str, bytes]:
    """Work out every generated file.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.

    Returns
    -------
    dict of str to bytes
        Path relative to the root, and what must stand there.

    Raises
    ------
    calcinosis.errors.ContentError
        Anything in ``source/`` or ``data/`` that cannot be built.
    """
    found, sheets = read_lessons(root), read_worksheets(root)
    for sheet in sheets.values():
        if sheet.header.lesson not in found:
            raise sheet.source.error(1, f"lesson names {sheet.header.lesson}, which has no file in source/lessons.")
    extra = tables.functions(found, sheets)
    files = _lesson_files(found, sheets, extra)
    if sheets:
        files |= _worksheet_files(sheets, extra)
    questions: dict[str, list[str]] = {}
    for lesson in found.values():
        questions |= lessons.quiz_sets(lesson.source, lesson.source.number)
    for sheet in sheets.values():
        questions |= lessons.quiz_sets(sheet.source, worksheets.prefix(sheet))
    files["data/generated/quizzes.json"] = tables.json_bytes(
        {name: {"id": name, "items": ids} for name, ids in questions.items()}
    )
    files["docs/cases.md"] = tables.case_index().encode()
    readme = root / "README.md"
    if readme.is_file():
        files["README.md"] = tables.with_lesson_table(readme.read_text("utf-8"), found, sheets).encode()
    return dict(sorted(files.items()))


def _lesson_files(
    found: Mapping[str, Lesson], sheets: Mapping[str, Worksheet], extra: Mapping[str, Callable[..., str]]
) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    practice = {sheet.header.lesson: tables.worksheet_line(sheet) for sheet in sheets.values()}
    for lesson in found.values():
        made = notebooks.notebook(lessons.cells(lesson, found, practice, extra))
        files[f"notebooks/{lesson.id}.ipynb"] = notebooks.to_bytes(made)
        notes = lessons.teaching_notes(lesson)
        if notes:
            files[f"docs/instructors/{lesson.id}.md"] = notes.encode()
    records = {lesson.id: lesson.record() for lesson in found.values()}
    files["data/generated/lessons.json"] = tables.json_bytes(records)
    return files


def _worksheet_files(sheets: Mapping[str, Worksheet], extra: Mapping[str, Callable[..., str]]) -> dict[str, bytes]:
    # nbgrader takes a second or more to import, which a course without worksheets need not wait for.
    from calcinosis.authoring import release

    files: dict[str, bytes] = {}
    for sheet in sheets.values():
        source = notebooks.notebook(worksheets.cells(sheet, extra))
        files[f"solutions/{sheet.id}.ipynb"] = notebooks.to_bytes(release.instructor_version(source))
        files[f"exercises/{sheet.id}.ipynb"] = notebooks.to_bytes(release.student_version(source))
        files[f"data/generated/worksheets/{sheet.id}.json"] = tables.json_bytes(worksheets.keys(sheet))
    return files


def differences(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Say for each generated file how the disk departs from the plan; an empty list means it does not."""
    found = []
    for name, data in files.items():
        path = root / name
        if not path.is_file():
            found.append(f"{name} is missing")
        elif path.read_bytes() != data:
            found.append(f"{name} differs from what the source gives")
    return found + [f"{path.relative_to(root).as_posix()} has no source" for path in _stale(root, files)]


def write(root: Path, files: Mapping[str, bytes]) -> list[str]:
    """Put the plan on the disk and return the names of the files that changed; unchanged files are not touched."""
    changed: list[str] = []
    for name, data in files.items():
        path = root / name
        if path.is_file() and path.read_bytes() == data:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        changed.append(name)
    for path in _stale(root, files):
        path.unlink()
        changed.append(path.relative_to(root).as_posix())
    if {"data/generated/lessons.json", "data/generated/quizzes.json"} & set(changed):
        content.clear_cache()
    return changed


def _stale(root: Path, files: Mapping[str, Any]) -> list[Path]:
    there = [path for folder, pattern in OWNED.items() for path in sorted((root / folder).glob(pattern))]
    return [path for path in there if path.relative_to(root).as_posix() not in files]
