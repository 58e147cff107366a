"""A case step by step: each step worked, or left to the learner."""

from dataclasses import asdict
from typing import Any

from calcinosis import cases, content, progress
from calcinosis.errors import ContentError, InputError
from calcinosis.quiz.items import rendered
from calcinosis.widgets.base import CourseWidget, choice_of, number_of, report_text, show

VERSION = 1
ORIGIN = {"published": "Published report", "simulated": "Simulated patient"}


class WorkedCaseWidget(CourseWidget):
    """One case.

    Parameters
    ----------
    name : str
        Id of a record of ``data/cases/``.
    leave : list of str, "all" or None
        Steps that are left to the learner.
    """

    script = "worked_case"

    def __init__(self, name: str, leave: Any = None) -> None:
        super().__init__()
        self._case = cases.case(name)
        self._left = cases.left_steps(self._case, leave)
        self._store = progress.store()
        self._source = source_line(self._case.source_id)
        self._undrawn: set[str] = set()
        self._form = f"case:{name}:{'+'.join(self._left) or 'worked'}"
        self._at, self._choices = self._recalled()
        self._paint()

    def _recalled(self) -> tuple[int, dict[str, str]]:
        """Return the saved step and choices, as far as they still fit the case."""
        saved = self._store.form(self._form) or {}
        choices = {
            step.id: saved.get("choices", {})[step.id]
            for step in self._case.steps
            if step.id in self._left
            and saved.get("choices", {}).get(step.id) in {choice.id for choice in step.task.choices}
        }
        at = saved.get("at", 0)
        return (min(at, self._furthest(choices)) if isinstance(at, int) and at >= 0 else 0), choices

    def _furthest(self, choices: dict[str, str]) -> int:
        """Return how far one may go: not past a step that waits for the learner; the summary follows the last step."""
        open_steps = set(self._left) - choices.keys() - self._undrawn
        waiting = [index for index, step in enumerate(self._case.steps) if step.id in open_steps]
        return waiting[0] if waiting else len(self._case.steps)

    # ---- what the page shows

    def _paint(self, **news: Any) -> None:
        record, count = self._case, len(self._case.steps)
        at_end = self._at == count
        name = "summary" if at_end else record.steps[self._at].id
        shown = self.drawn("step", f"{record.id}/{name}", self._drawing, "; the others can")
        if shown["broken"]:
            news["say"] = shown["broken"]
            self._undrawn.add(name)  # nobody can answer what is not there
        head = {"title": record.title, **shown}
        self.put(
            aside=f"{ORIGIN[record.kind]} · {'summary' if at_end else f'step {self._at + 1} of {count}'}",
            patient=patient_line(record),
            at=self._at,
            last=count,
            may_go_on=self._at < self._furthest(self._choices),
            report=report_text("case", record.id, VERSION),
            notices=list(self._store.notices),
            **head,
            **news,
        )

    def _drawing(self) -> dict[str, Any]:
        record = self._case
        at_end = self._at == len(record.steps)
        waits = not at_end and self._waits(record.steps[self._at])
        return {
            "title": rendered(record.title),
            "step": None if at_end else self._step(record.steps[self._at]),
            "labs": self._labs(),
            "flags": not waits,
            "labs_caption": self._caption(),
            "summary": self._summary() if at_end else None,
        }

    def _waits(self, step: Any) -> bool:
        return step.id in self._left and step.id not in self._choices

    def _step(self, step: Any) -> dict[str, Any]:
        waits = self._waits(step)
        committed = cases.mark_step(step, self._choices[step.id]) if step.id in self._choices else None
        return {
            "id": step.id,
            "heading": rendered(step.heading),
            "text": rendered(step.text),
            "task": self._task(step) if waits else None,
            "asked": rendered(step.task.prompt) if committed else None,
            "committed": asdict(committed) if committed else None,
            "worked": self._worked(step),
            "explanation": None if waits else rendered(step.explanation),
        }

    def _task(self, step: Any) -> dict[str, Any]:
        order = cases.shown_choices(self._case, step)
        choices = [{"id": choice.id, "text": rendered(choice.text)} for choice in order]
        return {"prompt": rendered(step.task.prompt), "choices": choices}

    def _worked(self, step: Any) -> dict[str, Any] | None:
        """Return the task of a step that is shown worked: the question, the answer and the reason."""
        if step.task is None or step.id in self._left:
            return None
        best = next(choice for choice in step.task.choices if choice.best)
        return {"prompt": rendered(step.task.prompt), "answer": rendered(best.text), "why": rendered(best.feedback)}

    def _labs(self) -> list[dict[str, Any]]:
        last = min(self._at, len(self._case.steps) - 1)
        new = set(self._case.steps[last].reveal_labs) if self._at == last else set()
        rows = [cases.lab_row(lab, self._case.patient) for lab in cases.revealed(self._case, last)]
        if last == self._at and self._waits(self._case.steps[last]):  # a flag would answer for the learner
            rows = [{**row, "flag": None, "flag_words": None} for row in rows]
        return [{**row, "new": row["id"] in new} for row in rows]

    def _caption(self) -> str:
        """Say where the intervals of the values shown come from."""
        last = min(self._at, len(self._case.steps) - 1)
        rows = [cases.lab_row(lab, self._case.patient) for lab in cases.revealed(self._case, last)]
        printed = [row for row in rows if row["printed"]]
        lent = next((row["lent"] for row in rows if row["lent"]), None)
        start = "Blood results so far"
        if not printed:
            none = f"{start}. The report printed no intervals"
            return f"{none}; those in grey are {lent}." if lent else f"{none}."
        start += ", with the intervals printed in the report"
        return f"{start}. In grey, where no interval was printed: {lent}." if lent else f"{start}."

    def _summary(self) -> list[dict[str, str]]:
        record = self._case
        parts = (
            ("Diagnosis", record.diagnosis[:1].upper() + record.diagnosis[1:]),
            ("What decided", record.discriminating_finding),
            ("Reasoning", record.reasoning),
            ("Management", record.management),
            ("Outcome", record.outcome),
            ("Note", record.notes),
            ("Source", self._source),
        )
        return [{"name": name, "text": rendered(text)} for name, text in parts if text]

    # ---- what the page sends

    def handle_go(self, message: dict[str, Any]) -> None:
        """Go to a step; a step that waits for an answer is not passed."""
        to = int(number_of(message, "to", 0, len(self._case.steps)))
        if to > self._furthest(self._choices):
            raise InputError("Answer this step first; the next one explains it.")
        self._at = to
        heading = "Summary." if to == len(self._case.steps) else f"Step {to + 1}: {self._case.steps[to].heading}."
        self._paint(say=heading, focus="step")
        self._save()

    def handle_commit(self, message: dict[str, Any]) -> None:
        """Mark the choice in a step that was left, explain every choice, then save it."""
        step = self._case.steps[self._at] if self._at < len(self._case.steps) else None
        if step is None or step.id not in self._left:
            raise InputError("This step asks nothing; go on to the next one.")
        allowed = {choice.id for choice in step.task.choices}
        choice = choice_of(message, "choice", allowed, "Choose one of the answers first.")
        committed = cases.mark_step(step, choice)
        self._choices[step.id] = choice
        self._paint(say=f"{'Right.' if committed.correct else 'Not the best answer.'} {committed.parts[0].feedback}")
        self.keep_answer("case", f"{self._case.id}/{step.id}", VERSION, choice, committed.correct)
        self._save()

    def handle_restart(self, _message: dict[str, Any]) -> None:
        """Begin the case again; earlier answers stay in the progress file."""
        self._at, self._choices = 0, {}
        self._paint(say="The case begins again.", focus="step")
        self._save()

    def _save(self) -> None:
        self._store.save_form(self._form, {"at": self._at, "choices": self._choices})


