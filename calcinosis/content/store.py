"""From files to checked records, once per folder."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from calcinosis.content import models
from calcinosis.content.reader import Document, read_csv, read_json, read_yaml
from calcinosis.errors import ContentError

_KINDS_OF_VALUE = {bool: "a yes/no value", int: "a whole number", float: "a number", str: "a text", list: "a list"}
_WANTED = {
    "string_type": "write a text in quotes",
    "string_too_short": "write a text",
    "bool_type": "write true or false",
    "int_type": "write a whole number",
    "float_type": "write a number without quotes",
    "tuple_type": "write a list: [a, b]",
    "dict_type": "write keys and values",
    "model_type": "write keys and values",
    "model_attributes_type": "write keys and values",
    "date_from_datetime_parsing": "write a date as 2026-11-20",
    "date_parsing": "write a date as 2026-11-20",
    "date_type": "write a date as 2026-11-20",
    "finite_number": "write an ordinary number",
    "int_from_float": "write a whole number",
}


def validate(model: type, value: Any, document: Document, at: tuple = ()) -> Any:
    """Check one plain value against a model.

    Parameters
    ----------
    model : type
        A model of :mod:`calcinosis.content.models`.
    value : dict
        What the file says there.
    document : Document
        The file, for its name and lines.
    at : tuple
        Path of the value within the file.

    Raises
    ------
    calcinosis.errors.ContentError
        One clear sentence: file, line, path, what was found, what to write.
    """
    try:
        return model.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = _known_path(first["loc"], value)
        raise document.error((*at, *path), _sentence(first, path)) from None


def _known_path(loc: tuple, value: Any) -> tuple:
    """Keep of pydantic's location what is really in the file (the names of union members are not) and a missing key."""
    path: list = []
    for number, part in enumerate(loc):
        in_mapping = isinstance(value, dict) and part in value
        if in_mapping or (isinstance(value, list) and isinstance(part, int) and part < len(value)):
            value = value[part]
            path.append(part)
        elif number == len(loc) - 1 and isinstance(value, dict) and isinstance(part, str) and part.isidentifier():
            path.append(part)
    return tuple(path)


def _sentence(error: Mapping[str, Any], path: tuple) -> str:
    """Say what was found and what to write."""
    kind, found = error["type"], error.get("input")
    if kind == "extra_forbidden":
        return f"the key {path[-1] if path else ''} is not known here; check the spelling or remove it."
    if kind == "missing":
        return "the key is missing; write it."
    if kind == "value_error":
        return f"{error['ctx']['error']}."
    if kind == "literal_error":
        return f"found {_shown(found)}; write {error['ctx']['expected']}."
    if kind in _WANTED:
        return f"found {_shown(found)}; {_WANTED[kind]}."
    return f"found {_shown(found)}; {error['msg'][0].lower()}{error['msg'][1:]}."


def _shown(found: Any) -> str:
    """Name a value and its kind the way YAML people see it."""
    if found is None or found == "":
        return "nothing"
    if isinstance(found, bool):
        return f"{str(found).lower()} (a yes/no value)"
    if isinstance(found, (list, dict)):
        return "a list" if isinstance(found, list) else "keys and values"
    text = str(found)
    text = text if len(text) <= 60 else f"{text[:57]}…"
    return f"{text} ({_KINDS_OF_VALUE.get(type(found), 'a value')})"


@lru_cache(maxsize=128)
def records(kind: str, folder: Path) -> Mapping[str, Any]:
    """Return the records of one kind in one data folder."""
    if kind not in _LOADERS:
        raise ContentError(f"{kind!r} is not a kind of record; the kinds are {', '.join(sorted(_LOADERS))}.")
    return MappingProxyType(_LOADERS[kind](folder))


def _add(found: dict[str, Any], record: Any, document: Document, at: tuple = ()) -> None:
    """Add a record under its id, which must be new."""
    if record.id in found:
        raise document.error((*at, "id"), f"the id {record.id} is used twice; give one of the two another id.")
    found[record.id] = record


