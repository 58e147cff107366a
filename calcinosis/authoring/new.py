"""Starts a lesson, a worksheet or an item from its template; what exists is never overwritten."""

import re
from datetime import date
from pathlib import Path
from string import Template

from calcinosis.errors import InputError

__all__ = ["KINDS", "TO_FILL", "create"]

KINDS = ("lesson", "worksheet", "item")
TO_FILL = re.compile(r"\bFILL\b[^\n\"<*}]{0,60}")
_SLUG = re.compile(r"[0-9]{3}(-[a-z0-9]+)+")
_ITEM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9]{2}")
_YEARS_TO_REVIEW = 2


def create(root: Path, kind: str, name: str, *, lesson: str | None = None, today: date) -> Path:
    """Write one new file and return its path.

    Parameters
    ----------
    root : pathlib.Path
        The project's folder.
    kind : str
        ``lesson``, ``worksheet`` or ``item``.
    name : str
        ``045-hungry-bones`` for a lesson or worksheet, ``corrected-ca-burns-01`` for an item.
    lesson : str, optional
        Lesson of an item; a worksheet belongs to the lesson of its own name unless another is given.
    today : datetime.date
        The day; an item's review is due two years later.

    Raises
    ------
    calcinosis.errors.InputError
        A name of the wrong form, a lesson that does not exist, a file or number that is taken.
    """
    if kind not in KINDS:
        raise InputError(f"there is no template for “{kind}”; there is one for {', '.join(KINDS)}.")
    path, values = _item(root, name, lesson, today) if kind == "item" else _text(root, kind, name, lesson)
    if path.exists():
        raise InputError(f"{path.relative_to(root).as_posix()} exists already; choose another name or edit that file.")
    template = root / "source" / "templates" / f"{kind}{path.suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(Template(template.read_text("utf-8")).substitute(values))
    return path


def _text(root: Path, kind: str, name: str, lesson: str | None) -> tuple[Path, dict[str, str]]:
    if not _SLUG.fullmatch(name):
        raise InputError(f"“{name}” must be three digits and words in small letters, as 045-hungry-bones.")
    folder = root / "source" / f"{kind}s"
    taken = next((path.name for path in sorted(folder.glob(f"{name[:3]}-*.md")) if path.stem != name), None)
    if taken:
        raise InputError(
            f"the number {name[:3]} is taken by {taken}; numbers go in tens so that there is room between."
        )
    belongs = _known_lesson(root, lesson or name) if kind == "worksheet" else name
    title = " ".join(name.split("-")[1:]).capitalize()
    return folder / f"{name}.md", {"number": name[:3], "slug": belongs, "title": title}


def _item(root: Path, name: str, lesson: str | None, today: date) -> tuple[Path, dict[str, str]]:
    if not _ITEM.fullmatch(name):
        raise InputError(f"“{name}” must be words in small letters and two digits, as corrected-ca-burns-01.")
    if not lesson:
        raise InputError("say which lesson the item belongs to: --lesson 030-reading-the-panel.")
    slug = _known_lesson(root, lesson)
    due = today.replace(year=today.year + _YEARS_TO_REVIEW, day=min(today.day, 28))
    taken = next(iter(sorted((root / "data" / "items").rglob(f"{name}.y*ml"))), None)
    path = taken or root / "data" / "items" / slug[:3] / f"{name}.yml"
    return path, {"number": slug[:3], "slug": name, "lesson": slug, "due": due.isoformat()}


def _known_lesson(root: Path, name: str) -> str:
    """Return the full name of a lesson, which may be given by its number alone."""
    found = sorted((root / "source" / "lessons").glob(f"{name}.md" if "-" in name else f"{name}-*.md"))
    if not found:
        known = ", ".join(path.stem for path in sorted((root / "source" / "lessons").glob("*.md")))
        raise InputError(f"there is no lesson “{name}”; there are {known}.")
    return found[0].stem
