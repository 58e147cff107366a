"""Move albumin, pH and citrate and see where calcium goes; drawn in the page, so that it follows the finger."""

from dataclasses import asdict
from typing import Any

from calcinosis import content, labs, progress, prose, units
from calcinosis.errors import InputError
from calcinosis.physiology import binding
from calcinosis.widgets.base import CourseWidget, choice_of, number_of, show

_CONTROLS = {"albumin": "albumin_g_l", "ph": "ph", "citrate": "citrate_mmol_l"}
_RESULTS = {"total": "total_mmol_l", "ionised": "ionised_mmol_l"}
_MODES = ("tube", "patient")
# The intervals of an adult without a sex: calcium's do not differ by sex.
_ADULT_YEARS = 40.0

_ABOUT = """
Every binder takes calcium by the **law of mass action**: the more ionised calcium, the fuller the binder. Protons
compete with calcium for most sites on albumin and globulins, so these open as pH rises. Citrate, bicarbonate,
phosphate and lactate are the complexes; bicarbonate stays constant while pH moves.

Held in the tube is the total, in the patient the ionised calcium. The second takes hours and a working parathyroid
gland: during a minute of hyperventilation a patient behaves like the tube.

The constants are **teaching values**. They meet the published anchors named beside them and are fitted to no patient.
"""


