"""One question at a time: answer, see every option explained, try again; attempts are kept."""

from typing import Any

from calcinosis import progress
from calcinosis.errors import InputError
from calcinosis.quiz.items import item, public_view
from calcinosis.quiz.marking import Marked, mark
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
            if saved.version == record.version and isinstance(saved.answer, str):
                self._marks[index] = (mark(record, saved.answer), saved)
            else:
                self._changed[index] = (
                    f"{answered_on(saved.when)} This question has changed since, so it is asked again."
                )
        self._at = next((n for n in range(len(self._items)) if n not in self._marks), 0)

    # ---- what the page shows

    def _paint(self, **news: Any) -> None:
        count = len(self._items)
        record = self._items[self._at]
        self.put(
            title="",
            aside=f"{self._at + 1} of {count}" if count > 1 else "",
            item=public_view(record),
            picture=picture_of(record.figure),
            confidences=CONFIDENCES,
            at=self._at,
            marks=[self._state(index) for index in range(count)],
            answered=self._answered(),
            note=self._changed.get(self._at),
            report=report_text("question", record.id, record.version),
            notices=list(self._store.notices),
            **news,
        )

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
            answer = text_of(message, "answer")
            if not answer.strip():
                raise InputError("Write a number with its unit first, then check.")
        else:
            answer = choice_of(
                message, "answer", {o.id for o in record.options}, "Choose one of the answers first, then check."
            )
        confidence = message.get("confidence")
        if confidence is not None:
            confidence = choice_of(message, "confidence", progress.CONFIDENCES, "Choose how sure you are, or skip it.")
        marked = mark(record, answer)
        saved = progress.Answer("item", record.id, record.version, answer, marked.correct, confidence, progress.stamp())
        self._marks[self._at] = (marked, saved)
        self._changed.pop(self._at, None)
        self._paint(say=f"{'Right.' if marked.correct else 'Not the best answer.'} {marked.message}")
        # The page has the feedback before the disk has the answer: the learner does not wait for the disk.
        self._store.record_answer("item", record.id, record.version, answer, marked.correct, confidence, saved.when)

    def handle_again(self, _message: dict[str, Any]) -> None:
        """Ask the question once more; earlier attempts stay in the progress file."""
        self._marks.pop(self._at, None)
        self._paint(say="Answer the question again.")

    def handle_go(self, message: dict[str, Any]) -> None:
        """Go to another question of this cell."""
        self._at = int(number_of(message, "to", 0, len(self._items) - 1))
        self._paint(say=f"Question {self._at + 1} of {len(self._items)}.")


def quiz(*ids: str) -> None:
    """Ask the questions `ids`, one at a time, and explain every option after each answer.

    Parameters
    ----------
    *ids : str
        Item ids, such as "corrected-ca-hypopara-01"; `calcinosis items` lists them.

    Raises
    ------
    calcinosis.errors.InputError
        No id was given, or an item does not exist.
    """
    show(QuizWidget(ids))
