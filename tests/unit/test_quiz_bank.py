"""Every item of the bank can be shown, answered in every way it offers, and explained."""

import json

import pytest

from calcinosis import content, units
from calcinosis.quiz import mark, public_view, shown_options

ITEMS = list(content.items().values())
ONE_BEST = [item for item in ITEMS if item.kind == "one_best"]
NUMERIC = [item for item in ITEMS if item.kind == "numeric"]


def named(items):
    return [pytest.param(item, id=item.id) for item in items]


@pytest.mark.parametrize("item", named(ITEMS))
def test_the_page_shows_rendered_text_and_no_feedback(item):
    shown = json.dumps(public_view(item), ensure_ascii=False)
    assert "{{" not in shown
    assert "[@" not in shown
    entries = item.options or (item.answer, *item.answer.wrong)
    for entry in entries:
        # The opening words of a feedback would give the key away.
        assert entry.feedback[:30] not in shown


@pytest.mark.parametrize("item", named(ONE_BEST))
def test_exactly_one_option_is_correct_and_all_are_explained(item):
    marks = [mark(item, option.id) for option in shown_options(item)]
    assert sum(marked.correct for marked in marks) == 1
    for marked in marks:
        assert all(entry.full and entry.short and "{{" not in entry.full for entry in marked.feedback)
        assert len(marked.feedback) == len(item.options)
        assert (marked.misconception is None) == marked.correct


@pytest.mark.parametrize("item", named(NUMERIC))
def test_the_key_counts_in_every_unit_and_each_wrong_value_is_known(item):
    answer = item.answer
    accepted = public_view(item)["units"]
    for unit in accepted:
        value = units.convert(answer.value, answer.analyte, answer.unit, unit) if answer.analyte else answer.value
        assert mark(item, f"{value:.6g} {unit}").correct
        decimals = units.analyte(answer.analyte).spec(unit).decimals if answer.analyte else 4
        assert mark(item, f"{units.rounded(value, decimals)} {unit}").correct
    for wrong in answer.wrong:
        marked = mark(item, f"{wrong.value:g} {wrong.unit}")
        assert not marked.correct
        assert marked.misconception == wrong.misconception
        assert [entry.chosen for entry in marked.feedback].count(True) == 1
