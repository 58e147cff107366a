"""From bare Python to a JupyterLab that answers: `make lab` in a fresh copy, with uv and with pip, caches empty.

Run: python benchmarks/start.py [uv] [pip]. Goals: 15 s with uv, 45 s with pip, environment at most 550 MB without
compiled files.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 300


def fresh_copy(folder: Path) -> None:
    """Copy what git would deliver, with the changes of the work tree."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    """Tell whether a JupyterLab answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5) as reply:
            return reply.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def environment_for(tool: str, caches: Path) -> dict[str, str]:
    """Return an environment with empty caches, and without uv if pip is to be measured."""
    own = {"UV_CACHE_DIR": str(caches / "uv"), "PIP_CACHE_DIR": str(caches / "pip"), "HOME": str(caches)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    return kept | own | ({"WITHOUT_UV": "1"} if tool == "pip" else {})


def megabytes(folder: Path) -> float:
    """Return what a folder holds without compiled files, every file counted once."""
    seen, total = set(), 0
    for path in folder.rglob("*"):
        status = path.lstat()
        if path.suffix != ".pyc" and (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            total += status.st_size
    return total / 1e6


def measure(tool: str) -> tuple[float, float, int]:
    """Return seconds until the answer, megabytes of the environment and its number of packages."""
    with tempfile.TemporaryDirectory(prefix="calcinosis-start-") as name:
        course, caches, port = Path(name) / "course", Path(name) / "caches", free_port()
        caches.mkdir()
        fresh_copy(course)
        start = time.monotonic()
        server = subprocess.Popen(
            ["make", "lab", f"ARGS=--no-browser --port {port}"],
            cwd=course,
            env=environment_for(tool, caches),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        try:
            while not answers(port):
                if server.poll() is not None or time.monotonic() - start > PATIENCE_S:
                    raise SystemExit(f"JupyterLab did not answer ({tool}).")
                time.sleep(0.05)
            seconds = time.monotonic() - start
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.communicate()
        folder = course / ".env-lab"
        return seconds, megabytes(folder), len(list(folder.glob("lib/python*/site-packages/*.dist-info")))


def main() -> None:
    """Print one line per tool."""
    for tool in sys.argv[1:] or ("uv", "pip"):
        seconds, size, packages = measure(tool)
        print(
            f"make lab with {tool:<4} {seconds:6.1f} s to the answer, {size:4.0f} MB, {packages} packages", flush=True
        )


if __name__ == "__main__":
    main()
