"""Mark an answer and explain every option of the item."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.quiz.items import rendered, shown_options

# A typed number may sit exactly on the edge of the tolerance; floats must not push it over.
EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class OptionFeedback:
    """What is said about one option, or about one known value of a numeric item."""

    id: str
    text: str
    best: bool
    chosen: bool
    short: str
    full: str
    misconception: str | None


@dataclass(frozen=True, slots=True)
class Marked:
    """One marked answer: what a page shows after the commitment and what the progress file keeps."""

    item: str
    version: int
    correct: bool
    chosen: str
    key: str
    feedback: tuple[OptionFeedback, ...]
    misconception: str | None
    points: float | None
    message: str
    notices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain lists and dictionaries, ready for JSON."""
        plain = asdict(self)
        plain["feedback"] = list(plain["feedback"])
        plain["notices"] = list(plain["notices"])
        return plain


def mark(record: Any, answer: str) -> Marked:
    """Mark one answer to one item.

    Parameters
    ----------
    record : item
        A record of ``content.items()``.
    answer : str
        The id of an option, or for a numeric item a number with its unit in any unit of the analyte.

    Returns
    -------
    Marked
        With the feedback on every option, chosen or not.

    Raises
    ------
    InputError
        Nothing was chosen, the option does not exist, or the value cannot be read.
    """
    return _mark_value(record, answer) if record.kind == "numeric" else _mark_option(record, answer)


def _mark_option(record: Any, answer: str) -> Marked:
    options = shown_options(record)
    chosen = next((option for option in options if option.id == answer), None)
    if chosen is None:
        ids = ", ".join(option.id for option in options)
        said = f"{units.quoted(answer)} is not an option of this question" if answer else "No answer was chosen"
        raise InputError(f"{said}; choose one of {ids}.")
    feedback = tuple(
        OptionFeedback(
            id=option.id,
            text=rendered(option.text),
            best=bool(option.best),
            chosen=option is chosen,
            short=rendered(option.short),
            full=rendered(option.feedback),
            misconception=option.misconception,
        )
        for option in options
    )
    return _marked(record, chosen.id, feedback)


def _marked(record: Any, chosen: str, feedback: tuple[OptionFeedback, ...], **more: Any) -> Marked:
    """Put the parts of a marked answer together: the same sentence for both kinds of item."""
    key = next(entry for entry in feedback if entry.best)
    picked = next((entry for entry in feedback if entry.chosen), None)
    correct = picked is key
    shown = picked.text if picked else chosen
    reason = more.pop("reason", "")
    if correct:
        message = f"Correct: {_closed(key.text)} {key.short}"
    else:
        numeric = record.kind == "numeric"
        opening, wanted = (
            ("Not correct:", "The answer is") if numeric else ("Not the best answer:", "The best answer is")
        )
        said = picked.short if picked else reason
        message = f"{opening} you gave {_closed(shown)} {said} {wanted} {_closed(key.text)}"
    return Marked(
        item=record.id,
        version=record.version,
        correct=correct,
        chosen=chosen,
        key=key.id,
        feedback=feedback,
        misconception=picked.misconception if picked else None,
        points=float(correct) if record.use == "graded" else None,
        message=message,
        **more,
    )


