"""Where ``data/`` lies: in a checkout, in an installed wheel, or where ``CALCINOSIS_DATA`` points."""

import os
from functools import cache
from pathlib import Path

from calcinosis.errors import ContentError

VARIABLE = "CALCINOSIS_DATA"


def data_dir() -> Path:
    """Return the folder that holds the clinical content.

    Returns
    -------
    pathlib.Path
        ``CALCINOSIS_DATA`` where it is set; else ``data/`` beside the package (a checkout); else ``data/`` inside the
        package (a wheel). The working directory plays no part.

    Raises
    ------
    calcinosis.errors.ContentError
        There is no such folder.

    Examples
    --------
    >>> (data_dir() / "analytes.yml").is_file()
    True
    """
    named = os.environ.get(VARIABLE)
    return _named_folder(named) if named else _own_folder()


@cache
def _named_folder(named: str) -> Path:
    """Find the folder that the variable names, once for each name, for the same reason as the course's own."""
    folder = Path(named).resolve()
    if not folder.is_dir():
        raise ContentError(f"{VARIABLE} names {named!r}, which is not a folder; give a folder laid out like data/.")
    return folder


@cache
def _own_folder() -> Path:
    """Find the course's own folder once: a panel asks for it a hundred times, and walking paths is slow."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package.parent / "data", package / "data"):
        if (folder / "analytes.yml").is_file():
            return folder
    raise ContentError("The course's data folder is missing; install the course again or work in a complete checkout.")


def shown(path: Path, folder: Path) -> str:
    """Name a file the way people know it: ``data/items/030/x.yml``."""
    return f"data/{path.relative_to(folder).as_posix()}"
