"""Flags, derived values and warnings of a laboratory panel.

Example: calcinosis panel calcium="2.9 mmol/L" phosphate="0.7 mmol/L" pth="95 pg/mL" age=58 sex=female

An interval printed on the report wins: --printed calcium="2.10-2.55 mmol/L". For teaching, not for patient care.
"""

import argparse
import textwrap
from typing import Any

from calcinosis import labs
from calcinosis.cli import output
from calcinosis.cli.calc import pairs
from calcinosis.errors import InputError

_WIDTH = 110
_SIGNS = {"low": "low ↓", "high": "high ↑", "normal": "normal", "laboratories differ": "laboratories differ ~"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE", help='a value with its unit: calcium="2.9 mmol/L"')
    parser.add_argument(
        "--printed", nargs="+", action="extend", default=[], metavar="NAME=INTERVAL",
        help='intervals printed on the report: calcium="2.10-2.55 mmol/L"',
    )  # fmt: skip
    output.add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the panel."""
    values = pairs(args.values)
    patient = {name: values.pop(name, None) for name in ("age", "sex")}
    if not values:
        raise InputError('panel needs at least one value with its unit, as in calcium="2.9 mmol/L" age=58 sex=female.')
    panel = labs.read_panel(values, printed=pairs(args.printed), **patient)
    output.emit(args, panel.as_dict(), _text)
    return 0


def _rows_text(rows: list[dict[str, Any]]) -> str:
    cells = [
        [
            row["name"],
            row["shown"],
            _SIGNS.get(row["flag"], row["flag"]),
            row["interval"] or "",
            row["interval_from"] or "",
        ]
        for row in rows
    ]
    return output.table(["analyte", "value", "flag", "interval", "interval for"], cells)


def _derived_text(derived: dict[str, Any]) -> str:
    cells = []
    for entry in derived.values():
        category = f", {entry['category']}" if "category" in entry else ""
        cells.append([entry["title"], entry["shown"] + category])
    return output.table(["derived", "value"], cells)


def _listed(label: str, text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=f"{label:<9}", subsequent_indent=" " * 9)


def _text(data: dict[str, Any]) -> str:
    blocks = [_rows_text(data["rows"])]
    if data["derived"]:
        blocks.append(_derived_text(data["derived"]))
    notes = [_listed("caution", text) for text in data["warnings"]]
    if data["missing"]:
        notes.append(_listed("missing", "; ".join(data["missing"])))
    if notes:
        blocks.append("\n".join(notes))
    return "\n\n".join([*blocks, "For teaching, not for patient care."])
