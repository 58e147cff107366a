"""Run every benchmark and put what it printed into docs/performance.md.

Run: make bench, or for some only: make bench ARGS="imports nbval". A benchmark is a script of this folder that prints
its figures and ends with 0; the others' figures in the document stay as they are.
"""

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
DOCUMENT = FOLDER.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures:begin (make bench) -->", "<!-- figures:end -->"


def scripts() -> list[str]:
    """Return the names of the benchmarks: every script here with a main."""
    found = (path for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))
    return sorted(path.stem for path in found if "def main(" in path.read_text(encoding="utf-8"))


def run(name: str) -> str:
    """Run one benchmark and return what it printed."""
    print(f"== benchmarks/{name}.py", flush=True)
    words = [sys.executable, str(FOLDER / f"{name}.py")]
    done = subprocess.run(words, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, flush=True)
    if done.returncode:
        raise SystemExit(
            f"benchmarks/{name}.py ended with {done.returncode}; docs/performance.md keeps its old figures."
        )
    return done.stdout.strip()


def machine() -> str:
    """Say on what the figures were taken."""
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, Python {python}, {system}, {os.cpu_count()} cores"


def sections(block: str) -> dict[str, str]:
    """Return the parts of the generated block by benchmark."""
    parts = re.split(r"^### `python benchmarks/(\w+)\.py`\n", block, flags=re.MULTILINE)[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def main() -> None:
    """Measure and write."""
    names = sys.argv[1:] or scripts()
    unknown = sorted(set(names) - set(scripts()))
    if unknown:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(scripts())}.")
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    block, after = rest.split(END)
    figures = {name: text for name, text in sections(block).items() if name in scripts()}
    for name in names:
        figures[name] = f"{machine()}:\n\n```text\n{run(name)}\n```"
    body = "\n\n".join(f"### `python benchmarks/{name}.py`\n\n{figures[name]}" for name in sorted(figures))
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
