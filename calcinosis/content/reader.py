"""Reads YAML, JSON and CSV without losing the line numbers, and refuses what YAML would accept in silence.

YAML goes through libyaml's node tree: a key given twice, an alias, a merge, a tag or a number that only looks like one
(``1:30``, ``010``, ``.inf``) is refused with its line; a date stays the text that was written.
"""

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from calcinosis.content.paths import shown
from calcinosis.errors import ContentError

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_TRUE = {"true", "yes", "on"}
_PREFIX = "tag:yaml.org,2002:"

# libyaml's loader is about ten times faster; the pure Python one gives the same nodes where it is not compiled in.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """What a file says (plain JSON values) and the line on which each part of it stands."""

    name: str
    value: Any
    lines: dict[tuple, int] = field(default_factory=dict)

    def line(self, path: tuple) -> int:
        """Return the line of the deepest known part of a path; parts that are no key of the file are passed over."""
        known: tuple = ()
        for part in path:
            if (*known, part) in self.lines:
                known = (*known, part)
        return self.lines.get(known, 1)

    def error(self, path: tuple, message: str) -> ContentError:
        """Build the error that names file, line and path."""
        where = path_text(path)
        return ContentError(f"{self.name} line {self.line(path)}{', ' + where if where else ''}: {message}")


def path_text(path: tuple) -> str:
    """Write a path as people do.

    Examples
    --------
    >>> path_text(("options", 1, "text"))
    'options[1].text'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_text(path: Path, name: str) -> str:
    """Read a UTF-8 text; a byte-order mark is dropped, other encodings are refused."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8.") from error


def read_yaml(path: Path, folder: Path) -> Document:
    """Read one YAML file into plain values and line numbers."""
    name = shown(path, folder)
    return parse_yaml(read_text(path, name), name)


def parse_yaml(text: str, name: str) -> Document:
    """Read YAML text into plain values and line numbers; `name` is the file that errors speak of."""
    document = Document(name, None)
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(
            f"{document.name} line {line}: this is not YAML ({error.problem}); check the indentation and put texts "
            "with ': ', '#' or quotation marks in quotes."
        ) from error
    except yaml.YAMLError as error:
        raise ContentError(f"{document.name}: this is not YAML ({error}); remove the character named.") from error
    if node is None:
        raise ContentError(f"{document.name} line 1: the file is empty; write the record or delete the file.")
    document.value = _value(node, (), document, set())
    return document


def _value(node: yaml.Node, path: tuple, document: Document, above: set[int]) -> Any:
    """Turn a node into plain values, noting the line of each part."""
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, path, document)
    if id(node) in above:
        raise document.error(path, "found an alias that contains itself; write the value out.")
    inside = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, number), document, inside) for number, child in enumerate(node.value)]
    return _mapping(node, path, document, inside)


def _mapping(node: yaml.MappingNode, path: tuple, document: Document, above: set[int]) -> dict[str, Any]:
    """Turn a mapping node into a dict; keys are texts and stand once."""
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == f"{_PREFIX}merge":
            document.lines[path] = line
            raise document.error(path, "found a key that is not a plain word; write a word followed by a colon.")
        key = key_node.value
        if key in found:
            first = document.lines[(*path, key)]
            document.lines[(*path, key)] = line
            raise document.error((*path, key), f"the key stands twice (first on line {first}); keep one of them.")
        document.lines[(*path, key)] = line
        found[key] = _value(value_node, (*path, key), document, above)
    return found


def _scalar(node: yaml.ScalarNode, path: tuple, document: Document) -> Any:
    """Turn a scalar node into text, number, yes/no or null."""
    tag, text = node.tag.removeprefix(_PREFIX), node.value
    if tag == "str" or tag == "timestamp":
        return text
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in _TRUE
    if tag in {"int", "float"} and _NUMBER.fullmatch(text):
        return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else float(text)
    raise document.error(path, f"found {text}, which YAML would not read as written; put a text in quotes.")


def read_json(path: Path, folder: Path) -> Document:
    """Read one JSON file (generated, so its lines matter to nobody)."""
    document = Document(shown(path, folder), None)
    try:
        document.value = json.loads(read_text(path, document.name))
    except json.JSONDecodeError as error:
        raise ContentError(
            f"{document.name} line {error.lineno}: this is not JSON ({error.msg}); run make build."
        ) from error
    return document


def read_csv(path: Path, folder: Path) -> Document:
    """Read a CSV table into a list of dicts of texts; an empty cell is null."""
    document = Document(shown(path, folder), [])
    reader = csv.reader(read_text(path, document.name).splitlines(keepends=True), strict=True)
    try:
        header = next(reader, None)
        if not header:
            raise ContentError(f"{document.name} line 1: the file is empty; write the column names first.")
        twice = sorted({name for name in header if header.count(name) > 1})
        if twice:
            raise ContentError(f"{document.name} line 1, column {twice[0]}: the column stands twice; keep one of them.")
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                _row(document, header, cells, line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ContentError(f"{document.name} line {reader.line_num}: this is not CSV ({error}).") from error
    return document


def _row(document: Document, header: list[str], cells: list[str], line: int) -> None:
    """Append one row of a table and note its line."""
    number = len(document.value)
    document.lines[(number,)] = line
    if len(cells) != len(header):
        raise ContentError(
            f"{document.name} line {line}: found {len(cells)} cells where there are {len(header)} columns; "
            "put a text that holds a comma in quotation marks."
        )
    document.value.append({name: cell.strip() or None for name, cell in zip(header, cells, strict=True)})
