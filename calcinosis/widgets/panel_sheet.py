"""What a learner has put on a laboratory panel: texts in fields, what they were understood as, what is still open."""

from dataclasses import dataclass
from typing import Any, Self

from calcinosis import content, labs, units
from calcinosis.errors import InputError
from calcinosis.units import Quantity

CORE = (
    "calcium_total", "calcium_ionised", "albumin", "phosphate", "magnesium", "creatinine", "pth", "vitd_25oh", "alp",
)  # fmt: skip
MORE = (
    "bicarbonate", "sodium", "chloride", "potassium", "urea", "ck", "crp", "urate", "vitd_125oh2", "fgf23_intact",
    "urine_calcium_24h", "urine_phosphate_24h", "urine_calcium", "urine_phosphate", "urine_creatinine", "ph",
)  # fmt: skip
SYSTEMS = ("si", "conventional")
SEXES = ("", "female", "male")


@dataclass(slots=True)
class Entry:
    """What stands in one field, and what it was understood as."""

    analyte: str
    unit: str
    text: str = ""
    quantity: Quantity | None = None
    error: str | None = None
    doubt: str | None = None
    kept: bool = False
    printed: str | None = None

    @classmethod
    def empty(cls, analyte: str, system: str) -> Self:
        """Return an empty field with the unit of a system."""
        return cls(analyte, _unit(analyte, system))

    @property
    def question(self) -> str | None:
        """What to ask about a value beyond its soft limit that nobody has confirmed."""
        return None if self.kept else self.doubt

    @property
    def is_settled(self) -> bool:
        """True when the value can be read."""
        return self.quantity is not None and self.question is None

    def take(self, text: str, *, is_chosen: bool = False) -> None:
        """Read a text with the unit that it carries, else with the unit that is visibly chosen beside it.

        A unit that was just chosen (`is_chosen`) overrules the one in the text: so a learner corrects a slip.
        """
        self.text, self.quantity, self.error, self.doubt, self.kept = text, None, None, None, False
        if not text:
            return
        try:
            self._split(text, is_chosen)
            about = units.analyte(self.analyte)
            self.quantity = units.parse(self.analyte, f"{self.text} {self.unit}".strip(), about.name)
        except InputError as error:
            self.error = capital(str(error))
        else:
            self.doubt = _doubt(self.quantity)

    def _split(self, text: str, is_chosen: bool) -> None:
        number, own = units.split_number_unit(text)
        if not own:
            return
        stated = units.analyte(self.analyte).spec(own).unit
        self.unit = self.unit if is_chosen else stated
        self.text = text[: -len(own)].strip() if text.endswith(own) else plain_number(number)

    def show_in(self, system: str) -> None:
        """Show the value in a system; the unit of what could not be read is left as the learner chose it."""
        unit = _unit(self.analyte, system)
        if self.quantity is None:
            self.unit = self.unit if self.text else unit
            return
        if unit == self.quantity.unit:
            self.text = plain_number(self.quantity.value)
        else:
            self.text = self.quantity.to(unit).shown().split(" ")[0]
        self.unit = unit

    def saved(self) -> dict[str, Any]:
        """Return the field for the learner's record; `typed` is the value that a switch of systems does not change."""
        quantity = self.quantity
        typed = None if quantity is None else f"{plain_number(quantity.value)} {quantity.unit}".strip()
        return {"text": self.text, "unit": self.unit, "typed": typed, "kept": self.kept, "printed": self.printed}

    @classmethod
    def recalled(cls, analyte: str, saved: Any, system: str) -> Self:
        """Rebuild a field from the learner's record; what no longer fits is passed over."""
        entry = cls.empty(analyte, system)
        if not isinstance(saved, dict) or not isinstance(saved.get("text"), str):
            return entry
        if saved.get("unit") in units.analyte(analyte).units:
            entry.unit = saved["unit"]
        shown_unit, typed = entry.unit, saved.get("typed")
        entry.take(typed if isinstance(typed, str) else saved["text"])
        if entry.quantity is not None:
            entry.text, entry.unit = saved["text"], shown_unit
        entry.kept = saved.get("kept") is True
        if isinstance(saved.get("printed"), str):
            entry.printed = _interval_again(analyte, saved["printed"], entry.unit)
        return entry


