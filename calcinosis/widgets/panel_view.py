"""What the page of a laboratory panel shows: fields with their echo, results in both systems, each caveat once."""

from typing import Any

from calcinosis import content, labs, prose, units
from calcinosis.units import Quantity
from calcinosis.widgets.panel_sheet import CORE, SYSTEMS, Entry, Sheet, capital, first_labs, printed_interval
from calcinosis.widgets.pictures import picture_of_panel

_FLAGS = {labs.Flag.LOW: "low", labs.Flag.HIGH: "high", labs.Flag.NORMAL: "normal", labs.Flag.DIFFERS: "differs"}
_FLAG_WORDS = {
    "low": "low",
    "high": "high",
    "differs": "where laboratories differ",
    "none": "without interval",
    "normal": "inside",
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


# --- what is typed --------------------------------------------------------------------------------------------------


def form_view(sheet: Sheet) -> dict[str, Any]:
    """Return everything that the form shows."""
    filled = sum(bool(entry.text) for entry in sheet.entries.values())
    return {
        "summary": f"Enter or change values ({filled} filled in)" if filled else "Enter the values",
        "examples": [{"id": record.id, "text": _example_text(record)} for record in content.cases().values()],
        "example": sheet.example,
        "age": {"text": sheet.age, "error": sheet.age_error},
        "sex": sheet.sex,
        "fields": [_field_view(entry) for entry in sheet.entries.values()],
    }


def _field_view(entry: Entry) -> dict[str, Any]:
    about = units.analyte(entry.analyte)
    return {
        "id": entry.analyte,
        "label": capital(about.name),
        "name": about.name,
        "text": entry.text,
        "unit": entry.unit,
        "units": list(about.units),
        "echo": _echo(entry),
        "error": entry.error,
        "question": entry.question,
        "more": entry.analyte not in CORE,
    }


def _echo(entry: Entry) -> str | None:
    """Say how the value was understood, in both systems."""
    if entry.quantity is None:
        return None
    commas = [notice.text for notice in entry.quantity.notices]
    return " ".join([f"Read as {entry.quantity.both()}.", *map(capital, commas)])


def said(entry: Entry) -> str:
    """Return what is read out after a field was left."""
    if entry.error or entry.question:
        return entry.error or f"{entry.question} Keep or correct."
    return f"{label(entry.analyte)}: {_echo(entry)}" if entry.quantity else f"{label(entry.analyte)} is empty."


def label(analyte: str) -> str:
    """Return the name of an analyte as it begins a line."""
    return capital(units.analyte(analyte).name)


def who(sheet: Sheet) -> str:
    """Return age and sex in one line."""
    age = "" if not sheet.age or sheet.age_error else units.parse_age(sheet.age).typed
    return ", ".join(part for part in (age, sheet.sex) if part)


def _example_text(record: Any) -> str:
    patient = record.patient
    about = [] if patient.age is None else [f"{patient.age:g} {patient.age_unit or 'years'}"]
    about += [patient.sex] if patient.sex else []
    return f"{record.title} ({', '.join(about)})" if about else record.title


def terms_view() -> list[dict[str, str]]:
    """Return the words of the glossary drawer."""
    return [
        {"term": record.term, "text": prose.render(record.definition)}
        for record in content.glossary().values()
        if {record.term, record.short} & set(_TERMS)
    ]


# --- what is read ---------------------------------------------------------------------------------------------------


def reported_view(record: Any) -> list[dict[str, Any]]:
    """Return the report of a case as it came: values and printed intervals, nothing judged."""
    return [_reported_row(lab) for lab in first_labs(record)]


def _reported_row(lab: Any) -> dict[str, Any]:
    quantity = Quantity(lab.analyte, lab.value, units.analyte(lab.analyte).spec(lab.unit or "").unit)
    interval = _interval_both(printed_interval(lab)) if lab.interval else None
    return {"name": label(lab.analyte), "both": _both(quantity), "interval": interval}


def read_view(panel: labs.Panel, waiting: list[str]) -> dict[str, Any]:
    """Return a panel that was read; `waiting` are the fields that hold something not read yet."""
    derived = _derived_view(panel)
    return {
        "summary": summary(panel),
        "rows": [_row_view(row) for row in panel.rows],
        "derived": derived,
        "notices": _notices(panel, waiting, {text for value in derived for text in value["caveats"]}),
        "missing": [labs.missing_name(key) for key in panel.missing if key not in waiting],
        "picture": picture_of_panel(panel),
    }


def _notices(panel: labs.Panel, waiting: list[str], said_below: set[str]) -> list[str]:
    texts = [_page_words(notice.text) for notice in panel.notices if notice.code not in _AT_THE_FIELD]
    not_read = [f"Not read yet: {', '.join(map(label, waiting))}. See the message at the field."] if waiting else []
    return not_read + [text for text in texts if text not in said_below]


def _row_view(row: labs.Row) -> dict[str, Any]:
    interval = row.interval
    return {
        "name": label(row.quantity.analyte),
        "both": _both(row.quantity),
        "flag": _FLAGS.get(row.flag, "none"),
        "interval": None if interval is None else _interval_both(interval),
        "source": _interval_source(interval, most=1),
    }


def _both(quantity: Quantity) -> dict[str, str]:
    return {system: quantity.to(unit).shown() for system, unit in _systems(quantity.about).items()}


def _systems(about: units.Analyte) -> dict[str, str]:
    """Return the unit in each system; the same twice where both systems share it."""
    return {"si": about.si_unit, "conventional": about.other_unit(about.si_unit) or about.si_unit}


def _interval_both(interval: labs.Interval) -> dict[str, str]:
    return {system: interval.shown(unit) for system, unit in _systems(units.analyte(interval.analyte)).items()}


def _interval_source(interval: labs.Interval | None, most: int | None = None) -> str:
    """Say where an interval comes from; beyond `most` sources, that there are others."""
    if interval is None:
        return "none"
    if interval.printed:
        return "printed on the report"
    cited = [prose.citation(key) for key in interval.source]
    return "; ".join(cited[:most]) + (" and others" if most and len(cited) > most else "")


def intervals_view(panel: labs.Panel) -> list[str]:
    """Return a line for each interval used, with where it comes from."""
    return [_interval_text(row) for row in panel.rows if row.interval is not None]


def _interval_text(row: labs.Row) -> str:
    interval = row.interval
    about = f"{label(row.quantity.analyte)}: {interval.both()}, {interval.applies}"
    if interval.printed:
        return f"{about}."
    note = f" {interval.note[0].upper()}{interval.note[1:]}." if interval.note else ""
    return f"{about} ({_interval_source(interval)}).{note}"


def _derived_view(panel: labs.Panel) -> list[dict[str, Any]]:
    """Return the calculated values, each caveat at the first value that it concerns."""
    said_above: set[str] = set()
    views = []
    for result in panel.derived.values():
        caveats = [_page_words(notice.text) for notice in result.warnings if notice.code not in _AT_THE_FIELD]
        new = [text for text in caveats if text not in said_above]
        said_above.update(new)
        views.append(
            {
                "name": capital(result.title),
                "both": _result_both(result),
                "caveats": ["The same caveats hold."] if caveats and not new else new,
                "formula": result.formula,
                "source": "; ".join(prose.citation(key) for key in result.source),
            }
        )
    return views


def _result_both(result: Any) -> dict[str, str]:
    return dict.fromkeys(SYSTEMS, str(result.value)) if result.quantity is None else _both(result.quantity)


def summary(panel: labs.Panel) -> str:
    """Say the flags in one sentence."""
    groups: dict[str, list[str]] = {}
    for row in panel.rows:
        groups.setdefault(_FLAGS.get(row.flag, "none"), []).append(units.analyte(row.quantity.analyte).name)
    parts = []
    for flag, words in _FLAG_WORDS.items():
        if flag in groups:
            names = "" if flag == "normal" else f" ({', '.join(groups[flag])})"
            parts.append(f"{len(groups[flag])} {words}{names}")
    count = len(panel.rows)
    return f"{count} result{'s' if count != 1 else ''}: {', '.join(parts)}."


def _page_words(text: str) -> str:
    for there, here in _PAGE_WORDS:
        text = text.replace(there, here)
    return capital(text)
