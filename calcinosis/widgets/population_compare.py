"""Where does a value lie among people of that sex and age? The people are those of NHANES 2017–2018."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from calcinosis import population, progress, units
from calcinosis.errors import InputError
from calcinosis.widgets.base import CourseWidget, choice_of, report_text, show, text_of
from calcinosis.widgets.pictures import picture_of

_SEXES = ("", "female", "male")
# A card of 320 to 480 pixels shows the picture that was drawn for it: its letters are not made smaller.
_NARROW_IN = 3.4
_PEOPLE = (
    "People of the United States, examined in 2017–2018 and weighted to stand for their country: everybody, ill people "
    "and pregnant women too. So a place here is never a verdict of normal or abnormal."
)


@dataclass(frozen=True, slots=True)
class Form:
    """What the learner has put in: texts as typed; an empty sex means both, an empty age all adults."""

    analyte: str
    text: str = ""
    sex: str = ""
    age: str = ""


class PopulationCompare(CourseWidget):
    """The widget behind :func:`population_compare`.

    Parameters
    ----------
    analyte : str
        Id or name of an analyte with population values.
    value : str, optional
        The value in the field at the start, with its unit.
    """

    script = "population_compare"

    def __init__(self, analyte: str = "calcium_total", value: str | None = None) -> None:
        super().__init__()
        about = units.analyte(analyte)
        population.curve(about.id)
        if value is not None:
            units.parse(about.id, value)
        self._name = f"population_compare:{about.id}"
        self._texts: dict[str, str] = {about.id: value or ""}
        self._form, self._compared = Form(about.id, value or ""), False
        self._recall()
        self._paint()

    def handle_form(self, message: dict[str, Any]) -> None:
        """Take the whole form as it stands; once compared, the picture follows."""
        analyte = choice_of(message, "analyte", population.analytes(), "Choose a test.")
        sex = text_of(message, "sex")
        form = Form(
            analyte=analyte,
            text=text_of(message, "text").strip(),
            sex="" if sex == "" else choice_of(message, "sex", _SEXES, "Choose female or male."),
            age=text_of(message, "age").strip(),
        )
        if analyte != self._form.analyte:  # a value belongs to its test: the other test has its own
            form = replace(form, text=self._texts.get(analyte, ""))
        self._texts[analyte] = form.text
        self._form = form
        self._compared = self._compared or message.get("compare") is True
        self._paint(is_news=True)  # the page is on its way while the disk is written
        progress.store().save_form(self._name, {**asdict(form), "compared": self._compared})

    def _recall(self) -> None:
        """Take up what the learner left here, unless it no longer fits."""
        saved = progress.store().form(self._name)
        if not isinstance(saved, dict):
            return
        texts = {key: saved.get(key) for key in ("analyte", "text", "sex", "age")}
        fits = all(isinstance(text, str) for text in texts.values())
        if fits and texts["analyte"] in population.analytes() and texts["sex"] in _SEXES:
            self._form = Form(**texts)
            self._texts[self._form.analyte] = self._form.text
            self._compared = saved.get("compared") is True

    def _paint(self, is_news: bool = False) -> None:
        form = self._form
        quantity, value_error = _read(units.parse, form.analyte, form.text) if form.text else (None, None)
        age, age_error = _read(units.parse_age, form.age) if form.age else (None, None)
        if age is not None:
            _, age_error = _read(population.curve, form.analyte, form.sex or None, age.years)
        problem = value_error or age_error
        result = None
        if self._compared and problem is None:
            result = _result(form, quantity, None if age is None else age.years)
        say = problem or (result["sentence"] if result else None)
        self.put(
            say=say if is_news else None,
            teaching="For teaching, not for patient care. Percentiles are no reference intervals.",
            people=_PEOPLE,
            analytes=[{"id": key, "text": units.capital(units.analyte(key).name)} for key in population.analytes()],
            form=asdict(form),
            hint=f"A number with its unit: {_unit_words(form.analyte)}.",
            errors={"text": value_error, "age": age_error},
            compared=self._compared,
            result=result,
            report=report_text("population values of", form.analyte, 1),
        )


def population_compare(analyte: str = "calcium_total", value: str | None = None) -> None:
    """Show where a value lies among people of a sex and age.

    Parameters
    ----------
    analyte : str
        Id or name of an analyte with population values, for example ``"phosphate"``.
    value : str, optional
        The value in the field at the start, with its unit, for example ``"2.35 mmol/L"``.

    Raises
    ------
    calcinosis.errors.InputError
        The analyte has no population values, or the value cannot be read.

    Examples
    --------
    >>> population_compare("calcium_total", "2.35 mmol/L")
    Press the double arrow to start or resume; your answers are kept.
    """
    show(PopulationCompare(analyte, value))


def _read(reader: Any, *arguments: Any) -> tuple[Any, str | None]:
    """Return what a reader makes of a field, or the sentence that it refuses it with."""
    try:
        return reader(*arguments), None
    except InputError as error:
        return None, units.capital(str(error))


def _result(form: Form, quantity: units.Quantity | None, age_years: float | None) -> dict[str, Any]:
    """Return the sentence, the picture and what else must be said about the value."""
    sex = form.sex or None
    args = {"analyte": form.analyte, "value": quantity, "sex": sex, "age_years": age_years}
    if quantity is None:
        found = population.curve(form.analyte, sex, age_years)
        middle = units.Quantity(form.analyte, found.at(50), found.unit).both()
        sentence = f"Half of {found.n:,} {found.band} have less than {middle}. Write a value to see its place."
        notices: list[str] = []
    else:
        sentence = population.percentile_of(quantity, sex, age_years).sentence
        notices = [notice.text for notice in (*quantity.notices, *units.soft_warnings(quantity))]
    picture = picture_of("population", args)
    picture["narrow"] = picture_of("population", {**args, "width_in": _NARROW_IN})["src"]
    return {"sentence": sentence, "notices": notices, "picture": picture}


def _unit_words(analyte: str) -> str:
    about = units.analyte(analyte)
    return " or ".join(dict.fromkeys((about.si_unit, about.conventional_unit)))