@dataclass(slots=True)
class Sheet:
    """Everything that the learner has put on the panel."""

    entries: dict[str, Entry]
    age: str = ""
    age_error: str | None = None
    sex: str = ""
    example: str | None = None
    is_read: bool = False

    @classmethod
    def empty(cls, system: str, keys: Any = (*CORE, *MORE)) -> Self:
        """Return a sheet with empty fields in the units of a system."""
        return cls({key: Entry.empty(key, system) for key in keys})

    @classmethod
    def of_case(cls, record: Any, system: str) -> Self:
        """Return the panel of a case: first values, as reported, with their printed intervals."""
        reported = first_labs(record)
        sheet = cls.empty(system, dict.fromkeys((*CORE, *MORE, *(lab.analyte for lab in reported))))
        for lab in reported:
            entry = sheet.entries[lab.analyte]
            entry.unit = units.analyte(lab.analyte).spec(lab.unit or "").unit
            entry.take(plain_number(lab.value))
            entry.kept = True  # a published value needs no confirmation
            entry.printed = None if lab.interval is None else printed_interval(lab).shown()
            entry.show_in(system)
        patient = record.patient
        sheet.age = "" if patient.age is None else f"{patient.age:g}" + _age_unit(patient)
        sheet.sex, sheet.example, sheet.is_read = patient.sex or "", record.id, True
        return sheet

    def take_age(self, text: str) -> str:
        """Take the age as typed; return what to say about it."""
        self.age, self.age_error = text, None
        try:
            return f"Age {units.parse_age(text).typed}." if text else "Age not stated."
        except InputError as error:
            self.age_error = str(error)
            return self.age_error

    def show_in(self, system: str) -> None:
        """Show all fields in a system."""
        for entry in self.entries.values():
            entry.show_in(system)

    def settled(self) -> dict[str, Entry]:
        """Return the fields whose values can be read."""
        return {key: entry for key, entry in self.entries.items() if entry.is_settled}

    def waiting(self) -> list[str]:
        """Return the fields that hold something which cannot be read yet."""
        return [key for key, entry in self.entries.items() if entry.text and not entry.is_settled]

    def first_open(self) -> tuple[str, str] | None:
        """Return the first control that needs the learner, with what to say."""
        if self.age_error:
            return "age", self.age_error
        for key, entry in self.entries.items():
            if entry.error:
                return key, entry.error
            if entry.question:
                return f"keep-{key}", entry.question
        return None

    def panel(self) -> labs.Panel | None:
        """Read what is settled, or nothing before the learner has asked for it."""
        settled = self.settled()
        if not (self.is_read and settled):
            return None
        values = {units.analyte(key).name: entry.quantity for key, entry in settled.items()}
        printed = {key: entry.printed for key, entry in settled.items() if entry.printed}
        age = self.age if self.age and not self.age_error else None
        return labs.read_panel(values, age=age, sex=self.sex or None, printed=printed)

    def saved(self) -> dict[str, Any]:
        """Return the sheet for the learner's record."""
        entries = {key: entry.saved() for key, entry in self.entries.items() if entry.text}
        return {
            "entries": entries, "age": self.age, "sex": self.sex, "example": self.example, "is_read": self.is_read,
        }  # fmt: skip

    @classmethod
    def recalled(cls, saved: dict[str, Any], system: str, keys: Any) -> Self:
        """Rebuild the sheet from the learner's record, which may be damaged or older than the course."""
        example = saved.get("example")
        is_known = isinstance(example, str) and example in content.cases()
        sheet = cls({}, example=example if is_known else None, is_read=saved.get("is_read") is True)
        for key in dict.fromkeys((*CORE, *MORE, *keys, *saved["entries"])):
            if key in content.analytes():
                sheet.entries[key] = Entry.recalled(key, saved["entries"].get(key), system)
        sheet.sex = saved["sex"] if saved.get("sex") in SEXES else ""
        age = saved.get("age")
        if isinstance(age, str) and age:
            sheet.take_age(age)
        return sheet


def first_labs(record: Any) -> list[Any]:
    """Return a case's values of the first presentation: later ones belong to the course of the disease."""
    first: dict[str, Any] = {}
    for lab in record.labs:
        if lab.timing is None:
            first.setdefault(lab.analyte, lab)
    return list(first.values())


def printed_interval(lab: Any) -> labs.Interval:
    """Return the interval that a case's report prints beside a value."""
    return labs.parse_interval(lab.analyte, lab.interval, lab.unit or "")


def capital(text: str) -> str:
    """Begin with a capital, but leave eGFR and pH as they are written.

    >>> capital("albumin"), capital("eGFR")
    ('Albumin', 'eGFR')
    """
    return text if text[:1].isupper() or text[1:2].isupper() else text[:1].upper() + text[1:]


def plain_number(value: float) -> str:
    """Write a number without exponent and without noise.

    >>> plain_number(2.9), plain_number(26.0), plain_number(5.7e-5)
    ('2.9', '26', '0.000057')
    """
    return f"{value:.12f}".rstrip("0").rstrip(".")


def _doubt(quantity: Quantity) -> str | None:
    return next((capital(n.text) for n in units.soft_warnings(quantity) if n.code == "soft-limit"), None)


def _unit(analyte: str, system: str) -> str:
    about = units.analyte(analyte)
    return about.si_unit if system == "si" else about.conventional_unit


def _age_unit(patient: Any) -> str:
    return "" if patient.age_unit in (None, "years") else f" {patient.age_unit}"


def _interval_again(analyte: str, text: str, unit: str) -> str | None:
    """Return a saved printed interval, or None where the record was changed by hand: the table's is used then."""
    try:
        return labs.parse_interval(analyte, text, unit).shown()
    except InputError:
        return None
