"""List the patients there are, by subtype and level.

calcinosis cases --subtype calcium_disorder
"""

import argparse
from typing import Any

from calcinosis.cli.lessons import known
from calcinosis.cli.output import add_json_option, emit, table

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--subtype", help="only of this subtype, such as metastatic")
    parser.add_argument("--level", help="only on this level, such as introductory")
    parser.add_argument("--kind", help="only published or only simulated patients")
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the cases that fit; the list names no diagnosis, which is the learner's to find."""
    from calcinosis import content
    from calcinosis.content.models import Subtype

    cases = content.cases().values()
    known("subtype", args.subtype, Subtype.__args__)
    known("level", args.level, sorted({case.level for case in cases}))
    known("kind", args.kind, ("published", "simulated"))
    rows = [
        _row(case)
        for case in cases
        if args.subtype in (None, case.subtype) and args.level in (None, case.level) and args.kind in (None, case.kind)
    ]
    emit(args, rows, _listed)
    return 0


def _row(case: Any) -> dict[str, Any]:
    return {
        "id": case.id,
        "title": case.title,
        "kind": case.kind,
        "level": case.level,
        "subtype": case.subtype,
        "age": case.patient.age,
        "age_unit": case.patient.age_unit,
        "sex": case.patient.sex,
        "steps": len(case.steps),
        "source": case.source_id,
    }


def _listed(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No case fits."
    columns = ("id", "level", "kind", "steps", "title")
    return f"{table(columns, [[row[name] for name in columns] for row in rows])}\n{len(rows)} cases."
