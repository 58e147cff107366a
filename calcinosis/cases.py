"""Cases in steps and what the learner commits to: which values a step has revealed, how a commitment is marked.

>>> from calcinosis import content
>>> case = content.cases()["bcmj-2007"]
>>> [lab.id for lab in revealed(case, 0)]
[]
"""

import random
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from calcinosis import content, labs, units
from calcinosis.errors import InputError
from calcinosis.quiz.items import rendered
from calcinosis.quiz.marking import notices_of, such_as

ARROWS = {"up": "rises", "down": "falls", "same": "stays the same"}
ADULT_YEARS = 18
FLAG_WORDS = {
    "low": "low",
    "normal": "within the interval",
    "high": "high",
    "differs": "laboratories differ",
    None: "no interval printed",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One choice, field or value after the commitment: what it was, whether it holds, and why.

    For a field of arrows ``text`` says what really happens, ``guess`` what the learner said, ``best`` whether
    they agree.
    """

    id: str
    text: str
    best: bool
    chosen: bool
    feedback: str
    guess: str | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """A commitment compared with the key: all parts explained, the learner's own first."""

    correct: bool
    shown: str
    parts: tuple[Explained, ...]
    notices: tuple[str, ...] = ()


# ---- finding


def _find(kind: str, records: Any, name: str) -> Any:
    if name in records:
        return records[name]
    near = get_close_matches(str(name), records, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(records) or 'none yet'}."
    raise InputError(f"There is no {kind} {name!r}. {hint}")


def case(name: str) -> Any:
    """Return the case `name`; InputError names the nearest ids."""
    return _find("case", content.cases(), name)


def prediction(name: str) -> Any:
    """Return the prediction `name`; InputError names the nearest ids."""
    return _find("prediction", content.predictions(), name)


def left_steps(record: Any, leave: Any) -> tuple[str, ...]:
    """Return the ids of the steps that are left to the learner, in the order of the case.

    Parameters
    ----------
    record : case
        A record of ``content.cases()``.
    leave : list of str, "all" or None
        Step ids; "all" leaves every step that has a task; None shows all steps worked.

    Raises
    ------
    InputError
        A step does not exist or has no task.
    """
    with_task = [step.id for step in record.steps if step.task]
    if leave is None:
        return ()
    if leave == "all":
        return tuple(with_task)
    asked = [leave] if isinstance(leave, str) else list(leave)
    for name in asked:
        if name not in with_task:
            what = "has no task to leave" if name in {step.id for step in record.steps} else "does not exist"
            offer = f"leave one of {', '.join(with_task)}" if with_task else "this case has no step with a task yet"
            raise InputError(f"The step {name!r} of the case {record.id} {what}; {offer}.")
    return tuple(step for step in with_task if step in asked)


# ---- laboratory values


def revealed(record: Any, at: int) -> tuple[Any, ...]:
    """Return the laboratory values that the steps 0 to `at` have revealed, in order of revealing."""
    by_id = {lab.id or lab.analyte: lab for lab in record.labs}
    names = dict.fromkeys(name for step in record.steps[: at + 1] for name in step.reveal_labs)
    return tuple(by_id[name] for name in names)


def lab_row(lab: Any, patient: Any = None) -> dict[str, Any]:
    """Return one value for a table, as reported and in both unit systems.

    Parameters
    ----------
    lab : case lab
        A value of a case.
    patient : case patient, optional
        Whom the course's own interval must fit where the report printed none; without one there is none.

    Returns
    -------
    dict
        ``name``, ``timing``, ``flag`` (id or None), ``flag_words``, ``printed`` (True if the report printed an
        interval), ``lent`` (in words whose interval is lent where none was printed, or None), and for each of
        ``reported``, ``si`` and ``conventional`` the texts ``value`` (with unit) and ``interval`` (as printed with the
        value, or the course's own, converted where needed).
    """
    analyte = units.analyte(lab.analyte)
    value = f"{lab.value:.12g}"
    own = _own_interval(lab, patient)
    wanted = {"reported": lab.unit, "si": analyte.si_unit, "conventional": analyte.conventional_unit}
    systems = {
        system: {"value": _value_in(lab, value, unit), "interval": own.shown(unit) if own else _interval_in(lab, unit)}
        for system, unit in wanted.items()
    }
    flag = lab.flag
    if flag is None and own is not None:
        flag = labs.flag(units.parse(lab.analyte, f"{value} {lab.unit}".strip()), own).name.lower()
    return {
        "id": lab.id or lab.analyte,
        "name": units.capital(analyte.name),
        "timing": lab.timing,
        "flag": flag,
        "flag_words": FLAG_WORDS[flag],
        "printed": bool(lab.interval),
        "lent": None if own is None else f"the course's own {'for adults' if _is_adult(patient) else 'for this age'}",
        **systems,
    }


def _own_interval(lab: Any, patient: Any) -> labs.Interval | None:
    """Return the course's interval for a value that was reported without one."""
    if lab.interval or patient is None:
        return None
    return labs.interval_for(lab.analyte, sex=patient.sex, age_years=_age_years(patient))


def _age_years(patient: Any) -> float | None:
    return None if patient.age is None else units.parse_age(f"{patient.age:g} {patient.age_unit or 'years'}").years


def _is_adult(patient: Any) -> bool:
    return _age_years(patient) >= ADULT_YEARS


def shown_choices(record: Any, step: Any) -> tuple[Any, ...]:
    """Return the choices of a step's task in the order in which a page shows them.

    The draw depends on case and step alone, so that everybody sees the same order each time, and the key does not
    betray itself by its place.
    """
    choices = list(step.task.choices)
    random.Random(f"{record.id}/{step.id}/2").shuffle(choices)
    return tuple(choices)


def _value_in(lab: Any, value: str, unit: str) -> str:
    if lab.unit == unit:
        return f"{units.grouped(_as_reported(lab))} {unit}".rstrip()
    return units.grouped(units.parse(lab.analyte, f"{value} {lab.unit}").to(unit).shown())


def _as_reported(lab: Any) -> str:
    """Return the number with the decimals of its unit, never fewer than were reported."""
    reported = f"{lab.value:.10f}".rstrip("0").partition(".")[2]
    return f"{lab.value:.{max(len(reported), units.analyte(lab.analyte).spec(lab.unit).decimals)}f}"


def _interval_in(lab: Any, unit: str) -> str | None:
    """Return the printed interval in `unit`; one that is not two numbers stays as printed."""
    if not lab.interval:
        return None
    ends = lab.interval.replace("–", "-").split("-")
    try:
        numbers = [float(end) for end in ends]
    except ValueError:
        return f"{lab.interval} {lab.unit}" if lab.unit not in lab.interval else lab.interval
    if lab.unit == unit or len(numbers) != 2:
        return f"{'–'.join(ends)} {lab.unit}"
    decimals = units.analyte(lab.analyte).spec(unit).decimals
    shown = (units.shown_number(units.convert(number, lab.analyte, lab.unit, unit), decimals) for number in numbers)
    return f"{'–'.join(shown)} {unit}"


# ---- marking


def _own_first(parts: list[Explained]) -> tuple[Explained, ...]:
    return tuple(sorted(parts, key=lambda part: not part.chosen))


def mark_step(step: Any, choice: str) -> Committed:
    """Mark a choice in a step that was left to the learner, every choice explained.

    Raises
    ------
    InputError
        The step has no task, or the choice is not one of its choices.
    """
    if step.task is None:
        raise InputError(f"The step {step.id!r} asks nothing; go on to the next one.")
    if choice not in {each.id for each in step.task.choices}:
        raise InputError("Choose one of the answers first.")
    parts = [
        Explained(each.id, rendered(each.text), each.best, each.id == choice, rendered(each.feedback))
        for each in step.task.choices
    ]
    chosen = next(part for part in parts if part.chosen)
    return Committed(chosen.best, chosen.text, _own_first(parts))


def mark_prediction(record: Any, answer: Any) -> Committed:
    """Compare a prediction with its key.

    Parameters
    ----------
    record : prediction
        A record of ``content.predictions()``.
    answer : dict or str
        For arrows a mapping of field to "up", "down" or "same"; for a value a number with its unit; for a choice
        its id.

    Raises
    ------
    InputError
        A field is missing, the choice does not exist, or the value cannot be read.
    """
    return {"arrows": _mark_arrows, "value": _mark_value, "choice": _mark_choice}[record.kind](record, answer)


def _mark_arrows(record: Any, answer: Any) -> Committed:
    given = answer if isinstance(answer, dict) else {}
    missing = [field.label for field in record.fields if given.get(field.id) not in ARROWS]
    if missing:
        raise InputError(f"Choose a direction for {', '.join(missing)} as well.")
    parts = tuple(
        Explained(
            field.id,
            f"{rendered(field.label)}: {ARROWS[record.key[field.id]]}",
            given[field.id] == record.key[field.id],
            True,
            rendered(record.feedback[field.id]),
            guess=ARROWS[given[field.id]],
        )
        for field in record.fields
    )
    shown = "; ".join(f"{rendered(field.label)} {ARROWS[given[field.id]]}" for field in record.fields)
    return Committed(all(part.best for part in parts), shown, parts)


def _mark_choice(record: Any, answer: Any) -> Committed:
    if answer not in [choice.id for choice in record.choices]:
        raise InputError("Choose one of the answers first.")
    parts = [
        Explained(c.id, rendered(c.text), c.id == record.key, c.id == answer, rendered(record.feedback[c.id]))
        for c in record.choices
    ]
    chosen = next(part for part in parts if part.chosen)
    return Committed(chosen.best, chosen.text, _own_first(parts))


def _mark_value(record: Any, answer: Any) -> Committed:
    text = answer if isinstance(answer, str) else ""
    if not text.strip():
        raise InputError(f"Write a number with its unit first, such as {such_as(record.key, record.analyte)}.")
    key, told = record.key, ()
    if record.analyte is None:
        value, unit = units.split_number_unit(text)
        if unit != key.unit:
            raise InputError(f"{units.quoted(text)} is not in the unit asked for; write a number in {key.unit}.")
        shown, right = f"{value:g} {unit}", f"{key.value:g} {key.unit}"
    else:
        quantity = units.parse(record.analyte, text)
        told = (*quantity.notices, *units.soft_warnings(quantity))
        value, shown = quantity.to(key.unit).value, quantity.both()
        right = units.parse(record.analyte, f"{key.value:g} {key.unit}").both()
    correct = abs(value - key.value) <= key.tolerance + 1e-9
    part = Explained("value", right, correct, True, rendered(record.feedback))
    return Committed(correct, shown, (part,), notices_of(told, correct))