def patient_line(record: Any) -> str:
    """Return who the patient is, in one line."""
    patient = record.patient
    age = None
    if patient.age is not None:
        unit = patient.age_unit if patient.age != 1 else patient.age_unit.removesuffix("s")
        age = f"{patient.age:g} {unit}"
    parts = [patient.sex or "sex not reported", age or "age not reported", f"skin tone {record.skin_tone}"]
    if patient.setting and patient.setting != "not reported":
        parts.append(patient.setting)
    return ", ".join(parts).capitalize()


def source_line(source_id: str) -> str:
    """Return a source as one line with a link, from ``data/sources.csv``."""
    source = content.sources().get(source_id)
    if source is None:
        raise ContentError(f"The source {source_id!r} is not in data/sources.csv; add its row.")
    address = f"https://doi.org/{source.doi}" if source.doi else source.url
    authors = None if "not seen" in source.authors else source.authors
    place = " ".join(str(part) for part in (source.journal, source.year) if part)
    name = ". ".join(part.rstrip(".") for part in (authors, source.title, place) if part)
    return f"{name}. [{source.doi or 'page of the report'}]({address})" if address else f"{name}."


def worked_case(name: str, leave: Any = None) -> None:
    """Show the case `name` step by step.

    Parameters
    ----------
    name : str
        Id of a record of ``data/cases/``, such as "bcmj-2007".
    leave : list of str, "all" or None
        Steps that are left to the learner; None shows the whole case worked.
    """
    show(WorkedCaseWidget(name, leave))
