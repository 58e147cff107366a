"""Forms of calcium as a widget: the page's arithmetic is Python's, nothing breaks it, notes say what is assumed."""

import json

import pytest

from calcinosis import content, labs
from calcinosis.errors import InputError
from calcinosis.physiology import binding
from calcinosis.widgets import forms_of_calcium as show_forms
from calcinosis.widgets.forms_of_calcium import FormsOfCalcium


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path))


def settled(widget, **state):
    widget.receive({"type": "settled", "state": state})
    return widget.view


MIDDLE = {"mode": "tube", "albumin": 35, "ph": 7.35, "citrate": 1.5}


def test_starts_at_the_reference_point():
    view = FormsOfCalcium().view
    assert view["start"] == {"total": 2.40, "ionised": 1.20}
    assert view["state"] == {"mode": "patient", "albumin": 40.0, "ph": 7.40, "citrate": 0.1}
    assert view["notes"] == []
    json.dumps(view, allow_nan=False)


def test_case_says_what_is_reported_assumed_and_not_fitted():
    view = FormsOfCalcium("bcmj-2007").view
    assert view["start"] == {"total": 1.48, "ionised": pytest.approx(0.824, abs=0.01)}
    assert view["start_state"]["albumin"] == 26
    assert view["state"]["mode"] == "tube"
    reported, disagreement, why_tube = view["notes"]
    assert "the glands of this patient do not defend it" in why_tube
    assert "1.48 mmol/L (5.9 mg/dL)" in reported
    assert "26 g/L (2.6 g/dL)" in reported
    assert "Assumed: pH 7.40, citrate 0.1 mmol/L" in reported
    expected = binding.in_the_tube(1.48, albumin_g_l=26, ph=7.40, citrate_mmol_l=0.1).ionised_mmol_l
    assert f"{expected:.2f} mmol/L" in disagreement
    assert "0.91 mmol/L" in disagreement
    assert "not fitted" in disagreement


def test_every_case_either_starts_or_says_what_it_lacks():
    for name, record in content.cases().items():
        known = {lab.analyte for lab in record.labs if lab.timing is None}
        if {"calcium_total", "albumin"} <= known:
            assert FormsOfCalcium(name).view["notes"]
        else:
            with pytest.raises(InputError, match="choose another case"):
                FormsOfCalcium(name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"case": "nobody"}, "There is no case"),
        ({"albumin": "26"}, "of what"),
        ({"albumin": 26}, "not text"),
        ({"albumin": "2.6 g/L"}, "beyond what this course accepts"),
        ({"albumin": "65 g/L"}, "outside what this model takes"),
        ({"ph": 74}, "outside what this model takes"),
        ({"ph": "7.4"}, "must be a number"),
        ({"ph": float("nan")}, "must be a number"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, words):
    with pytest.raises(InputError, match=words) as caught:
        FormsOfCalcium(**arguments)
    assert "\n" not in str(caught.value)


def test_albumin_is_taken_in_either_unit():
    assert FormsOfCalcium(albumin="2.6 g/dL").view["state"]["albumin"] == pytest.approx(26)


def test_sliders_may_open_elsewhere_and_the_start_stays():
    view = FormsOfCalcium(ph=7.55).view
    assert (view["state"]["ph"], view["opening"]["ph"], view["start_state"]["ph"]) == (7.55, 7.55, 7.40)
    settled(FormsOfCalcium(), **MIDDLE)
    assert FormsOfCalcium(ph=7.55).view["state"]["ph"] == 7.55


def test_the_switch_stands_where_it_is_told_to():
    assert FormsOfCalcium(where="tube").view["state"]["mode"] == "tube"
    assert FormsOfCalcium("bcmj-2007", where="patient").view["state"]["mode"] == "patient"
    with pytest.raises(InputError, match="not in “bottle”"):
        FormsOfCalcium(where="bottle")


