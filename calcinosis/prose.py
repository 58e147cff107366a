"""Turns written text into checked text: ``{{ … }}`` is worked out from the data, ``[@id]`` becomes a short citation.

Lessons, items, predictions and cases all pass through :func:`render`, so that a number stands in one place only and a
citation that names no source cannot reach a learner. Expressions run in Jinja's sandbox and see nothing but the
functions of this module.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from calcinosis import content
from calcinosis.errors import ContentError, CourseError

__all__ = ["FUNCTIONS", "citation", "cited", "render"]

_CITATION = re.compile(r"\[(@[A-Za-z0-9_.:-]+(?:\s*;\s*@[A-Za-z0-9_.:-]+)*)\]")
_LOOSE_CITATION = re.compile(r"\[@[^\]]*\]")
_STATEMENT = re.compile(r"\{%|\{#")
_PARTS = ("both", "low", "high", "differs_low", "differs_high")
_PERCENTILES = ("p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5")


def render(text: str, *, link: bool = False, extra: Mapping[str, Callable[..., str]] | None = None) -> str:
    """Work out the expressions of a text and shorten its citations.

    Parameters
    ----------
    text : str
        Text with ``{{ … }}`` and ``[@id]``; everything else is kept as it is.
    link : bool, default False
        Whether a citation links to the heading *Sources* of the same page.
    extra : mapping of str to callable, optional
        Further functions for the expressions (the build knows lessons, this module does not).

    Returns
    -------
    str
        The text as a learner reads it.

    Raises
    ------
    calcinosis.errors.ContentError
        An expression fails, a name is unknown or a citation names no source; the message quotes what failed.

    Examples
    --------
    >>> render("Add it to the total. [@payne1973]")
    'Add it to the total. (Payne 1973)'
    >>> render("{{ n(2.3, 2, 'mmol/L') }}")
    '2.30 mmol/L'
    """
    statement = _STATEMENT.search(text)
    if statement:
        raise ContentError(
            f"found '{statement[0]}' in a text; only {{{{ … }}}} is worked out: {_excerpt(text, statement)}"
        )
    if "{{" in text:
        text = _expressions(text, extra or {})
    return _citations(text, link)


def cited(text: str) -> list[str]:
    """Return the source ids that a text cites, each once, in order.

    Examples
    --------
    >>> cited("One [@payne1973]. Two [@clase2000; @payne1973].")
    ['payne1973', 'clase2000']
    """
    found = (key for match in _CITATION.finditer(text) for key in _keys(match[1]))
    return list(dict.fromkeys(found))


def citation(source_id: str) -> str:
    """Return a source as a text names it: first author and year.

    Raises
    ------
    calcinosis.errors.ContentError
        No source has this id.

    Examples
    --------
    >>> citation("payne1973")
    'Payne 1973'
    """
    source = content.sources().get(source_id)
    if source is None:
        raise ContentError(f"[@{source_id}] names no source; add it to data/sources.csv or correct the id.")
    return source.short


def _keys(inside: str) -> list[str]:
    return [part.strip().removeprefix("@") for part in inside.split(";")]


def _citations(text: str, link: bool) -> str:
    def short(match: re.Match) -> str:
        names = [citation(key) for key in _keys(match[1])]
        if link:
            return "(" + "; ".join(f"[{name}](#Sources)" for name in names) + ")"
        return "(" + "; ".join(names) + ")"

    text = _CITATION.sub(short, text)
    loose = _LOOSE_CITATION.search(text)
    if loose:
        raise ContentError(f"{loose[0]} is no citation; write [@id] or [@id; @id].")
    return text


def _expressions(text: str, extra: Mapping[str, Callable[..., str]]) -> str:
    from jinja2 import TemplateError

    try:
        return _template(text).render({**FUNCTIONS, **extra})
    except CourseError as error:
        raise ContentError(f"{_failing(text, extra)}: {error}") from error
    except TemplateError as error:
        raise ContentError(f"{_failing(text, extra)}: {error.message}.") from error
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise ContentError(f"{_failing(text, extra)}: {error}.") from error


@cache
def _environment() -> Any:
    # Jinja2 costs 50 ms, and most texts hold no expression.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, finalize=_finished)


def _finished(value: Any) -> Any:
    """Refuse a function that was named and not called: its address would reach the learner."""
    if callable(value) and hasattr(value, "__name__"):
        raise ContentError(f"{value.__name__} is a function; write {value.__name__}(…)")
    return value


@cache
def _template(text: str) -> Any:
    return _environment().from_string(text)


def _failing(text: str, extra: Mapping[str, Callable[..., str]]) -> str:
    """Return the first expression of a text that cannot be worked out by itself."""
    for match in re.finditer(r"\{\{.*?\}\}", text, flags=re.DOTALL):
        try:
            _environment().from_string(match[0]).render({**FUNCTIONS, **extra})
        except Exception:  # any failure marks this expression as the culprit; the caller reports the cause
            return " ".join(match[0].split())
    return _excerpt(text, re.search(r"\{\{", text))


def _excerpt(text: str, match: re.Match | None) -> str:
    start = match.start() if match else 0
    return f"“{' '.join(text[start : start + 60].split())}”"


# --- what {{ }} may call ---------------------------------------------------------------------------------------------


def fact(key: str, capital: bool = False) -> str:
    """Return a fact of ``data/facts.yml`` as it stands in a sentence: ``about 1 kg``; `capital` opens a sentence."""
    shown = _fact_text(_record("facts", key))
    return shown[:1].upper() + shown[1:] if capital else shown


def _fact_text(record: Any) -> str:
    if record.text:
        return record.text
    decimals = record.decimals
    if record.value is not None:
        number = _number(record.value, decimals)
    elif record.low is not None and record.high is not None:
        number = f"{_number(record.low, decimals)}–{_number(record.high, decimals)}"
    else:
        limit, word = (record.high, "below") if record.low is None else (record.low, "above")
        number = f"{word} {_number(limit, decimals)}"
    return f"{'about ' if record.about else ''}{number}{_unit(record.unit)}"


def factvalue(key: str, part: str = "value") -> float:
    """Return the bare number of a fact, for arithmetic: its value, or its ``low`` or ``high`` limit."""
    number = getattr(_record("facts", key), part, None) if part in {"value", "low", "high"} else None
    if number is None:
        raise ContentError(f"the fact {key} has no {part}; ask for value, low or high")
    return number


def n(number: float, decimals: int, unit: str = "") -> str:
    """Return a number worked out in the text, rounded half up, with its unit."""
    return f"{_number(number, decimals)}{_unit(unit)}"


def q(analyte: str, value: str, first: str = "SI") -> str:
    """Return a value in both systems, ``2.30 mmol/L (9.2 mg/dL)``; ``first="conventional"`` turns it round."""
    from calcinosis import units

    return _both(units.parse(analyte, value), first)


def interval(analyte: str, part: str = "both", *, sex: str | None = None, age: float = 40, first: str = "SI") -> str:
    """Return a reference interval in both systems, or one limit of it.

    ``part`` is ``both``, ``low``, ``high``, ``differs_low`` or ``differs_high`` (what other laboratories quote).
    """
    from calcinosis import labs

    if part not in _PARTS:
        raise ContentError(f"an interval has no part '{part}'; ask for {', '.join(_PARTS)}")
    found = labs.interval_for(analyte, sex=sex, age_years=age)
    if found is None:
        raise ContentError(f"there is no interval of {analyte} for sex {sex} and age {age:g} years")
    if part == "both":
        return _range(analyte, found.low, found.high, found.unit, first)
    limit = getattr(found, part)
    if limit is None:
        raise ContentError(f"the interval of {analyte} has no {part}")
    return _range(analyte, limit, limit, found.unit, first)


def lab(case: str, key: str, first: str = "SI") -> str:
    """Return a laboratory value of a case in both systems; `key` is the value's id or its analyte."""
    from calcinosis import units

    found = _case_lab(case, key)
    return _both(units.parse(found.analyte, f"{found.value:.12g} {found.unit}".strip()), first)


