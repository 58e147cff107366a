"""List the questions there are, or show one as a learner sees it before answering.

calcinosis items --lesson 030 --level apply
calcinosis items corrected-ca-hypopara-01
"""

import argparse
from typing import Any

from calcinosis.cli.output import add_json_option, emit, table
from calcinosis.errors import InputError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("item", nargs="?", help="id of one item to show")
    parser.add_argument("--lesson", help="only of this lesson, by number or id")
    parser.add_argument("--objective", help="only for this objective, such as 030b")
    parser.add_argument("--subtype", help="only with this subtype tag, such as dystrophic")
    parser.add_argument("--level", help="only on this level: remember, understand, apply, analyse, evaluate or create")
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the items that fit, or one of them."""
    from calcinosis.quiz import item, public_view

    if args.item:
        if any((args.lesson, args.objective, args.subtype, args.level)):
            raise InputError(
                "one item is shown by its id alone; leave out the id to filter, or the filters to show it."
            )
        emit(args, public_view(item(args.item)), _shown)
        return 0
    rows = [_row(record) for record in _selected(args)]
    emit(args, rows, _listed)
    return 0


def _selected(args: argparse.Namespace) -> list[Any]:
    """Return the items that fit, every use among them: who lists items is no learner in the middle of a test."""
    from calcinosis import content
    from calcinosis.cli.lessons import known
    from calcinosis.content.models import Bloom, Subtype
    from calcinosis.quiz import select

    known("lesson", args.lesson, [*content.lessons(), *(lesson[:3] for lesson in content.lessons())])
    known("objective", args.objective, content.objectives())
    known("subtype", args.subtype, Subtype.__args__)
    known("level", args.level, Bloom.__args__)
    found = [
        record
        for use in ("practice", "review", "graded")
        for record in select(lesson=args.lesson, objective=args.objective, subtype=args.subtype, use=use)
        if args.level in (None, record.bloom)
    ]
    return sorted(found, key=lambda record: (record.lesson, record.objective, record.id))


def _row(record: Any) -> dict[str, Any]:
    from calcinosis.quiz.items import rendered

    return {
        "id": record.id,
        "lesson": record.lesson,
        "objective": record.objective,
        "level": record.bloom,
        "kind": record.kind,
        "use": record.use,
        "status": record.status,
        "subtype": list(record.subtype),
        "question": rendered(record.lead_in),
    }


def _listed(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No item fits."
    columns = ("id", "objective", "level", "kind", "use", "question")
    text = table(columns, [[row[name] for name in columns] for row in rows])
    return f"{text}\n{len(rows)} items; 'calcinosis items ID' shows one."


def _shown(view: dict[str, Any]) -> str:
    lines = [view["stem"].strip(), "", view["lead_in"].strip()]
    lines += [f"  {option['id']}  {option['text']}" for option in view["options"]]
    if view.get("units"):
        lines.append(f"  (a number in {' or '.join(view['units'])})")
    return "\n".join(lines)
