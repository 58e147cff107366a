"""Build notebooks, worksheets, keys, lesson table and case index from source/ and data/."""

import argparse

from calcinosis.cli.output import add_json_option, emit

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Build and print which files changed."""
    from calcinosis.authoring import build

    root = build.project_root()
    files = build.plan(root)
    changed = build.write(root, files)

    def text(result: dict) -> str:
        lines = [f"  {name}" for name in result["changed"]]
        count = len(result["changed"])
        return "\n".join([*lines, f"{result['files']} files built, {count} changed."])

    emit(args, {"files": len(files), "changed": changed}, text)
    return 0
