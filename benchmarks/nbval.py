"""How long each notebook takes to run from its first to its last cell, as pytest reports it.

Run: python benchmarks/nbval.py. Goal: 3 s for a lesson.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("notebooks", "exercises", "solutions")


def measure(notebook: Path) -> str:
    """Return pytest's own closing line for one notebook."""
    words = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-cell-timeout", "60", str(notebook)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    closing = re.search(r"^(\d+ passed.*? in [\d.]+s)", done.stdout, re.MULTILINE)
    if done.returncode or closing is None:
        raise SystemExit(f"{notebook.name} did not pass:\n{done.stdout[-2000:]}")
    return closing.group(1)


def main() -> None:
    """Print one line per notebook."""
    for folder in FOLDERS:
        for notebook in sorted((ROOT / folder).glob("*.ipynb")):
            print(f"{folder}/{notebook.stem}: {measure(notebook)}", flush=True)


if __name__ == "__main__":
    main()
