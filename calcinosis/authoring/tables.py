"""Lists made from the headers: the README's lesson table, the case index, the paths of the first lesson."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from calcinosis import content
from calcinosis.authoring.lessons import Lesson, reference
from calcinosis.authoring.worksheets import Worksheet
from calcinosis.errors import ContentError

__all__ = ["BEGIN", "END", "case_index", "functions", "json_bytes", "with_lesson_table", "worksheet_line"]

BEGIN, END = "<!-- lessons:begin -->", "<!-- lessons:end -->"
# Name of each path and, for paths by time, how many minutes it may take; the others need tags in the headers.
_PATHS = {
    "one-hour": ("One hour", 60),
    "evening": ("An evening", 180),
    "kidney": ("The kidney", None),
    "skin": ("The skin", None),
}


def json_bytes(value: Any) -> bytes:
    """Write JSON with sorted keys and a newline at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def worksheet_line(sheet: Worksheet) -> str:
    """Return one line about a worksheet, with a link that holds inside ``notebooks/``."""
    return f"[worksheet {sheet.source.number}](../exercises/{sheet.id}.ipynb), {_size(sheet)}."


def _size(sheet: Worksheet) -> str:
    tasks = sheet.tasks
    minutes, points = sum(task.minutes for task in tasks.values()), sum(task.points for task in tasks.values())
    return f"{len(tasks)} tasks, {points:g} points, about {minutes} minutes"


def with_lesson_table(readme: str, lessons: Mapping[str, Lesson], sheets: Mapping[str, Worksheet]) -> str:
    """Return the README with the table between its two marks renewed.

    Raises
    ------
    calcinosis.errors.ContentError
        The marks are missing or out of order.
    """
    start, end = readme.find(BEGIN), readme.find(END)
    if start < 0 or end < start:
        raise ContentError(f"README.md lacks the lines {BEGIN} and {END}; put them where the lesson table belongs.")
    by_lesson = {sheet.header.lesson: sheet for sheet in sheets.values()}
    lines = ["| lesson | minutes | you will be able to | worksheet |", "| --- | ---: | --- | --- |"]
    for lesson in lessons.values():
        header, sheet = lesson.header, by_lesson.get(lesson.id)
        able = " ".join(objective.text for objective in header.objectives.values()).replace("|", "\\|")
        practice = f"[{_size(sheet)}](exercises/{sheet.id}.ipynb)" if sheet else ""
        link = f"[{lesson.source.number} · {header.title}](notebooks/{lesson.id}.ipynb)"
        lines.append(f"| {link} | {header.minutes} | {able} | {practice} |")
    return "\n".join([readme[:start] + BEGIN, "", *lines, "", readme[end:]])


def case_index() -> str:
    """Return the index of patients, grouped by subtype, each with its source."""
    cases = sorted(content.cases().values(), key=lambda case: (case.subtype, case.id))
    lines = [
        "# Patients of the course",
        "",
        "Generated from `data/cases/` by `make build`. Published patients are their report's; simulated ones say so.",
        "The names of the diseases stand here: learners meet the patients in the lessons first.",
        "",
        "| id | patient | disease | subtype | level | kind | source |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for case in cases:
        source = reference(case.source_id) if case.source_id in content.sources() else case.source_id
        cells = (case.id, case.title, case.entity, case.subtype, case.level, case.kind, source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def functions(lessons: Mapping[str, Lesson], sheets: Mapping[str, Worksheet]) -> dict[str, Callable[..., str]]:
    """Return what ``{{ }}`` may call in lessons beside the functions of :mod:`calcinosis.prose`.

    ``lesson("030-reading-the-panel")`` links a lesson, ``paths()`` is the table of paths by time and interest,
    ``worksheet("030-reading-the-panel")`` links a worksheet.
    """

    def lesson(key: str) -> str:
        if key not in lessons:
            raise ContentError(f"there is no lesson '{key}' in source/lessons")
        return f"[{lessons[key].header.title}]({key}.ipynb)"

    def worksheet(key: str) -> str:
        if key not in sheets:
            raise ContentError(f"there is no worksheet '{key}' in source/worksheets")
        return worksheet_line(sheets[key]).rstrip(".")

    def paths() -> str:
        return _paths(lessons)

    return {"lesson": lesson, "paths": paths, "worksheet": worksheet}


def _paths(lessons: Mapping[str, Lesson]) -> str:
    """Return the table of paths that the lessons' headers make up."""
    # The orientation lesson itself, which shows this table, is no part of a path.
    ahead = [one for one in lessons.values() if one.header.kind != "orientation"]
    rows: dict[tuple[str, ...], list[str]] = {}
    for key, (name, limit) in _PATHS.items():
        tagged = [one.id for one in ahead if key in one.header.path]
        members = tuple(tagged or (_within(ahead, limit) if limit else []))
        # No row twice: a path by time that is the whole course is left out, a path by interest joins its equal.
        if members and not (limit and (members in rows or len(members) == len(ahead))):
            rows.setdefault(members, []).append(name)
    whole = tuple(one.id for one in ahead)
    rows[whole] = ["The whole course", *rows.pop(whole, [])]
    lines = ["| path | lessons | minutes |", "| --- | --- | ---: |"]
    for members, names in rows.items():
        found = [lessons[key] for key in members]
        links = ", ".join(f"[{one.source.number} {one.header.title}]({one.id}.ipynb)" for one in found)
        lines.append(f"| {' · '.join(names)} | {links} | {sum(one.header.minutes for one in found)} |")
    return "\n".join(lines)


def _within(lessons: list[Lesson], minutes: int) -> list[str]:
    """Return the ids of the first lessons, in order, that fit into a time together."""
    chosen: list[Lesson] = []
    for one in lessons:
        if sum(member.header.minutes for member in chosen) + one.header.minutes > minutes:
            break
        chosen.append(one)
    return [one.id for one in chosen]
