"""Set up one environment of the project: ``lab`` (what a learner needs) or ``dev`` (that and the tests).

It is built from the compiled list alone, every file checked by its hash, and rebuilt only when the list, the Python or
this project's own metadata changed. It needs nothing but the standard library: no package is installed yet.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = {"lab": "requirements.txt", "dev": "requirements-dev.txt"}
PATIENCE = {"UV_HTTP_TIMEOUT": "180", "PIP_DEFAULT_TIMEOUT": "180", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class SetupError(Exception):
    """The environment could not be made; the text says what to do."""


def python_of(folder: Path) -> Path:
    """Return the interpreter inside an environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(list_file: Path) -> str:
    """Return what an environment depends on, as one short text."""
    parts = [list_file.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_current(folder: Path, wanted: str) -> bool:
    """Tell whether an environment was finished from the same list."""
    stamp = folder / "calcinosis-stamp"
    return python_of(folder).exists() and stamp.exists() and stamp.read_text() == wanted


def find_uv() -> str | None:
    """Return a uv that runs, or None; a version manager's shim may stand there and not run."""
    uv = shutil.which("uv")
    if uv is None or os.environ.get("WITHOUT_UV"):
        return None
    return uv if subprocess.run([uv, "--version"], capture_output=True).returncode == 0 else None


def run(*command: object) -> None:
    """Run one step; its own messages are shown only if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=ROOT, env={**os.environ, **PATIENCE}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise SetupError(f"{done.stdout}\nThis step failed: {' '.join(words)}")


def build_with_uv(uv: str, folder: Path, list_file: Path) -> None:
    """Make the environment with uv."""
    run(uv, "venv", "--quiet", "--no-project", "--python", sys.executable, folder)
    install = (uv, "pip", "install", "--quiet", "--python", python_of(folder))
    run(*install, "--require-hashes", "-r", list_file)
    run(*install, "--no-deps", "-e", ROOT)


def build_with_pip(folder: Path, list_file: Path) -> None:
    """Make the environment with what Python itself brings."""
    try:
        run(sys.executable, "-m", "venv", folder)
    except SetupError as error:
        raise SetupError(
            f"{error}\nPython's venv is not complete here; on Debian and Ubuntu: apt-get install python3-venv"
        ) from error
    # Compiling all at once would take longer than compiling what is used, when it is used.
    install = (python_of(folder), "-m", "pip", "install", "--quiet", "--no-compile")
    run(*install, "--require-hashes", "-r", list_file)
    run(*install, "--no-deps", "-e", ROOT)


def build(folder: Path, list_file: Path) -> str:
    """Make the environment anew and return the name of the tool that did."""
    shutil.rmtree(folder, ignore_errors=True)
    uv = find_uv()
    if uv:
        try:
            build_with_uv(uv, folder, list_file)
        except SetupError as error:
            print(f"{error}\nuv could not do it; trying with pip.", file=sys.stderr, flush=True)
            shutil.rmtree(folder, ignore_errors=True)
        else:
            return "uv"
    build_with_pip(folder, list_file)
    return "pip"


def main(name: str) -> int:
    """Set up the environment `name` unless it is current."""
    list_file = ROOT / LISTS[name]
    folder = ROOT / f".env-{name}"
    wanted = fingerprint(list_file)
    if is_current(folder, wanted):
        return 0
    print(f"Setting up {folder.name} from {list_file.name} (once; about half a minute with pip) …", flush=True)
    start = time.monotonic()
    try:
        tool = build(folder, list_file)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    (folder / "calcinosis-stamp").write_text(wanted)
    print(f"{folder.name} is ready, set up with {tool} in {time.monotonic() - start:.1f} s.", flush=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LISTS:
        sys.exit(f"usage: setup_env.py {' | '.join(LISTS)}")
    sys.exit(main(sys.argv[1]))
