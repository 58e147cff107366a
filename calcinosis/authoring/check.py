"""Everything that a script can know about the course's content, in one report."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from calcinosis import content, formulas, prose
from calcinosis.authoring import build, lesson_rules, new, tables, worksheet_rules
from calcinosis.authoring.findings import Finding
from calcinosis.authoring.lessons import Lesson
from calcinosis.authoring.records import sources_of, texts_of
from calcinosis.authoring.worksheets import Worksheet
from calcinosis.errors import ContentError

__all__ = ["MEND", "Report", "check_course", "check_items", "check_texts"]

MEND = "make build"
_MARKS = ("design value", "teaching value", "not yet sourced", "disputed")
_MARKED_KINDS = ("analytes", "binding", "facts")
_CITING_KINDS = (
    "analytes",
    "intervals",
    "misconceptions",
    "glossary",
    "facts",
    "items",
    "cases",
    "predictions",
    "binding",
    "population_rows",
)


@dataclass(frozen=True, slots=True)
class Report:
    """All findings; notes fail nothing."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What fails the check."""
        return tuple(finding for finding in self.findings if not finding.note)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is only worth knowing."""
        return tuple(finding for finding in self.findings if finding.note)

    def text(self, verbose: bool = False) -> str:
        """Return the report for people: notes counted (or listed), errors last, where they are seen."""
        counts = Counter(finding.rule for finding in self.notes)
        lines = [finding.line() for finding in self.notes] if verbose else []
        lines += [
            f"{rule}: {number} (calcinosis check --verbose lists them)" for rule, number in sorted(counts.items())
        ]
        lines += [finding.line() for finding in self.errors]
        lines.append("The check is clean." if not self.errors else f"{len(self.errors)} to mend.")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return the findings, ready for JSON."""
        rows = [{"rule": f.rule, "where": f.where, "text": f.text, "note": f.note} for f in self.findings]
        return {"errors": len(self.errors), "notes": len(self.notes), "findings": rows}


def check_course(root: Path, *, today: date, weekly: bool = False) -> Report:
    """Check build, content, lessons, worksheets and items.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.
    today : datetime.date
        The day that review dates are compared with.
    weekly : bool, default False
        Whether an overdue review is an error.

    Returns
    -------
    Report
        Every finding; a file that cannot be read at all is one finding among the others.
    """
    steps = (
        lambda: _content(),
        lambda: _built(root),
        lambda: check_texts(root),
        lambda: _items(),
        lambda: _marked(),
        lambda: _overdue(today, weekly),
    )
    found: list[Finding] = []
    for step in steps:
        try:
            found += step()
        except ContentError as error:
            found.append(Finding.of(error))
    # One broken file stops several steps with the same words; say it once.
    return Report(tuple(dict.fromkeys(found)))


def check_items() -> Any:
    """Return the item linter's own report."""
    from calcinosis.quiz import lint

    return lint.report()


def _to_fill(root: Path) -> Iterator[Finding]:
    """List what a template left for the author to write."""
    places = [*(root / "source" / "lessons").glob("*.md"), *(root / "source" / "worksheets").glob("*.md")]
    for path in sorted([*places, *(root / "data" / "items").rglob("*.y*ml")]):
        name = path.relative_to(root).as_posix()
        for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
            for found in new.TO_FILL.finditer(line):
                yield Finding("to-fill", f"{name} line {number}", f"still to be written: {found[0].strip()}")


def _content() -> Iterator[Finding]:
    for kind in content.KINDS:
        content.load_records(kind)
    for text in content.check_references():
        yield Finding("reference", "data", text)
    for text in content.check_sources():
        yield Finding("source", "data", text)
    for formula in formulas.FORMULAS.values():
        for key in formula.source:
            if key not in content.sources():
                where = "calcinosis/formulas/register.py"
                yield Finding("reference", where, f"{formula.id}: there is no source {key}.")
    yield from _expressions()


def _expressions() -> Iterator[Finding]:
    """Work out every text of items, predictions and cases, so that none fails before a learner."""
    for kind in ("items", "predictions", "cases"):
        for key, record in content.load_records(kind).items():
            for text in texts_of(record.model_dump()):
                try:
                    prose.render(text)
                except ContentError as error:
                    yield Finding("expression", f"data/{kind}: {key}", str(error))


def _built(root: Path) -> Iterator[Finding]:
    for text in build.differences(root, build.plan(root)):
        name, _, rest = text.partition(" ")
        yield Finding("built", name, f"{rest}; run: {MEND}")


def check_texts(root: Path) -> list[Finding]:
    """Return what is wrong with the lessons and worksheets of a project, and what is worth noting about them.

    Raises
    ------
    calcinosis.errors.ContentError
        A source file cannot be read at all.
    """
    lessons, sheets = build.read_lessons(root), build.read_worksheets(root)
    extra = tables.functions(lessons, sheets)
    built = _built_names(lessons, sheets)
    objectives = {key for lesson in lessons.values() for key in lesson.header.objectives}
    tested = {item.objective for item in content.items().values() if item.status != "retired"}
    tested |= {task.objective for sheet in sheets.values() for task in sheet.tasks.values()}
    found = list(_to_fill(root))
    for lesson in lessons.values():
        found += lesson_rules.check_lesson(lesson, tested, built, root, extra)
    for sheet in sheets.values():
        found += worksheet_rules.check_worksheet(sheet, objectives, built, root, extra)
    return found + lesson_rules.check_bank_use(lessons) + list(_unused_sources(lessons, sheets))


def _built_names(lessons: Mapping[str, Lesson], sheets: Mapping[str, Worksheet]) -> set[str]:
    names = {f"notebooks/{key}.ipynb" for key in lessons}
    return names | {f"{folder}/{key}.ipynb" for folder in ("exercises", "solutions") for key in sheets}


def _unused_sources(lessons: Mapping[str, Lesson], sheets: Mapping[str, Worksheet]) -> Iterator[Finding]:
    used = {key for lesson in lessons.values() for key in lesson.cited}
    for sheet in sheets.values():
        used.update(key for cell in sheet.source.cells for key in prose.cited(cell.text))
    for kind in _CITING_KINDS:
        for record in content.load_records(kind).values():
            used.update(sources_of(record))
    used.update(key for formula in formulas.FORMULAS.values() for key in formula.source)
    for key in content.sources():
        if key not in used:
            yield Finding("unused-source", "data/sources.csv", key, note=True)


def _items() -> Iterator[Finding]:
    for finding in check_items().findings:
        text = f"{finding.message} {finding.mend}"
        yield Finding(finding.rule, f"item {finding.item}", text, note=finding.severity != "E")


def _marked() -> Iterator[Finding]:
    """Note what carries a mark of its own instead of a source."""
    for kind in _MARKED_KINDS:
        for key, record in content.load_records(kind).items():
            if getattr(record, "mark", None) in _MARKS:
                yield Finding(record.mark.replace(" ", "-"), f"data/{kind}.yml", key, note=True)


def _overdue(today: date, weekly: bool) -> Iterator[Finding]:
    for key, item in content.items().items():
        if item.status != "retired" and item.review_due < today:
            text = f"the review was due on {item.review_due}; review the item and set review_due."
            yield Finding("overdue", f"item {key}", text, note=not weekly)
