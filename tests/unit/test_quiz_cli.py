"""The lists of the command line: what there is, filtered, without a key, and one line for bad input."""

import json

import pytest

from calcinosis import content
from calcinosis.cli import main


def printed(capsys, *words):
    assert main(words) == 0
    return capsys.readouterr().out


def test_items_are_listed_by_lesson_objective_and_level(capsys):
    rows = json.loads(printed(capsys, "items", "--lesson", "010", "--json"))
    assert len(rows) >= 14
    assert {row["lesson"] for row in rows} == {"010-calcium-in-the-body"}
    rows = json.loads(printed(capsys, "items", "--objective", "010b", "--level", "apply", "--json"))
    assert {(row["objective"], row["level"]) for row in rows} == {("010b", "apply")}
    everything = json.loads(printed(capsys, "items", "--json"))
    used = [item.id for item in content.items().values() if item.status != "retired"]
    assert sorted(row["id"] for row in everything) == sorted(used)


def test_an_item_is_shown_without_its_key(capsys):
    view = printed(capsys, "items", "judge-crowd-01", "--json")
    for secret in ('"best"', "feedback", "misconception"):
        assert secret not in view
    text = printed(capsys, "items", "judge-crowd-01")
    assert "2.44 mmol/L (9.8 mg/dL)" in text
    assert text.count("\n  ") == 4


def test_lessons_and_their_objectives(capsys):
    rows = json.loads(printed(capsys, "lessons", "--json"))
    assert [row["id"] for row in rows] == list(content.lessons())
    assert "010b (apply)" in printed(capsys, "lessons", "010")


def test_cases_are_listed_without_their_diagnosis(capsys):
    rows = json.loads(printed(capsys, "cases", "--json"))
    assert {row["id"] for row in rows} == set(content.cases())
    text = printed(capsys, "cases")
    for case in content.cases().values():
        assert case.id in text
        assert case.diagnosis not in text
    metastatic = json.loads(printed(capsys, "cases", "--subtype", "metastatic", "--json"))
    assert [row["id"] for row in metastatic] == [c.id for c in content.cases().values() if c.subtype == "metastatic"]


@pytest.mark.parametrize(
    "words",
    [
        ("items", "no-such-item"),
        ("items", "judge-crowd-01", "--lesson", "010"),
        ("items", "--lesson", "999"),
        ("items", "--objective", "010z"),
        ("items", "--level", "aply"),
        ("items", "--subtype", "bony"),
        ("lessons", "0x"),
        ("cases", "--subtype", "bony"),
        ("cases", "--level", "easy-peasy"),
        ("cases", "--kind", "invented"),
    ],
)
def test_bad_input_gives_one_line_and_exit_2(capsys, words):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
