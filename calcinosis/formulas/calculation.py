"""From what a person types to a result: values with units in; value, both systems, caveats, formula and source out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.formulas.outcomes import Given, Outcome
from calcinosis.formulas.register import Formula, Input, formula
from calcinosis.units import Age, Notice, Quantity


@dataclass(frozen=True, slots=True)
class Result:
    """A computed value with unit, the same in the other system, inputs as understood, caveats, formula and source.

    ``value`` is unrounded, :meth:`shown` gives what is displayed; for a KDIGO category ``value`` is the category.
    """

    name: str
    title: str
    value: float | str
    unit: str
    also: Mapping[str, Any] | None
    inputs: Mapping[str, str]
    warnings: tuple[Notice, ...]
    more: tuple[tuple[str, Quantity], ...]
    formula: str
    source: tuple[str, ...]
    quantity: Quantity | None

    def shown(self) -> str:
        """Return the value as displayed in the unit of the inputs: ``"9.2 mg/dL"``."""
        return str(self.value) if self.quantity is None else self.quantity.shown()

    def both(self) -> str:
        """Return the value as displayed in both systems, SI first: ``"2.30 mmol/L (9.2 mg/dL)"``."""
        return str(self.value) if self.quantity is None else self.quantity.both()

    def as_dict(self) -> dict[str, Any]:
        """Return what `calc --json` prints; numbers carry six significant digits, ``shown`` what is displayed."""
        return {
            "name": self.name,
            "title": self.title,
            "value": significant(self.value),
            "unit": self.unit,
            "also": None if self.also is None else {**self.also, "value": significant(self.also["value"])},
            "shown": self.both(),
            "more": [
                {"name": name, "value": significant(q.value), "unit": q.unit, "shown": q.both()}
                for name, q in self.more
            ],
            "inputs": dict(self.inputs),
            "warnings": [notice.text for notice in self.warnings],
            "formula": self.formula,
            "source": list(self.source),
        }


def significant(value: float | str) -> float | str:
    """Drop the noise of binary arithmetic: six significant digits, far more than any laboratory has.

    Examples
    --------
    >>> significant(14.9 * 3)
    44.7
    """
    return value if isinstance(value, str) else float(f"{value:.6g}")


def calculate(name: str, values: Mapping[str, str | Quantity]) -> Result:
    """Compute a formula from values with units.

    Parameters
    ----------
    name : str
        Id of the formula, a key of :data:`calcinosis.formulas.FORMULAS`.
    values : Mapping[str, str]
        Text with unit by input name: ``{"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"}``. Age in years, sex, pH and the
        salt stand without unit.

    Returns
    -------
    Result
        Value in the system of the inputs, the same converted, caveats, formula and source.

    Raises
    ------
    InputError
        Unknown formula or input, an input missing or given twice, or a value that is refused.

    Examples
    --------
    >>> calculate("corrected-calcium", {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"}).both()
    '2.30 mmol/L (9.2 mg/dL)'
    """
    chosen = formula(name)
    given = _read_inputs(chosen, values)
    missing = [i.name for i in chosen.inputs if i.name not in given and not i.optional]
    if missing:
        wanted = next(i for i in chosen.inputs if i.name == missing[0])
        hint = f" ({wanted.unit or ' or '.join(wanted.choices)})"
        raise InputError(f"{chosen.id} needs {' and '.join(missing)}{hint if len(missing) == 1 else ''}; "
                         "without it there is no result.")  # fmt: skip
    outcome = chosen.compute(given)
    return _result(chosen, given, outcome)


def _read_inputs(chosen: Formula, values: Mapping[str, str | Quantity]) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise InputError(f"{chosen.id} needs its inputs by name, as in calcium=“8.0 mg/dL”.")
    given: dict[str, Any] = {}
    for typed_name, text in values.items():
        wanted = _input_named(chosen, typed_name)
        if wanted.name in given:
            raise InputError(f"{wanted.name} is given twice, the second time as {typed_name}; write it once.")
        given[wanted.name] = _read_input(wanted, typed_name, text)
    return given


def _input_named(chosen: Formula, typed: str) -> Input:
    key = str(typed).strip().casefold().replace("-", "_").replace(" ", "_")
    for wanted in chosen.inputs:
        if key == wanted.name:
            return wanted
    try:
        found = units.analyte(typed).id
    except InputError:
        found = ""
    for wanted in chosen.inputs:
        if found and found == wanted.analyte:
            return wanted
    names = [i.name for i in chosen.inputs]
    hint = units.suggestion(key, names)
    raise InputError(f"{units.quoted(typed)} is not an input of {chosen.id}, which takes {', '.join(names)}.{hint}")


def _read_input(wanted: Input, typed_name: str, text: Any) -> Any:
    if isinstance(text, Quantity):
        if text.analyte != wanted.analyte:
            raise InputError(f"{wanted.name} is {text.analyte}, but {wanted.analyte} is needed.")
        return text
    if wanted.name == "age":
        return text if isinstance(text, Age) else units.parse_age(text)
    if wanted.name == "sex":
        return units.parse_sex(text)
    if wanted.choices:
        return _choice(wanted, text)
    return units.parse(units.analyte(wanted.analyte), text, label=str(typed_name).strip())


def _choice(wanted: Input, text: Any) -> str:
    key = str(text).strip().casefold().replace(" ", "-").replace("_", "-")
    if key not in wanted.choices:
        hint = units.suggestion(key, wanted.choices)
        raise InputError(
            f"{wanted.name}={units.quoted(text)} is not known; write one of {', '.join(wanted.choices)}.{hint}"
        )
    return key


def _result(chosen: Formula, given: Given, outcome: Outcome) -> Result:
    quantity, also, shown = outcome.quantity, None, {}
    notices = [n for value in given.values() if isinstance(value, Quantity) for n in _about_input(value)]
    for name, value in given.items():
        shown[name] = (
            value.both() if isinstance(value, Quantity) else value.typed if isinstance(value, Age) else str(value)
        )
    if quantity is not None:
        other = quantity.about.other_unit(quantity.unit)
        also = None if other is None else {"value": quantity.to(other).value, "unit": other}
    return Result(
        chosen.id, chosen.title, outcome.text if quantity is None else quantity.value,
        "" if quantity is None else quantity.unit, also, shown, (*notices, *outcome.notices), outcome.more,
        chosen.formula_text, chosen.source, quantity,
    )  # fmt: skip


def _about_input(quantity: Quantity) -> tuple[Notice, ...]:
    return (*quantity.notices, *units.soft_warnings(quantity))
