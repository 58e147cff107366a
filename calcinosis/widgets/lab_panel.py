"""Enter a laboratory panel in either unit system and have it read: flags, derived values, what is missing."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from calcinosis import content, labs, progress, prose, units
from calcinosis.errors import InputError
from calcinosis.units import Quantity
from calcinosis.widgets.base import CourseWidget, choice_of, report_text, show, text_of
from calcinosis.widgets.pictures import picture_of

CORE = (
    "calcium_total", "calcium_ionised", "albumin", "phosphate", "magnesium", "creatinine", "pth", "vitd_25oh", "alp",
)  # fmt: skip
MORE = (
    "bicarbonate", "sodium", "chloride", "potassium", "urea", "ck", "crp", "urate", "vitd_125oh2", "fgf23_intact",
    "urine_calcium_24h", "urine_phosphate_24h", "urine_calcium", "urine_phosphate", "urine_creatinine", "ph",
)  # fmt: skip
SYSTEMS = ("si", "conventional")
SEXES = ("", "female", "male")

_FLAGS = {labs.Flag.LOW: "low", labs.Flag.HIGH: "high", labs.Flag.NORMAL: "normal", labs.Flag.DIFFERS: "differs"}
_FLAG_WORDS = {
    "low": "low",
    "high": "high",
    "normal": "inside",
    "differs": "where laboratories differ",
    "none": "without interval",
}
# The library speaks to a command line; here the same is a field.
_PAGE_WORDS = (
    ("add age=58, or the interval printed on the report", "fill in the age"),
    ("add age=58", "fill in the age"),
    ("add sex=female or sex=male", "choose the sex"),
    ("add age= and sex=", "fill in age and sex"),
    ("add age=", "fill in the age"),
    ("add sex=", "choose the sex"),
)
# Said beside the field already: the question that the learner answered, the comma that was echoed.
_AT_THE_FIELD = {"soft-limit", "decimal-comma"}
_TERMS = ("ionised calcium", "corrected calcium", "reference interval", "PTH", "25(OH)D", "eGFR", "CKD", "ALP")


@dataclass(slots=True)
class Entry:
    """What stands in one field, and what it was understood as."""

    unit: str
    text: str = ""
    quantity: Quantity | None = None
    error: str | None = None
    kept: bool = False
    printed: str | None = None

    @property
    def question(self) -> str | None:
        """What to ask about a value beyond its soft limit that nobody has confirmed."""
        if self.quantity is None or self.kept:
            return None
        return next((_capital(n.text) for n in units.soft_warnings(self.quantity) if n.code == "soft-limit"), None)

    @property
    def settled(self) -> bool:
        """True when the value can be read."""
        return self.quantity is not None and self.question is None


@dataclass(slots=True)
class Sheet:
    """Everything the learner has put on the panel."""

    entries: dict[str, Entry]
    age: str = ""
    age_error: str | None = None
    sex: str = ""
    example: str | None = None
    is_read: bool = False


class LabPanel(CourseWidget):
    """The widget behind :func:`lab_panel`.

    Parameters
    ----------
    case : str, optional
        Id of a case whose panel is loaded.
    flags : bool
        False shows the report as it came, values and printed intervals only.
    """

    script = "lab_panel"

    def __init__(self, case: str | None = None, *, flags: bool = True) -> None:
        super().__init__()
        self._case = None if case is None else _case(case)
        self._values_only = not flags
        if self._values_only and self._case is None:
            raise InputError('flags=False shows the report of a case; write lab_panel("bcmj-2007", flags=False).')
        self._form = f"lab_panel:{case or 'own'}"
        self._system = "si"
        self._before: Sheet | None = None
        self._sheet = Sheet({key: Entry(_unit(key, "si")) for key in (*CORE, *MORE)})
        if self._case is not None:
            self._load(self._case)
            self._sheet.is_read = True
        if not self._values_only:
            self._recall()
        self._paint()

    # ---- messages of the page

    def handle_entry(self, message: dict[str, Any]) -> None:
        """Take a text from a field that the learner has left."""
        key, text = message.get("analyte"), text_of(message, "text").strip()
        if key == "age":
            return self._take_age(text)
        entry = self._entry(key)
        if text != entry.text:
            _take(key, entry, text)
        return self._done(say=_said(key, entry))

    def handle_unit(self, message: dict[str, Any]) -> None:
        """Read what is typed in another unit; this corrects a slip, it does not convert."""
        key = message.get("analyte")
        entry = self._entry(key)
        entry.unit = choice_of(message, "unit", list(units.analyte(key).units), "Choose a unit.")
        _take(key, entry, entry.text, chosen=True)
        self._done(say=_said(key, entry))

    def handle_keep(self, message: dict[str, Any]) -> None:
        """Confirm a value beyond its soft limit."""
        key = message.get("analyte")
        entry = self._entry(key)
        if entry.quantity is None:
            raise InputError(f"There is no value of {units.analyte(key).name} to keep; write one with its unit.")
        entry.kept = True
        self._done(say=f"{_label(key)} {entry.quantity.both()} kept.", focus=key)

    def handle_sex(self, message: dict[str, Any]) -> None:
        """Take the sex that intervals and eGFR depend on."""
        sex = text_of(message, "sex")
        self._sheet.sex = "" if sex == "" else choice_of(message, "sex", SEXES, "Choose female or male.")
        self._done(say=f"Sex {sex or 'not stated'}.")

    def handle_system(self, message: dict[str, Any]) -> None:
        """Show what is typed in the other system; what was typed stays the value that is read."""
        self._system = choice_of(message, "system", SYSTEMS, "Choose SI or conventional units.")
        for key, entry in self._sheet.entries.items():
            _show_in(key, entry, self._system)
        self._done()

    def handle_example(self, message: dict[str, Any]) -> None:
        """Load the panel of a published patient; what stood there can be brought back."""
        record = _case(choice_of(message, "id", list(content.cases()), "Choose a patient."))
        self._before = deepcopy(self._sheet)
        self._load(record)
        self._sheet.is_read = True
        self._done(say=f"Loaded: {record.title}. {self._summary()}")

    def handle_clear(self, _message: dict[str, Any]) -> None:
        """Empty all fields; what stood there can be brought back."""
        self._before = deepcopy(self._sheet)
        self._sheet = Sheet({key: Entry(_unit(key, self._system)) for key in self._sheet.entries})
        self._done(say="All fields are empty.", focus="undo")

    def handle_undo(self, _message: dict[str, Any]) -> None:
        """Bring back what stood there before an example was loaded or the fields were emptied."""
        if self._before is None:
            raise InputError("There is nothing to bring back yet.")
        self._sheet, self._before = self._before, self._sheet
        for key, entry in self._sheet.entries.items():
            _show_in(key, entry, self._system)
        self._done(say="Your values are back.")

    def handle_read(self, _message: dict[str, Any]) -> None:
        """Read everything that can be read; send the learner to the first field that cannot."""
        self._sheet.is_read = True
        open_field = self._first_open()
        if open_field is not None:
            key, text = open_field
            self._done(say=text, focus=key)
        elif not self._settled():
            self._sheet.is_read = False
            raise InputError("There is no value to read yet; write at least one result with its unit.")
        else:
            self._done(say=self._summary())

    # ---- what is on the sheet

    def _entry(self, key: Any) -> Entry:
        if not isinstance(key, str) or key not in self._sheet.entries:
            raise InputError("The page sent a test that is not on this panel; run the cell again to start it afresh.")
        return self._sheet.entries[key]

    def _take_age(self, text: str) -> None:
        sheet = self._sheet
        sheet.age, sheet.age_error = text, None
        try:
            say = f"Age {units.parse_age(text).typed}." if text else "Age not stated."
        except InputError as error:
            sheet.age_error = say = str(error)
        self._done(say=say)

    def _load(self, record: Any) -> None:
        """Put the panel of a case on the sheet: first values, as reported, with their printed intervals."""
        keys = dict.fromkeys((*CORE, *MORE, *(lab.analyte for lab in _first_labs(record))))
        sheet = Sheet({key: Entry(_unit(key, self._system)) for key in keys}, example=record.id)
        for lab in _first_labs(record):
            entry = sheet.entries[lab.analyte]
            entry.unit = units.analyte(lab.analyte).spec(lab.unit or "").unit
            _take(lab.analyte, entry, _plain_number(lab.value))
            entry.kept = True  # a published value needs no confirmation
            entry.printed = None if lab.interval is None else _printed(lab).shown()
            _show_in(lab.analyte, entry, self._system)
        patient = record.patient
        sheet.age = "" if patient.age is None else f"{patient.age:g}" + _age_unit(patient)
        sheet.sex = patient.sex or ""
        self._sheet = sheet

    def _settled(self) -> dict[str, Entry]:
        return {key: entry for key, entry in self._sheet.entries.items() if entry.settled}

    def _first_open(self) -> tuple[str, str] | None:
        """Return the first field that needs the learner, with what to say."""
        if self._sheet.age_error:
            return "age", self._sheet.age_error
        for key, entry in self._sheet.entries.items():
            if entry.error:
                return key, entry.error
            if entry.question:
                return f"keep-{key}", entry.question
        return None

    # ---- what the page shows

    def _done(self, **news: Any) -> None:
        progress.store().save_form(self._form, self._saved())
        self._paint(**news)

    def _paint(self, **news: Any) -> None:
        sheet, record = self._sheet, self._case
        example = sheet.example or "panel"
        shared = {
            "title": record.title if record else "",
            "aside": _who(sheet),
            "teaching": "For teaching, not for patient care. The interval printed on a report always wins.",
            "system": None if self._values_only else self._system,
            "report": report_text("laboratory panel of case" if sheet.example else "laboratory", example, 1),
        }
        if self._values_only:
            self.put(**shared, reported=[_reported_row(lab) for lab in _first_labs(record)], **news)
            return
        read = self._read()
        filled = sum(bool(entry.text) for entry in sheet.entries.values())
        self.put(
            **shared,
            form_first=record is None,
            summary=f"Enter or change values ({filled} filled in)" if filled else "Enter the values",
            examples=[{"id": r.id, "text": _example_text(r)} for r in content.cases().values()],
            example=sheet.example,
            age={"text": sheet.age, "error": sheet.age_error},
            sex=sheet.sex,
            fields=[_field_view(key, entry) for key, entry in sheet.entries.items()],
            can_undo=self._before is not None,
            read=read,
            intervals=[] if read is None else read.pop("intervals"),
            terms=_terms(),
            **news,
        )

    def _panel(self) -> labs.Panel | None:
        """Read what is settled, or nothing."""
        sheet, settled = self._sheet, self._settled()
        if not (sheet.is_read and settled):
            return None
        values = {units.analyte(key).name: entry.quantity for key, entry in settled.items()}
        printed = {key: entry.printed for key, entry in settled.items() if entry.printed}
        age = sheet.age if sheet.age and not sheet.age_error else None
        return labs.read_panel(values, age=age, sex=sheet.sex or None, printed=printed)

    def _summary(self) -> str:
        panel = self._panel()
        return "" if panel is None else _summary(panel)

    def _read(self) -> dict[str, Any] | None:
        panel = self._panel()
        if panel is None:
            return None
        derived = _derived_view(panel)
        in_derived = {text for value in derived for text in value["caveats"]}
        waiting = [key for key, entry in self._sheet.entries.items() if entry.text and not entry.settled]
        notices = [_page_words(notice.text) for notice in panel.notices if notice.code not in _AT_THE_FIELD]
        notices = [text for text in notices if text not in in_derived]
        if waiting:
            notices.insert(0, f"Not read yet: {', '.join(map(_label, waiting))}. See the message at the field.")
        return {
            "summary": _summary(panel),
            "rows": [_row_view(row) for row in panel.rows],
            "derived": derived,
            "notices": notices,
            "missing": [labs.missing_name(key) for key in panel.missing if key not in waiting],
            "picture": picture_of("panel", {"rows": panel}),
            "intervals": [_interval_text(row) for row in panel.rows if row.interval is not None],
        }

    # ---- the learner's record

    def _saved(self) -> dict[str, Any]:
        sheet = self._sheet
        entries = {
            key: {
                "text": entry.text,
                "unit": entry.unit,
                "typed": _typed(entry),
                "kept": entry.kept,
                "printed": entry.printed,
            }
            for key, entry in sheet.entries.items()
            if entry.text
        }
        return {
            "entries": entries, "age": sheet.age, "sex": sheet.sex, "example": sheet.example,
            "is_read": sheet.is_read, "system": self._system,
        }  # fmt: skip

    def _recall(self) -> None:
        """Take up what the learner left here; a record that no longer fits is passed over, field by field."""
        saved = progress.store().form(self._form)
        if not isinstance(saved, dict) or not isinstance(saved.get("entries"), dict):
            return
        self._system = saved["system"] if saved.get("system") in SYSTEMS else "si"
        known = content.cases()
        fields = dict.fromkeys((*CORE, *MORE, *self._sheet.entries, *saved["entries"]))
        example = saved.get("example")
        example = example if isinstance(example, str) and example in known else None
        sheet = Sheet({}, example=example, is_read=saved.get("is_read") is True)
        for key in fields:
            if key in content.analytes():
                sheet.entries[key] = _recalled(key, saved["entries"].get(key), self._system)
        sheet.sex = saved["sex"] if saved.get("sex") in SEXES else ""
        age = saved.get("age")
        self._sheet = sheet
        if isinstance(age, str) and age:
            sheet.age = age
            try:
                units.parse_age(age)
            except InputError as error:
                sheet.age_error = str(error)


def lab_panel(case: str | None = None, *, flags: bool = True) -> None:
    """Show a laboratory panel to fill in, or the panel of a case.

    Parameters
    ----------
    case : str, optional
        Id of a case, for example ``"bcmj-2007"``; without it the panel is empty.
    flags : bool
        False shows only the values and the printed intervals, as a puzzle before anything is judged.

    Raises
    ------
    calcinosis.errors.InputError
        The case is unknown, or `flags` is False without a case.

    Examples
    --------
    >>> lab_panel("bcmj-2007")
    Press the double arrow to start or resume; your answers are kept.
    """
    show(LabPanel(case, flags=flags))


# --- one field ------------------------------------------------------------------------------------------------------


def _take(key: str, entry: Entry, text: str, *, chosen: bool = False) -> None:
    """Read a text with the unit that it carries, else with the unit that is visibly chosen beside it.

    A unit that was just `chosen` overrules the one in the text: that is how a learner corrects a slip.
    """
    entry.text, entry.quantity, entry.error, entry.kept = text, None, None, False
    if not text:
        return
    about = units.analyte(key)
    try:
        number, own = units.split_number_unit(text)
        if own:
            stated = about.spec(own).unit
            entry.unit = entry.unit if chosen else stated
            entry.text = text[: -len(own)].strip() if text.endswith(own) else _plain_number(number)
        entry.quantity = units.parse(key, f"{entry.text} {entry.unit}".strip(), about.name)
    except InputError as error:
        entry.error = _capital(str(error))


def _show_in(key: str, entry: Entry, system: str) -> None:
    """Show a value in a system; the unit of what could not be read is left as the learner chose it."""
    unit = _unit(key, system)
    if entry.quantity is None:
        if not entry.text:
            entry.unit = unit
        return
    if unit == entry.quantity.unit:
        entry.text = _plain_number(entry.quantity.value)
    else:
        entry.text = entry.quantity.to(unit).shown().split(" ")[0]
    entry.unit = unit


def _typed(entry: Entry) -> str | None:
    """Return the value as it was typed, which a switch of systems does not change."""
    quantity = entry.quantity
    return None if quantity is None else f"{_plain_number(quantity.value)} {quantity.unit}".strip()


def _recalled(key: str, saved: Any, system: str) -> Entry:
    """Rebuild one field from the learner's record."""
    entry = Entry(_unit(key, system))
    if not isinstance(saved, dict) or not isinstance(saved.get("text"), str):
        return entry
    if saved.get("unit") in units.analyte(key).units:
        entry.unit = saved["unit"]
    shown_unit, typed = entry.unit, saved.get("typed")
    _take(key, entry, typed if isinstance(typed, str) else saved["text"])
    if entry.quantity is not None:
        entry.text, entry.unit = saved["text"], shown_unit
    entry.kept = saved.get("kept") is True
    if isinstance(saved.get("printed"), str):
        entry.printed = _interval_again(key, saved["printed"], entry.unit)
    return entry


