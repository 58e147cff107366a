"""One question at a time: answer, see every option explained, try again; attempts are kept."""

import re
from typing import Any

from calcinosis import content, progress, units
from calcinosis.errors import InputError
from calcinosis.quiz.items import item, public_view
from calcinosis.quiz.marking import Marked, mark, such_as
from calcinosis.widgets.base import CourseWidget, answered_on, choice_of, number_of, report_text, show, text_of
from calcinosis.widgets.pictures import picture_of

CONFIDENCES = [{"id": name, "text": name.capitalize()} for name in progress.CONFIDENCES]


class QuizWidget(CourseWidget):
    """The questions of one cell.

    Parameters
    ----------
    ids : sequence of str
        Items in the order in which they are asked.
    """

    script = "quiz"

    def __init__(self, ids: tuple[str, ...]) -> None:
        super().__init__()
        if not ids:
            raise InputError(
                'quiz() needs at least one question; write quiz("an-item-id"). `calcinosis items` lists them.'
            )
        self._items = [item(name) for name in ids]
        self._store = progress.store()
        self._marks: dict[int, tuple[Marked, progress.Answer]] = {}
        self._changed: dict[int, str] = {}
        self._at = 0
        self._recall()
        self._paint()

    def _recall(self) -> None:
        """Take up saved answers, and begin at the first question without one."""
        for index, record in enumerate(self._items):
            saved = self._store.last("item", record.id)
            if saved is None:
                continue
            marked = None
            if saved.version == record.version and isinstance(saved.answer, str):
                marked = self._marked_again(record, saved.answer)
            if marked is not None:
                self._marks[index] = (marked, saved)
            else:
                self._changed[index] = (
                    f"{answered_on(saved.when)} This question has changed since, so it is asked again."
                )
        self._at = next((n for n in range(len(self._items)) if n not in self._marks), 0)

    def _marked_again(self, record: Any, answer: str) -> Marked | None:
        """Mark a saved answer; None if it no longer fits or the question cannot be drawn."""
        return self.drawn("question", record.id, lambda: {"marked": mark(record, answer)}).get("marked")

    # ---- what the page shows

    def _paint(self, **news: Any) -> None:
        count = len(self._items)
        record = self._items[self._at]
        shown = self.drawn("question", record.id, lambda: self._question(record), "; the others can" * (count > 1))
        if shown["broken"]:
            news["say"] = shown["broken"]
        self.put(
            title="",
            aside=f"{self._at + 1} of {count}" if count > 1 else "",
            confidences=CONFIDENCES,
            at=self._at,
            marks=[self._state(index) for index in range(count)],
            note=self._changed.get(self._at),
            report=report_text("question", record.id, record.version),
            notices=list(self._store.notices),
            **shown,
            **news,
        )

    def _question(self, record: Any) -> dict[str, Any]:
        return {"item": public_view(record), "picture": picture_of(record.figure), "answered": self._answered()}

    def _state(self, index: int) -> str:
        if index not in self._marks:
            return "open"
        return "right" if self._marks[index][0].correct else "wrong"

    def _answered(self) -> dict[str, Any] | None:
        """Return the verdict and every option explained, the learner's own first; None before the answer."""
        if self._at not in self._marks:
            return None
        marked, saved = self._marks[self._at]
        parts = [
            {"id": o.id, "text": o.text, "best": o.best, "chosen": o.chosen, "short": o.short, "full": o.full}
            for o in sorted(marked.feedback, key=lambda option: not option.chosen)
        ]
        return {
            "correct": marked.correct,
            "shown": next((part["text"] for part in parts if part["chosen"]), marked.chosen),
            "message": marked.message,
            "parts": parts,
            "notices": list(marked.notices),
            "confidence": saved.confidence,
            "when": answered_on(saved.when),
        }

    # ---- what the page sends

    def handle_check(self, message: dict[str, Any]) -> None:
        """Mark the answer, show the feedback, then save the attempt."""
        record = self._items[self._at]
        if record.kind == "numeric":
            answer = "" if message.get("answer") is None else text_of(message, "answer")
            if not answer.strip():
                raise InputError(f"Write a number with its unit first, such as {such_as(record.answer)}.")
        else:
            answer = choice_of(message, "answer", {o.id for o in record.options}, "Choose one of the answers first.")
        confidence = message.get("confidence")
        if confidence is not None:
            confidence = choice_of(message, "confidence", progress.CONFIDENCES, "Choose how sure you are, or skip it.")
        marked = mark(record, answer)
        saved = progress.Answer("item", record.id, record.version, answer, marked.correct, confidence, progress.stamp())
        self._marks[self._at] = (marked, saved)
        self._changed.pop(self._at, None)
        self._paint(say=f"{'Right.' if marked.correct else 'Not the best answer.'} {marked.message}")
        # The page has the feedback before the disk has the answer: the learner does not wait for the disk.
        self.keep_answer("item", record.id, record.version, answer, marked.correct, confidence, saved.when)

    def handle_again(self, _message: dict[str, Any]) -> None:
        """Ask the question once more; earlier attempts stay in the progress file."""
        self._marks.pop(self._at, None)
        self._paint(say="Answer the question again.")

    def handle_go(self, message: dict[str, Any]) -> None:
        """Go to another question of this cell."""
        self._at = int(number_of(message, "to", 0, len(self._items) - 1))
        self._paint(say=f"Question {self._at + 1} of {len(self._items)}.")


def quiz(*names: str) -> None:
    """Ask questions, one at a time, and explain every option after each answer.

    Parameters
    ----------
    *names : str
        The set of a lesson's cell, such as "030-quiz-units", or item ids, such as "corrected-ca-hypopara-01";
        `calcinosis items` lists the items.

    Raises
    ------
    calcinosis.errors.InputError
        No name was given, or a set or an item does not exist.
    """
    show(QuizWidget(tuple(key for name in names for key in _items_named(name))))


def _items_named(name: str) -> tuple[str, ...]:
    """Return the items of a set, or the name itself if it is an item's; a name that opens with digits is a set's."""
    sets = content.quizzes()
    if name in sets:
        return sets[name].items
    if name in content.items() or not re.match(r"w?\d", str(name)):
        return (name,)
    mend = units.suggestion(name, sets) or " Give the name that the lesson's own cell has, such as 030-quiz-units."
    raise InputError(f"There is no set of questions {units.quoted(name)}.{mend}")
