"""One clinical formula from values with units, with its limits and source.

Example: calcinosis calc corrected-calcium calcium="8.0 mg/dL" albumin="2.5 g/dL"

For teaching, not for patient care.
"""

import argparse
import textwrap
from typing import Any

from calcinosis import formulas
from calcinosis.cli import output
from calcinosis.errors import InputError
from calcinosis.units import quoted

_WIDTH = 110


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("formula", nargs="?", help="name of a formula; --list shows all")
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE", help='an input with its unit: calcium="8.0 mg/dL"')
    parser.add_argument("--list", action="store_true", help="show every formula with inputs, units, source and limits")
    output.add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print one result, or the list of formulas."""
    if args.list:
        chosen = [formulas.formula(args.formula)] if args.formula else formulas.FORMULAS.values()
        output.emit(args, [formula.as_dict() for formula in chosen], _list_text)
        return 0
    if args.formula is None:
        raise InputError("calc needs the name of a formula, as in corrected-calcium; calcinosis calc --list shows all.")
    result = formulas.calculate(args.formula, pairs(args.values))
    output.emit(args, result.as_dict(), _result_text)
    return 0


def pairs(words: list[str]) -> dict[str, str]:
    """Split ``name=value`` words.

    Raises
    ------
    InputError
        A word has no ``=``, no name, or a name comes twice.

    Examples
    --------
    >>> pairs(["calcium=8.0 mg/dL"])
    {'calcium': '8.0 mg/dL'}
    """
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        name = name.strip()
        if not sign or not name:
            raise InputError(f'{quoted(word)} is not NAME=VALUE; write it as in calcium="8.0 mg/dL".')
        if name in values:
            raise InputError(f"{name} is given twice; write it once.")
        values[name] = value
    return values


def _wrapped(label: str, text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent=f"{label:<10}", subsequent_indent=" " * 10)


def _result_text(data: dict[str, Any]) -> str:
    lines = [f"{data['title']}: {data['shown']}", ""]
    lines += [_wrapped(more["name"], more["shown"]) for more in data["more"] if more["name"] not in ("log",)]
    lines.append(_wrapped("inputs", "; ".join(f"{name} {shown}" for name, shown in data["inputs"].items())))
    lines += [_wrapped("caution", text) for text in data["warnings"]]
    lines += [_wrapped("formula", data["formula"]), _wrapped("source", ", ".join(data["source"]))]
    return "\n".join([*lines, "", "For teaching, not for patient care."])


def _input_text(given: dict[str, Any]) -> str:
    what = given["unit"] or " | ".join(given["choices"])
    return f"{given['name']} ({what}{', optional' if given['optional'] else ''})"


def _list_text(data: list[dict[str, Any]]) -> str:
    blocks = []
    for entry in data:
        gives = " or ".join(unit for unit in (entry["output"]["unit"], entry["output"]["also"]) if unit)
        blocks.append("\n".join([
            f"{entry['name']}: {entry['title']}",
            _wrapped("  inputs", "; ".join(_input_text(given) for given in entry["inputs"])),
            _wrapped("  gives", gives or "a number or category without unit"),
            _wrapped("  formula", entry["formula"]),
            _wrapped("  limits", entry["limits"]),
            _wrapped("  source", ", ".join(entry["source"])),
        ]))  # fmt: skip
    return "\n\n".join([*blocks, "For teaching, not for patient care."])