def _interval_again(key: str, text: str, unit: str) -> str | None:
    """Return a saved printed interval, or None where the record was changed by hand: the table's is used then."""
    try:
        return labs.parse_interval(key, text, unit).shown()
    except InputError:
        return None


def _field_view(key: str, entry: Entry) -> dict[str, Any]:
    about = units.analyte(key)
    return {
        "id": key,
        "label": _label(key),
        "name": about.name,
        "text": entry.text,
        "unit": entry.unit,
        "units": list(about.units),
        "echo": _echo(entry),
        "error": entry.error,
        "question": entry.question,
        "more": key not in CORE,
    }


def _echo(entry: Entry) -> str | None:
    """Say how the value was understood, in both systems."""
    if entry.quantity is None:
        return None
    commas = [notice.text for notice in entry.quantity.notices]
    return " ".join([f"Read as {entry.quantity.both()}.", *(_capital(text) for text in commas)])


def _said(key: str, entry: Entry) -> str:
    if entry.error or entry.question:
        return entry.error or f"{entry.question} Keep or correct."
    return f"{_label(key)}: {_echo(entry)}" if entry.quantity else f"{_label(key)} is empty."


def _label(key: str) -> str:
    return _capital(units.analyte(key).name)


def _capital(text: str) -> str:
    """Begin with a capital, but leave eGFR and pH as they are written."""
    return text if text[:1].isupper() or text[1:2].isupper() else text[:1].upper() + text[1:]


