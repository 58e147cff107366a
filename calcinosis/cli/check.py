"""Check what a script can know: is everything built, sourced, consistent? `check items` runs the item linter alone."""

import argparse
from datetime import UTC, datetime
from typing import Any

from calcinosis.cli.output import add_json_option, emit

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what", nargs="?", choices=("all", "items"), default="all", help="all (default), or items alone"
    )
    parser.add_argument("--weekly", action="store_true", help="an overdue review fails the check")
    parser.add_argument("--verbose", action="store_true", help="list the notes instead of counting them")
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Check and print the report; 1 if something must be mended."""
    from calcinosis.authoring import build, check

    if args.what == "items":
        report: Any = check.check_items()
        emit(args, report.as_dict(), lambda _: report.text())
        return 0 if report.passed else 1
    today = datetime.now(tz=UTC).date()
    report = check.check_course(build.project_root(), today=today, weekly=args.weekly)
    emit(args, report.as_dict(), lambda _: report.text(args.verbose))
    return 1 if report.errors else 0
