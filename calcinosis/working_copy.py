"""The learner's working copy of the course: laid once, renewed later, and nothing of the learner's ever lost.

A file that the learner has not edited is replaced by its newer version. An edited one stays as it is and the newer
version is laid beside it. Outputs, counters and what JupyterLab notes about a notebook are no edits.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from calcinosis.errors import InputError

__all__ = ["FOLDERS", "Report", "course_folder", "default_folder", "find_lesson", "fingerprint", "renew"]

FOLDERS = ("notebooks", "exercises")
STATE_NAME = ".calcinosis.json"
_STATE_FORMAT = 1
_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Laid:
    """What was laid under one name: the exact file and its fingerprint."""

    file: str
    cells: str


@dataclass(slots=True)
class Report:
    """What :func:`renew` did; names are relative to the working copy."""

    folder: Path
    new: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Tell what happened in a few lines."""
        counts = [
            f"{len(names)} {word}"
            for names, word in ((self.new, "new"), (self.renewed, "renewed"), (self.kept, "kept as you edited them"))
            if names
        ]
        lines = [f"Your working copy: {self.folder} ({', '.join(counts) or 'nothing new'})."]
        lines += [f"You edited {name}; it stays, and its new version: {other}" for name, other in self.beside.items()]
        return "\n".join(lines + self.remarks)


def _is_checkout() -> bool:
    return (_PACKAGE.parent / "pyproject.toml").is_file() and (_PACKAGE.parent / "notebooks").is_dir()


def course_folder() -> Path:
    """Return the folder that holds the built notebooks: the checkout, or the installed package's own copy."""
    return _PACKAGE.parent if _is_checkout() else _PACKAGE / "course"


