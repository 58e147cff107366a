"""A lenient view of one item: what the rules read, even where the item breaks its schema."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calcinosis.errors import CourseError
from calcinosis.quiz.items import rendered
from calcinosis.quiz.lint.words import STOP_WORDS

WORD = re.compile(r"[^\W\d_][\w'’-]*", re.UNICODE)


def words(text: str) -> list[str]:
    """Return the words of `text` in lower case, numbers left out.

    >>> words("Total calcium 1.48 mmol/L falls.")
    ['total', 'calcium', 'mmol', 'l', 'falls']
    """
    return [match.group().casefold() for match in WORD.finditer(text)]


def content_words(text: str, shortest: int = 5) -> set[str]:
    """Return the words that carry meaning: at least `shortest` letters and not on the stop list.

    >>> sorted(content_words("Which of these explains the calcium?"))
    ['calcium', 'explain']
    """
    return {stem_of(word) for word in words(text) if len(word) >= shortest and word not in STOP_WORDS}


def stem_of(word: str) -> str:
    """Return a word without a plural or verb ending, so that "binds" meets "binding"."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ised", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def tokens(text: str) -> set[str]:
    """Return words and numbers of `text` as a set, for likeness of two texts."""
    return set(re.findall(r"\w+(?:[.,]\d+)?", text.casefold()))


def jaccard(first: set[Any], second: set[Any]) -> float:
    """Return the share of common elements: 1 for equal sets, 0 for sets with nothing in common.

    >>> jaccard({"a", "b"}, {"b", "c"})
    0.3333333333333333
    """
    union = first | second
    return len(first & second) / len(union) if union else 1.0


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`; a decimal point or an abbreviation such as "e.g." ends none."""
    parts = re.split(r"(?<=[.!?])[\"”’)]*\s+(?=[A-Z\"“‘(0-9])", text.strip())
    return [part for part in parts if part]


@dataclass(frozen=True, slots=True)
class DraftOption:
    """One option, or one known wrong value of a numeric item."""

    id: str
    text: str
    best: bool
    misconception: str | None
    feedback: str
    short: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One item as the rules see it, texts rendered."""

    id: str
    kind: str
    bloom: str
    objective: str
    stem: str
    lead_in: str
    options: tuple[DraftOption, ...]
    answer: Mapping[str, Any]
    document: Mapping[str, Any]
    broken_texts: tuple[str, ...]

    @classmethod
    def of(cls, item: Any) -> "Draft":
        """Read a record of the bank, or a plain mapping as it stands in a file; a draft stays as it is."""
        if isinstance(item, Draft):
            return item
        document = item if isinstance(item, Mapping) else item.model_dump(mode="json")
        broken: list[str] = []

        def text(value: Any) -> str:
            try:
                return rendered(str(value or "")).strip()
            except CourseError as error:
                broken.append(str(error))
                return str(value).strip()

        options = tuple(
            DraftOption(
                id=str(entry.get("id", "")),
                text=text(entry.get("text")),
                best=bool(entry.get("best")),
                misconception=entry.get("misconception"),
                feedback=text(entry.get("feedback")),
                short=text(entry.get("short")),
            )
            for entry in document.get("options") or ()
        )
        return cls(
            id=str(document.get("id", "")),
            kind=str(document.get("kind", "")),
            bloom=str(document.get("bloom", "")),
            objective=str(document.get("objective", "")),
            stem=text(document.get("stem")),
            lead_in=text(document.get("lead_in")),
            options=options,
            answer={
                key: text(value) if key in TEXT_KEYS else value for key, value in (document.get("answer") or {}).items()
            },
            document=document,
            broken_texts=tuple(broken),
        )

    @property
    def one_best(self) -> bool:
        """True for an item with options."""
        return self.kind == "one_best"

    @property
    def key(self) -> DraftOption | None:
        """The best option, if exactly one is marked."""
        best = [option for option in self.options if option.best]
        return best[0] if len(best) == 1 else None

    @property
    def distractors(self) -> tuple[DraftOption, ...]:
        """All options but the best."""
        return tuple(option for option in self.options if not option.best)

    @property
    def question(self) -> str:
        """Stem and lead-in together: what stands before the options."""
        return f"{self.stem} {self.lead_in}".strip()

    @property
    def feedbacks(self) -> tuple[tuple[str, str, bool], ...]:
        """(where, text, belongs to the key) of every feedback of the item."""
        if self.one_best:
            return tuple((f"option {option.id}", option.feedback, option.best) for option in self.options)
        known = [("answer", str(self.answer.get("feedback") or ""), True)]
        for number, wrong in enumerate(self.answer.get("wrong") or (), start=1):
            known.append((f"wrong value {number}", rendered(str(wrong.get("feedback") or "")), False))
        return tuple(known)

    @property
    def visible(self) -> tuple[tuple[str, str], ...]:
        """(where, text) of everything a learner reads, before and after the answer."""
        shown = [("stem", self.stem), ("lead-in", self.lead_in)]
        shown += [(f"option {option.id}", option.text) for option in self.options]
        return (*shown, *((f"feedback of {where}", text) for where, text, _ in self.feedbacks))

    @property
    def labs(self) -> tuple[Mapping[str, Any], ...]:
        """The laboratory values that the item declares."""
        return tuple(self.document.get("labs") or ())

    def waived(self, rule_id: str) -> bool:
        """Say whether the item holds a written waiver of this rule."""
        return any(
            waiver.get("rule") == rule_id and waiver.get("reason") for waiver in self.document.get("waivers") or ()
        )


TEXT_KEYS = ("feedback", "short")
