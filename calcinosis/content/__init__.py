"""The clinical content under ``data/``: where it lies, and its records, checked and frozen.

This is the only room that knows where ``data/`` is. Every accessor returns a read-only mapping from id to record, read
and validated once per folder and kept. The environment variable ``CALCINOSIS_DATA`` points the course at another folder
with the same layout (a temporary copy in a test); nothing else has to be told.

>>> from calcinosis import content
>>> content.analytes()["calcium_total"].si_unit
'mmol/L'
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from calcinosis.content.paths import data_dir

if TYPE_CHECKING:
    from calcinosis.content import models

__all__ = [
    "KINDS",
    "analytes",
    "cases",
    "check_references",
    "check_sources",
    "clear_cache",
    "data_dir",
    "facts",
    "glossary",
    "intervals",
    "items",
    "lessons",
    "load_records",
    "misconceptions",
    "objectives",
    "population_rows",
    "predictions",
    "quizzes",
    "record_errors",
    "sources",
]

KINDS = (
    "analytes",
    "intervals",
    "sources",
    "misconceptions",
    "glossary",
    "facts",
    "items",
    "cases",
    "predictions",
    "population_rows",
    "lessons",
    "quizzes",
    "binding",
)


def load_records(kind: str) -> Mapping[str, Any]:
    """Return all records of one kind, keyed by id.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.

    Returns
    -------
    Mapping[str, pydantic.BaseModel]
        Frozen records in the order of the files; intervals and population rows are keyed ``"analyte#n"``.

    Raises
    ------
    calcinosis.errors.ContentError
        A file is not what its schema asks for; the message names file, line, path, what was found and what to write.

    Examples
    --------
    >>> load_records("sources")["payne1973"].year
    1973
    """
    # The reader brings PyYAML and pydantic along, which only pays once somebody wants records.
    from calcinosis.content import store

    return store.records(kind, data_dir())


def clear_cache() -> None:
    """Forget everything read so far, so that files changed in place are read again."""
    from calcinosis.content import store

    store.records.cache_clear()


def analytes() -> "Mapping[str, models.Analyte]":
    """Return what can be measured: names, units, decimals, input limits."""
    return load_records("analytes")


def intervals() -> "Mapping[str, models.IntervalRow]":
    """Return reference intervals, one record per row of ``reference_intervals.csv``."""
    return load_records("intervals")


def sources() -> "Mapping[str, models.Source]":
    """Return the bibliography."""
    return load_records("sources")


def misconceptions() -> "Mapping[str, models.Misconception]":
    """Return wrong ideas and arithmetic slips that items and hints name."""
    return load_records("misconceptions")


def glossary() -> "Mapping[str, models.Term]":
    """Return the terms explained in the drawer."""
    return load_records("glossary")


def facts() -> "Mapping[str, models.Fact]":
    """Return the numbers that prose quotes."""
    return load_records("facts")


def items() -> "Mapping[str, models.Item]":
    """Return quiz items."""
    return load_records("items")


def cases() -> "Mapping[str, models.Case]":
    """Return worked cases."""
    return load_records("cases")


def predictions() -> "Mapping[str, models.Prediction]":
    """Return predictions that learners commit to."""
    return load_records("predictions")


def population_rows() -> "Mapping[str, models.PopulationRow]":
    """Return weighted population percentiles, one record per row."""
    return load_records("population_rows")


def lessons() -> "Mapping[str, models.Lesson]":
    """Return the lesson headers that the build gathered."""
    return load_records("lessons")


def quizzes() -> "Mapping[str, models.QuizSet]":
    """Return the sets of questions that the build gathered, by the name of the cell that asks them."""
    return load_records("quizzes")


def objectives() -> dict[str, str]:
    """Return every objective id of every lesson with its text."""
    return {key: value.text for lesson in lessons().values() for key, value in lesson.objectives.items()}


def check_references() -> list[str]:
    """List every id in the data that points nowhere, as one sentence each; empty when all is well."""
    from calcinosis.content import references

    return references.unknown_references()


def check_sources(formula_sources: Iterable[str] = ()) -> list[str]:
    """List sources that carry a number in the course but rest on memory or cannot be identified.

    Parameters
    ----------
    formula_sources : iterable of str
        The sources that formulas cite: ``formulas`` is a higher floor, so the caller passes them in.
    """
    from calcinosis.content import references

    return references.weak_sources(formula_sources)


def record_errors() -> "Mapping[str, models.RecordError]":
    """Return the values in published case records that this course holds to be printing errors."""
    return load_records("record_errors")