def labinterval(case: str, key: str) -> str:
    """Return the interval that the case's own laboratory printed, with its unit."""
    found = _case_lab(case, key)
    if not found.interval:
        raise ContentError(f"the case {case} prints no interval for {key}")
    printed = found.interval.replace("-", "–")
    return printed if found.unit in printed else f"{printed}{_unit(found.unit)}"


def calc(formula: str, **inputs: str) -> str:
    """Return the result of a formula in both systems: ``calc("corrected-calcium", calcium="…", albumin="…")``."""
    from calcinosis import formulas

    return formulas.calculate(formula, inputs).both()


def population(analyte: str, percentile: str, *, sex: str | None = None, age: float = 40, first: str = "SI") -> str:
    """Return a population percentile (``p50``) in both systems."""
    if percentile not in _PERCENTILES:
        raise ContentError(f"there is no percentile '{percentile}'; ask for {', '.join(_PERCENTILES)}")
    for row in content.population_rows().values():
        if row.analyte == analyte and row.sex == sex and row.age_min_years <= age < row.age_max_years:
            value = getattr(row, percentile)
            return _range(analyte, value, value, row.unit, first)
    raise ContentError(f"there are no population figures of {analyte} for sex {sex} and age {age:g} years")


def crowd(analyte: str, value: str, *, sex: str | None = None, age: float | None = None) -> str:
    """Return how many of 100 people of the survey lie below a value: ``about 6``."""
    from calcinosis import population as people
    from calcinosis import units

    return f"about {_number(people.percentile_of(units.parse(analyte, value), sex, age).percent, 0)}"


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (calc, crowd, fact, factvalue, interval, lab, labinterval, n, population, q)
}


