"""Enter a laboratory panel in either unit system and have it read: flags, derived values, what is missing."""

from copy import deepcopy
from typing import Any

from calcinosis import content, progress, units
from calcinosis.errors import InputError
from calcinosis.widgets.base import CourseWidget, choice_of, report_text, show, text_of
from calcinosis.widgets.panel_sheet import CORE, MORE, SEXES, SYSTEMS, Entry, Sheet
from calcinosis.widgets.panel_view import (
    form_view,
    intervals_view,
    label,
    read_view,
    reported_view,
    said,
    summary,
    terms_view,
    who,
)

__all__ = ["CORE", "MORE", "LabPanel", "lab_panel"]


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
        self._sheet = Sheet.empty("si") if self._case is None else Sheet.of_case(self._case, "si")
        self._terms = [] if self._values_only else terms_view()
        if not self._values_only:
            self._recall()
        self._paint()

    # ---- messages of the page

    def handle_entry(self, message: dict[str, Any]) -> None:
        """Take a text from a field that the learner has left."""
        key, text = message.get("analyte"), text_of(message, "text").strip()
        if key == "age":
            return self._done(say=self._sheet.take_age(text))
        entry = self._entry(key)
        if text != entry.text:
            entry.take(text)
        return self._done(say=said(entry))

    def handle_unit(self, message: dict[str, Any]) -> None:
        """Read what is typed in another unit; this corrects a slip, it does not convert."""
        entry = self._entry(message.get("analyte"))
        entry.unit = choice_of(message, "unit", list(units.analyte(entry.analyte).units), "Choose a unit.")
        entry.take(entry.text, is_chosen=True)
        self._done(say=said(entry))

    def handle_keep(self, message: dict[str, Any]) -> None:
        """Confirm a value beyond its soft limit."""
        entry = self._entry(message.get("analyte"))
        if entry.quantity is None:
            name = units.analyte(entry.analyte).name
            raise InputError(f"There is no value of {name} to keep; write one with its unit.")
        entry.kept = True
        self._done(say=f"{label(entry.analyte)} {entry.quantity.both()} kept.", focus=entry.analyte)

    def handle_sex(self, message: dict[str, Any]) -> None:
        """Take the sex that intervals and eGFR depend on."""
        sex = text_of(message, "sex")
        self._sheet.sex = "" if sex == "" else choice_of(message, "sex", SEXES, "Choose female or male.")
        self._done(say=f"Sex {sex or 'not stated'}.")

    def handle_system(self, message: dict[str, Any]) -> None:
        """Show what is typed in the other system; what was typed stays the value that is read."""
        self._system = choice_of(message, "system", SYSTEMS, "Choose SI or conventional units.")
        self._sheet.show_in(self._system)
        self._done()

    def handle_example(self, message: dict[str, Any]) -> None:
        """Load the panel of a published patient; what stood there can be brought back."""
        record = _case(choice_of(message, "id", list(content.cases()), "Choose a patient."))
        self._before = deepcopy(self._sheet)
        self._sheet = Sheet.of_case(record, self._system)
        self._done(say=f"Loaded: {record.title}. {self._summary()}")

    def handle_clear(self, _message: dict[str, Any]) -> None:
        """Empty all fields; what stood there can be brought back."""
        self._before = deepcopy(self._sheet)
        self._sheet = Sheet.empty(self._system, self._sheet.entries)
        self._done(say="All fields are empty.", focus="undo")

    def handle_undo(self, _message: dict[str, Any]) -> None:
        """Bring back what stood there before an example was loaded or the fields were emptied."""
        if self._before is None:
            raise InputError("There is nothing to bring back yet.")
        self._sheet, self._before = self._before, self._sheet
        self._sheet.show_in(self._system)
        self._done(say="Your values are back.")

    def handle_read(self, _message: dict[str, Any]) -> None:
        """Read everything that can be read; send the learner to the first field that cannot."""
        self._sheet.is_read = True
        open_field = self._sheet.first_open()
        if open_field is not None:
            self._done(focus=open_field[0], say=open_field[1])
        elif not self._sheet.settled():
            self._sheet.is_read = False
            raise InputError("There is no value to read yet; write at least one result with its unit.")
        else:
            self._done(say=self._summary())

    def _entry(self, key: Any) -> Entry:
        if not isinstance(key, str) or key not in self._sheet.entries:
            raise InputError("The page sent a test that is not on this panel; run the cell again to start it afresh.")
        return self._sheet.entries[key]

    def _summary(self) -> str:
        panel = self._sheet.panel()
        return "" if panel is None else summary(panel)

    # ---- what the page shows

    def _done(self, **news: Any) -> None:
        # The page is on its way while the disk is written; if that fails, one sentence says so on the same page.
        self._paint(**news)
        progress.store().save_form(self._form, {**self._sheet.saved(), "system": self._system})

    def _paint(self, **news: Any) -> None:
        if self._values_only:
            self.put(**self._head(), reported=reported_view(self._case), **news)
            return
        panel = self._sheet.panel()
        self.put(
            **self._head(),
            **form_view(self._sheet),
            form_first=self._case is None,
            can_undo=self._before is not None,
            read=None if panel is None else read_view(panel, self._sheet.waiting()),
            intervals=[] if panel is None else intervals_view(panel),
            terms=self._terms,
            **news,
        )

    def _head(self) -> dict[str, Any]:
        example = self._sheet.example
        return {
            "title": self._case.title if self._case else "",
            "aside": who(self._sheet),
            "teaching": "For teaching, not for patient care. The interval printed on a report always wins.",
            "system": None if self._values_only else self._system,
            "report": report_text("laboratory panel of case" if example else "laboratory", example or "panel", 1),
        }

    def _recall(self) -> None:
        """Take up what the learner left here; a record that no longer fits is passed over, field by field."""
        saved = progress.store().form(self._form)
        if not isinstance(saved, dict) or not isinstance(saved.get("entries"), dict):
            return
        self._system = saved["system"] if saved.get("system") in SYSTEMS else "si"
        self._sheet = Sheet.recalled(saved, self._system, self._sheet.entries)


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


def _case(case: str) -> Any:
    records = content.cases()
    if case not in records:
        raise InputError(f"There is no case {units.quoted(case)}.{units.suggestion(str(case), records)}")
    return records[case]
