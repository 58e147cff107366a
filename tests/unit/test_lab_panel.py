"""The laboratory panel as a widget: units never guessed, nothing lost, no control and no rubbish that breaks it."""

import json

import pytest

from calcinosis import content, labs, units
from calcinosis.errors import InputError
from calcinosis.widgets import lab_panel as show_panel
from calcinosis.widgets.lab_panel import CORE, MORE, LabPanel


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path))


def send(panel, kind, **data):
    panel.receive({"type": kind, **data})
    return panel.view


def typed(panel, analyte, text):
    return field(send(panel, "entry", analyte=analyte, text=text), analyte)


def field(view, analyte):
    return next(entry for entry in view["fields"] if entry["id"] == analyte)


def row(view, name):
    return next(entry for entry in view["read"]["rows"] if entry["name"] == name)


# --- units ----------------------------------------------------------------------------------------------------------


def test_every_field_starts_empty_with_its_unit_in_sight():
    for entry in LabPanel().view["fields"]:
        assert entry["text"] == ""
        assert entry["unit"] == units.analyte(entry["id"]).si_unit
        assert entry["unit"] in entry["units"]


def test_bare_number_takes_the_unit_in_sight_and_says_so():
    entry = typed(LabPanel(), "calcium_total", "2.9")
    assert entry["echo"] == "Read as 2.90 mmol/L (11.6 mg/dL)."
    assert entry["error"] is None


def test_typed_unit_moves_the_choice_beside_the_field():
    entry = typed(LabPanel(), "calcium_total", "9.2 mg/dL")
    assert (entry["text"], entry["unit"]) == ("9.2", "mg/dL")
    assert entry["echo"] == "Read as 2.30 mmol/L (9.2 mg/dL)."


def test_unit_mix_up_is_refused_at_the_field_and_mended_by_the_choice():
    panel = LabPanel()
    entry = typed(panel, "calcium_total", "9.2 mmol/L")
    assert "9.2 mg/dL would be 2.30 mmol/L" in entry["error"]
    assert entry["text"] == "9.2"
    entry = field(send(panel, "unit", analyte="calcium_total", unit="mg/dL"), "calcium_total")
    assert entry["error"] is None
    assert entry["echo"].startswith("Read as 2.30 mmol/L")


@pytest.mark.parametrize(("analyte", "text"), [("pth", "1.4"), ("vitd_25oh", "60")])
def test_units_that_no_limit_can_tell_apart_are_echoed_in_both(analyte, text):
    entry = typed(LabPanel(), analyte, text)
    for unit in {units.analyte(analyte).si_unit, units.analyte(analyte).conventional_unit}:
        assert unit in entry["echo"]


def test_system_switch_converts_and_comes_back_exactly():
    panel = LabPanel()
    typed(panel, "calcium_total", "2.91")
    there = field(send(panel, "system", system="conventional"), "calcium_total")
    assert (there["text"], there["unit"]) == ("11.7", "mg/dL")
    again = field(send(panel, "system", system="si"), "calcium_total")
    assert (again["text"], again["unit"]) == ("2.91", "mmol/L")


def test_leaving_a_converted_field_untouched_keeps_what_was_typed():
    panel = LabPanel()
    typed(panel, "calcium_total", "2.91")
    send(panel, "system", system="conventional")
    typed(panel, "calcium_total", "11.7")
    assert field(send(panel, "system", system="si"), "calcium_total")["text"] == "2.91"


def test_system_switch_never_gives_a_refused_number_another_unit():
    panel = LabPanel()
    typed(panel, "calcium_total", "9.2")
    entry = field(send(panel, "system", system="conventional"), "calcium_total")
    assert (entry["text"], entry["unit"]) == ("9.2", "mmol/L")
    assert entry["error"]


# --- judging --------------------------------------------------------------------------------------------------------


def test_soft_limit_asks_and_waits():
    panel = LabPanel()
    typed(panel, "albumin", "40")
    entry = typed(panel, "phosphate", "5.2")
    assert entry["question"].endswith("is this right?")
    view = send(panel, "read")
    assert view["focus"] == "keep-phosphate"
    assert [r["name"] for r in view["read"]["rows"]] == ["Albumin"]
    assert any("Phosphate" in text for text in view["read"]["notices"])
    view = send(panel, "keep", analyte="phosphate")
    assert row(view, "Phosphate (as phosphorus)")["both"]["si"] == "5.20 mmol/L"
    assert field(view, "phosphate")["question"] is None