class FormsOfCalcium(CourseWidget):
    """The widget behind :func:`forms_of_calcium`.

    Parameters
    ----------
    case : str, optional
        Id of a case whose total calcium and albumin are the start.
    albumin : str, optional
        Where albumin's slider opens, with unit.
    ph : float, optional
        Where the slider of pH opens.
    where : {"patient", "tube"}, optional
        What is held when the card opens: ionised calcium in the patient, the total in the tube.
    """

    script = "forms_of_calcium"

    def __init__(
        self,
        case: str | None = None,
        *,
        albumin: str | None = None,
        ph: float | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__()
        if where is not None and where not in _MODES:
            raise InputError(f"The card opens in the “patient” or in the “tube”, not in {units.quoted(where)}.")
        start, title, notes, is_defended = _start(case)
        held = {name: start.pop(name) for name in ("total", "ionised")}
        start_state = {"mode": where or ("patient" if is_defended else "tube"), **start}
        opening = dict(start_state)
        if albumin is not None:
            opening["albumin"] = units.parse("albumin", albumin).si
        if ph is not None:
            opening["ph"] = ph
        binding.accept(albumin_g_l=opening["albumin"], ph=opening["ph"])
        # Two cards of one lesson that open differently are two cards: neither takes up where the other was left.
        told = {"albumin": albumin, "ph": ph, "where": where}
        asked = "".join(f":{name}={value}" for name, value in told.items() if value is not None)
        self._form = f"forms_of_calcium:{case or 'start'}{asked}"
        self.put(
            title=title,
            aside="Teaching model",
            notes=notes,
            start=held,
            start_state=start_state,
            opening=opening,
            state=self._saved() or opening,
            **_fixed_view(),
        )

    def _saved(self) -> dict[str, Any] | None:
        """Return where the learner left the sliders, unless the file holds something else."""
        saved = progress.store().form(self._form)
        try:
            return _state_of(saved) if saved else None
        except InputError:
            return None  # an older version's form: start afresh

    def handle_settled(self, message: dict[str, Any]) -> None:
        """Keep where the sliders rest; the picture is the page's own."""
        progress.store().save_form(self._form, _state_of(message.get("state")))


def forms_of_calcium(
    case: str | None = None, *, albumin: str | None = None, ph: float | None = None, where: str | None = None
) -> None:
    """Show the forms of plasma calcium, with sliders for albumin, pH and citrate.

    Parameters
    ----------
    case : str, optional
        Id of a case to start from, for example ``"bcmj-2007"``.
    albumin : str, optional
        Where albumin's slider opens, with unit; the start that everything is compared with stays.
    ph : float, optional
        Where the slider of pH opens.
    where : {"patient", "tube"}, optional
        What is held when the card opens. Without it the patient, unless the case's measured ionised calcium lies
        outside its interval.

    Raises
    ------
    calcinosis.errors.InputError
        The case is unknown or has no total calcium and albumin, or a value is not accepted.

    Examples
    --------
    >>> forms_of_calcium(albumin="2.6 g/dL")
    Press the double arrow to start or resume; your answers are kept.
    """
    show(FormsOfCalcium(case, albumin=albumin, ph=ph, where=where))


def _state_of(state: Any) -> dict[str, Any]:
    """Return the state that the page sent, checked."""
    if not isinstance(state, dict):
        raise InputError("The page sent no settings; run the cell again to start it afresh.")
    checked = {name: number_of(state, name, *binding.allowed(key)) for name, key in _CONTROLS.items()}
    mode = choice_of(state, "mode", _MODES, "Choose what is held: the total or the ionised calcium.")
    return {"mode": mode, **checked}


def _start(case: str | None) -> tuple[dict[str, float], str, list[str], bool]:
    """Return the start values, the title, what must be said about them, and whether ionised calcium is defended.

    The start is one state, whichever way the switch stands: with the total of the report, the ionised calcium that the
    model expects from it.
    """
    known = binding.constants()
    start = {
        "albumin": known.reference_albumin_g_l,
        "ph": known.reference_ph,
        "citrate": known.reference_citrate_mmol_l,
        "total": known.reference_total_mmol_l,
        "ionised": known.reference_ionised_mmol_l,
    }
    if case is None:
        return start, "", [], True
    record = _case(case)
    values, is_defended = {}, True
    for lab in record.labs:
        if lab.analyte in {"calcium_total", "calcium_ionised", "albumin", "ph"} and lab.timing is None:
            is_defended = is_defended and not (lab.analyte == "calcium_ionised" and lab.flag in {"low", "high"})
            values.setdefault(lab.analyte, units.parse(lab.analyte, f"{lab.value} {lab.unit}").si)
    for needed, name in (("calcium_total", "total calcium"), ("albumin", "albumin")):
        if needed not in values:
            raise InputError(f"The case {case} states no {name}; choose another case or write forms_of_calcium().")
    start |= {"albumin": values["albumin"], "total": values["calcium_total"], "ph": values.get("ph", start["ph"])}
    expected = binding.in_the_tube(
        start["total"], albumin_g_l=start["albumin"], ph=start["ph"], citrate_mmol_l=start["citrate"]
    ).ionised_mmol_l
    start["ionised"] = expected
    notes = _case_notes(values, start, expected)
    if not is_defended:
        notes.append(
            "The measured ionised calcium lies outside its interval: the glands of this patient do not defend it. So "
            "the switch starts in the tube; turn it to see what a defended ionised calcium changes."
        )
    return start, f"starting from “{record.title}”", notes, is_defended


def _case(case: str) -> Any:
    records = content.cases()
    if case not in records:
        raise InputError(f"There is no case {units.quoted(case)}.{units.suggestion(str(case), records)}")
    return records[case]


def _case_notes(values: dict[str, float], start: dict[str, float], expected: float) -> list[str]:
    """Say what is reported, what is assumed, and where the model disagrees with the patient."""
    assumed = [] if "ph" in values else [f"pH {start['ph']:.2f}"]
    assumed.append(f"citrate {start['citrate']:.1f} mmol/L")
    total, albumin = _both("calcium_total", start["total"]), _both("albumin", start["albumin"])
    notes = [f"Reported: total calcium {total}, albumin {albumin}. Assumed: {', '.join(assumed)}."]
    measured = values.get("calcium_ionised")
    if measured is None:
        notes.append("Ionised calcium was not reported; the start is what the model expects.")
    elif abs(measured - expected) >= 0.02:
        notes.append(
            f"From that total the model expects ionised calcium {_both('calcium_ionised', expected)}; measured was "
            f"{_both('calcium_ionised', measured)}. It is not fitted to this patient: read how much things "
            "move, not where they stand."
        )
    return notes


def _both(analyte: str, si: float) -> str:
    return units.Quantity(analyte, si, units.analyte(analyte).si_unit).both()


def _fixed_view() -> dict[str, Any]:
    """Return what does not depend on the start: constants, limits, intervals."""
    rows = {"ionised": "calcium_ionised", "total": "calcium_total"}
    decimals = {
        system: {form: units.analyte(analyte).spec(unit).decimals for form, analyte in rows.items()}
        for system, unit in (("si", "mmol/L"), ("conventional", "mg/dL"))
    }
    found = {form: labs.interval_for(analyte, age_years=_ADULT_YEARS) for form, analyte in rows.items()}
    intervals = {form: interval for form, interval in found.items() if interval is not None}
    return {
        "constants": asdict(binding.constants()),
        "limits": {name: list(binding.allowed(key)) for name, key in (_CONTROLS | _RESULTS).items()},
        "mg_dl_per_mmol_l": units.factor("calcium_total", "mmol/L", "mg/dL"),
        "decimals": decimals,
        "intervals": {form: _interval_view(interval) for form, interval in intervals.items()},
        "interval_notes": [_interval_note(interval) for interval in intervals.values()],
        "about": _ABOUT,
        "constants_table": _constants_table(),
    }


def _interval_view(interval: labs.Interval) -> dict[str, Any]:
    """Return the limits as displayed in each system, with the widest that laboratories quote."""
    limits = ("low", "high", "differs_low", "differs_high")
    view = {}
    for system, unit in (("si", "mmol/L"), ("conventional", "mg/dL")):
        found = {name: interval.limit(name, unit) for name in limits}
        view[system] = {name: None if value is None else float(value) for name, value in found.items()}
        view[system]["text"] = interval.shown(unit).removesuffix(f" {unit}")
    return view


def _interval_note(interval: labs.Interval) -> str:
    cited = "; ".join(prose.citation(key) for key in interval.source)
    note = f" {interval.note[0].upper()}{interval.note[1:]}." if interval.note else ""
    return f"{units.analyte(interval.analyte).name}: {interval.both()}, {interval.applies} ({cited}).{note}"


def _constants_table() -> dict[str, Any]:
    columns = [
        {"id": "name", "text": "Constant"},
        {"id": "value", "text": "Value"},
        {"id": "mark", "text": "Mark"},
        {"id": "why", "text": "Fixed by"},
    ]
    rows = []
    for record in content.load_records("binding").values():
        limits = [record.value] if record.value is not None else [record.low, record.high]
        value = " to ".join(units.grouped(f"{limit:.10g}") for limit in limits)
        unit = "" if record.unit == "pH" else f" {record.unit}"
        rows.append({"name": _plain(record.id), "value": f"{value}{unit}", "mark": record.mark, "why": record.fixed_by})
    return {"columns": columns, "rows": rows}


def _plain(key: str) -> str:
    """Turn an id into words: the unit at its end stands in the next column."""
    for ending in ("_mmol_l", "_l_mmol", "_g_l", "_g_mmol", "_mmol_g"):
        key = key.removesuffix(ending)
    words = {"ph": "pH", "pk": "pK"}
    return " ".join(words.get(word, word) for word in key.split("_"))
