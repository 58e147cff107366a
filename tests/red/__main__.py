"""`make red`: plant every fault of the table, or those whose name holds a word: make red ARGS=citation."""

import sys
import tempfile
from pathlib import Path

from tests.red.faults import FAULTS
from tests.red.harness import copy_project, try_all


def main(words: list[str]) -> int:
    """Try the faults and report; 0 if every one was caught."""
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="calcinosis-red-") as folder:
        copy = Path(folder) / "calcinosis"
        copy_project(copy)
        outcomes = try_all(copy, chosen, lambda text: print(text, flush=True))
    missed = [outcome for outcome in outcomes if not outcome.caught]
    print(f"\n{len(outcomes)} faults planted, {len(outcomes) - len(missed)} caught.")
    for outcome in missed:
        print(f"not caught: {outcome.fault.name}: {outcome.by}")
    print(f"\n{len(outcomes) - len(missed)} passed, {len(missed)} failed")
    return 1 if missed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
