"""The loader says what is wrong, where, and what to write; it accepts nothing in silence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from calcinosis import content
from calcinosis.errors import ContentError

DATA = content.data_dir()

ITEM = """\
id: {id}
version: 1
status: draft
lesson: 030-reading-the-panel
objective: 030b
bloom: apply
kind: one_best
order: alpha
stem: A woman of 40 has a low albumin.
lead_in: What do you measure?
options:
  - {{id: a, text: "Ionised calcium", best: true, feedback: "Right.", short: "Right."}}
  - {{id: b, text: {text}, misconception: ignores-albumin, feedback: "No.", short: "No."}}
sources: [payne1973]
author: course team
review_due: 2027-11-20
difficulty_guess: 0.5
use: practice
figure: none
option_class: test
skin_tone: null
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of data/ that the course reads instead of its own."""
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    monkeypatch.setenv("CALCINOSIS_DATA", str(copy))
    content.clear_cache()
    yield copy
    content.clear_cache()


def write_item(folder: Path, text: str = '"Albumin again"', name: str = "x", key: str | None = None) -> str:
    target = folder / "items" / "030" / f"{name}.yml"
    target.parent.mkdir(parents=True, exist_ok=True)
    written = ITEM.format(id=key or name, text=text)
    target.write_text(written, encoding="utf-8")
    return written


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(kind: str) -> str:
    with pytest.raises(ContentError) as caught:
        content.load_records(kind)
    message = str(caught.value)
    assert "\n" not in message
    assert "Traceback" not in message
    return message


def test_a_good_item_loads(folder):
    write_item(folder)
    item = content.items()["x"]
    assert item.options[0].best
    assert not item.options[1].best
    assert item.review_due.year == 2027


def test_yes_no_where_a_text_is_wanted(folder):
    written = write_item(folder, "No")
    line = next(n for n, text in enumerate(written.splitlines(), 1) if "text: No" in text)
    assert refusal("items") == (
        f"data/items/030/x.yml line {line}, options[1].text: found false (a yes/no value); write a text in quotes."
    )


def test_number_where_a_text_is_wanted(folder):
    write_item(folder, "2.30")
    assert "options[1].text: found 2.3 (a number); write a text in quotes." in refusal("items")


def test_unknown_key(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", "author:", "autor:")
    message = refusal("items")
    assert message.startswith("data/items/030/x.yml line ")
    assert "author" in message or "autor" in message


def test_unknown_key_alone(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", "use: practice", "use: practice\nuses: practice")
    assert "line 19, uses: the key uses is not known here" in refusal("items")


def test_missing_key(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", "use: practice\n", "")
    assert refusal("items") == "data/items/030/x.yml line 1, use: the key is missing; write it."


def test_missing_key_deep_inside_is_named_with_its_line(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", ', short: "No."', "")
    assert refusal("items") == "data/items/030/x.yml line 13, options[1].short: the key is missing; write it."


def test_duplicate_key_names_both_lines(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", "use: practice", "use: practice\nuse: graded")
    assert refusal("items") == (
        "data/items/030/x.yml line 19, use: the key stands twice (first on line 18); keep one of them."
    )


def test_id_must_equal_the_file_name(folder):
    write_item(folder, key="y")
    assert refusal("items") == "data/items/030/x.yml line 1, id: found y; the id must equal the file name, x."


def test_an_id_stands_once(folder):
    write_item(folder)
    (folder / "items/010").mkdir(exist_ok=True)
    shutil.copy(folder / "items/030/x.yml", folder / "items/010/x.yml")
    assert "the id x is used twice" in refusal("items")


def test_word_that_is_not_among_the_choices(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", "bloom: apply", "bloom: memorise")
    message = refusal("items")
    assert "line 6, bloom: found memorise (a text); write 'remember', " in message


def test_two_best_options(folder):
    write_item(folder)
    change(folder / "items/030/x.yml", '"Albumin again"', '"Albumin again", best: true')
    assert "exactly one option must be marked best" in refusal("items")


@pytest.mark.parametrize("text", ["1:30", "010", ".inf", "0x1F", "1_000"])
def test_numbers_that_yaml_would_read_otherwise(folder, text):
    write_item(folder, text)
    assert f"line 13, options[1].text: found {text}, which YAML would not read as written" in refusal("items")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2", "this is not YAML"),
        ("", "the file is empty"),
        ("a: 1\n\tb: 2", "this is not YAML"),
        ("<<: {a: 1}", "found a key that is not a plain word"),
        ("? [1, 2]\n: 3", "found a key that is not a plain word"),
        ("a: &x [*x]", "found an alias that contains itself"),
        ("- 1\n- 2", "found a list; write keys and values"),
        ("a: !!python/object:os.system x", "which YAML would not read as written"),
    ],
)
def test_broken_yaml(folder, text, said):
    path = folder / "items" / "030" / "broken.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    message = refusal("items")
    assert message.startswith("data/items/030/broken.yml line ")
    assert said in message


def test_other_encoding(folder):
    (folder / "items" / "030").mkdir(parents=True, exist_ok=True)
    (folder / "items" / "030" / "latin.yml").write_bytes("id: é".encode("latin-1"))
    assert "data/items/030/latin.yml: byte 4 is not UTF-8" in refusal("items")


def test_list_file_names_the_record(folder):
    change(folder / "analytes.yml", "decimals: 2", "decimals: two")
    message = refusal("analytes")
    assert message.startswith("data/analytes.yml line ")
    assert ", [0].units[0].decimals: found two (a text); write a whole number." in message


def test_unit_that_the_analyte_does_not_have(folder):
    change(folder / "analytes.yml", 'si_unit: "mmol/L"', 'si_unit: "mol/L"')
    assert "calcium_total has no unit mol/L; its units are mmol/L, mg/dL" in refusal("analytes")


def test_soft_limit_beyond_hard_limit(folder):
    change(folder / "analytes.yml", "soft: [1.8, 3.5]", "soft: [0.5, 3.5]")
    assert "the soft limit 0.5 lies beyond the hard limit 0.8" in refusal("analytes")


def test_limits_the_wrong_way_round(folder):
    change(folder / "reference_intervals.csv", "calcium_total,8.6,10.2", "calcium_total,10.2,8.6")
    assert "data/reference_intervals.csv line 2: the limits run from 10.2 to 8.6" in refusal("intervals")


def test_csv_cell_names_line_and_column(folder):
    change(folder / "reference_intervals.csv", "calcium_total,8.6,", 'calcium_total,"8,6",')
    assert refusal("intervals") == (
        "data/reference_intervals.csv line 2, column low: found 8,6 (a text); write a number without quotes."
    )


def test_csv_row_of_the_wrong_length(folder):
    with (folder / "sources.csv").open("a", encoding="utf-8") as table:
        table.write("one,two\n")
    message = refusal("sources")
    assert "found 2 cells where there are 12 columns" in message
    assert message.startswith("data/sources.csv line ")


def test_csv_column_twice_and_unknown(folder):
    change(folder / "sources.csv", ",note\n", ",title\n")
    assert "line 1, column title: the column stands twice" in refusal("sources")


def test_csv_unknown_column(folder):
    change(folder / "sources.csv", ",note\n", ",remark\n")
    assert "data/sources.csv line 2" in refusal("sources")


def test_csv_id_twice(folder):
    path = folder / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")
    assert f"line {len(lines) + 1}, [{len(lines) - 1}].id: the id reiter2011a is used twice" in refusal("sources")


def test_malformed_doi(folder):
    change(folder / "sources.csv", "10.1016/j.jaad.2010.08.038", "doi:10.1016/j.jaad.2010.08.038")
    assert "line 2, column doi: found doi:10.1016" in refusal("sources")


def test_idea_without_source(folder):
    change(folder / "misconceptions.yml", "  source: [reiter2011a]\n", "")
    assert "an idea needs a source" in refusal("misconceptions")


def test_fact_with_value_and_range(folder):
    change(folder / "facts.yml", "id: skeleton_calcium, value: 1", "id: skeleton_calcium, value: 1, low: 2")
    assert "write either value, or low and high" in refusal("facts")


def test_unknown_kind():
    with pytest.raises(ContentError, match="'patients' is not a kind of record"):
        content.load_records("patients")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sources: [payne1973]", "sources: [payne1793]", "items x: there is no source payne1793."),
        ("misconception: ignores-albumin", "misconception: gremlins", "items x: there is no misconception gremlins."),
        (
            "sources: [payne1973]",
            "sources: [payne1973]\nlabs: [{analyte: calcium_total, value: 2.3, unit: pg/mL}]",
            "items x: calcium_total has no unit pg/mL; its units are mmol/L, mg/dL.",
        ),
        (
            "sources: [payne1973]",
            "sources: [payne1973]\nlabs: [{analyte: kryptonite, value: 2.3, unit: pg/mL}]",
            "items x: there is no analyte kryptonite.",
        ),
    ],
)
def test_ids_that_point_nowhere_are_listed(folder, old, new, said):
    write_item(folder)
    assert not [line for line in content.check_references() if line.startswith("items x")]
    change(folder / "items/030/x.yml", old, new)
    content.clear_cache()
    assert said in content.check_references()


def test_objective_that_no_lesson_has(folder):
    (folder / "generated").mkdir(exist_ok=True)
    (folder / "generated" / "lessons.json").write_text(
        '{"030": {"id": "030-reading-the-panel", "title": "T", "minutes": 1, "needs": [], "objectives": '
        '{"030a": {"text": "Read a panel.", "bloom": "apply"}}, "next": null}}',
        encoding="utf-8",
    )
    content.clear_cache()
    write_item(folder)
    assert "items x: there is no objective 030b." in content.check_references()


def test_source_from_memory_is_refused_a_number(folder):
    change(folder / "facts.yml", "source: [payne1973]", "source: [walton1975]")
    assert any(line.startswith("walton1975: rests on memory") for line in content.check_sources())


def test_records_and_mappings_cannot_be_changed():
    source = content.sources()["payne1973"]
    with pytest.raises(Exception, match="frozen"):
        source.year = 1974
    with pytest.raises(TypeError):
        content.sources()["payne1973"] = source


def test_records_are_read_once():
    assert content.analytes() is content.analytes()


def test_works_from_any_directory(tmp_path):
    code = "from calcinosis import content; print(len(content.analytes()), content.data_dir().is_dir())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "True"


def test_named_folder_that_is_not_there():
    code = "from calcinosis import content; content.data_dir()"
    environment = {**os.environ, "CALCINOSIS_DATA": "no/such/folder"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "CALCINOSIS_DATA names 'no/such/folder', which is not a folder" in done.stderr


def test_content_is_light_until_records_are_wanted():
    code = "import sys; from calcinosis import content; print('pydantic' in sys.modules, 'yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