def _listed(model: type, *names: str) -> Callable[[Path], dict[str, Any]]:
    """Make the loader of YAML files that each hold a list of records."""

    def load(folder: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in names:
            document = read_yaml(folder / name, folder)
            if not isinstance(document.value, list):
                raise document.error((), "found no list; write each record under a dash.")
            for number, value in enumerate(document.value):
                _add(found, validate(model, value, document, (number,)), document, (number,))
        return found

    return load


def _one_each(name: str, model: type) -> Callable[[Path], dict[str, Any]]:
    """Make the loader of a folder in which each YAML file is one record named like the file."""

    def load(folder: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in sorted((folder / name).rglob("*.y*ml")):
            document = read_yaml(path, folder)
            record = validate(model, document.value, document)
            if record.id != path.stem:
                raise document.error(("id",), f"found {record.id}; the id must equal the file name, {path.stem}.")
            _add(found, record, document, ())
        return found

    return load


def _table(name: str, model: type, key: str | None) -> Callable[[Path], dict[str, Any]]:
    """Make the loader of a CSV table; rows without a key column are numbered within their analyte."""

    def load(folder: Path) -> dict[str, Any]:
        document = read_csv(folder / name, folder)
        found: dict[str, Any] = {}
        counts: dict[str, int] = {}
        for number, cells in enumerate(document.value):
            value = {column: _cell(model, column, cell) for column, cell in cells.items()}
            if key is None:
                counts[cells.get("analyte") or ""] = counts.get(cells.get("analyte") or "", 0) + 1
                value["id"] = f"{cells.get('analyte')}#{counts[cells.get('analyte') or '']}"
            _add(found, _validate_row(model, value, document, number), document, (number,))
        return found

    return load


@lru_cache(maxsize=256)
def _column(model: type, column: str) -> str:
    """Return what the cells of a column are: "ids", "float", "int", "text" (may be empty) or "other"."""
    field = model.model_fields.get(column)
    if field is None:
        return "other"
    if field.annotation is str:
        return "text"
    annotation = str(field.annotation)
    return next((kind for word, kind in _CELLS.items() if word in annotation), "other")


_CELLS = {"tuple[": "ids", "float": "float", "int": "int"}


def _cell(model: type, column: str, cell: str | None) -> Any:
    """Read a cell as what its column is; what does not fit stays text, and the model says so."""
    kind = _column(model, column)
    if kind == "ids":
        return (cell or "").split()
    if kind == "text":
        return cell or ""
    if cell is None or kind == "other":
        return cell
    try:
        return int(cell) if kind == "int" else float(cell)
    except ValueError:
        return cell


def _validate_row(model: type, value: dict[str, Any], document: Document, number: int) -> Any:
    """Validate a row and speak of columns."""
    try:
        return validate(model, value, Document(document.name, None, {(): document.line((number,))}))
    except ContentError as error:
        text = str(error)
        for column in value:
            text = text.replace(f", {column}: ", f", column {column}: ", 1)
        raise ContentError(text) from None


def _gathered(name: str, model: type) -> Callable[[Path], dict[str, Any]]:
    """Make the loader of what the build gathers; before the first build there is nothing."""

    def load(folder: Path) -> dict[str, Any]:
        path = folder / "generated" / name
        if not path.is_file():
            return {}
        document = read_json(path, folder)
        values = document.value.values() if isinstance(document.value, dict) else document.value
        found: dict[str, Any] = {}
        for value in values:
            _add(found, validate(model, value, document), document)
        return found

    return load


_LOADERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "analytes": _listed(models.Analyte, "analytes.yml"),
    "intervals": _table("reference_intervals.csv", models.IntervalRow, None),
    "sources": _table("sources.csv", models.Source, "source_id"),
    "misconceptions": _listed(models.Misconception, "misconceptions.yml"),
    "glossary": _listed(models.Term, "glossary.yml"),
    "facts": _listed(models.Fact, "facts.yml", "population/regression.yml"),
    "items": _one_each("items", models.Item),
    "cases": _one_each("cases", models.Case),
    "predictions": _one_each("predictions", models.Prediction),
    "population_rows": _table("population/percentiles.csv", models.PopulationRow, None),
    "lessons": _gathered("lessons.json", models.Lesson),
    "quizzes": _gathered("quizzes.json", models.QuizSet),
    "binding": _listed(models.BindingValue, "binding.yml"),
    "record_errors": _listed(models.RecordError, "record_errors.yml"),
}
