"""Marking: every option is explained, the key stays hidden before the answer, a value counts in any of its units."""

import json
import sys
from datetime import date

import pytest

from calcinosis.content.models import Item
from calcinosis.errors import InputError
from calcinosis.quiz import Marked, mark, public_view, select, shown_options

COMMON = {
    "version": 3,
    "status": "draft",
    "lesson": "030-reading-the-panel",
    "objective": "030b",
    "bloom": "apply",
    "order": "numeric",
    "stem": "A man of 62 has total calcium 1.48 mmol/L (5.93 mg/dL) and albumin 26 g/L (2.6 g/dL).",
    "lead_in": "Which value does the popular correction give?",
    "sources": ["payne1973"],
    "author": "course team",
    "review_due": date(2028, 11, 20).isoformat(),
    "difficulty_guess": 0.5,
    "use": "practice",
    "figure": "none",
    "option_class": "value",
    "skin_tone": None,
}


def item_of(**changes):
    return Item.model_validate_json(json.dumps(COMMON | changes))


@pytest.fixture
def one_best():
    options = [
        {"id": "a", "text": "1.20 mmol/L", "misconception": "sign-reversed", "feedback": "F-a", "short": "S-a."},
        {"id": "b", "text": "1.48 mmol/L", "misconception": "ignores-albumin", "feedback": "F-b", "short": "S-b."},
        {"id": "c", "text": "1.76 mmol/L", "best": True, "feedback": "F-c", "short": "S-c."},
        {"id": "d", "text": "2.23 mmol/L", "misconception": "factor-slip", "feedback": "F-d", "short": "S-d."},
    ]
    return item_of(id="one-best-01", kind="one_best", options=options)


@pytest.fixture
def numeric():
    answer = {
        "value": 1.76,
        "unit": "mmol/L",
        "analyte": "calcium_corrected",
        "tolerance": 0.01,
        "wrong": [
            {"value": 1.2, "unit": "mmol/L", "misconception": "sign-reversed", "feedback": "The sign is reversed."}
        ],
        "feedback": "1.48 + 0.02 × (40 − 26) = 1.76",
        "short": "0.28 is added.",
    }
    return item_of(id="numeric-01", kind="numeric", answer=answer, option_class=None)


def test_best_option_is_correct_and_every_option_explained(one_best):
    marked = mark(one_best, "c")
    assert isinstance(marked, Marked)
    assert marked.correct
    assert [entry.full for entry in marked.feedback] == ["F-a", "F-b", "F-c", "F-d"]
    assert [entry.short for entry in marked.feedback] == ["S-a.", "S-b.", "S-c.", "S-d."]
    assert [entry.id for entry in marked.feedback if entry.best] == ["c"]
    assert marked.message == "Correct: 1.76 mmol/L. S-c."
    assert (marked.item, marked.version, marked.chosen, marked.key) == ("one-best-01", 3, "c", "c")


def test_wrong_option_names_its_misconception_and_the_best(one_best):
    marked = mark(one_best, "a")
    assert not marked.correct
    assert marked.misconception == "sign-reversed"
    assert marked.message == "Not the best answer: you gave 1.20 mmol/L. S-a. The best answer is 1.76 mmol/L."
    assert [entry.id for entry in marked.feedback if entry.chosen] == ["a"]


@pytest.mark.parametrize("answer", ["", "e", "C", "1.76 mmol/L", None])
def test_an_option_that_is_not_there_is_refused_in_one_sentence(one_best, answer):
    with pytest.raises(InputError, match=r"choose one of a, b, c, d\.$"):
        mark(one_best, answer)


def test_points_only_for_graded_items(one_best):
    assert mark(one_best, "c").points is None
    graded = one_best.model_copy(update={"use": "graded"})
    assert (mark(graded, "c").points, mark(graded, "a").points) == (1.0, 0.0)


def test_marked_goes_through_json(one_best):
    assert json.loads(json.dumps(mark(one_best, "a").as_dict()))["feedback"][2]["best"] is True


def test_public_view_holds_no_key_feedback_or_misconception(one_best, numeric):
    shown = json.dumps(public_view(one_best))
    for secret in ('"best"', "F-a", "S-c", "sign-reversed", "feedback", "misconception"):
        assert secret not in shown
    assert [option["text"] for option in public_view(one_best)["options"]][2] == "1.76 mmol/L"
    shown = json.dumps(public_view(numeric))
    for secret in ("1.76", "0.28", "1.2", "tolerance", "sign"):
        assert secret not in shown