def _closed(text: str) -> str:
    """Return `text` with a full stop at its end, but not two."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _mark_value(record: Any, answer: str) -> Marked:
    expected = record.answer
    typed, echo, told = _read_value(expected, answer)
    candidates = [
        ("answer", expected, True),
        *((f"wrong-{n}", w, False) for n, w in enumerate(expected.wrong, start=1)),
    ]
    hit = _hit(candidates, expected, typed)
    feedback = tuple(
        OptionFeedback(
            id=name,
            text=_value_text(expected.analyte, known.value, known.unit),
            best=best,
            chosen=name == hit,
            short=rendered(known.short if best else _first_sentence(known.feedback)),
            full=rendered(known.feedback),
            misconception=None if best else known.misconception,
        )
        for name, known, best in candidates
    )
    reason = _direction(_in_unit(expected, typed), expected)
    return _marked(record, echo, feedback, reason=reason, notices=notices_of(told, hit == "answer"))


def notices_of(told: tuple[units.Notice, ...], correct: bool) -> tuple[str, ...]:
    """Return what to say about a typed number; whoever is right is not asked whether that is right."""
    return tuple(notice.text for notice in told if not (correct and notice.code == "soft-limit"))


def such_as(key: Any, analyte: str | None = None) -> str:
    """Return how a number with its unit is written, as in "2.00 mmol/L", without giving the answer.

    Parameters
    ----------
    key : answer or key of a record
        What the number is compared with; its unit is used.
    analyte : str, optional
        The analyte, if `key` does not say it.
    """
    about = analyte or getattr(key, "analyte", None)
    decimals, numbers = 0, [2.0, 3.0]
    if about:
        spec = units.analyte(about).spec(key.unit)
        middle = units.believable(spec)
        decimals = spec.decimals
        numbers = [n for n in (*numbers, middle, 1.2 * middle) if units.is_accepted(spec, n)]
    number = next(n for n in numbers if abs(float(units.rounded(n, decimals)) - key.value) > key.tolerance + EDGE)
    return f"{units.shown_number(number, decimals)} {key.unit}".rstrip()


def _hit(candidates: list[tuple[str, Any, bool]], expected: Any, typed: "units.Quantity | float") -> str | None:
    """Return the name of the value that was meant: the key if it fits, else the nearest known wrong value that fits."""
    fitting = [(name, known, best) for name, known, best in candidates if _matches(known, expected, typed)]
    if not fitting:
        return None
    value = _in_unit(expected, typed)
    return min(fitting, key=lambda fit: (not fit[2], abs(_value_in(fit[1], expected) - value)))[0]


def _first_sentence(text: str) -> str:
    """Return the first sentence: a known wrong value has one feedback, and its opening is the short form."""
    return _closed(re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0])


def _direction(value: float, expected: Any) -> str:
    side = "high" if value > expected.value else "low"
    return f"That is too {side}, and none of the slips that this course knows gives it: go through the steps again."


def _read_value(expected: Any, answer: str) -> tuple["units.Quantity | float", str, tuple[units.Notice, ...]]:
    """Return the typed value, how it was understood, and what could be said about it."""
    if expected.analyte is None:
        value, unit = units.split_number_unit(answer)
        if unit != expected.unit:
            raise InputError(f"{units.quoted(answer)} is not in the unit asked for; write a number in {expected.unit}.")
        return value, f"{value:g} {unit}".strip(), ()
    quantity = units.parse(expected.analyte, answer)
    return quantity, quantity.both(), (*quantity.notices, *units.soft_warnings(quantity))


def _in_unit(expected: Any, typed: "units.Quantity | float") -> float:
    return typed if expected.analyte is None else typed.to(expected.unit).value


def _value_in(known: Any, expected: Any) -> float:
    """Return a known value in the unit of the item's key."""
    if expected.analyte is None or known.unit == expected.unit:
        return known.value
    return units.convert(known.value, expected.analyte, known.unit, expected.unit)


def _matches(known: Any, expected: Any, typed: "units.Quantity | float") -> bool:
    """Say whether the typed value is the known one.

    It counts within the item's tolerance, and in another unit also when it is what a laboratory would print there:
    1.76 mmol/L is 7.054 mg/dL, and nobody may lose the point for writing 7.1 mg/dL.
    """
    if abs(_in_unit(expected, typed) - _value_in(known, expected)) <= expected.tolerance + EDGE:
        return True
    if expected.analyte is None:
        return False
    printed = units.convert(known.value, expected.analyte, known.unit, typed.unit)
    decimals = units.analyte(expected.analyte).spec(typed.unit).decimals
    return typed.unit != expected.unit and units.rounded(printed, decimals) == units.rounded(typed.value, decimals)


def _value_text(analyte: str | None, value: float, unit: str) -> str:
    if analyte is None:
        return f"{value:g} {unit}".strip()
    return units.parse(analyte, f"{value:g} {unit}").both()
