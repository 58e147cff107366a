"""Notebooks that come out byte for byte the same: named cells, sorted keys, little metadata, no outputs."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calcinosis.errors import ContentError

__all__ = ["Cell", "cell_id", "check_ids", "code_name", "notebook", "slug", "to_bytes"]

_LONGEST_ID = 64
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a built notebook."""

    kind: str
    id: str
    text: str
    tags: tuple[str, ...] = ()
    hidden: bool = False
    nbgrader: dict[str, Any] | None = None
    line: int = 0


def slug(text: str) -> str:
    """Return a heading as it stands in an id.

    Examples
    --------
    >>> slug("Does the hormone answer the calcium?")
    'does-the-hormone-answer-the-calcium'
    >>> slug("25-Hydroxyvitamin D in µg")
    '25-hydroxyvitamin-d-in-ug'
    """
    plain = re.sub(r"\{\{.*?\}\}|\[@.*?\]|<!--.*?-->", " ", text).lower().replace("µ", "u")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def cell_id(number: str, name: str) -> str:
    """Return the id of a cell: the lesson's number and a name, at most 64 characters, cut at a word.

    Examples
    --------
    >>> cell_id("030", "quiz-payne"), cell_id("030", "030-quiz-payne")
    ('030-quiz-payne', '030-quiz-payne')
    """
    full = name if name.startswith(f"{number}-") else f"{number}-{name}"
    if len(full) <= _LONGEST_ID:
        return full
    return full[: _LONGEST_ID + 1].rsplit("-", 1)[0]


def code_name(text: str) -> str:
    """Name a code cell after what it shows: function and first argument.

    Examples
    --------
    >>> code_name('lab_panel("bcmj-2007", flags=False)'), code_name("lab_panel()")
    ('lab-panel-bcmj-2007', 'lab-panel')
    """
    try:
        call = ast.parse(text).body[0].value
        first = next((arg.value for arg in call.args if isinstance(arg, ast.Constant)), "")
        return slug(f"{call.func.id} {first}")
    except (SyntaxError, AttributeError, IndexError):
        return ""


def check_ids(cells: Iterable[Cell], file: str) -> None:
    """Refuse two cells of the same name.

    Raises
    ------
    calcinosis.errors.ContentError
        Naming both lines and asking for a name.
    """
    seen: dict[str, Cell] = {}
    for cell in cells:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", cell.id):
            raise ContentError(
                f"{file} line {cell.line}: the cell name '{cell.id}' may hold letters, digits, - and _ only."
            )
        if cell.id in seen:
            first = seen[cell.id].line
            raise ContentError(
                f"{file} line {cell.line}: this cell would be called {cell.id} like the one on line {first}; "
                'give it a name of its own (:name: for code, +++ {"name": "…"} before text).'
            )
        seen[cell.id] = cell


def notebook(cells: Iterable[Cell]) -> Any:
    """Return cells as an nbformat 4.5 notebook.

    Raises
    ------
    nbformat.ValidationError
        The notebook is not valid, which would be a fault of the build.
    """
    import nbformat
    from nbformat import v4

    made = v4.new_notebook(metadata={"kernelspec": _KERNEL})
    for cell in cells:
        new = v4.new_code_cell if cell.kind == "code" else v4.new_markdown_cell
        made.cells.append(new(cell.text, id=cell.id, metadata=_metadata(cell)))
    made.nbformat_minor = 5
    nbformat.validate(made)
    return made


def _metadata(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if cell.tags:
        found["tags"] = sorted(cell.tags)
    if cell.hidden:
        found["jupyter"] = {"source_hidden": True}
    if cell.nbgrader:
        found["nbgrader"] = dict(cell.nbgrader)
    return found


def to_bytes(made: Any) -> bytes:
    """Write a notebook with sorted keys and a newline at the end."""
    from nbformat import v4

    return (v4.writes(made, sort_keys=True).rstrip("\n") + "\n").encode()
