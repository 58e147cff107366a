"""The build: named cells, the same bytes twice, and errors that name file, line and what to write."""

import json
import re

import nbformat
import pytest

from calcinosis import content
from calcinosis.authoring import build, notebooks
from calcinosis.errors import ContentError
from tests.project_copy import sample_source

LESSON = "source/lessons/900-sample.md"
SHEET = "source/worksheets/900-sample.md"


@pytest.fixture
def root(tmp_path):
    """A course of one lesson and one worksheet; the data are the course's own, which are read only once."""
    return sample_source(tmp_path / "project")


def change(root, name, old, new):
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def cells(files, name):
    return {cell["id"]: cell for cell in json.loads(files[name])["cells"]}


def test_two_builds_give_the_same_bytes_and_the_second_touches_nothing(root):
    assert build.write(root, build.plan(root))
    times = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert build.write(root, build.plan(root)) == []
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()} == times
    assert build.differences(root, build.plan(root)) == []


def test_notebooks_are_valid_sorted_and_carry_little_metadata(root):
    for name, data in build.plan(root).items():
        if not name.endswith(".ipynb"):
            continue
        made = json.loads(data)
        nbformat.validate(nbformat.from_dict(made))
        assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
        assert data.endswith(b"\n")
        assert not data.endswith(b"\n\n")
        assert list(made["metadata"]) == ["kernelspec"]
        text = data.decode()
        assert text == json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for cell in made["cells"]:
            allowed = {"tags", "jupyter", "nbgrader", "deletable", "editable"}
            assert set(cell["metadata"]) <= allowed
            assert cell.get("outputs", []) == []
            assert cell.get("execution_count") is None


def test_lesson_gets_its_front_and_its_end(root):
    made = cells(build.plan(root), "notebooks/900-sample.ipynb")
    assert list(made) == [
        "900-title", "900-objectives", "900-before-you-start", "900-start", "900-a-patient-first", "900-lab-panel",
        "900-lab-panel-then", "900-check-yourself", "900-check-yourself-quiz", "900-key-points", "900-next",
        "900-sources", "900-key-numbers",
    ]  # fmt: skip
    text = {key: "".join(cell["source"]) for key, cell in made.items()}
    assert text["900-start"] == "from calcinosis import lab_panel, quiz"
    assert "- Read a total calcium with its unit." in text["900-objectives"]
    assert "2.05 mmol/L (8.2 mg/dL). ([Payne 1973](#Sources))" in text["900-a-patient-first"]
    assert "no-claim" not in json.dumps(list(text.values()))
    assert "https://doi.org/10.1136/bmj.4.5893.643" in text["900-sources"]
    assert made["900-lab-panel"]["metadata"] == {"jupyter": {"source_hidden": True}}


def test_teaching_notes_are_gathered_and_kept_out_of_the_notebook(root):
    files = build.plan(root)
    notes = files["docs/instructors/900-sample.md"].decode()
    assert "Ask the room first." in notes
    assert "Skip the table." in notes
    assert b"Ask the room" not in files["notebooks/900-sample.ipynb"]
    assert b"Skip the table" not in files["notebooks/900-sample.ipynb"]


def test_an_inserted_cell_renames_no_other(root):
    before = list(cells(build.plan(root), "notebooks/900-sample.ipynb"))
    change(root, LESSON, "## Check yourself", "```{code-cell} ipython3\nprogress_board()\n```\n\n## Check yourself")
    after = list(cells(build.plan(root), "notebooks/900-sample.ipynb"))
    assert [key for key in after if key != "900-progress-board"] == before


def test_readme_and_index_are_renewed(root):
    build.write(root, build.plan(root))
    readme = (root / "README.md").read_text("utf-8")
    assert "[900 · A sample lesson](notebooks/900-sample.ipynb) | 15 |" in readme
    assert "[6 tasks, 13 points, about 24 minutes](exercises/900-sample.ipynb)" in readme
    index = (root / "docs" / "cases.md").read_text("utf-8")
    assert all(f"| {key} |" in index for key in content.cases())
    headers = json.loads((root / "data" / "generated" / "lessons.json").read_text("utf-8"))
    assert headers["900-sample"]["objectives"]["900b"]["bloom"] == "apply"


def test_a_notebook_whose_source_has_gone_is_removed(root):
    build.write(root, build.plan(root))
    stale = root / "notebooks" / "910-gone.ipynb"
    stale.write_text("{}", "utf-8")
    assert build.differences(root, build.plan(root)) == ["notebooks/910-gone.ipynb has no source"]
    assert build.write(root, build.plan(root)) == ["notebooks/910-gone.ipynb"]
    assert not stale.exists()