def default_folder() -> Path:
    """Return where the working copy lies unless the learner names a place."""
    return (_PACKAGE.parent if _is_checkout() else Path.cwd()) / "my-course"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def fingerprint(data: bytes, name: str) -> str:
    r"""Return what identifies the text of a file: for a notebook only what the learner can write.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        Its name; `.ipynb` marks a notebook.

    Returns
    -------
    str
        A hexadecimal digest; equal for the same notebook with and without outputs. A damaged notebook counts as
        edited: its bytes are hashed.

    Examples
    --------
    >>> fresh = b'{"cells": [{"cell_type": "code", "source": "1 + 1", "outputs": []}]}'
    >>> run = b'{"cells": [{"cell_type": "code", "source": ["1 + 1"], "outputs": [{"text": "2"}], "metadata": {}}]}'
    >>> fingerprint(fresh, "a.ipynb") == fingerprint(run, "a.ipynb")
    True
    """
    if not name.endswith(".ipynb"):
        return _digest(data)
    try:
        cells = json.loads(data)["cells"]
        written = [[cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or {}] for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _digest(data)
    return _digest(json.dumps(written, sort_keys=True).encode())


def _write(path: Path, data: bytes) -> None:
    """Write a whole file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)


def _read_state(folder: Path, report: Report) -> dict[str, Laid]:
    path = folder / STATE_NAME
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_bytes())
        if record["format"] != _STATE_FORMAT:
            raise ValueError
        return {str(name): Laid(str(entry["file"]), str(entry["cells"])) for name, entry in record["laid"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        aside = path.with_name(f"{STATE_NAME}.damaged")
        os.replace(path, aside)
        report.remarks.append(
            f"The list of what was laid ({STATE_NAME}) could not be read and was set aside as {aside.name}; "
            "no file of yours was touched, and where yours differs the course's version is laid beside it."
        )
        return {}


def _write_state(folder: Path, state: Mapping[str, Laid]) -> None:
    laid = {name: {"file": entry.file, "cells": entry.cells} for name, entry in sorted(state.items())}
    record = {"format": _STATE_FORMAT, "laid": laid}
    _write(folder / STATE_NAME, (json.dumps(record, indent=1) + "\n").encode())


def _shipped(course: Path) -> Iterator[tuple[str, bytes]]:
    for top in FOLDERS:
        for path in sorted((course / top).rglob("*")):
            name = path.relative_to(course).as_posix()
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(course).parts):
                yield name, path.read_bytes()


def _beside(folder: Path, name: str, state: Mapping[str, Laid], cells: str) -> str:
    """Return the name under which a newer version can be laid without touching anything edited."""
    stem, dot, suffix = name.rpartition(".")
    for number in range(1, 1000):
        label = "new version" if number == 1 else f"new version {number}"
        other = f"{stem} ({label}){dot}{suffix}"
        path = folder / other
        if not path.exists():
            return other
        found = fingerprint(path.read_bytes(), other)
        if found == cells or (other in state and found == state[other].cells):
            return other
    raise InputError(f"{folder / name} has a thousand new versions beside it; move the ones you do not need away.")


def _renew_one(folder: Path, name: str, data: bytes, state: dict[str, Laid], report: Report) -> None:
    laid = Laid(_digest(data), fingerprint(data, name))
    path = folder / name
    before = state.get(name)
    if not path.exists():
        _write(path, data)
        report.new.append(name)
        state[name] = laid
        return
    found = fingerprint(path.read_bytes(), name)
    if found == laid.cells or (before and found == before.cells):
        if found != laid.cells or (before and before.file != laid.file):
            _write(path, data)
            report.renewed.append(name)
        state[name] = laid
        return
    report.kept.append(name)
    if before is None or before.file != laid.file:
        other = _beside(folder, name, state, laid.cells)
        _write(folder / other, data)
        report.beside[name] = other
        state[other] = laid
        # The learner's file still descends from what was laid first; only the news have been delivered.
        state[name] = Laid(laid.file, before.cells if before else "")


def renew(course: Path, folder: Path) -> Report:
    """Lay or renew the working copy.

    Parameters
    ----------
    course : Path
        Folder with ``notebooks/`` and ``exercises/``.
    folder : Path
        The working copy; made if it is not there.

    Returns
    -------
    Report
        What was new, renewed, kept, and laid beside an edited file.

    Raises
    ------
    InputError
        If the course is not there or the working copy cannot be written. Files written until then are whole.
    """
    if not any((course / top).is_dir() for top in FOLDERS):
        raise InputError(f"the course's notebooks are not in {course}; install the course again, or run: make build")
    report = Report(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        state = _read_state(folder, report)
        for name, data in _shipped(course):
            _renew_one(folder, name, data, state, report)
        _write_state(folder, state)
    except OSError as error:
        raise InputError(
            f"the working copy {folder} cannot be written ({error.strerror or error}); "
            "nothing of yours was lost. Choose another place: calcinosis lab --folder PLACE"
        ) from error
    return report


def find_lesson(folder: Path, wanted: str) -> str:
    """Return the lesson of the working copy that a learner means.

    Parameters
    ----------
    folder : Path
        The working copy.
    wanted : str
        The lesson's name (``030-reading-the-panel``), with or without ``.ipynb``, or its number (``030``, ``30``).

    Returns
    -------
    str
        Path relative to the working copy.

    Raises
    ------
    InputError
        If there is no such lesson; names the nearest, or all.
    """
    names = sorted(path.stem for path in (folder / "notebooks").glob("*.ipynb"))
    plain = wanted.strip().removesuffix(".ipynb")
    number = plain.zfill(3) if plain.isdecimal() else ""
    for name in names:
        if plain == name or (number and name.startswith(f"{number}-") and "(" not in name):
            return f"notebooks/{name}.ipynb"
    raise InputError(f"there is no lesson '{wanted}'; {_nearest(plain, names)}")


def _nearest(wanted: str, names: list[str]) -> str:
    import difflib  # only for a learner who mistyped

    slugs = {name.partition("-")[2]: name for name in names}
    near = [name for name in names if wanted and wanted.lower() in name]
    near += difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    near += [slugs[slug] for slug in difflib.get_close_matches(wanted, slugs, n=1, cutoff=0.5)]
    if near:
        return f"did you mean {near[0]}?"
    return f"the lessons are {', '.join(names) or 'not there yet'}."
