"""Typed answers: every kind of task, every way to get it wrong, nothing that raises."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcinosis import worksheets
from calcinosis.worksheets import STUB, mark

VALUE = {
    "id": "w900-1", "kind": "value", "points": 2, "analyte": "calcium_total", "value": "2.29 mmol/L",
    "tolerance": "0.01 mmol/L", "feedback": "Albumin hid calcium.", "words": {},
    "wrong": [{"answer": "1.81 mmol/L", "hint": "The sign is reversed."}], "hidden": {"tolerance": "0.004 mmol/L"},
}  # fmt: skip
PERCENT = {**VALUE, "analyte": None, "value": "74.5 %", "tolerance": "0.1 %", "wrong": [], "hidden": None}
CHOICE = {
    "kind": "choice", "points": 1, "choices": {"a": "Total calcium", "b": "Ionised calcium"}, "choice": "b",
    "feedback": "Yes.", "wrong": [{"answer": "a", "hint": "Albumin still disturbs it."}],
}  # fmt: skip
SET = {
    "kind": "set", "points": 2, "words": {"magnesium": ["Mg"], "vitamin D": ["25-OH-D"], "ferritin": []},
    "set": ["magnesium", "vitamin D"], "feedback": "Both.", "wrong": [{"answer": "ferritin", "hint": "That is iron."}],
}  # fmt: skip
ORDER = {
    "kind": "order", "points": 1, "words": {"unit": [], "interval": [], "flag": []},
    "order": ["unit", "interval", "flag"], "feedback": "Yes.",
    "wrong": [{"answer": "flag > unit > interval", "hint": "A flag needs an interval."}],
}  # fmt: skip
CLASSIFY = {
    "kind": "classify", "points": 4, "classes": ["low", "normal", "high"], "words": {"calcium": ["total calcium"]},
    "classify": {"calcium": "low", "PTH": "normal", "albumin": "low", "ionised calcium": "low"}, "feedback": "Yes.",
    "wrong": [{"answer": "PTH: low", "hint": "It lies inside the printed interval."}],
}  # fmt: skip
IN_UNIT = {
    **VALUE, "analyte": "phosphate", "value": "3.4 mg/dL", "tolerance": "0.06 mg/dL", "in_unit": "mg/dL",
    "wrong": [
        {"answer": "1.10 mmol/L", "hint": "That is what Zurich wrote."},
        {"answer": "0.36 mmol/L", "hint": "Turned round, and in the wrong unit."},
    ],
}  # fmt: skip
PTH = {
    **VALUE, "analyte": "pth", "value": "60 pg/mL", "tolerance": "1 pg/mL", "in_unit": "pg/mL", "wrong": [],
    "hidden": None,
}  # fmt: skip
WRITTEN = {"kind": "written", "points": 3, "rubric": [{"points": 3, "text": "Names the gland."}]}


@pytest.mark.parametrize(
    ("task", "typed", "points", "said"),
    [
        (VALUE, "2.29 mmol/L", 2, "right. Albumin hid calcium."),
        (VALUE, "2,29 mmol/l", 2, "right"),
        (VALUE, "9.2 mg/dL", 2, "right"),
        (VALUE, "# 2.29 mmol/L", 2, "right"),
        (VALUE, "2.30 mmol/L", 2, "right"),
        (VALUE, "2.31 mmol/L", 0, "too high"),
        (VALUE, "2.0 mmol/L", 0, "too low"),
        (VALUE, "1.81 mmol/L", 0, "The sign is reversed."),
        (VALUE, "2.29", 0, "rite 2.29 mg/dL or 2.29 mmol/L."),
        (VALUE, "9.2 mmol/L", 0, "beyond what this course accepts"),
        (VALUE, "about two", 0, "0 of 2 points: "),
        (PERCENT, "74,5 %", 2, "right"),
        (PERCENT, "63 %", 0, "too low"),
        (PERCENT, "74.5", 0, "the unit %"),
        (VALUE, "2.29 mmol/L please", 0, "0 of 2 points: “mmol/L please” is no unit; write 2.29 mmol/L."),
        (VALUE, "9,2 mg/dl, I think", 0, "“mg/dl, I think” is no unit; write 9.2 mg/dL."),
        (PERCENT, "74.5 % of them", 0, "“% of them” is no unit; write 74.5 %."),
        (IN_UNIT, "3.4 mg/dL", 2, "right"),
        (IN_UNIT, "3,4 MG/DL", 2, "right"),
        (IN_UNIT, "1.10 mmol/L", 0, "0 of 2 points: not yet. That is what Zurich wrote."),
        (IN_UNIT, "1.05 mmol/L", 0, "0 of 2 points: not yet. The question asks for mg/dL; write the value in mg/dL."),
        (IN_UNIT, "3,4", 0, "0 of 2 points: 3.4 of what? Write the value in mg/dL."),
        (IN_UNIT, "1.1 mg/dL", 0, "0 of 2 points: not yet. The value is too low."),
        (PTH, "60 ng/L", 2, "right"),
        (PTH, "6.36 pmol/L", 0, "The question asks for pg/mL; write the value in pg/mL."),
        (CHOICE, "b", 1, "right"),
        (CHOICE, " B) ", 1, "right"),
        (CHOICE, "ionised  calcium", 1, "right"),
        (CHOICE, "a", 0, "Albumin still disturbs it."),
        (CHOICE, "e", 0, "“e” is not among the words offered: a, b."),
        (SET, "vitamin d; MG", 2, "right"),
        (SET, "magnesium", 1, "partly right. 1 is missing."),
        (SET, "magnesium, vitamin D, ferritin", 1, "That is iron."),
        (SET, "ferritin", 0, "That is iron."),
        (SET, "iron", 0, "not among the words offered"),
        (ORDER, "Unit, interval, flag", 1, "right"),
        (ORDER, "flag > unit > interval", 0, "A flag needs an interval."),
        (ORDER, "interval → unit → flag", 0, "The order is not right yet."),
        (ORDER, "unit > flag", 0, "Name each of the 3 once."),
        (CLASSIFY, "total calcium: low\nPTH = normal\nalbumin: LOW; ionised calcium: low", 4, "right"),
        (CLASSIFY, "calcium: low\nPTH: low\nalbumin: low\nionised calcium: low", 3, "inside the printed interval"),
        (CLASSIFY, "PTH: low", 0, "inside the printed interval"),
        (CLASSIFY, "calcium low", 0, "write one line for each, such as “calcium: low”"),
        (CLASSIFY, "sodium: low", 0, "not among the words offered"),
        (WRITTEN, "The gland does not answer.", None, "3 points: Names the gland."),
    ],
)
def test_answers_earn_what_they_are_worth_and_say_why(task, typed, points, said):
    result = mark(task, typed)
    assert result.points == points
    assert said in result.text


@pytest.mark.parametrize("task", [VALUE, PERCENT, CHOICE, SET, ORDER, CLASSIFY, WRITTEN])
@pytest.mark.parametrize("typed", ["", "  \n ", STUB, f"{STUB}\n\n", "#\n"])
def test_the_untouched_cell_is_not_an_answer(task, typed):
    result = mark(task, typed)
    assert result.state == "unanswered"
    assert not result.points


def test_the_hidden_key_is_the_stricter_one():
    assert mark(VALUE, "2.28 mmol/L").points == 2
    assert mark(VALUE, "2.28 mmol/L", hidden=True).points == 0
    assert mark(VALUE, "2.29 mmol/L", hidden=True).points == 2


@given(st.text(max_size=60))
@pytest.mark.parametrize("task", [VALUE, IN_UNIT, PERCENT, CHOICE, SET, ORDER, CLASSIFY, WRITTEN])
def test_nothing_typed_raises_or_earns_more_than_there_is(task, typed):
    result = mark(task, typed)
    assert result.text
    assert result.points is None or 0 <= result.points <= task["points"]


@pytest.fixture
def tasks(monkeypatch):
    monkeypatch.setattr(worksheets, "_typed", {})
    monkeypatch.setattr(worksheets, "_tasks", lambda folder: {"w900-1": VALUE, "w900-2": WRITTEN, "w900-3": IN_UNIT})


def test_check_prints_and_ends_in_the_points(tasks, capsys):
    assert worksheets.check("w900-1") == 0
    worksheets.answer("w900-1", f"{STUB}\n2,29 mmol/L\n")
    assert worksheets.check("w900-1") == 2
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "Not answered yet (2 points).",
        "Points:",
        "Kept: 2.29 mmol/L (9.2 mg/dL)",
        "2 of 2 points: right. Albumin hid calcium.",
        "Points:",
    ]
    assert shown.err == ""


def test_an_answer_on_the_first_line_counts(tasks):
    worksheets.answer("w900-1 2.29 mmol/L")
    assert worksheets.check("w900-1") == 2


def test_a_written_answer_has_no_points_of_the_machine(tasks, capsys):
    worksheets.answer("w900-2", "The gland does not answer.")
    assert worksheets.check("w900-2") is None
    shown = capsys.readouterr().out
    assert "compare it with the rubric" in shown
    assert "Points:" not in shown


def test_a_task_that_asks_for_a_unit_does_not_convert_for_the_learner(tasks, capsys):
    worksheets.answer("w900-3", "1.10 mmol/L")
    assert worksheets.check("w900-3") == 0
    assert "mg/dL" not in capsys.readouterr().out


def test_long_messages_break_between_words(tasks, monkeypatch, capsys):
    words = [f"word{number}" for number in range(60)]
    long = {**VALUE, "feedback": " ".join(words)}
    rubric = {**WRITTEN, "rubric": [{"points": 3, "text": " ".join(words)}]}
    monkeypatch.setattr(worksheets, "_tasks", lambda folder: {"w900-1": long, "w900-2": rubric})
    for key, typed in (("w900-1", "2.29 mmol/L"), ("w900-2", "text")):
        worksheets.answer(key, typed)
        worksheets.check(key)
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= 90
        assert [word for word in " ".join(lines).split() if word.startswith("word")] == words


def test_an_unknown_task_is_named_and_earns_nothing(tasks, capsys):
    worksheets.answer("w900-7", "text")
    assert worksheets.check("w900-7") == 0
    assert capsys.readouterr().out.count("There is no task “w900-7”") == 2


SESSION = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from calcinosis import check").raise_error()
for cell in ({cells}):
    result = shell.run_cell(cell)
    assert result.success, cell
from calcinosis import worksheets
print(worksheets._typed)
"""


def test_the_magic_survives_what_learners_do_to_its_cell():
    """Nothing below it, the answer above it, blank lines first: IPython itself would raise on each."""
    cells = ["%%answer w900-1", "%%answer w900-2\n", "2.29 mmol/L\n%%answer w900-3", "\n\n%%answer w900-4\nb, c (it's",
             "# note\n%%answer w900-5\nx = 'missing quote"]  # fmt: skip
    code = SESSION.format(cells=", ".join(map(repr, cells)))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    typed = eval(done.stdout.strip().splitlines()[-1], {})
    assert typed == {
        "w900-1": "",
        "w900-2": "",
        "w900-3": "2.29 mmol/L",
        "w900-4": "b, c (it's",
        "w900-5": "note\nx = 'missing quote",
    }


def test_worksheets_stay_light():
    code = (
        "import sys, calcinosis.worksheets; print({'pandas', 'nbgrader', 'IPython', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
