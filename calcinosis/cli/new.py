"""Start a lesson, a worksheet or an item from its template; nothing that exists is overwritten."""

import argparse
from datetime import UTC, datetime

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=("lesson", "worksheet", "item"), help="what to start")
    parser.add_argument("name", help="045-hungry-bones, or for an item corrected-ca-burns-01")
    parser.add_argument("--lesson", help="lesson of an item (needed) or of a worksheet of another name")


def run(args: argparse.Namespace) -> int:
    """Create the file and say what to do next."""
    from calcinosis.authoring import build, new

    root = build.project_root()
    path = new.create(root, args.kind, args.name, lesson=args.lesson, today=datetime.now(tz=UTC).date())
    print(f"{path.relative_to(root).as_posix()} is ready to be written.")
    print("Replace every FILL; calcinosis check lists those that are left. Then: make build.")
    return 0
