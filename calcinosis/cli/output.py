"""How commands print: the same result as JSON for programs or as text for people."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

__all__ = ["add_json_option", "emit", "table"]


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``, which :func:`emit` looks at."""
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read")


def emit(args: argparse.Namespace, data: Any, text: Callable[[Any], str]) -> None:
    """Print a result once, in the form that was asked for.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command; ``args.json`` chooses the form.
    data : object
        Dicts, lists, text and numbers: what ``--json`` prints, without NaN or infinity.
    text : callable
        Makes the text for people from `data`.

    Raises
    ------
    ValueError
        If `data` holds a number that JSON does not know.

    Examples
    --------
    >>> emit(argparse.Namespace(json=True), {"value": 2.3, "unit": "mmol/L"}, str)
    {
      "value": 2.3,
      "unit": "mmol/L"
    }
    """
    if not args.json:
        print(text(data))
        return
    wide = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")
    print(json.dumps(data, ensure_ascii=not wide, indent=2, allow_nan=False))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out rows in columns of text, aligned on the left.

    Examples
    --------
    >>> print(table(["id", "minutes"], [["030-reading-the-panel", 45]]))
    id                     minutes
    030-reading-the-panel  45
    """
    cells = [[str(cell) for cell in row] for row in [headings, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )
