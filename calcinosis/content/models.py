"""What a record must look like: strict, frozen pydantic models, one per kind of file under ``data/``.

Strict means: nothing is converted (``text: No`` is a yes/no value and stays one), an unknown key is refused, and a
missing one is named. Records are validated as JSON, because strict mode refuses lists for tuples from Python objects.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
Limits = tuple[float | None, float | None]
Sex = Literal["female", "male"]
Subtype = Literal["dystrophic", "metastatic", "idiopathic", "iatrogenic", "calciphylaxis", "calcium_disorder", "mimic"]
Bloom = Literal["remember", "understand", "apply", "analyse", "evaluate", "create"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    """Base of all records: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _ordered(limits: Limits, what: str) -> None:
    """Refuse limits that stand the wrong way round."""
    low, high = limits
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{what} run from {low:g} to {high:g}; write the lower one first")


class UnitSpec(Record):
    """A unit in which an analyte is reported, with the limits of what the course accepts in it."""

    unit: str
    ucum: Words
    decimals: Annotated[int, Field(ge=0, le=4)]
    hard: Limits
    soft: Limits
    loinc: Annotated[str, Field(pattern=r"^\d{3,5}-\d$")] | None = None
    factor_to_si: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        _ordered(self.hard, "the hard limits")
        _ordered(self.soft, "the soft limits")
        for soft, hard, sign in zip(self.soft, self.hard, (1, -1), strict=True):
            if soft is not None and hard is not None and sign * soft < sign * hard:
                raise ValueError(f"the soft limit {soft:g} lies beyond the hard limit {hard:g}; bring it inside")
        return self


class Analyte(Record):
    """Something that is measured or derived: its names, its units, and what the course accepts as input."""

    id: Id
    name: Words
    short: Words
    aliases: tuple[Words, ...]
    specimen: Words
    molar_mass_g_mol: Annotated[float, Field(gt=0)] | None = None
    si_unit: str
    conventional_unit: str
    units: Annotated[tuple[UnitSpec, ...], Field(min_length=1)]
    equal_units: tuple[tuple[Words, Words], ...] = ()
    indistinguishable: tuple[tuple[Words, Words], ...] = ()
    mark: Literal["design value"]
    source: tuple[Id, ...] = ()
    note: Words | None = None

    @model_validator(mode="after")
    def _units(self) -> Self:
        names = [unit.unit for unit in self.units]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the unit {name} stands twice")
        # Of two equal spellings (pg/mL and ng/L) one is the unit and the other is read as it.
        known = {*names, *(unit for pair in self.equal_units for unit in pair if set(pair) & set(names))}
        pairs = [unit for pair in (*self.equal_units, *self.indistinguishable) for unit in pair]
        for name in (self.si_unit, self.conventional_unit):
            if name not in names:
                raise ValueError(f"{self.id} has no unit {name}; its units are {', '.join(names)}")
        for name in pairs:
            if name not in known:
                raise ValueError(f"{self.id} has no unit {name}; its units are {', '.join(names)}")
        return self

    def accepts(self, unit: str) -> bool:
        """Return whether data may use this spelling of a unit: one of the units, or one declared equal to it."""
        return any(unit == spec.unit for spec in self.units) or any(unit in pair for pair in self.equal_units)


class IntervalRow(Record):
    """One row of ``reference_intervals.csv``: an interval for one sex (or both) and one band of ages.

    Ages run from the first up to, not including, the second. ``differs_low`` and ``differs_high`` are limits that other
    laboratories quote, on either side of ``low`` and ``high``: a value between ``low`` and ``differs_low``, or between
    ``high`` and ``differs_high``, gets no flag but "laboratories differ". An age or sex without a row has no interval;
    the row of another age is never used for it.
    """

    id: str
    analyte: Id
    low: Finite | None
    high: Finite | None
    unit: str = ""
    sex: Sex | None
    age_min_years: Annotated[float, Field(ge=0, le=130)]
    age_max_years: Annotated[float, Field(gt=0, le=130)]
    applies: Words
    region_note: Words | None
    differs_low: Finite | None
    differs_high: Finite | None
    source: Annotated[tuple[Id, ...], Field(min_length=1)]
    note: Words | None

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("the row has neither a lower nor an upper limit; write at least one")
        _ordered((self.low, self.high), "the limits")
        _ordered((self.age_min_years, self.age_max_years), "the ages")
        if (self.differs_low is not None and self.low is None) or (self.differs_high is not None and self.high is None):
            raise ValueError(
                "a limit of other laboratories stands beside no limit of the course; write low or high too"
            )
        lows = [limit for limit in (self.low, self.differs_low) if limit is not None]
        highs = [limit for limit in (self.high, self.differs_high) if limit is not None]
        if lows and highs and max(lows) >= min(highs):
            raise ValueError("the intervals of the laboratories do not overlap; check differs_low and differs_high")
        return self


class Source(Record):
    """One row of ``sources.csv``."""

    source_id: Id
    authors: Words
    year: Annotated[int, Field(ge=1800, le=2100)] | None
    title: Words
    journal: Words | None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None
    pmid: Annotated[str, Field(pattern=r"^\d{1,8}$")] | None
    pmcid: Annotated[str, Field(pattern=r"^PMC\d+$")] | None
    isbn: Annotated[str, Field(pattern=r"^[\d-]{9,16}[\dX]$")] | None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None
    seen: Literal["full text", "abstract", "excerpt", "computed", "memory"]
    note: Words | None

    @property
    def id(self) -> str:
        """The id under which the source is cited."""
        return self.source_id

    @property
    def identified(self) -> bool:
        """Whether a reader can find it: DOI, PMID, PMCID, ISBN, the publisher's own page, or the course's own sum."""
        return self.seen == "computed" or any((self.doi, self.pmid, self.pmcid, self.isbn, self.url))

    @property
    def short(self) -> str:
        """Return the in-text form, such as ``Payne 1973``; a source without names goes by its journal or its title."""
        place = re.split(r" \d|\(", self.journal or "")[0].strip()
        if "authors not seen" not in self.authors:
            words = re.split(r"[,(;]| et al| authors", self.authors)[0].split()
            while len(words) > 1 and re.fullmatch(r"[A-Z]{1,3}|Jr|Sr|I{2,3}", words[-1]):
                words.pop()
            name = " ".join(words)
        elif place and not re.search(
            r"\b(abstract|article|letter|listing|not shown|page|record|report|table|topic)\b", place, re.I
        ):
            name = place
        else:
            words = self.title.split()
            name = f"“{' '.join(words[:5]).rstrip(',:;')}{'…' if len(words) > 5 else ''}”"
        return f"{name} {self.year}" if self.year else name


class Misconception(Record):
    """A wrong idea (sourced) or a slip of arithmetic or reading (its correction is arithmetic)."""

    id: Id
    kind: Literal["idea", "slip"]
    text: Words
    correction: Words
    source: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.kind == "idea" and not self.source:
            raise ValueError("an idea needs a source; give ids of sources.csv, or kind: slip for an arithmetic slip")
        return self


class Term(Record):
    """A glossary entry."""

    id: Id
    term: Words
    short: Words
    definition: Words
    source: Annotated[tuple[Id, ...], Field(min_length=1)]
    also: tuple[Words, ...] = ()


class Fact(Record):
    """A number that prose quotes: one value or a range, with unit and sources."""

    id: Id
    value: Finite | None = None
    low: Finite | None = None
    high: Finite | None = None
    unit: Words | None = None
    about: bool = False
    text: Words | None = None
    decimals: Annotated[int, Field(ge=0, le=5)] | None = None
    source: Annotated[tuple[Id, ...], Field(min_length=1)]
    mark: Literal["design value", "teaching value", "not yet sourced", "disputed"] | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _number(self) -> Self:
        if (self.value is None) == (self.low is None and self.high is None):
            raise ValueError("write either value, or low and high")
        _ordered((self.low, self.high), "the limits")
        return self


class Option(Record):
    """An answer option with its feedback."""

    id: Annotated[str, Field(pattern=r"^[a-h]$")]
    text: Words
    best: bool = False
    misconception: Id | None = None
    feedback: Words
    short: Words


class WrongAnswer(Record):
    """A wrong value that learners are known to reach, and what to tell them."""

    value: Finite
    unit: str
    misconception: Id | None = None
    feedback: Words


class Answer(Record):
    """The key of a numeric item."""

    value: Finite
    unit: str
    analyte: Id | None = None
    tolerance: Annotated[float, Field(ge=0)]
    wrong: tuple[WrongAnswer, ...] = ()
    feedback: Words
    short: Words


class ItemLab(Record):
    """A laboratory value that an item shows."""

    analyte: Id
    value: Finite
    unit: Words
    flag: Literal["low", "normal", "high"] | None = None


class Waiver(Record):
    """A linter rule that a named person set aside, and why."""

    rule: Words
    reason: Words
    who: Words
    date: date


class Item(Record):
    """A quiz item: one best answer, or a number with a unit."""

    id: Id
    version: Annotated[int, Field(ge=1)]
    status: Literal["draft", "reviewed", "retired"]
    lesson: Words
    objective: Id
    bloom: Bloom
    kind: Literal["one_best", "numeric"]
    order: Literal["alpha", "numeric", "logical", "shuffle"]
    stem: Words
    lead_in: Words
    options: tuple[Option, ...] = ()
    answer: Answer | None = None
    labs: tuple[ItemLab, ...] = ()
    subtype: tuple[Subtype, ...] = ()
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]
    author: Words
    reviewers: tuple[Words, ...] = ()
    reviewed_on: date | None = None
    review_due: date
    isomorph_group: Words | None = None
    difficulty_guess: Share
    use: Literal["practice", "graded", "review"]
    figure: Words
    option_class: Literal["diagnosis", "test", "drug", "mechanism", "value", "statement", "finding", "action"] | None
    skin_tone: Words | None
    waivers: tuple[Waiver, ...] = ()

    @model_validator(mode="after")
    def _key(self) -> Self:
        if self.kind == "numeric":
            if self.answer is None or self.options:
                raise ValueError("a numeric item has an answer and no options")
            return self
        if self.answer is not None or not self.options:
            raise ValueError("a one_best item has options and no answer")
        if sum(option.best for option in self.options) != 1:
            raise ValueError("exactly one option must be marked best: true")
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise ValueError("two options have the same id")
        return self


class Labelled(Record):
    """A field of a prediction."""

    id: Id
    label: Words


class Choice(Record):
    """A choice of a prediction."""

    id: Id
    text: Words


class PredictionKey(Record):
    """What a prediction of a value is compared with."""

    value: Finite
    unit: Words
    tolerance: Annotated[float, Field(ge=0)]


class FigureCall(Record):
    """A figure of the library by name, with its arguments."""

    name: Words
    args: dict[str, Any] = {}


