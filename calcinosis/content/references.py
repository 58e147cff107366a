"""Checks that every id in the data points at something, and that readers can find each source that carries a number."""

from collections.abc import Iterable, Iterator
from typing import Any

from calcinosis import content

# Numbers that flag or teach rest on these kinds; input limits are marked design values instead.
_NUMBER_KINDS = ("intervals", "facts")


def _own_sources(record: Any) -> tuple[str, ...]:
    """Return the source ids that a record names."""
    found: list[str] = []
    for name in ("source", "sources", "source_id"):
        value = getattr(record, name, None)
        if isinstance(value, str):
            found.append(value)
        elif value and not isinstance(record, str):
            found.extend(value)
    return tuple(found)


def _records() -> Iterator[tuple[str, str, Any]]:
    """Yield every record that may point at another, with kind and id."""
    for kind in (*content.KINDS, "binding", "record_errors"):
        if kind != "sources":
            for key, record in content.load_records(kind).items():
                yield kind, key, record


def unknown_references() -> list[str]:
    """Return one sentence for each id, unit or objective that nothing answers to."""
    found: list[str] = []
    for kind, key, record in _records():
        where = f"{kind} {key}"
        found += [f"{where}: there is no source {source}." for source in _own_sources(record) if not _is_source(source)]
        if kind != "record_errors":  # wrong units are what that list is about
            found += [f"{where}: {problem}" for problem in _measured(record)]
        found += [f"{where}: {problem}" for problem in _taught(record)]
    return found


def _is_source(key: str) -> bool:
    return key in content.sources()


def _measured(record: Any) -> Iterator[str]:
    """Check analyte and unit of a record and of the values inside it."""
    parts: list[Any] = [record, *getattr(record, "labs", ())]
    answer = getattr(record, "answer", None)
    for part in parts:
        key, unit = getattr(part, "analyte", None), getattr(part, "unit", None)
        yield from _unit_problem(key, unit)
    if answer is not None and answer.analyte is not None:
        yield from _unit_problem(answer.analyte, answer.unit)
        for wrong in answer.wrong:
            yield from _unit_problem(answer.analyte, wrong.unit)


def _unit_problem(key: str | None, unit: str | None) -> Iterator[str]:
    if key is None:
        return
    analyte = content.analytes().get(key)
    if analyte is None:
        yield f"there is no analyte {key}."
    elif unit is not None and not analyte.accepts(unit):
        units = ", ".join(spec.unit or "no unit" for spec in analyte.units)
        yield f"{key} has no unit {unit or '(none)'}; its units are {units}."


def _taught(record: Any) -> Iterator[str]:
    """Check misconceptions, lessons and objectives that a record names."""
    answer = getattr(record, "answer", None)
    named = [*getattr(record, "options", ()), *(answer.wrong if answer is not None else ())]
    for part in named:
        if part.misconception is not None and part.misconception not in content.misconceptions():
            yield f"there is no misconception {part.misconception}."
    lessons = content.lessons()
    lesson, objective = getattr(record, "lesson", None), getattr(record, "objective", None)
    if lesson is None or not lessons:
        return
    if not any(key == lesson or key.split("-")[0] == lesson for key in lessons):
        yield f"there is no lesson {lesson}."
    elif objective is not None and objective not in content.objectives():
        yield f"there is no objective {objective}."


def weak_sources(formula_sources: Iterable[str] = ()) -> list[str]:
    """Return one sentence for each number that rests on memory or on nothing that a reader can find.

    A source without DOI, PMID, ISBN or publisher's page may stand beside one that has them; alone it carries no number.

    Parameters
    ----------
    formula_sources : iterable of str
        The sources that formulas cite, since formulas are a higher floor than content.
    """
    users: dict[str, set[str]] = {}
    alone: set[str] = set()
    for kind in _NUMBER_KINDS:
        for key, record in content.load_records(kind).items():
            own = set(_own_sources(record))
            if not any(_findable(source) for source in own):
                alone |= own
            for source in own:
                users.setdefault(source, set()).add(f"{kind} {key}")
    for source in formula_sources:
        users.setdefault(source, set()).add("formulas")
    found: list[str] = []
    for key in sorted(users):
        record = content.sources().get(key)
        cited = ", ".join(sorted(users[key])[:3])
        if record is None:
            found.append(f"{key}: there is no such source; cited by {cited}.")
        elif record.seen == "memory":
            found.append(f"{key}: rests on memory and must carry no number; cited by {cited}.")
        elif key in alone and not record.identified:
            found.append(
                f"{key}: carries a number alone but has no DOI, PMID, ISBN or publisher's page; cited by {cited}."
            )
    return found


def _findable(key: str) -> bool:
    record = content.sources().get(key)
    return record is not None and record.identified and record.seen != "memory"