def _unit(key: str, system: str) -> str:
    about = units.analyte(key)
    return about.si_unit if system == "si" else about.conventional_unit


def _plain_number(value: float) -> str:
    """Write a number without exponent and without noise: 2.9, 26, 0.000057."""
    return f"{value:.12f}".rstrip("0").rstrip(".")


# --- cases ----------------------------------------------------------------------------------------------------------


def _case(case: str) -> Any:
    records = content.cases()
    if case not in records:
        raise InputError(f"There is no case {units.quoted(case)}.{units.suggestion(str(case), records)}")
    return records[case]


def _first_labs(record: Any) -> list[Any]:
    """Return the values of the first presentation: later ones belong to the course of the disease."""
    first: dict[str, Any] = {}
    for lab in record.labs:
        if lab.timing is None:
            first.setdefault(lab.analyte, lab)
    return list(first.values())


def _age_unit(patient: Any) -> str:
    return "" if patient.age_unit in (None, "years") else f" {patient.age_unit}"


def _example_text(record: Any) -> str:
    patient = record.patient
    who = [] if patient.age is None else [f"{patient.age:g} {patient.age_unit or 'years'}"]
    who += [patient.sex] if patient.sex else []
    return f"{record.title} ({', '.join(who)})" if who else record.title


def _who(sheet: Sheet) -> str:
    age = "" if not sheet.age or sheet.age_error else f"{units.parse_age(sheet.age).typed}"
    return ", ".join(part for part in (age, sheet.sex) if part)