class Prediction(Record):
    """Something the learner commits to before the course shows the answer."""

    id: Id
    lesson: Words
    objective: Id
    kind: Literal["arrows", "value", "choice"]
    prompt: Words
    fields: tuple[Labelled, ...] = ()
    choices: tuple[Choice, ...] = ()
    analyte: Id | None = None
    unit: Words | None = None
    key: dict[str, Literal["up", "down", "same"]] | PredictionKey | str
    feedback: dict[str, Words] | Words
    explanation: Words
    figure: FigureCall | None = None
    sources: Annotated[tuple[Id, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _key(self) -> Self:
        if self.kind == "value":
            if not isinstance(self.key, PredictionKey) or not self.unit:
                raise ValueError("a prediction of a value needs unit and key: {value, unit, tolerance}")
            return self
        asked = [part.id for part in (self.fields if self.kind == "arrows" else self.choices)]
        if not asked:
            raise ValueError(f"a prediction of {self.kind} needs {'fields' if self.kind == 'arrows' else 'choices'}")
        right = isinstance(self.key, dict) and sorted(self.key) == sorted(asked)
        if self.kind == "arrows" and not right:
            raise ValueError("the key must name each field once: {field: up, down or same}")
        if self.kind == "choice" and self.key not in asked:
            raise ValueError(f"the key must be one of the choices {', '.join(asked)}")
        if not isinstance(self.feedback, dict) or sorted(self.feedback) != sorted(asked):
            raise ValueError(f"feedback must explain each of {', '.join(asked)}")
        return self


class Patient(Record):
    """Who the case is about."""

    age: Annotated[float, Field(ge=0)] | None
    age_unit: Literal["years", "months", "weeks", "days"] | None
    sex: Sex | None
    setting: Words | None = None


class CaseLab(Record):
    """One laboratory value of a case, as reported."""

    id: Id | None = None
    analyte: Id
    value: Finite
    unit: Words
    interval: Words | None = None
    flag: Literal["low", "normal", "high"] | None = None
    timing: Words | None = None


class TaskChoice(Record):
    """A choice in a step of a case."""

    id: Id
    text: Words
    best: bool = False
    feedback: Words


class Task(Record):
    """What a step of a case asks before it explains."""

    prompt: Words
    choices: Annotated[tuple[TaskChoice, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _best(self) -> Self:
        if sum(choice.best for choice in self.choices) != 1:
            raise ValueError("exactly one choice must be marked best: true")
        return self


class Step(Record):
    """A step of a worked case."""

    id: Id
    heading: Words
    text: Words
    task: Task | None = None
    reveal_labs: tuple[Id, ...] = ()
    explanation: Words


class Case(Record):
    """A worked case, published or simulated, in steps."""

    id: Id
    record: Words | None = None
    kind: Literal["published", "simulated"]
    level: Words
    subtype: Subtype
    entity: Words
    title: Words
    patient: Patient
    skin_tone: Words
    labs: tuple[CaseLab, ...]
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    diagnosis: Words
    discriminating_finding: Words
    reasoning: Words
    management: Words | None = None
    outcome: Words | None = None
    source_id: Id
    notes: Words | None = None

    @model_validator(mode="after")
    def _labs(self) -> Self:
        keys = [lab.id or lab.analyte for lab in self.labs]
        if len(set(keys)) != len(keys):
            raise ValueError("two laboratory values have the same id; give the repeated one an id of its own")
        for step in self.steps:
            unknown = sorted(set(step.reveal_labs) - set(keys))
            if unknown:
                raise ValueError(f"step {step.id} reveals {unknown[0]}, which is not among the labs: {', '.join(keys)}")
        steps = [step.id for step in self.steps]
        if len(set(steps)) != len(steps):
            raise ValueError("two steps have the same id")
        if self.kind == "published" and not self.record:
            raise ValueError("a published case names its record")
        return self


class PopulationRow(Record):
    """Weighted percentiles of one analyte, sex (or both) and age band; outer ones are empty for few people."""

    id: str
    analyte: Id
    sex: Sex | None
    age_min_years: Annotated[float, Field(ge=0, le=130)]
    age_max_years: Annotated[float, Field(gt=0, le=130)]
    n: Annotated[int, Field(ge=1)]
    unit: Words
    p1: Finite | None = None  # fewer than five people lie beyond it
    p2_5: Finite | None
    p5: Finite | None
    p10: Finite
    p25: Finite
    p50: Finite
    p75: Finite
    p90: Finite
    p95: Finite | None
    p97_5: Finite | None
    p99: Finite | None = None
    source: Annotated[tuple[Id, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        values = [value for name, value in self if name.startswith("p") and value is not None]
        if values != sorted(values):
            raise ValueError("the percentiles do not rise; run scripts/nhanes.py again")
        return self


class Objective(Record):
    """What the learner will be able to do."""

    text: Words
    bloom: Bloom


class Lesson(Record):
    """The header of a lesson."""

    id: Words
    title: Words
    minutes: Annotated[int, Field(ge=1)]
    needs: tuple[Words, ...]
    objectives: dict[Id, Objective]
    next: Words | None = None


class QuizSet(Record):
    """The questions of one cell; the notebook names the set, so that the questions' ids tell no answer."""

    id: Words
    items: Annotated[tuple[Words, ...], Field(min_length=1)]


class RecordError(Record):
    """A value in a published record that the course holds to be a printing error."""

    id: Id
    record: Words
    analyte: Id
    value: Finite
    unit: Words
    likely: Words
    why: Words


class BindingValue(Record):
    """One number of the model of calcium's forms: a constant (`value`) or the range of an input (`low`, `high`)."""

    id: Id
    value: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    low: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    high: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    unit: Words
    mark: Literal["teaching value", "design value"]
    fixed_by: Words
    source: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _value_or_range(self) -> Self:
        if (self.value is None) == (self.low is None) or (self.low is None) != (self.high is None):
            raise ValueError("write either value, or low and high")
        if self.low is not None and self.high is not None:
            _ordered((self.low, self.high), "the limits")
        return self
