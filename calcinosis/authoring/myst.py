"""Reads a MyST source file: a strict header, then cells that know on which line they stand."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from calcinosis.content import reader
from calcinosis.errors import ContentError

__all__ = ["Source", "SourceCell", "blocks", "read"]

_SLUG = re.compile(r"[0-9]{3}-[a-z0-9]+(-[a-z0-9]+)*")
_HEADER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One piece of a source file: text or code, and where it starts."""

    kind: str
    text: str
    line: int
    name: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A source file as it was written."""

    slug: str
    file: str
    header: reader.Document
    cells: tuple[SourceCell, ...]

    @property
    def number(self) -> str:
        """The three digits that the file name starts with."""
        return self.slug[:3]

    def error(self, line: int, message: str) -> ContentError:
        """Build the error that names file and line."""
        return ContentError(f"{self.file} line {line}: {message}")


def read(path: Path, root: Path) -> Source:
    """Read one lesson or worksheet.

    Parameters
    ----------
    path : pathlib.Path
        A file ``NNN-slug.md``.
    root : pathlib.Path
        The project's folder, so that errors name the file as people know it.

    Returns
    -------
    Source
        Header and cells; text is cut at each ``##`` heading.

    Raises
    ------
    calcinosis.errors.ContentError
        Wrong file name, no header, a header that is not strict YAML.
    """
    name = path.relative_to(root).as_posix()
    if not _SLUG.fullmatch(path.stem):
        raise ContentError(
            f"{name}: the name must be three digits and words in small letters, as 030-reading-the-panel.md."
        )
    text = reader.read_text(path, name).replace("\r\n", "\n")
    header = _HEADER.match(text)
    if not header:
        raise ContentError(f"{name} line 1: the file must open with a header between two lines of ---.")
    document = reader.parse_yaml("\n" + header[1], name)
    return Source(path.stem, name, document, tuple(_cells(text, header.end())))


def _cells(text: str, start: int) -> list[SourceCell]:
    # jupytext costs a second or two on a cold disk; only an author pays for it.
    import jupytext

    found: list[SourceCell] = []
    position = start
    for cell in jupytext.reads(text, fmt="md:myst").cells:
        position = max(text.find(cell.source, position), position)
        line = text.count("\n", 0, position) + 1
        tags = tuple(cell.metadata.get("tags", ()))
        name = cell.metadata.get("name") or cell.metadata.get("id")
        if cell.cell_type == "code":
            found.append(SourceCell("code", cell.source, line, name, tags))
        else:
            found.extend(_sections(cell.source, line, name, tags))
        position += len(cell.source)
    return found


def _sections(text: str, line: int, name: str | None, tags: tuple[str, ...]) -> list[SourceCell]:
    """Cut a text cell before each heading of the second level."""
    lines = text.split("\n")
    starts = [
        token.map[0]
        for token in blocks(text)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0
    ]
    cuts = sorted({0, *starts, len(lines)})
    pieces = [(first, "\n".join(lines[first:last]).strip("\n")) for first, last in pairwise(cuts)]
    kept = [(first, piece) for first, piece in pieces if piece.strip()]
    # A name given to a cell belongs to its first piece; the others have headings to be named after.
    return [
        SourceCell("markdown", piece, line + first, name if number == 0 else None, tags)
        for number, (first, piece) in enumerate(kept)
    ]


def blocks(text: str) -> list[Any]:
    """Return the block tokens of a Markdown text (tables included)."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").parse(text)