def test_a_new_value_asks_again():
    panel = LabPanel()
    typed(panel, "phosphate", "5.2")
    send(panel, "keep", analyte="phosphate")
    assert typed(panel, "phosphate", "5.3")["question"]


def test_one_bad_field_loses_nothing_else():
    panel = LabPanel()
    typed(panel, "albumin", "25")
    bad = typed(panel, "pth", "abc")
    assert bad["text"] == "abc"
    assert bad["error"].count(".") <= 3
    view = send(panel, "read")
    assert view["focus"] == "pth"
    assert [r["name"] for r in view["read"]["rows"]] == ["Albumin"]
    assert "alkaline phosphatase, ALP" in view["read"]["missing"]
    assert not any("parathyroid" in text for text in view["read"]["missing"])


def test_nothing_to_read_says_so():
    assert "at least one result" in send(LabPanel(), "read")["error"]


def test_flags_and_derived_values_come_from_the_library():
    panel = LabPanel()
    for analyte, text in {"calcium_total": "8.0 mg/dL", "albumin": "2.5 g/dL", "creatinine": "2.1 mg/dL"}.items():
        typed(panel, analyte, text)
    send(panel, "entry", analyte="age", text="56")
    send(panel, "sex", sex="female")
    view = send(panel, "read")
    expected = labs.read_panel(
        {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL", "creatinine": "2.1 mg/dL"}, age="56", sex="female"
    )
    flags = {r["name"]: r["flag"] for r in view["read"]["rows"]}
    assert flags == {"Total calcium": "low", "Albumin": "low", "Creatinine": "high"}
    assert len(view["read"]["derived"]) == len(expected.derived)
    corrected = view["read"]["derived"][0]
    assert corrected["both"] == {"si": "2.30 mmol/L", "conventional": "9.2 mg/dL"}
    assert any("ionised" in text for text in corrected["caveats"])
    assert view["read"]["picture"]["src"].startswith("data:image/")
    assert "below" in view["read"]["picture"]["alt"].lower()


def test_after_the_first_reading_changes_are_read_at_once():
    panel = LabPanel()
    send(panel, "entry", analyte="age", text="40")
    typed(panel, "calcium_total", "2.3")
    assert panel.view["read"] is None
    assert row(send(panel, "read"), "Total calcium")["flag"] == "normal"
    typed(panel, "calcium_total", "2.9")
    assert row(panel.view, "Total calcium")["flag"] == "high"


def test_child_is_not_judged_by_an_adult_interval():
    panel = LabPanel()
    typed(panel, "alp", "300")  # an adult would be high
    send(panel, "entry", analyte="age", text="3 years")
    view = send(panel, "read")
    assert row(view, "Alkaline phosphatase")["flag"] == "normal"
    send(panel, "entry", analyte="age", text="")
    assert row(panel.view, "Alkaline phosphatase")["flag"] == "none"


def test_notices_speak_of_fields_not_of_a_command_line():
    panel = LabPanel()
    for analyte in ("creatinine", "calcium_total", "urine_phosphate", "urine_creatinine", "phosphate"):
        low, high = units.analyte(analyte).spec(units.analyte(analyte).si_unit).soft
        typed(panel, analyte, f"{((low or 0) + (high or 2)) / 2:.3g}")
    view = send(panel, "read")
    texts = view["read"]["notices"] + [text for value in view["read"]["derived"] for text in value["caveats"]]
    assert texts
    assert not any("=" in text for text in texts), texts


# --- cases ----------------------------------------------------------------------------------------------------------


def test_case_brings_its_values_its_printed_intervals_and_nothing_later():
    view = LabPanel("bcmj-2007").view
    calcium = row(view, "Total calcium")
    assert calcium["both"] == {"si": "1.48 mmol/L", "conventional": "5.9 mg/dL"}
    assert calcium["interval"]["si"] == "2.10–2.55 mmol/L"
    assert calcium["source"] == "printed on the report"
    assert calcium["flag"] == "low"
    assert row(view, "Parathyroid hormone, intact")["flag"] == "normal"
    assert (view["age"]["text"], view["sex"]) == ("62", "male")
    assert "2.15" not in json.dumps(view["read"]["rows"])


def test_values_only_holds_no_judgement():
    view = LabPanel("bcmj-2007", flags=False).view
    assert [r["name"] for r in view["reported"]][:2] == ["Total calcium", "Ionised calcium"]
    assert view["reported"][0]["interval"]["si"] == "2.10–2.55 mmol/L"
    assert not {"read", "fields", "summary"} & set(view)
    assert '"low"' not in json.dumps(view)
    assert "inside" not in json.dumps(view)


def test_values_only_survives_messages_of_the_other_form():
    panel = LabPanel("bcmj-2007", flags=False)
    for kind in ("read", "clear", "undo", "system", "keep"):
        send(panel, kind)
    assert "read" not in panel.view


def test_every_published_case_loads_and_is_read():
    for name in content.cases():
        view = LabPanel(name).view
        assert len(view["read"]["rows"]) == len(
            {lab.analyte for lab in content.cases()[name].labs if lab.timing is None}
        )
        json.dumps(view, allow_nan=False)


def test_example_can_be_taken_back():
    panel = LabPanel()
    typed(panel, "albumin", "33")
    view = send(panel, "example", id="bcmj-2007")
    assert field(view, "albumin")["text"] == "26"
    view = send(panel, "undo")
    assert field(view, "albumin")["text"] == "33"
    assert field(view, "calcium_total")["text"] == ""


@pytest.mark.parametrize("case", ["no-such-case", "", "../x"])
def test_unknown_case_is_one_sentence(case):
    with pytest.raises(InputError, match="There is no case"):
        LabPanel(case)


def test_values_only_needs_a_case():
    with pytest.raises(InputError, match="flags=False"):
        LabPanel(flags=False)


# --- kept -----------------------------------------------------------------------------------------------------------


def test_what_was_typed_is_there_at_the_second_visit():
    panel = LabPanel()
    typed(panel, "calcium_total", "11.6 mg/dL")
    typed(panel, "pth", "abc")
    typed(panel, "phosphate", "5.2")
    send(panel, "keep", analyte="phosphate")
    send(panel, "entry", analyte="age", text="58")
    send(panel, "sex", sex="female")
    send(panel, "read")
    before = panel.view
    after = LabPanel().view
    for key in ("fields", "age", "sex", "read", "system"):
        assert after[key] == before[key]


@pytest.mark.parametrize(
    "saved",
    [
        [],
        {"entries": 3},
        {"entries": {"pth": None, "calcium_total": {"text": 4}, "nonsense": {"text": "4"}}, "age": 7, "sex": "x"},
        {
            "entries": {"pth": {"text": "1", "unit": "furlongs", "typed": "x", "printed": "??"}},
            "system": 4,
            "example": [],
        },
        {"entries": {}, "age": "-4", "example": "gone", "is_read": "yes"},
    ],
)
def test_damaged_form_starts_afresh(saved):
    from calcinosis import progress

    progress.store().save_form("lab_panel:own", saved)
    view = LabPanel().view
    assert field(view, "calcium_total")["text"] == ""
    json.dumps(view)


def test_the_page_has_the_answer_before_the_disk_has_it(monkeypatch):
    from calcinosis import progress

    panel = LabPanel("bcmj-2007")
    shown_when_saved = []
    monkeypatch.setattr(
        progress.Store, "save_form", lambda *_: shown_when_saved.append(field(panel.view, "albumin")["text"])
    )
    typed(panel, "albumin", "33")
    assert shown_when_saved == ["33"]


def test_a_disk_that_takes_nothing_is_said_and_costs_no_value(tmp_path, monkeypatch):
    panel = LabPanel()
    blocked = tmp_path / "a file"
    blocked.write_text("no folder")
    monkeypatch.setenv("CALCINOSIS_HOME", str(blocked))
    entry = typed(panel, "albumin", "33")
    assert entry["echo"].startswith("Read as 33 g/L")
    assert "could not be saved" in panel.view["error"]


# --- every control at its ends, and rubbish ---------------------------------------------------------------------------


@pytest.mark.parametrize("analyte", [*CORE, *MORE])
def test_every_field_takes_both_ends_of_every_unit(analyte):
    panel = LabPanel()
    send(panel, "entry", analyte="age", text="58")
    for unit, spec in units.analyte(analyte).units.items():
        low, high = spec.hard
        ends = [low if low is not None else 0, high if high is not None else 1e6]
        for value in (*ends, sum(ends) / 2):
            entry = typed(panel, analyte, f"{value:.6g} {unit}".strip())
            if entry["question"]:
                send(panel, "keep", analyte=analyte)
            view = send(panel, "read")
            json.dumps(view, allow_nan=False)
            assert entry["error"] is None, entry["error"]
            assert view["read"]["rows"]


@pytest.mark.parametrize(
    ("age", "refused"), [("0", False), ("120", False), ("2 days", False), ("121", True), ("-1", True), ("x", True)]
)
def test_age_at_its_ends(age, refused):
    panel = LabPanel()
    typed(panel, "creatinine", "90")
    view = send(panel, "entry", analyte="age", text=age)
    assert bool(view["age"]["error"]) is refused
    assert view["age"]["text"] == age
    assert send(panel, "read")["read"]["rows"]


RUBBISH_TEXTS = [
    "",
    " ",
    "abc",
    "-2",
    "−2",
    "nan",
    "inf",
    "1e400",
    "1e-400",
    "<2.0",
    "2.0-2.5",
    "2,500",
    "1.2.3",
    "0",
    "00",
    "+2.3",
    "2.3 mmol",
    "2.3 mmol/l/l",
    "2.3mg/dL mmol/L",
    "９.２",
    "２，３",
    "2.3 μmol/L",
    "🦴",
    "\x00",
    "\ud800",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}",
    "[@payne1973]",
    "None",
    "True",
    "1" * 400,
    "2.3 " + "x" * 1500,
    "x" * 5000,
    "2.3\n2.4",
    "'; DROP TABLE",
    "%s%n",
    "\u202e2.3",
    "two",
    "2½",
    "٢٫٣",
    "Ⅷ",
    "5 mg/dL.",
    "= 2.3",
]


