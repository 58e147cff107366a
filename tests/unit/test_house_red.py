"""The planter of faults tells a caught fault from a missed one and leaves nothing behind."""

import pytest

from tests.red import harness
from tests.red.faults import FAULTS


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "value.py").write_text("VALUE = 2\n")
    (tmp_path / "check.py").write_text("import value\nassert value.VALUE == 2, 'not two'\n")
    (tmp_path / "lax.py").write_text("import value\n")
    return tmp_path


def outcome_of(copy, plant, command):
    said = []
    (outcome,) = harness.try_all(copy, [harness.Fault("a fault", plant, command)], said.append)
    assert len(said) == 1
    return outcome


def test_a_fault_that_is_noticed_is_caught_and_taken_out_again(copy):
    before = harness.snapshot(copy)
    outcome = outcome_of(copy, harness.change("value.py", "2", "3"), ("check.py",))
    assert outcome.caught
    assert "not two" in outcome.by
    assert harness.snapshot(copy) == before


def test_a_fault_that_nobody_notices_is_not_caught(copy):
    outcome = outcome_of(copy, harness.change("value.py", "2", "3"), ("lax.py",))
    assert not outcome.caught
    assert "no test noticed" in outcome.by


def test_a_check_that_is_red_anyway_proves_nothing(copy):
    (copy / "check.py").write_text("raise SystemExit('always red')\n")
    outcome = outcome_of(copy, harness.change("value.py", "2", "3"), ("check.py",))
    assert not outcome.caught
    assert "red without any fault" in outcome.by


@pytest.mark.parametrize(
    "plant",
    [
        harness.change("value.py", "nowhere", "x"),
        harness.change("value.py", "2", "2"),
        harness.change_match("value.py", "^nowhere$", "x"),
        lambda copy: None,
    ],
)
def test_a_fault_that_cannot_be_planted_is_not_caught(copy, plant):
    outcome = outcome_of(copy, plant, ("check.py",))
    assert not outcome.caught
    assert "could not be planted" in outcome.by


def test_new_files_are_taken_out_again(copy):
    before = harness.snapshot(copy)
    outcome_of(copy, harness.add("folder.txt", "new"), ("lax.py",))
    assert harness.snapshot(copy) == before


def test_the_catcher_is_the_first_test_that_pytest_names():
    output = "tests/a.py:3: boom\nFAILED tests/a.py::test_b - boom\nFAILED tests/a.py::test_c\n"
    assert harness.catcher(("pytest", "tests"), output) == "tests/a.py::test_b"


def test_there_are_at_least_twenty_faults_each_with_its_own_name():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20
