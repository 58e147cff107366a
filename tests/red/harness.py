"""Plant faults one by one in a copy of the project and name the test that catches each."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Arguments of Python for the narrowest check that should notice; the first word is a module.
Command = tuple[str, ...]


class NotPlantedError(Exception):
    """The place where a fault belongs is not there any more: the table of faults needs mending."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what it is, how it is planted in a copy, and the check that should catch it."""

    name: str
    plant: Callable[[Path], None]
    command: Command


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened with one fault; `by` names what caught it."""

    fault: Fault
    caught: bool
    by: str
    seconds: float


def pytest(*words: str) -> Command:
    """Return the command for some tests, ending at the first that fails."""
    return ("pytest", "-q", "-x", "--no-header", "--tb=line", "-p", "no:cacheprovider", *words)


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return a plant that replaces the first `old` in one file by `new`."""

    def plant(copy: Path) -> None:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise NotPlantedError(f"{name} does not hold {old!r}")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return plant


def change_match(name: str, pattern: str, new: str) -> Callable[[Path], None]:
    """Return a plant that replaces the first match of a pattern (multi-line, dot matches newline) in one file."""

    def plant(copy: Path) -> None:
        path = copy / name
        text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE | re.DOTALL)
        if not count:
            raise NotPlantedError(f"{name} has no match of {pattern!r}")
        path.write_text(text, encoding="utf-8")

    return plant


def change_one(pattern: str, place: str, new: str) -> Callable[[Path], None]:
    """Return a plant like :func:`change_match` for the first file of a glob, in order of names, that has a match."""

    def plant(copy: Path) -> None:
        for path in sorted(copy.glob(pattern)):
            if re.search(place, path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
                return change_match(path.relative_to(copy).as_posix(), place, new)(copy)
        raise NotPlantedError(f"no file {pattern} has a match of {place!r}")

    return plant


def add(name: str, text: str) -> Callable[[Path], None]:
    """Return a plant that adds text at the end of a file, or makes the file."""

    def plant(copy: Path) -> None:
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return plant


def project_files() -> Iterable[str]:
    """Return the names of the project's files as they stand in the work tree."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return (name for name in listed if name and (ROOT / name).is_file())


def copy_project(target: Path) -> None:
    """Copy the project, without its history, so that a planted fault can never reach it."""
    for name in project_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)


def environment(copy: Path) -> dict[str, str]:
    """Return an environment in which the copy's package is the one that is imported."""
    own = {
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CALCINOSIS_HOME": str(copy / ".home"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    return os.environ | own


def run(copy: Path, command: Command) -> tuple[int, str]:
    """Run one check in the copy; return its exit code and what it printed."""
    words = [sys.executable, *(() if command[0].endswith(".py") else ("-m",)), *command]
    done = subprocess.run(
        words,
        cwd=copy,
        env=environment(copy),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def catcher(command: Command, output: str, healthy: str = "") -> str:
    """Return what noticed: the first test that pytest names, else the first line that a tool had not said before."""
    named = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.MULTILINE)
    if named:
        return named.group(1)
    known = set(healthy.splitlines())
    lines = [line.strip() for line in output.splitlines() if line.strip() and line not in known]
    tool = " ".join(word for word in command if not word.startswith("-"))
    if not lines:
        return f"{tool}: no word"
    # A finding of `calcinosis check` ends in its rule; counts and lists of what was built stand before it.
    lines = [line for line in lines if re.search(r"\[[\w-]+\]$", line)] or lines
    return f"{tool}: {(lines[-1] if lines[0].startswith('Traceback') else lines[0])[:200]}"


def snapshot(copy: Path) -> dict[str, bytes]:
    """Return every file of the copy, without what runs leave behind."""
    found = (path for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    names = ((path.relative_to(copy), path) for path in found)
    left_behind = {".home", ".hypothesis", ".import_linter_cache", ".pytest_cache", ".ruff_cache"}
    return {name.as_posix(): path.read_bytes() for name, path in names if name.parts[0] not in left_behind}


def restore(copy: Path, healthy: dict[str, bytes]) -> None:
    """Put the copy back as it was."""
    now = snapshot(copy)
    for name in now.keys() - healthy.keys():
        (copy / name).unlink()
    for name, data in healthy.items():
        if now.get(name) != data:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes(data)


def try_fault(copy: Path, fault: Fault, healthy: dict[str, bytes], said: str = "") -> Outcome:
    """Plant one fault, run its check, and take the fault out again; `said` is what the check prints without it."""
    start = time.monotonic()
    try:
        fault.plant(copy)
        if snapshot(copy) == healthy:
            raise NotPlantedError("nothing was changed")
        code, output = run(copy, fault.command)
    except NotPlantedError as error:
        return Outcome(fault, False, f"could not be planted: {error}", time.monotonic() - start)
    finally:
        restore(copy, healthy)
    by = catcher(fault.command, output, said) if code else f"no test noticed: {' '.join(fault.command)}"
    return Outcome(fault, code != 0, by, time.monotonic() - start)


def try_all(copy: Path, faults: Iterable[Fault], say: Callable[[str], None] = print) -> list[Outcome]:
    """Try every fault; a check that is red without a fault proves nothing and counts as not caught."""
    healthy = snapshot(copy)
    runs: dict[Command, tuple[int, str]] = {}
    outcomes = []
    for fault in faults:
        if fault.command not in runs:
            runs[fault.command] = run(copy, fault.command)
            restore(copy, healthy)
        code, said = runs[fault.command]
        if code:
            by = f"the check is red without any fault: {catcher(fault.command, said)}"
            outcome = Outcome(fault, False, by, 0.0)
        else:
            outcome = try_fault(copy, fault, healthy, said)
        outcomes.append(outcome)
        say(
            f"{'caught' if outcome.caught else 'NOT   '}  {fault.name}\n        {outcome.by}  ({outcome.seconds:.1f} s)"
        )
    return outcomes