def _printed(lab: Any) -> labs.Interval:
    return labs.parse_interval(lab.analyte, lab.interval, lab.unit or "")


def _reported_row(lab: Any) -> dict[str, Any]:
    quantity = Quantity(lab.analyte, lab.value, units.analyte(lab.analyte).spec(lab.unit or "").unit)
    interval = _printed(lab) if lab.interval else None
    shown = None if interval is None else _interval_both(interval)
    return {"name": _label(lab.analyte), "both": _both(quantity), "interval": shown}


# --- a read panel ---------------------------------------------------------------------------------------------------


def _both(quantity: Quantity) -> dict[str, str]:
    about = quantity.about
    return {system: quantity.to(unit).shown() for system, unit in _systems(about).items()}


def _systems(about: Any) -> dict[str, str]:
    """Return the unit in each system; the same twice where both systems share it."""
    other = about.other_unit(about.si_unit)
    return {"si": about.si_unit, "conventional": other or about.si_unit}


def _interval_both(interval: labs.Interval) -> dict[str, str]:
    return {system: interval.shown(unit) for system, unit in _systems(units.analyte(interval.analyte)).items()}


def _row_view(row: labs.Row) -> dict[str, Any]:
    interval = row.interval
    return {
        "name": _label(row.quantity.analyte),
        "both": _both(row.quantity),
        "flag": _FLAGS.get(row.flag, "none"),
        "interval": None if interval is None else _interval_both(interval),
        "source": _interval_source(interval, most=1),
    }