# --- helpers ---------------------------------------------------------------------------------------------------------


def _record(kind: str, key: str) -> Any:
    found = content.load_records(kind).get(key)
    if found is None:
        raise ContentError(f"there is no '{key}' among the {kind}; check the spelling or add it")
    return found


def _case_lab(case: str, key: str) -> Any:
    labs = _record("cases", case).labs
    found = [value for value in labs if value.id == key] or [value for value in labs if value.analyte == key]
    if len(found) != 1:
        known = ", ".join(value.id or value.analyte for value in labs)
        many = "more than one value" if found else "no value"
        raise ContentError(f"the case {case} has {many} called {key}; it has {known}")
    return found[0]


def _both(quantity: Any, first: str) -> str:
    return _range(quantity.analyte, quantity.value, quantity.value, quantity.unit, first)


def _range(analyte: str, low: float | None, high: float | None, unit: str, first: str) -> str:
    """Write a value or a range in one system with the other in brackets."""
    from calcinosis import units

    if first not in {"SI", "conventional"}:
        raise ContentError(f"first must be SI or conventional, not {first}")
    record = units.analyte(analyte)
    other = record.other_unit(record.si_unit)
    # A unit that belongs to neither system (a value reported in an unusual one) is shown as it is.
    order = [record.si_unit] if other is None else [record.si_unit, other]
    if len(order) == 2 and unit not in order and record.spec(unit).to_si == record.spec(other).to_si:
        order[1] = unit
    if other is None:
        order = [unit]
    if first == "conventional":
        order.reverse()
    shown = [_span(record, low, high, unit, target) for target in order]
    return shown[0] if len(shown) == 1 else f"{shown[0]} ({shown[1]})"


def _span(record: Any, low: float | None, high: float | None, unit: str, target: str) -> str:
    from calcinosis import units

    def one(value: float) -> str:
        return units.Quantity(record.id, value, unit).to(target).shown()

    if low is None:
        return f"below {one(high)}"
    if high is None:
        return f"above {one(low)}"
    if low == high:
        return one(low)
    return f"{one(low).removesuffix(target).rstrip()}–{one(high)}"


def _number(value: float, decimals: int | None) -> str:
    """Write a number with fixed decimals, or with the digits that it has; thousands get a comma from 1,000 on."""
    from calcinosis import units

    text = units.shown_number(value, decimals) if decimals is not None else f"{value:.10g}".replace("-", "−")
    return units.grouped(text)


def _unit(unit: str | None) -> str:
    """Return a unit as it follows a number."""
    return f" {unit}" if unit else ""
