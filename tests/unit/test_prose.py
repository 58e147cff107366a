"""Written text: expressions, citations, and what happens when one of them fails."""

import pytest

from calcinosis import content, prose
from calcinosis.errors import ContentError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nothing to do.", "Nothing to do."),
        ("{{ q('calcium_total', '8.0 mg/dL') }}", "2.00 mmol/L (8.0 mg/dL)"),
        ("{{ q('calcium_total', '2.3 mmol/L', first='conventional') }}", "9.2 mg/dL (2.30 mmol/L)"),
        ("{{ q('alp', '390 U/L') }}", "390 U/L"),
        ("{{ n(2.295, 2, 'mmol/L') }}", "2.30 mmol/L"),
        ("{{ n(22658, 0) }}", "22,658"),
        ("{{ n(factvalue('skeleton_calcium') * 2, 0, 'kg') }}", "2 kg"),
        ("{{ calc('corrected-calcium', calcium='8.0 mg/dL', albumin='2.5 g/dL') }}", "2.30 mmol/L (9.2 mg/dL)"),
        ("{{ lab('bcmj-2007', 'albumin') }}", "26 g/L (2.6 g/dL)"),
        ("{{ labinterval('bcmj-2007', 'calcium') }}", "2.10–2.55 mmol/L"),
        ("One [@payne1973], two [@payne1973; @clase2000].", "One (Payne 1973), two (Payne 1973; Clase 2000)."),
        ("Braces {x} and [brackets] stay.", "Braces {x} and [brackets] stay."),
    ],
)
def test_text_is_worked_out(text, shown):
    assert prose.render(text) == shown


def test_links_lead_to_the_sources():
    assert prose.render("[@payne1973; @clase2000]", link=True) == "([Payne 1973](#Sources); [Clase 2000](#Sources))"


def test_an_interval_stands_in_both_systems_and_in_parts():
    both = prose.render("{{ interval('phosphate') }}")
    low, high = (
        prose.render("{{ interval('phosphate', part='low') }}"),
        prose.render("{{ interval('phosphate', part='high') }}"),
    )
    assert low.startswith(both.split("–")[0])
    assert high.split(" (")[0] in both
    assert "mmol/L (" in both
    assert both.endswith("mg/dL)")


def test_a_fact_reads_as_in_a_sentence():
    assert prose.render("{{ fact('skeleton_calcium') }}").startswith("about ")
    assert prose.render("{{ fact('skeleton_calcium', capital=True) }}").startswith("About ")


def test_every_fact_and_every_interval_can_be_written():
    for key in content.facts():
        assert prose.fact(key).strip()
    for row in content.intervals().values():
        shown = prose.interval(row.analyte, sex=row.sex, age=row.age_min_years)
        assert any(character.isdigit() for character in shown)


def test_population_percentiles_are_found():
    row = next(iter(content.population_rows().values()))
    shown = prose.population(row.analyte, "p50", sex=row.sex, age=row.age_min_years)
    assert any(character.isdigit() for character in shown)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ nothing('x') }}", r"{{ nothing\('x'\) }}: 'nothing' is undefined"),
        ("{{ fact('no_such') }}", r"there is no 'no_such' among the facts"),
        ("{{ q('calcium_total', '8.0') }}", r"of what"),
        ("{{ q('calcium_total', '2.3 mmol/L', first='US') }}", r"first must be SI or conventional, not US"),
        ("{{ interval('phosphate', part='middle') }}", r"no part 'middle'"),
        ("{{ lab('bcmj-2007', 'gold') }}", r"has no value called gold; it has "),
        ("{{ lab('nobody', 'albumin') }}", r"no 'nobody' among the cases"),
        ("{{ population('calcium_total', 'p49') }}", r"no percentile 'p49'"),
        ("{{ factvalue('skeleton_calcium', 'middle') }}", r"has no middle"),
        ("{{ n(1 / 0, 1) }}", r"division by zero"),
        ("{{ n('x', 1) }}", r"{{ n\('x', 1\) }}: "),
        ("{{ n(1 1) }}", r"expected token"),
        ("{{ ''.__class__.__mro__ }}", r"unsafe"),
        ("{{ fact }}", r"fact is a function; write fact\(…\)"),
        ("{% for x in y %}", r"only {{ … }} is worked out"),
        ("A [@nobody1900] claim", r"\[@nobody1900\] names no source"),
        ("A [@payne1973, p. 3] claim", r"is no citation; write \[@id\]"),
    ],
)
def test_failures_name_what_failed(text, message):
    with pytest.raises(ContentError, match=message):
        prose.render(text)


def test_the_failing_expression_is_the_one_named():
    with pytest.raises(ContentError) as caught:
        prose.render("{{ n(1, 0) }} and {{ fact('no_such') }}")
    assert str(caught.value).startswith("{{ fact('no_such') }}: ")


def test_a_function_of_the_caller_can_be_used():
    assert prose.render("{{ twice('a') }}", extra={"twice": lambda text: text * 2}) == "aa"