@pytest.mark.parametrize("case", [None, "bcmj-2007"])
def test_the_start_is_one_state_whichever_way_the_switch_stands(case):
    view = FormsOfCalcium(case).view
    known = {"albumin_g_l": view["start_state"]["albumin"], "ph": view["start_state"]["ph"], "citrate_mmol_l": 0.1}
    tube = binding.in_the_tube(view["start"]["total"], **known)
    patient = binding.in_the_patient(view["start"]["ionised"], **known)
    assert tube.total_mmol_l == pytest.approx(patient.total_mmol_l, abs=0.002)
    assert tube.ionised_mmol_l == pytest.approx(patient.ionised_mmol_l, abs=0.002)


def test_where_the_sliders_rest_is_kept():
    settled(FormsOfCalcium(), **MIDDLE)
    assert FormsOfCalcium().view["state"] == MIDDLE
    assert FormsOfCalcium("bcmj-2007").view["state"]["albumin"] == 26


def test_damaged_form_starts_afresh():
    from calcinosis import progress

    for saved in ([], {"mode": "tube"}, {**MIDDLE, "ph": 74}, {**MIDDLE, "albumin": "35"}, {**MIDDLE, "mode": []}):
        progress.store().save_form("forms_of_calcium:start", saved)
        assert FormsOfCalcium().view["state"]["ph"] == 7.40


@pytest.mark.parametrize("mode", ["tube", "patient"])
@pytest.mark.parametrize("control", ["albumin", "ph", "citrate"])
def test_every_control_at_both_ends_and_in_the_middle(mode, control):
    widget = FormsOfCalcium()
    low, high = widget.view["limits"][control]
    for value in (low, (low + high) / 2, high):
        view = settled(widget, **{**MIDDLE, "mode": mode, control: value})
        assert view["error"] is None


@pytest.mark.parametrize(
    "message",
    [
        None, 3, [], {}, {"type": "settled"}, {"type": "settled", "state": None}, {"type": "settled", "state": [1]},
        {"type": "settled", "state": {}}, {"type": "settled", "state": {**MIDDLE, "albumin": 9}},
        {"type": "settled", "state": {**MIDDLE, "albumin": "40"}}, {"type": "settled", "state": {**MIDDLE, "ph": True}},
        {"type": "settled", "state": {**MIDDLE, "ph": None}}, {"type": "settled", "state": {**MIDDLE, "citrate": 1e9}},
        {"type": "settled", "state": {**MIDDLE, "citrate": float("nan")}},
        {"type": "settled", "state": {**MIDDLE, "mode": "bottle"}},
        {"type": "settled", "state": {**MIDDLE, "mode": []}},
        {"type": "reset"}, {"type": "__class__"},
    ],
    ids=str,
)  # fmt: skip
def test_rubbish_is_one_sentence_and_saves_nothing(message):
    widget = FormsOfCalcium()
    widget.receive(message)
    assert widget.view["error"].endswith(".")
    assert FormsOfCalcium().view["state"]["albumin"] == 40


def test_every_constant_is_shown_with_its_mark():
    rows = FormsOfCalcium().view["constants_table"]["rows"]
    assert len(rows) == len(content.load_records("binding"))
    assert {row["mark"] for row in rows} == {"teaching value", "design value"}
    assert any(row["name"] == "site pK" and row["value"] == "7.55" for row in rows)


def test_intervals_are_those_of_the_library():
    view = FormsOfCalcium().view
    interval = labs.interval_for("calcium_total", age_years=40)
    assert view["intervals"]["total"]["si"]["text"] == interval.shown("mmol/L").removesuffix(" mmol/L")
    assert view["intervals"]["total"]["conventional"]["low"] == 8.6
    assert len(view["interval_notes"]) == 2


def test_public_function_prints_the_start_line(capsys):
    show_forms("bcmj-2007")
    assert "Press the double arrow" in capsys.readouterr().out