def test_shuffled_options_are_the_same_on_every_visit_and_for_everybody(one_best):
    shuffled = one_best.model_copy(update={"order": "shuffle"})
    orders = {tuple(option.id for option in shown_options(shuffled)) for _ in range(5)}
    assert len(orders) == 1
    assert sorted(orders.pop()) == ["a", "b", "c", "d"]
    versions = {tuple(o.id for o in shown_options(shuffled.model_copy(update={"version": v}))) for v in range(1, 30)}
    assert len(versions) > 5
    assert [option.id for option in shown_options(one_best)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "answer", ["1.76 mmol/L", "1,76 mmol/L", "1.77 mmol/L", "1.75 mmol/L", "7.05 mg/dL", "7.1 mg/dL"]
)
def test_a_value_counts_in_any_unit_within_its_tolerance(numeric, answer):
    assert mark(numeric, answer).correct


@pytest.mark.parametrize("answer", ["1.74 mmol/L", "1.78 mmol/L", "7.2 mg/dL"])
def test_a_value_outside_the_tolerance_is_wrong_and_told_the_direction(numeric, answer):
    marked = mark(numeric, answer)
    assert not marked.correct
    assert marked.misconception is None
    assert ("too low" in marked.message) == (answer == "1.74 mmol/L")


def test_a_known_wrong_value_gets_its_own_feedback_in_any_unit(numeric):
    for answer in ("1.20 mmol/L", "4.81 mg/dL"):
        marked = mark(numeric, answer)
        assert not marked.correct
        assert marked.misconception == "sign-reversed"
        assert "The sign is reversed." in marked.message
        assert [entry.chosen for entry in marked.feedback] == [False, True]


@pytest.mark.parametrize(
    "answer", ["1.76", "", "abc", "1.76 furlongs", "nan mmol/L", "-1.76 mmol/L", "<2 mmol/L", "9.2 mmol/L"]
)
def test_unreadable_values_are_refused(numeric, answer):
    with pytest.raises(InputError) as refused:
        mark(numeric, answer)
    assert "\n" not in str(refused.value)


def test_a_numeric_item_names_the_units_it_takes(numeric):
    assert public_view(numeric)["units"][0] == "mmol/L"
    assert "mg/dL" in public_view(numeric)["units"]


def test_a_share_in_percent_needs_its_unit(numeric):
    answer = numeric.answer.model_copy(
        update={"value": 45.0, "unit": "%", "analyte": None, "tolerance": 2.0, "wrong": ()}
    )
    share = numeric.model_copy(update={"answer": answer})
    assert mark(share, "46 %").correct
    assert not mark(share, "40%").correct
    with pytest.raises(InputError, match="write a number in %"):
        mark(share, "46 mmol/L")


def test_select_filters_and_keeps_graded_and_retired_items_away(one_best, numeric):
    graded = one_best.model_copy(update={"id": "graded-01", "use": "graded"})
    retired = one_best.model_copy(update={"id": "retired-01", "status": "retired"})
    other = one_best.model_copy(
        update={"id": "other-01", "lesson": "010-x", "objective": "010a", "subtype": ("mimic",)}
    )
    bank = {record.id: record for record in (retired, one_best, other, numeric, graded)}
    assert [record.id for record in select(bank=bank)] == ["numeric-01", "one-best-01", "other-01"]
    assert [record.id for record in select(lesson="030", bank=bank)] == ["numeric-01", "one-best-01"]
    assert [record.id for record in select(objective="010a", bank=bank)] == ["other-01"]
    assert [record.id for record in select(subtype="mimic", bank=bank)] == ["other-01"]
    assert [record.id for record in select(use="graded", bank=bank)] == ["graded-01"]


def test_the_room_can_be_called_like_the_widget(monkeypatch):
    """`from calcinosis import quiz` gives the room once anything has imported it; a lesson's cell calls it."""
    import calcinosis.widgets

    shown = []
    monkeypatch.setattr(calcinosis.widgets, "quiz", lambda *ids: shown.append(ids))
    sys.modules["calcinosis.quiz"]("one-best-01", "numeric-01")
    assert shown == [("one-best-01", "numeric-01")]