def test_an_edited_notebook_is_found(root):
    build.write(root, build.plan(root))
    change(root, "notebooks/900-sample.ipynb", "2.05 mmol/L", "2.06 mmol/L")
    assert build.differences(root, build.plan(root)) == [
        "notebooks/900-sample.ipynb differs from what the source gives"
    ]


ERRORS = [
    (LESSON, "minutes: 15", "minutes: soon", r"900-sample\.md line 5, jupyter\.lesson\.minutes: found soon"),
    (LESSON, "minutes: 15", "minutes: 15\n    minutes: 20", r"line 6, jupyter\.lesson\.minutes: the key stands twice"),
    (LESSON, "    needs: []\n", "    needs: []\n    next: 040\n", r"line 7, jupyter\.lesson\.next: found 040"),
    (LESSON, "900a: {", "800a: {", r"line 8, .*found 800a; an objective is called 900a"),
    (LESSON, "needs: []", "needs: [899-none]", r"needs names 899-none"),
    (LESSON, "# A sample lesson", "# Another title", r"the title in the header says '# A sample lesson'"),
    (LESSON, "[@payne1973]", "[@nobody1900]", r"line 16: \[@nobody1900\] names no source"),
    (
        LESSON,
        '{{ q("calcium_total", "2.05 mmol/L") }}',
        '{{ q("calcium_total", "2.05") }}',
        r"line 16: \{\{ q\(.*no unit",
    ),
    (LESSON, "Her albumin", "```{note}\nraw\n```\n\nHer albumin", r"line 22: found '```\{note\}'"),
    (LESSON, "Her albumin", "Her {doc}`albumin`", r"found '\{doc\}`albumin`'"),
    (
        LESSON,
        ":name: check-yourself-quiz",
        ":name: lab-panel",
        r"900-lab-panel like the one on line \d+; give it a name",
    ),
    (LESSON, "Her albumin", "{% if 1 %}Her albumin", r"only \{\{ … \}\} is worked out"),
    (SHEET, "lesson: 900-sample", "lesson: 890-none", r"lesson names 890-none"),
    (SHEET, "bloom: apply", "bloom: apply\nblom: apply", r"900-sample\.md line 2\d, blom: the key blom is not known"),
    (SHEET, "```{task} w900-2", "```{task} w900-1", r"the task w900-1 stands twice"),
    (SHEET, "```{task} w900-2", "```{task} x2", r"a task here is called w900-1"),
    (SHEET, "%%answer w900-2", "%%answer w900-9", r"%%answer names w900-9"),
    (SHEET, "2.29 mmol/L\n###", "2.39 mmol/L\n###", r"task w900-1: the solution earns 0"),
    (SHEET, '{answer: "1.81 mmol/L"', '{answer: "2.29 mmol/L"', r"this wrong answer must earn 0 and its hint"),
    (SHEET, "tolerance: 0.01 mmol/L", "tolerance: 0.01 furlongs", r"task w900-1: .*furlongs"),
    (SHEET, "choice: b\n", "choice: z\n", r"choice must be one of a, b, c"),
    (SHEET, "  - {points: 2, text", "  - {points: 1, text", r"the points of the rubric must add up to 3"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), ERRORS, ids=[message for *_, message in ERRORS])
def test_errors_name_file_line_and_what_to_write(root, file, old, new, message):
    change(root, file, old, new)
    with pytest.raises(ContentError) as caught:
        build.plan(root)
    assert re.search(message, str(caught.value))
    assert str(caught.value).startswith(file)


def test_a_cell_name_is_cut_at_a_word_and_never_longer_than_64():
    name = notebooks.cell_id("030", "a-very-long-heading-that-goes-on-and-on-without-any-mercy-for-readers-at-all")
    assert len(name) <= 64
    assert name.endswith("-mercy")


def test_without_the_tools_of_authors_one_sentence_says_what_to_run(monkeypatch):
    monkeypatch.setattr(build, "find_spec", lambda name: None if name == "nbgrader" else object())
    with pytest.raises(ContentError, match=r"^nbgrader cannot be imported; run make build"):
        build.project_root()


def test_an_installed_course_without_source_says_so(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("CALCINOSIS_DATA", str(tmp_path / "data"))
    with pytest.raises(ContentError, match="no source/lessons beside the data"):
        build.project_root()
