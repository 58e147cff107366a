"""The item linter: the course's bank passes it, its helpers read numbers as people write them, its report counts."""

import pytest

from calcinosis import content
from calcinosis.quiz import lint
from calcinosis.quiz.lint.draft import Draft, sentences
from calcinosis.quiz.lint.numeric import pairs_in, sums_in, values_in


def test_the_bank_passes():
    report = lint.report()
    assert report.items >= 40
    assert [finding.line() for finding in report.errors] == []
    assert report.passed


def test_every_rule_says_what_it_checks_in_its_first_line():
    rules = (*lint.ITEM_RULES.values(), *lint.BANK_RULES.values())
    assert len(rules) >= 45
    for rule in rules:
        assert rule.text.startswith(f"{rule.id} ({rule.severity}): ")
        assert rule.text.endswith(".")


def test_reviewers_are_counted_and_fail_nothing():
    items = list(content.items().values())[:1]
    assert "S09 review: 0 clinicians, machine-reviewed (1 items)." in lint.report(items).text()
    reviewed = [items[0].model_copy(update={"reviewers": ("a physician", "course team")})]
    assert lint.report(reviewed).clinicians == 1


def test_the_report_goes_through_json_with_what_is_not_checked():
    plain = lint.report(list(content.items().values())[:3]).as_dict()
    assert plain["items"] == 3
    assert plain["errors"] == sum(finding["severity"] == "E" for finding in plain["findings"])
    assert {"B03", "B06"} <= set(plain["waiting"])


def test_retired_items_are_left_in_peace():
    item = next(iter(content.items().values()))
    assert lint.report([item.model_copy(update={"status": "retired", "stem": "x"})]).items == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.30 mmol/L (9.2 mg/dL)", [((2.30,), "mmol/L"), ((9.2,), "mg/dL")]),
        ("2.15–2.55 mmol/L", [((2.15, 2.55), "mmol/L")]),
        ("1 to 3 %", [((1.0, 3.0), "%")]),
        ("430 mmol/d (17 g/d)", [((430.0,), "mmol/d"), ((17.0,), "g/d")]),
        ("100,000 mg and 25 000 mmol", [((100000.0,), "mg"), ((25000.0,), "mmol")]),
        ("3.67 mmol²/L² and 30 mL/min", []),
        ("125 mL/min/1.73 m²", []),
    ],
)
def test_values_are_read_as_written(text, found):
    assert [(value.numbers, value.unit) for value in values_in(text)] == found


def test_pairs_need_two_systems_and_as_many_numbers():
    assert len(list(pairs_in("2.15–2.55 mmol/L (8.6–10.2 mg/dL)"))) == 1
    assert not list(pairs_in("2.30 mmol/L (2.15–2.55 mmol/L)"))
    assert not list(pairs_in("2.30 mmol/L (8.6–10.2 mg/dL)"))


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("1.48 + 0.02 × (40 − 26) = 1.76", True),
        ("1.48 + 0.02 × (40 − 26) = 1.20", False),
        ("2.62 ÷ 2.38 × 1.23 ≈ 1.35", True),
        ("180 × 2.40 × 0.58 = 250.6 mmol", True),
        ("25 − 20 = 6", False),
    ],
)
def test_sums_are_worked_out_apart_from_the_library(text, holds):
    ((_, worked, stated, step),) = sums_in(text)
    assert (abs(worked - stated) <= 0.5001 * step) is holds


@pytest.mark.parametrize("text", ["45 mg + 3 × 4 = 57", "pH = 7.40", "see 3 (of 4) = none", "2.40 mmol/L = 9.6 mg/dL"])
def test_what_is_no_whole_sum_is_left_alone(text):
    assert not list(sums_in(text))


def test_sentences_survive_decimals_and_quotes():
    assert len(sentences('Calcium is 1.48 mmol/L. A colleague says: "Low albumin." Is he right?')) == 3


def test_a_mapping_that_breaks_its_schema_is_still_read():
    found = {finding.rule for finding in lint.check_item({"id": "Bad Id", "options": [{"text": "2.1 mmol/L"}]})}
    assert {"S01", "S06", "S08", "L01"} <= found
    assert Draft.of({}).key is None
