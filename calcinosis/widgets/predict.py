"""Commit first: arrows, a value or a choice; only then the explanation and the figure, beside the learner's guess."""

from dataclasses import asdict
from typing import Any

from calcinosis import progress, units
from calcinosis.cases import ARROWS, Committed, mark_prediction, prediction
from calcinosis.quiz.items import rendered
from calcinosis.widgets.base import CourseWidget, answered_on, report_text, show, texts_of
from calcinosis.widgets.pictures import picture_of

VERSION = 1  # predictions carry no version: they change nobody's marks


class PredictWidget(CourseWidget):
    """One prediction.

    Parameters
    ----------
    name : str
        Id of a record of ``data/predictions/``.
    """

    script = "predict"

    def __init__(self, name: str) -> None:
        super().__init__()
        self._record = prediction(name)
        self._store = progress.store()
        self._committed: tuple[Committed, str] | None = None
        saved = self._store.last("prediction", name)
        if saved is not None and not self._is_outdated(saved.answer):
            found = self.drawn("prediction", name, lambda: {"marked": mark_prediction(self._record, saved.answer)})
            self._committed = (found["marked"], saved.when) if "marked" in found else None
        self._paint()

    def _is_outdated(self, answer: Any) -> bool:
        """Say whether a saved answer belongs to fields or choices that are no longer asked."""
        if self._record.kind == "arrows":
            return not isinstance(answer, dict) or answer.keys() != {field.id for field in self._record.fields}
        return self._record.kind == "choice" and answer not in {choice.id for choice in self._record.choices}

    def _paint(self, **news: Any) -> None:
        record = self._record
        shown = self.drawn("prediction", record.id, self._prediction)
        if shown["broken"]:
            news["say"] = shown["broken"]
        self.put(
            form=record.kind,
            report=report_text("prediction", record.id, VERSION),
            notices=list(self._store.notices),
            **shown,
            **news,
        )

    def _prediction(self) -> dict[str, Any]:
        record = self._record
        return {
            "prompt": rendered(record.prompt),
            "fields": [{"id": field.id, "label": rendered(field.label)} for field in record.fields],
            "arrows": [{"id": name, "text": words} for name, words in ARROWS.items()],
            "choices": [{"id": choice.id, "text": rendered(choice.text)} for choice in record.choices],
            "units": self._units(),
            "committed": self._shown(),
        }

    def _units(self) -> list[str]:
        if self._record.kind != "value":
            return []
        if self._record.analyte is None:
            return [self._record.unit]
        known = units.analyte(self._record.analyte)
        return list(dict.fromkeys((self._record.unit, known.si_unit, known.conventional_unit)))

    def _shown(self) -> dict[str, Any] | None:
        """Return the commitment, the key and everything that explains it; None before the commitment."""
        if self._committed is None:
            return None
        committed, when = self._committed
        figure = self._record.figure
        return {
            **asdict(committed),
            "explanation": rendered(self._record.explanation),
            "picture": picture_of(figure.name, figure.args) if figure else None,
            "when": answered_on(when),
        }

    def handle_commit(self, message: dict[str, Any]) -> None:
        """Compare the prediction with the key, show why, then save it."""
        answer = "" if message.get("answer") is None else texts_of(message, "answer")
        committed = mark_prediction(self._record, answer)
        when = progress.stamp()
        self._committed = (committed, when)
        verdict = "As you predicted." if committed.correct else "Not as you predicted."
        self._paint(say=f"{verdict} {rendered(self._record.explanation)}")
        self.keep_answer("prediction", self._record.id, VERSION, answer, committed.correct, None, when)

    def handle_again(self, _message: dict[str, Any]) -> None:
        """Ask once more; the earlier prediction stays in the progress file."""
        self._committed = None
        self._paint(say="Predict again.")


def predict(name: str) -> None:
    """Ask for the prediction `name`; figure and explanation come after the commitment.

    Parameters
    ----------
    name : str
        Id of a record of ``data/predictions/``, such as "030-normal-pth".
    """
    show(PredictWidget(name))