def _interval_source(interval: labs.Interval | None, most: int | None = None) -> str:
    """Say where an interval comes from; beyond `most` sources, that there are others."""
    if interval is None:
        return "none"
    if interval.printed:
        return "printed on the report"
    cited = [prose.citation(key) for key in interval.source]
    return "; ".join(cited[:most]) + (" and others" if most and len(cited) > most else "")


def _interval_text(row: labs.Row) -> str:
    interval = row.interval
    about = f"{_label(row.quantity.analyte)}: {interval.both()}, {interval.applies}"
    if interval.printed:
        return f"{about}."
    note = f" {interval.note[0].upper()}{interval.note[1:]}." if interval.note else ""
    return f"{about} ({_interval_source(interval)}).{note}"


def _derived_view(panel: labs.Panel) -> list[dict[str, Any]]:
    """Return the calculated values, each caveat at the first value that it concerns."""
    said: set[str] = set()
    views = []
    for result in panel.derived.values():
        both = _both(result.quantity) if result.quantity is not None else dict.fromkeys(SYSTEMS, str(result.value))
        caveats = [_page_words(notice.text) for notice in result.warnings if notice.code not in _AT_THE_FIELD]
        new = [text for text in caveats if text not in said]
        said.update(new)
        if caveats and not new:
            new = ["The same caveats hold."]
        cited = "; ".join(prose.citation(key) for key in result.source)
        views.append(
            {"name": _capital(result.title), "both": both, "caveats": new, "formula": result.formula, "source": cited}
        )
    return views


def _summary(panel: labs.Panel) -> str:
    """Say the flags in one sentence."""
    groups: dict[str, list[str]] = {}
    for row in panel.rows:
        groups.setdefault(_FLAGS.get(row.flag, "none"), []).append(units.analyte(row.quantity.analyte).name)
    parts = []
    for flag in ("low", "high", "differs", "none", "normal"):
        if flag in groups:
            names = "" if flag == "normal" else f" ({', '.join(groups[flag])})"
            parts.append(f"{len(groups[flag])} {_FLAG_WORDS[flag]}{names}")
    count = len(panel.rows)
    return f"{count} result{'s' if count != 1 else ''}: {', '.join(parts)}."


def _page_words(text: str) -> str:
    for there, here in _PAGE_WORDS:
        text = text.replace(there, here)
    return _capital(text)


def _terms() -> list[dict[str, str]]:
    """Return the words of the glossary drawer."""
    return [
        {"term": record.term, "text": prose.render(record.definition)}
        for record in content.glossary().values()
        if {record.term, record.short} & set(_TERMS)
    ]
