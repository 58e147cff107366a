"""Cases in steps and commitments: what is revealed when, and every choice explained."""

import pytest

from calcinosis import cases, content, units
from calcinosis.errors import InputError
from tests.content_copy import copy_content


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_content(tmp_path_factory.mktemp("content"))


@pytest.fixture(autouse=True)
def _samples(folder, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_DATA", str(folder))
    content.clear_cache()
    yield
    content.clear_cache()


@pytest.fixture
def case():
    return cases.case("sample-case")


def test_values_are_revealed_step_by_step_and_stay(case):
    seen = [[lab.id for lab in cases.revealed(case, at)] for at in range(4)]
    assert seen == [
        [],
        ["calcium", "ionised"],
        ["calcium", "ionised", "pth", "magnesium"],
        ["calcium", "ionised", "pth", "magnesium", "calcium-discharge"],
    ]


def test_a_row_shows_the_reported_number_untouched_and_the_other_system_beside_it(case):
    row = cases.lab_row(case.labs[0])
    assert row["reported"] == row["si"]
    assert row["si"] == {"value": "1.48 mmol/L", "interval": "2.10–2.55 mmol/L"}
    assert row["conventional"] == {"value": "5.9 mg/dL", "interval": "8.4–10.2 mg/dL"}
    assert (row["flag"], row["flag_words"], row["name"]) == ("low", "low", "Total calcium")


def test_a_value_without_interval_gets_no_flag(case):
    row = cases.lab_row(case.labs[-1])
    assert row["si"]["interval"] is None
    assert (row["flag"], row["flag_words"], row["timing"]) == (None, "no interval printed", "on discharge")


def test_a_value_without_printed_interval_borrows_the_courses_own_for_that_age(case):
    row = cases.lab_row(case.labs[-1], case.patient)
    assert (row["si"]["interval"], row["flag"]) == ("2.15–2.55 mmol/L", "normal")
    assert (row["printed"], row["lent"]) == (False, "the course's own for adults")
    printed = cases.lab_row(case.labs[0], case.patient)
    assert (printed["printed"], printed["lent"], printed["si"]["interval"]) == (True, None, "2.10–2.55 mmol/L")
    child = cases.lab_row(case.labs[-1], case.patient.model_copy(update={"age": 5}))
    assert child["lent"] in (None, "the course's own for this age")


def test_every_value_of_every_case_can_be_shown_in_both_systems():
    for record in content.cases().values():
        for lab in record.labs:
            row = cases.lab_row(lab)
            assert row["si"]["value"]
            assert row["conventional"]["value"]
            assert row["reported"]["value"].endswith(f" {lab.unit}")
            assert float(row["reported"]["value"].split()[0].replace(",", "")) == lab.value
            assert units.grouped(f"{lab.value:g}") in row["si"]["value"] + row["conventional"][
                "value"
            ] or lab.unit not in (
                row["si"]["value"].split()[-1],
                row["conventional"]["value"].split()[-1],
            )


@pytest.mark.parametrize(
    ("leave", "left"),
    [(None, ()), ("all", ("panel", "pair")), (["pair"], ("pair",)), (["pair", "panel"], ("panel", "pair"))],
)
def test_any_step_with_a_task_can_be_left(case, leave, left):
    assert cases.left_steps(case, leave) == left


@pytest.mark.parametrize(("leave", "words"), [(["who"], "has no task to leave"), (["nowhere"], "does not exist")])
def test_a_step_that_cannot_be_left_is_named_with_those_that_can(case, leave, words):
    with pytest.raises(InputError, match=f"{words}; leave one of panel, pair"):
        cases.left_steps(case, leave)


@pytest.mark.parametrize("find", [cases.case, cases.prediction])
def test_an_unknown_name_is_answered_with_the_nearest(find):
    with pytest.raises(InputError, match=r"There is no (case|prediction) 'sample-cas'. Did you mean .*sample-c"):
        find("sample-cas")


def test_marking_a_step_explains_every_choice_the_own_one_first(case):
    step = case.steps[2]
    wrong = cases.mark_step(step, "raised")
    assert not wrong.correct
    assert [part.id for part in wrong.parts] == ["raised", "fits", "lowish"]
    assert [part.best for part in wrong.parts] == [False, False, True]
    assert all(part.feedback for part in wrong.parts)
    assert cases.mark_step(step, "lowish").correct


@pytest.mark.parametrize(("index", "choice"), [(0, "a"), (2, "nothing"), (2, ""), (2, None)])
def test_marking_refuses_what_is_not_on_offer(case, index, choice):
    with pytest.raises(InputError):
        cases.mark_step(case.steps[index], choice)


def test_arrows_are_compared_field_by_field():
    record = cases.prediction("sample-arrows")
    done = cases.mark_prediction(record, {"total": "down", "ionised": "down", "pth": "same"})
    assert not done.correct
    assert [(part.id, part.best, part.guess) for part in done.parts] == [
        ("total", True, "falls"),
        ("ionised", False, "falls"),
        ("pth", True, "stays the same"),
    ]
    assert done.parts[1].text == "Ionised calcium: stays the same"
    assert cases.mark_prediction(record, {"total": "down", "ionised": "same", "pth": "same"}).correct


@pytest.mark.parametrize("answer", [{}, {"total": "down"}, "down", {"total": "sideways", "ionised": "up", "pth": "up"}])
def test_arrows_name_what_is_still_missing(answer):
    with pytest.raises(InputError, match=r"Choose a direction for (Total|Ionised) calcium.* as well\."):
        cases.mark_prediction(cases.prediction("sample-arrows"), answer)


@pytest.mark.parametrize(
    ("typed", "correct"),
    [
        ("1.48 mmol/L", True),
        ("5.93 mg/dL", True),
        ("1,5 mmol/L", True),
        ("1.68 mmol/L", True),
        ("1.69 mmol/L", False),
        ("2.4 mmol/L", False),
    ],
)
def test_a_value_may_come_in_any_unit_and_counts_within_its_tolerance(typed, correct):
    done = cases.mark_prediction(cases.prediction("sample-value"), typed)
    assert done.correct is correct
    assert done.parts[0].text == "1.48 mmol/L (5.9 mg/dL)"


@pytest.mark.parametrize("typed", ["", "  ", "1.48", "1.48 furlong", "-1 mmol/L", "<2.0 mmol/L", None, {"a": "b"}])
def test_a_value_without_number_or_unit_is_refused_in_one_sentence(typed):
    with pytest.raises(InputError) as caught:
        cases.mark_prediction(cases.prediction("sample-value"), typed)
    assert "\n" not in str(caught.value)


def test_a_choice_is_explained_with_its_rivals():
    done = cases.mark_prediction(cases.prediction("sample-choice"), "right")
    assert [part.id for part in done.parts] == ["right", "low", "high"]
    assert not done.correct
