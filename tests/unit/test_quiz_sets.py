"""quiz(…) takes the name of a lesson's set of questions, or the questions themselves."""

import sys

import pytest

from calcinosis import content
from calcinosis.content import models
from calcinosis.errors import InputError
from calcinosis.widgets.quiz import quiz

SETS = {"030-quiz-units": ("phosphate-without-unit-01", "pth-unit-swap-01"), "030-quiz-pairs": ("alp-schoolboy-01",)}


@pytest.fixture
def asked(monkeypatch):
    """Catch the questions that would be shown; the sets are the test's own."""
    found = []
    made = {key: models.QuizSet(id=key, items=ids) for key, ids in SETS.items()}
    monkeypatch.setattr(content, "quizzes", lambda: made)
    shown = sys.modules[quiz.__module__]
    monkeypatch.setattr(shown, "show", lambda widget: found.extend(record.id for record in widget._items))
    return found


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["030-quiz-units"], ["phosphate-without-unit-01", "pth-unit-swap-01"]),
        (["alp-schoolboy-01"], ["alp-schoolboy-01"]),
        (["alp-schoolboy-01", "030-quiz-units"], ["alp-schoolboy-01", "phosphate-without-unit-01", "pth-unit-swap-01"]),
    ],
)
def test_a_set_or_single_questions(asked, names, ids):
    quiz(*names)
    assert asked == ids


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("030-quiz-unit", "There is no set of questions “030-quiz-unit”. Did you mean 030-quiz-units?"),
        ("030", "There is no set of questions “030”. Give the name that the lesson's own cell has, such as 030-quiz-"),
        ("alp-schoolboy-02", "There is no quiz item “alp-schoolboy-02”. Did you mean alp-schoolboy-01"),
        (30, "There is no set of questions “30”."),
    ],
)
def test_an_unknown_name_ends_in_one_sentence(asked, name, message):
    with pytest.raises(InputError) as caught:
        quiz(name)
    assert str(caught.value).startswith(message)
    assert asked == []


def test_every_set_of_the_course_holds_questions_that_exist():
    assert content.quizzes()
    assert {key for one in content.quizzes().values() for key in one.items} <= set(content.items())


def test_before_the_first_build_there_are_no_sets(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_DATA", str(tmp_path))
    assert dict(content.quizzes()) == {}
