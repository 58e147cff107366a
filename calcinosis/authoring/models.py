"""What the header of a lesson, the header of a worksheet and a task must look like."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from calcinosis.content.models import Bloom, Id, Objective, Record, Words

Slug = Annotated[str, Field(pattern=r"^[0-9]{3}-[a-z0-9-]+$")]
Points = Annotated[float, Field(gt=0, le=20)]
Minutes = Annotated[int, Field(ge=1, le=240)]
TaskId = Annotated[str, Field(pattern=r"^w[0-9]{3}-[0-9]{1,2}$")]
Path = Literal["one-hour", "evening", "kidney", "skin"]


class LessonHeader(Record):
    """``jupyter: lesson:`` of a lesson."""

    title: Words
    minutes: Minutes
    needs: tuple[Slug, ...] = ()
    objectives: Annotated[dict[Id, Objective], Field(min_length=2, max_length=4)]
    next: Slug | None = None
    path: tuple[Path, ...] = ()
    kind: Literal["teaching", "orientation", "review", "assessment"] = "teaching"


class WorksheetHeader(Record):
    """``jupyter: worksheet:`` of a worksheet."""

    title: Words
    lesson: Slug


class Wrong(Record):
    """A wrong answer that learners are known to give, as they type it, and the hint it earns."""

    answer: Words
    hint: Words
    misconception: Id | None = None


class Rubric(Record):
    """One line of the rubric of a written answer."""

    points: Points
    text: Words


class Key(Record):
    """How an answer is marked; which keys are needed depends on the kind."""

    analyte: Id | None = None
    value: Words | None = None
    tolerance: Words | None = None
    in_unit: Words | None = None
    choices: Annotated[dict[Id, Words], Field(default_factory=dict)]
    words: Annotated[dict[Words, tuple[Words, ...]], Field(default_factory=dict)]
    order: tuple[Words, ...] = ()
    set: tuple[Words, ...] = ()
    choice: Id | None = None
    classes: tuple[Words, ...] = ()
    classify: Annotated[dict[Words, Words], Field(default_factory=dict)]


class Task(Key):
    """The block ```` ```{task} w030-1 ```` of a worksheet."""

    points: Points
    minutes: Minutes
    objective: Id
    bloom: Bloom
    kind: Literal["value", "choice", "set", "order", "classify", "written"]
    role: tuple[Literal["panel", "case", "widget", "code"], ...] = ()
    feedback: Words | None = None
    wrong: tuple[Wrong, ...] = ()
    hidden: Key | None = None
    rubric: tuple[Rubric, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "value": ("value", "tolerance"),
            "choice": ("choices", "choice"),
            "set": ("words", "set"),
            "order": ("words", "order"),
            "classify": ("classes", "classify"),
            "written": ("rubric",),
        }[self.kind]
        for name in needed:
            if not getattr(self, name):
                raise ValueError(f"a task of kind {self.kind} needs {name}")
        if self.kind == "written":
            if self.wrong or self.hidden or self.feedback:
                raise ValueError(
                    "a written answer is marked by a person: it has a rubric and neither wrong, hidden nor feedback"
                )
            if sum(line.points for line in self.rubric) != self.points:
                raise ValueError(f"the points of the rubric must add up to {self.points:g}")
        elif self.rubric:
            raise ValueError(f"a rubric belongs to a written answer, not to kind {self.kind}")
        elif not self.feedback or not self.wrong:
            raise ValueError(
                "a task marked by machine needs feedback (for the right answer) and a wrong answer with its hint"
            )
        if self.in_unit and not self.analyte:
            raise ValueError("in_unit needs an analyte; without one a value is asked for in the unit of its key")
        return self._consistent()

    def _consistent(self) -> Self:
        named = {*self.set, *self.order}
        if self.kind == "choice" and self.choice not in self.choices:
            raise ValueError(f"choice must be one of {', '.join(self.choices)}")
        if self.kind in {"set", "order"} and not named <= set(self.words):
            raise ValueError(f"{', '.join(sorted(named - set(self.words)))} is not among the words")
        if self.kind == "order" and len(set(self.order)) != len(self.order):
            raise ValueError("order names a word twice")
        if self.kind == "classify" and not set(self.classify.values()) <= set(self.classes):
            raise ValueError(f"classify uses a class that is not among {', '.join(self.classes)}")
        return self