@pytest.mark.parametrize("text", RUBBISH_TEXTS)
@pytest.mark.parametrize("analyte", ["calcium_total", "pth", "alp", "ph", "age"])
def test_rubbish_text_is_one_sentence_at_the_field_or_a_plain_reading(analyte, text):
    panel = LabPanel()
    typed(panel, "albumin", "40")
    view = send(panel, "entry", analyte=analyte, text=text)
    json.dumps(view, allow_nan=False)
    problem = view["error"] or (view["age"]["error"] if analyte == "age" else field(view, analyte)["error"])
    assert problem is None or ("\n" not in problem and len(problem) < 400)
    assert field(view, "albumin")["text"] == "40"
    assert send(panel, "read")["read"]["rows"]


RUBBISH_MESSAGES = [
    None,
    7,
    "entry",
    [],
    {},
    {"type": None},
    {"type": 5},
    {"type": "entry"},
    {"type": "entry", "analyte": []},
    {"type": "entry", "analyte": {}, "text": "1"},
    {"type": "entry", "analyte": "nothing", "text": "1"},
    {"type": "entry", "analyte": "pth", "text": 7},
    {"type": "entry", "analyte": "pth", "text": None},
    {"type": "entry", "analyte": "calcium_corrected", "text": "2"},
    {"type": "unit", "analyte": "pth"},
    {"type": "unit", "analyte": "pth", "unit": "mmol/L"},
    {"type": "unit", "analyte": "pth", "unit": []},
    {"type": "unit", "analyte": 3, "unit": "pg/mL"},
    {"type": "keep"},
    {"type": "keep", "analyte": "pth"},
    {"type": "sex"},
    {"type": "sex", "sex": "both"},
    {"type": "sex", "sex": 1},
    {"type": "system"},
    {"type": "system", "system": "imperial"},
    {"type": "system", "system": ["si"]},
    {"type": "example"},
    {"type": "example", "id": "gone"},
    {"type": "example", "id": 3},
    {"type": "undo"},
    {"type": "clear", "extra": "x"},
    {"type": "_paint"},
    {"type": "__init__"},
    {"type": "put"},
    {"type": "read", "x": float("nan")},
]


@pytest.mark.parametrize("message", RUBBISH_MESSAGES, ids=str)
def test_rubbish_messages_change_nothing_but_the_message(message):
    panel = LabPanel()
    typed(panel, "albumin", "40")
    panel.receive(message)
    json.dumps(panel.view, allow_nan=False)
    if not isinstance(message, dict) or message.get("type") not in ("clear", "read"):
        assert panel.view["error"]
        assert field(panel.view, "albumin")["text"] == "40"


def test_public_function_prints_the_start_line(capsys):
    show_panel("bcmj-2007")
    assert "Press the double arrow" in capsys.readouterr().out


def test_the_page_never_speaks_to_a_command_line():
    panel = LabPanel()
    for analyte, text in (("calcium_total", "2.9"), ("creatinine", "90"), ("alp", "200"), ("phosphate", "1.2")):
        typed(panel, analyte, text)
    shown = json.dumps(send(panel, "read")["read"], ensure_ascii=False)
    assert "fill in the age" in shown
    assert not any(word in shown for word in ("age=", "sex=", "report's own interval"))
