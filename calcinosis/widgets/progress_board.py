"""What was answered, and the file that holds it: download, upload, start afresh."""

from collections import Counter
from typing import Any

from calcinosis import content, progress, units
from calcinosis.widgets.base import COUNTERS, CourseWidget, show, text_of

OPEN_USES = ("practice", "review")


class ProgressBoardWidget(CourseWidget):
    """The learner's record, counted by lesson and objective."""

    script = "progress_board"

    def __init__(self) -> None:
        super().__init__()
        self._store = progress.store()
        self._paint()
        COUNTERS.add(self)

    def _paint(self, **news: Any) -> None:
        answers = self._store.answers()
        items = [answer for answer in answers if answer.kind == "item"]
        self.put(
            lessons=lesson_rows({answer.id: answer.correct for answer in items}),
            missing=None
            if lessons_are_built()
            else "The list of lessons has not been built yet; `calcinosis build` writes it.",
            attempts=len(answers),
            newest=answers[-1].when if answers else None,
            questions=len({answer.id for answer in items}),
            path=str(self._store.path),
            exists=self._store.path.exists(),
            asks_reset=news.pop("asks_reset", False),
            notices=list(self._store.notices),
            **news,
        )

    def handle_refresh(self, _message: dict[str, Any]) -> None:
        """Count again what the file holds now."""
        self._paint(say="The board is up to date.")

    def answers_changed(self) -> None:
        """Count again, without a word, if the file holds other answers than the board shows."""
        answers = self._store.answers()
        known = (self.view["attempts"], self.view["newest"])
        if (len(answers), answers[-1].when if answers else None) != known:
            self._paint(asks_reset=self.view["asks_reset"])

    def handle_look(self, _message: dict[str, Any]) -> None:
        """Count again when the learner comes back to the board: another kernel may have added answers."""
        self.answers_changed()

    def handle_download(self, _message: dict[str, Any]) -> None:
        """Send the file to the page, which hands it to the browser's download."""
        self.send({"type": "file", "name": "calcinosis-progress.json", "text": self._store.download_bytes().decode()})
        self._paint(say="Your progress file was handed to the browser's downloads.")

    def handle_upload(self, message: dict[str, Any]) -> None:
        """Add the answers of an uploaded file; a bad file changes nothing."""
        new = self._store.merge_bytes(
            text_of(message, "text", progress.LARGEST_UPLOAD).encode("utf-8", "surrogatepass")
        )
        self._paint(
            say=f"The file was added: {new} new answer{'' if new == 1 else 's'}.",
            done="1 new answer was added." if new == 1 else f"{units.grouped(str(new))} new answers were added.",
        )

    def handle_ask_reset(self, _message: dict[str, Any]) -> None:
        """Ask before anything is deleted."""
        self._paint(say="Delete all answers? This cannot be undone.", asks_reset=True, focus="keep")

    def handle_keep(self, _message: dict[str, Any]) -> None:
        """Keep everything."""
        self._paint(say="Nothing was deleted.", focus="reset")

    def handle_reset(self, _message: dict[str, Any]) -> None:
        """Delete all answers, once the page has asked."""
        if not self.view["asks_reset"]:
            self.handle_ask_reset({})
            return
        self._store.reset()
        self._paint(say="All answers were deleted.", focus="reset", done="All answers were deleted.")


def lessons_are_built() -> bool:
    """Say whether the build has written the list of lessons."""
    return (content.data_dir() / "generated" / "lessons.json").is_file()


def lesson_rows(last: dict[str, bool]) -> list[dict[str, Any]]:
    """Count questions, answers and right answers by lesson and objective.

    Parameters
    ----------
    last : dict of str to bool
        For each answered item whether the newest attempt was right.

    Returns
    -------
    list of dict
        ``id``, ``title``, ``total``, ``answered``, ``right`` and ``objectives`` with the same counts and ``text``.
    """
    items = [record for record in content.items().values() if record.status != "retired" and record.use in OPEN_USES]
    if lessons_are_built():
        heads = [(lesson.id, lesson.title, lesson.objectives) for lesson in content.lessons().values()]
    else:
        heads = [(name, name, {}) for name in sorted({record.lesson for record in items})]
    rows = []
    for name, title, objectives in heads:
        own = [record for record in items if record.lesson[:3] == name[:3]]
        texts = {key: objective.text for key, objective in objectives.items()}
        asked = dict.fromkeys([*texts, *sorted({record.objective for record in own})])
        parts = [
            {"id": key, "text": texts.get(key, key), **_counts([r for r in own if r.objective == key], last)}
            for key in asked
        ]
        rows.append({"id": name, "title": title, **_counts(own, last), "objectives": parts})
    return rows


def _counts(records: list[Any], last: dict[str, bool]) -> dict[str, int]:
    counted = Counter(last.get(record.id) for record in records)
    return {"total": len(records), "answered": counted[True] + counted[False], "right": counted[True]}


def progress_board() -> None:
    """Show what was answered, with download, upload and reset of the progress file."""
    show(ProgressBoardWidget())
