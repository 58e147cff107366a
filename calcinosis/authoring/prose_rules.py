"""Rules on written text, shared by lessons and worksheets: callouts, typed units, citations, links."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from calcinosis import prose
from calcinosis.authoring import myst
from calcinosis.authoring.findings import Finding
from calcinosis.authoring.lessons import NO_CLAIM, rendered
from calcinosis.errors import ContentError

__all__ = ["CALLOUTS", "Passage", "callouts", "citations", "links", "passages", "renders", "typed_units"]

CALLOUTS = ("Note.", "Clinical pearl.", "Caution.", "Teaching model.")
_UNITS = "%|‰|°C|mmHg|kPa|kcal|mSv|k?Da|mEq|k?IU|k?U/(?:L|mL)|[mµμnpf]?mol|[kmµμnp]?g|[mµμdcn]?[Lm]|km|Hz"
_TYPED_UNIT = re.compile(rf"(?<![\w.])\d[\d.,]*(?:\s*[–-]\s*\d[\d.,]*)?\s?(?:{_UNITS})(?![A-Za-z])(?:/[^\s,;.)]+)?")
_CLAIMS = re.compile(r"\{\{[^}]*\b(?:fact|factvalue|interval|population)\(")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SHORTEST_ALT = 20


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a list item or a table row, and the line on which it starts."""

    text: str
    line: int

    @property
    def marked(self) -> bool:
        """Whether it says of itself that it claims nothing."""
        return NO_CLAIM.search(self.text) is not None

    @property
    def start(self) -> str:
        """The first words, for a report."""
        words = " ".join(NO_CLAIM.sub("", self.text).split())
        return words if len(words) <= 70 else f"{words[:67]}…"


def passages(cell: myst.SourceCell) -> Iterator[Passage]:
    """Yield what can make a claim: paragraphs, list items, table rows; headings cannot."""
    heading, row, line = False, None, cell.line
    for token in myst.blocks(cell.text):
        if token.map:
            line = cell.line + token.map[0]
        if token.type in {"heading_open", "heading_close", "thead_open", "thead_close"}:
            heading = token.type.endswith("_open")
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            if row and not heading:
                yield Passage(" | ".join(row), line)
            row = None
        elif token.type == "inline" and row is not None:
            row.append(token.content)
        elif token.type == "inline" and not heading:
            yield Passage(token.content, line)


def _blanked(text: str) -> str:
    """Blank out what the rule on units does not read: expressions, code, link targets, comments."""
    hidden = r"\{\{.*?\}\}|`[^`]*`|\]\([^)]*\)|\[@[^\]]*\]|<!--.*?-->"
    return re.sub(hidden, lambda match: re.sub(r"[^\n]", "~", match[0]), text, flags=re.DOTALL)


def renders(cell: myst.SourceCell, source: myst.Source, extra: Mapping[str, Callable[..., str]]) -> Iterator[Finding]:
    """Report what the build would stop at, so that an author sees every place at once."""
    try:
        rendered(cell, source, extra)
    except ContentError as error:
        yield Finding.of(error)


def typed_units(cell: myst.SourceCell, file: str) -> Iterator[Finding]:
    """Refuse a number with a unit that was typed instead of worked out."""
    for passage in passages(cell):
        found = _TYPED_UNIT.search(_blanked(passage.text))
        if found:
            line = passage.line + passage.text.count("\n", 0, found.start())
            text = f"“{found[0]}” is typed; let {{{{ q(…) }}}}, {{{{ fact(…) }}}} or {{{{ calc(…) }}}} write it."
            yield Finding("typed-unit", f"{file} line {line}", text)


def citations(cell: myst.SourceCell, file: str) -> Iterator[Finding]:
    """Ask every passage for a source or for the mark that it claims nothing; marked ones are noted."""
    for passage in passages(cell):
        where = f"{file} line {passage.line}"
        if passage.marked and (prose.cited(passage.text) or _CLAIMS.search(passage.text)):
            text = f"“{passage.start}” is marked no-claim and yet cites a source or quotes a fact; take the mark away."
            yield Finding("claim-marked", where, text)
        elif passage.marked:
            yield Finding("no-claim", where, passage.start, note=True)
        elif not prose.cited(passage.text):
            text = f"“{passage.start}” cites nothing; add [@id], or <!-- no-claim --> if it claims nothing."
            yield Finding("uncited", where, text)


def callouts(cell: myst.SourceCell, file: str) -> Iterator[Finding]:
    """Allow block quotes only as one of the four callouts."""
    tokens = myst.blocks(cell.text)
    for number, token in enumerate(tokens):
        if token.type != "blockquote_open" or token.level:
            continue
        first = next((after.content for after in tokens[number:] if after.type == "inline"), "")
        if not any(first.startswith(f"**{name}**") for name in CALLOUTS):
            text = f"a block quote is a callout and opens with one of {', '.join(f'**{name}**' for name in CALLOUTS)}."
            yield Finding("callout", f"{file} line {cell.line + token.map[0]}", text)


def links(cell: myst.SourceCell, file: str, folder: Path, built: set[str], root: Path) -> Iterator[Finding]:
    """Resolve relative links from the folder of the built notebook; ask pictures for a description."""
    for found in _LINK.finditer(_blanked_code(cell.text)):
        where = f"{file} line {cell.line + cell.text.count(chr(10), 0, found.start())}"
        picture, label, target = found.groups()
        if picture and len(label) < _SHORTEST_ALT:
            yield Finding(
                "alt-text", where, f"the picture {target} needs a description of at least {_SHORTEST_ALT} characters."
            )
        if _ADDRESS.match(target) or target.startswith("#"):
            continue
        path = (folder / target.partition("#")[0]).resolve()
        name = path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else None
        if name not in built and not path.exists():
            yield Finding("dead-link", where, f"the link {target} leads nowhere.")


def _blanked_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", lambda match: " " * len(match[0]), text)
