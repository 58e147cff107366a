"""What `import calcinosis` costs over bare Python, and how long a warm kernel takes to the first widget of each lesson.

Run: python benchmarks/imports.py. Goals: 60 ms, 1.5 s.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parent.parent
RUNS = 15
WIDGET = "application/vnd.jupyter.widget-view+json"


def seconds(code: str) -> float:
    """Return how long a new Python takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def import_cost() -> float:
    """Return the median of differences between runs taken in turns."""
    return statistics.median(seconds("import calcinosis") - seconds("pass") for _ in range(RUNS))


def first_widget(notebook: Path) -> float:
    """Return seconds from Run All in a kernel that is up to the first widget on the page."""
    sources = [
        "".join(cell["source"])
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    manager, client = start_new_kernel(kernel_name="python3", cwd=str(notebook.parent))
    shown: list[float] = []

    def look(message: dict) -> None:
        if message["msg_type"] == "error":
            raise SystemExit(f"{notebook.name}: {message['content']['evalue']}")
        if WIDGET in message["content"].get("data", {}):
            shown.append(time.perf_counter())

    try:
        client.execute_interactive("1 + 1", output_hook=lambda message: None, timeout=60)
        start = time.perf_counter()
        for source in sources:
            client.execute_interactive(source, output_hook=look, timeout=60)
            if shown:
                return shown[0] - start
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    raise SystemExit(f"{notebook.name} shows no widget.")


def main() -> None:
    """Print the figures."""
    print(f"import calcinosis over bare Python, median of {RUNS}: {import_cost() * 1000:.0f} ms")
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        print(f"first widget of {notebook.stem}: {first_widget(notebook):.2f} s")


if __name__ == "__main__":
    main()
