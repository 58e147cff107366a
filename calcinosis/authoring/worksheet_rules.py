"""Rules on worksheets: how many tasks, how demanding, which of them must be there."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from calcinosis import content
from calcinosis.authoring import prose_rules
from calcinosis.authoring.findings import Finding
from calcinosis.authoring.worksheets import Worksheet, cells_without_tasks

__all__ = ["check_worksheet"]

TASKS = (6, 10)
_DEMANDING = {"apply", "analyse", "evaluate", "create"}


def check_worksheet(
    sheet: Worksheet, objectives: set[str], built: set[str], root: Path, extra: Mapping[str, Callable[..., str]]
) -> list[Finding]:
    """Return what is wrong with one worksheet.

    Parameters
    ----------
    sheet : Worksheet
        The worksheet.
    objectives : set of str
        Ids of all objectives of all lessons.
    built : set of str
        Names of all generated files, which links may lead to.
    root : pathlib.Path
        The project's folder.
    extra : mapping of str to callable
        Functions for ``{{ }}`` beside those of :mod:`calcinosis.prose`.
    """
    found = [*_composition(sheet), *_objectives(sheet, objectives), *_misconceptions(sheet)]
    for cell in cells_without_tasks(sheet):
        found += prose_rules.callouts(cell, sheet.source.file)
        found += prose_rules.links(cell, sheet.source.file, root / "exercises", built, root)
        found += prose_rules.renders(cell, sheet.source, extra)
    return found


def _composition(sheet: Worksheet) -> Iterator[Finding]:
    where, tasks = f"{sheet.source.file} line 1", list(sheet.tasks.values())
    low, high = TASKS
    if not low <= len(tasks) <= high:
        yield Finding("tasks", where, f"found {len(tasks)} tasks; a worksheet has {low} to {high}.")
    demanding = sum(task.bloom in _DEMANDING for task in tasks)
    if demanding * 2 < len(tasks):
        text = f"{demanding} of {len(tasks)} tasks ask to apply or more; at least half must."
        yield Finding("demanding", where, text)
    roles = {role for task in tasks for role in task.role}
    if not roles & {"panel", "case"}:
        yield Finding(
            "whole-patient", where, "no task has role: [panel] or [case]; one reads a whole panel or patient."
        )
    if "widget" not in roles:
        yield Finding("uses-widget", where, "no task has role: [widget]; one uses what a widget shows.")
    if not any(task.kind == "written" for task in tasks):
        yield Finding("written", where, "no task is of kind written; one is answered in sentences and has a rubric.")


def _objectives(sheet: Worksheet, objectives: set[str]) -> Iterator[Finding]:
    for key, task in sheet.tasks.items():
        if task.objective not in objectives:
            where = f"{sheet.source.file} line {sheet.documents[key].line(('objective',))}"
            yield Finding("objective", where, f"task {key} names the objective {task.objective}, which no lesson has.")


def _misconceptions(sheet: Worksheet) -> Iterator[Finding]:
    for key, task in sheet.tasks.items():
        for number, wrong in enumerate(task.wrong):
            if wrong.misconception and wrong.misconception not in content.misconceptions():
                line = sheet.documents[key].line(("wrong", number, "misconception"))
                text = f"task {key} names the misconception {wrong.misconception}, which data/misconceptions.yml lacks."
                yield Finding("misconception", f"{sheet.source.file} line {line}", text)
