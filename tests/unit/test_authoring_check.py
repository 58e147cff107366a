"""The check: each rule catches its fault, and names the place and the way to mend it."""

from datetime import date

import pytest

from calcinosis import cli, content
from calcinosis.authoring import check
from tests.project_copy import sample_project, sample_source

LESSON = "source/lessons/900-sample.md"
SHEET = "source/worksheets/900-sample.md"
TODAY = date(2026, 11, 20)


@pytest.fixture
def root(tmp_path):
    """A course of one lesson and one worksheet; the data are the course's own, which are read only once."""
    return sample_source(tmp_path / "project")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The same with data of its own, for what reads or changes them."""
    folder = sample_project(tmp_path / "project")
    monkeypatch.setenv("CALCINOSIS_DATA", str(folder / "data"))
    content.clear_cache()
    yield folder
    content.clear_cache()


def change(root, name, old, new):
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def found_in(root):
    return {(finding.rule, finding.where) for finding in check.check_texts(root) if not finding.note}


def rules(root):
    return {rule for rule, _ in found_in(root)}


def test_the_sample_is_clean_but_short(root):
    assert found_in(root) == {("length", f"{LESSON} line 1")}


LESSON_FAULTS = [
    ("one-title", "## Check yourself", "# Check yourself"),
    ("built-heading", "## Check yourself", "## Sources\n\n## Check yourself"),
    ("last-sections", "## Check yourself", "## Questions"),
    ("puzzle-first", "```{code-cell} ipython3\nlab_panel()\n```", ""),
    ("only-reading", "## Check yourself", "## A wall of text\n\nWords. <!-- no-claim -->\n\n## Check yourself"),
    ("check-yourself", 'quiz("corrected-ca-hypopara-01")', "progress_board()"),
    ("key-points", "- **900b**", "- **900a**"),
    ("key-points", "- **900a** A number without a unit is half a value. <!-- no-claim -->\n", ""),
    ("key-numbers", "assert calculate", "calculate"),
    ("key-numbers", "from calcinosis.formulas", "def f():\n    pass\nfrom calcinosis.formulas"),
    ("key-numbers", ":tags: [key-numbers]", ":tags: [other]"),
    ("network", 'quiz("corrected', 'quiz("https://example.org", "corrected'),
    ("one-line", "lab_panel()\n", "x = 1\nlab_panel()\n"),
    ("one-line", "lab_panel()\n", "print('hello')\n"),
    ("unknown-id", "corrected-ca-hypopara-01", "no-such-item-01"),
    ("unknown-id", "lab_panel()\n", 'worked_case("bcmj-2007", leave=["no-such-step"])\n'),
    ("unknown-id", "lab_panel()\n", 'lab_panel("no-such-case")\n'),
    ("untested-objective", "900b: {text", '900c: {text: "Untested.", bloom: apply}\n      900b: {text'),
    ("typed-unit", "Her albumin is", "Below 30 g/L. Her albumin is"),
    ("typed-unit", "Her albumin is", "In 45 % of them. Her albumin is"),
    ("typed-unit", "Her albumin is", "From 2,10–2,55 mmol/L. Her albumin is"),
    ("uncited", "- A list item. <!-- no-claim -->", "- A list item."),
    ("uncited", " [@payne1973] |", " |"),
    ("uncited", "of the fixed set. <!-- no-claim -->", "of the fixed set."),
    ("claim-marked", "Her albumin is", "[@payne1973] Her albumin is"),
    ("claim-marked", "Her albumin is", "Of {{ fact('skeleton_calcium') }}. Her albumin is"),
    ("callout", "> **Note.**", "> **Remember.**"),
    ("dead-link", "- A list item.", "- A [list](899-none.ipynb) item."),
    ("alt-text", "- A list item.", "- ![a figure](../README.md) item."),
    ("unreadable", "[@payne1973]", "[@nobody1900]"),
    ("unreadable", "Her albumin is", "{{ fact('no_such') }} Her albumin is"),
    ("to-fill", "- A list item.", "- FILL a list item."),
]


@pytest.mark.parametrize(("rule", "old", "new"), LESSON_FAULTS)
def test_a_fault_in_a_lesson_is_caught(root, rule, old, new):
    assert rule not in rules(root)
    change(root, LESSON, old, new)
    assert rule in rules(root)


SHEET_FAULTS = [
    ("whole-patient", "role: [panel, widget]", "role: [widget]"),
    ("uses-widget", "role: [panel, widget]", "role: [panel]"),
    ("objective", "objective: 900b", "objective: 899z"),
    ("misconception", 'hint: "The sign', 'misconception: no-such-idea, hint: "The sign'),
    ("dead-link", "Six patients.", "Six [patients](../notebooks/899-none.ipynb)."),
    ("callout", "Six patients.", "> Six patients."),
    ("unreadable", "Six patients.", "Six patients. [@nobody1900]"),
    ("to-fill", "Six patients.", "FILL how many patients."),
]


@pytest.mark.parametrize(("rule", "old", "new"), SHEET_FAULTS)
def test_a_fault_in_a_worksheet_is_caught(root, rule, old, new):
    assert rule not in rules(root)
    change(root, SHEET, old, new)
    assert rule in rules(root)


def test_a_sheet_without_its_written_answer_is_too_small(root):
    path = root / SHEET
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("## Explain it")], "utf-8")
    assert {"tasks", "written"} <= rules(root)


def test_easy_sheets_are_found(root):
    text = (root / SHEET).read_text("utf-8")
    for bloom in ("apply", "analyse", "evaluate"):
        text = text.replace(f"bloom: {bloom}", "bloom: remember")
    (root / SHEET).write_text(text, "utf-8")
    assert "demanding" in rules(root)


def test_what_may_be_typed_stays_allowed(root):
    change(
        root,
        LESSON,
        "Her albumin is",
        "At 62 years, 7 days later, in 1973, 3 of 10, pH 7.4, `2 mmol/L`. Her albumin is",
    )
    assert "typed-unit" not in rules(root)


def test_the_place_is_named(root):
    change(root, LESSON, "- A list item. <!-- no-claim -->", "- A list item.")
    assert ("uncited", f"{LESSON} line 34") in found_in(root)


def test_marked_passages_and_hidden_items_are_noted(root):
    notes = [finding for finding in check.check_texts(root) if finding.note]
    assert any(note.rule == "no-claim" and note.text.startswith("Her albumin is") for note in notes)
    shown = {note.text.split()[0] for note in notes if note.rule == "not-shown"}
    assert "pth-unit-swap-01" in shown
    assert "corrected-ca-hypopara-01" not in shown


def test_the_whole_check_in_its_life(project, capsys):
    """One copy of the data: built, edited by hand, overdue, broken."""
    assert cli.main(["build"]) == 0
    capsys.readouterr()
    change(project, "notebooks/900-sample.ipynb", "2.05 mmol/L", "2.06 mmol/L")
    assert cli.main(["check"]) == 1
    shown = capsys.readouterr().out
    assert "notebooks/900-sample.ipynb: differs from what the source gives; run: make build [built]" in shown
    assert "to mend" in shown
    late = date(2099, 1, 1)
    daily, weekly = (check.check_course(project, today=late, weekly=flag) for flag in (False, True))
    assert "overdue" in {note.rule for note in daily.notes}
    assert "overdue" not in {error.rule for error in daily.errors}
    assert "overdue" in {error.rule for error in weekly.errors}
    (project / "data" / "facts.yml").write_text("- id: [x\n", "utf-8")
    content.clear_cache()
    errors = check.check_course(project, today=TODAY).errors
    assert {error.where.partition(" line")[0] for error in errors if error.rule == "unreadable"} == {"data/facts.yml"}


def test_other_words_end_in_2(capsys):
    assert cli.main(["check", "nonsense"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_check_items_prints_how_many_clinicians_have_read_them(capsys):
    assert cli.main(["check", "items"]) in {0, 1}
    assert "0 clinicians, machine-reviewed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lesson", "45-hungry"], "three digits"),
        (["lesson", "900-other"], "number 900 is taken by 900-sample.md"),
        (["lesson", "900-sample"], "exists already"),
        (["worksheet", "910-none"], "there is no lesson"),
        (["worksheet", "900-sample"], "exists already"),
        (["item", "Bad Name"], "two digits"),
        (["item", "a-good-name-01"], "--lesson"),
        (["item", "corrected-ca-hypopara-01", "--lesson", "900"], "exists already"),
        (["case", "x"], "invalid choice"),
    ],
)
def test_new_refuses_in_one_sentence_and_overwrites_nothing(project, capsys, words, message):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    assert cli.main(["new", *words]) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert shown.count("\n") == 1
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_new_things_build_and_say_what_is_left_to_write(project, capsys):
    assert cli.main(["new", "lesson", "910-hungry-bones"]) == 0
    assert cli.main(["new", "worksheet", "910-hungry-bones"]) == 0
    assert cli.main(["new", "item", "hungry-bones-calcium-01", "--lesson", "910"]) == 0
    content.clear_cache()
    assert cli.main(["build"]) == 0
    assert "data/items/910/hungry-bones-calcium-01.yml is ready" in capsys.readouterr().out
    errors = check.check_course(project, today=TODAY).errors
    mine = [error for error in errors if "910-hungry-bones" in error.where or "hungry-bones-calcium" in error.where]
    left = {error.where.partition(" line")[0] for error in mine if error.rule == "to-fill"}
    assert left == {
        "source/lessons/910-hungry-bones.md",
        "source/worksheets/910-hungry-bones.md",
        "data/items/910/hungry-bones-calcium-01.yml",
    }
    # Beside what is still to be written nothing but consequences of it: no item is named yet, the text is short.
    rest = {error.rule for error in mine if error.where.startswith("source/")} - {"to-fill"}
    assert rest <= {"unknown-id", "length"}
