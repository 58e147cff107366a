"""List the lessons there are, with minutes, prerequisites and objectives.

calcinosis lessons
calcinosis lessons 030
"""

import argparse
from collections.abc import Iterable
from typing import Any

from calcinosis.cli.output import add_json_option, emit, table
from calcinosis.errors import InputError
from calcinosis.units import quoted, suggestion

__all__ = ["add_arguments", "known", "run"]


def known(what: str, word: str | None, allowed: Iterable[str]) -> None:
    """Refuse a filter that can fit nothing.

    Raises
    ------
    InputError
        `word` is not among `allowed`; names the nearest one, or all where there are few.

    Examples
    --------
    >>> known("level", "aply", ("remember", "apply"))
    Traceback (most recent call last):
    ...
    calcinosis.errors.InputError: there is no level “aply”; there are remember, apply.
    """
    words = list(allowed)
    if word is None or word in words:
        return
    listed = (
        f"there are {', '.join(words)}." if 0 < len(words) <= 20 else f"check the spelling.{suggestion(word, words)}"
    )
    raise InputError(f"there is no {what} {quoted(word)}; {listed}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("lesson", nargs="?", help="number or id of one lesson, to see its objectives")
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the lessons, or one with its objectives."""
    from calcinosis import content

    lessons = content.lessons()
    if args.lesson:
        known("lesson", args.lesson, [*lessons, *(lesson[:3] for lesson in lessons)])
        found = [lesson for name, lesson in lessons.items() if args.lesson in (name, name[:3])]
    else:
        found = list(lessons.values())
    rows = [_row(lesson) for lesson in found]
    emit(args, rows, _objectives if args.lesson else _listed)
    return 0


def _row(lesson: Any) -> dict[str, Any]:
    return {
        "id": lesson.id,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "needs": list(lesson.needs),
        "next": lesson.next,
        "objectives": {name: {"text": what.text, "level": what.bloom} for name, what in lesson.objectives.items()},
    }


def _listed(rows: list[dict[str, Any]]) -> str:
    text = table(("id", "minutes", "title"), [(row["id"], row["minutes"], row["title"]) for row in rows])
    return f"{text}\n{len(rows)} lessons, {sum(row['minutes'] for row in rows)} minutes; 'calcinosis lab ID' opens one."


def _objectives(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row['id']}: {row['title']}, {row['minutes']} minutes")
        lines.append(f"needs: {', '.join(row['needs']) or 'nothing'}")
        lines += [f"  {name} ({what['level']})  {what['text']}" for name, what in row["objectives"].items()]
    return "\n".join(lines)
