"""The build: named cells, the same bytes twice, and errors that name file, line and what to write."""

import json
import re

import nbformat
import pytest

from calcinosis import content
from calcinosis.authoring import build, lessons, notebooks, records, tables
from calcinosis.errors import ContentError
from tests.project_copy import ROOT, sample_source

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
    assert text["900-start"].endswith("\nfrom calcinosis import lab_panel, quiz")
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
        r"line 16: \{\{ q\(.*rite 2\.05 mg/dL",
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


def lesson_after(root, name, title, header=""):
    """Write a second small lesson beside the sample and return its name."""
    text = (root / LESSON).read_text("utf-8").replace("900", name[:3]).replace("A sample lesson", title)
    text = text.replace("    needs: []\n", header) if header else text
    if "orientation" in header:
        text = text.replace("## Check yourself", "```{code-cell} ipython3\nprogress_board()\n```\n\n## Check yourself")
    (root / "source" / "lessons" / f"{name}.md").write_text(text, "utf-8")
    return name


def text_of(files, name, key):
    return "".join(cells(files, name)[key]["source"])


# ---- questions by the name of their cell


def test_the_notebook_names_the_quiz_and_never_its_questions(root):
    files = build.plan(root)
    assert text_of(files, "notebooks/900-sample.ipynb", "900-check-yourself-quiz") == 'quiz("900-check-yourself-quiz")'
    assert b"corrected-ca-hypopara-01" not in files["notebooks/900-sample.ipynb"]
    sets = json.loads(files["data/generated/quizzes.json"])
    assert sets == {"900-check-yourself-quiz": {"id": "900-check-yourself-quiz", "items": ["corrected-ca-hypopara-01"]}}


def test_a_quiz_in_a_worksheet_is_named_as_well(root):
    cell = '```{code-cell} ipython3\n:name: more\nquiz("pth-unit-swap-01")\n```\n\n## Explain it'
    change(root, SHEET, "## Explain it", cell)
    files = build.plan(root)
    assert text_of(files, "exercises/900-sample.ipynb", "w900-more") == 'quiz("w900-more")'
    assert json.loads(files["data/generated/quizzes.json"])["w900-more"]["items"] == ["pth-unit-swap-01"]


def test_a_quiz_without_a_name_is_refused(root):
    change(root, LESSON, ":name: check-yourself-quiz\n", "")
    with pytest.raises(ContentError, match=r"900-sample\.md line 41: .*:name: 900-quiz-"):
        build.plan(root)


def test_the_course_shows_no_question_id_on_screen():
    items = content.items()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            shown = [key for key in items if cell["cell_type"] == "code" and key in "".join(cell["source"])]
            assert shown == [], path.name


# ---- cells that mean nothing to a learner


def test_cells_without_a_widget_open_with_a_sentence(root):
    files = build.plan(root)
    lesson = cells(files, "notebooks/900-sample.ipynb")
    assert list(lesson)[-1] == "900-key-numbers"
    for key, sentence in (
        ("900-start", "# Start: loads the course.\n"),
        ("900-key-numbers", "# The course checks its own numbers here; nothing to do.\n"),
    ):
        assert lesson[key]["source"][0] == sentence
        assert lesson[key]["metadata"]["jupyter"] == {"source_hidden": True}
    assert text_of(files, "exercises/900-sample.ipynb", "w900-start").startswith("# Start: loads the course.\n")


# ---- Next, paths, Sources


def test_next_leads_to_the_next_lesson_that_exists_and_back_to_the_first_page(root):
    lesson_after(root, "910-second", "A second lesson")
    lesson_after(root, "890-first", "The first page", "    needs: []\n    kind: orientation\n")
    files = build.plan(root)
    said = {key: text_of(files, f"notebooks/{key}.ipynb", f"{key[:3]}-next") for key in lessons_of(files)}
    assert "- Go on: [A sample lesson](900-sample.ipynb), about 15 minutes." in said["890-first"]
    assert "- Go on: [A second lesson](910-second.ipynb), about 15 minutes." in said["900-sample"]
    assert "- Practise: [worksheet 900]" in said["900-sample"]
    board = "- See how far you have come: the progress board is on the first page, [The first page](890-first.ipynb)."
    assert board in said["900-sample"]
    assert board in said["910-second"]
    assert board not in said["890-first"]
    assert [key for key, text in said.items() if "last lesson for now" in text] == ["910-second"]


def test_next_follows_the_header_and_falls_back_on_the_order(root):
    lesson_after(root, "910-second", "A second lesson")
    lesson_after(root, "920-third", "A third lesson")
    change(root, LESSON, "    needs: []\n", "    needs: []\n    next: 920-third\n")
    assert "[A third lesson](920-third.ipynb)" in text_of(build.plan(root), "notebooks/900-sample.ipynb", "900-next")
    change(root, LESSON, "next: 920-third", "next: 930-unwritten")
    assert "[A second lesson](910-second.ipynb)" in text_of(build.plan(root), "notebooks/900-sample.ipynb", "900-next")


def lessons_of(files):
    return [name[10:-6] for name in files if name.startswith("notebooks/")]


def paths_of(root):
    return tables.functions(build.read_lessons(root), {})["paths"]().split("\n")[2:]


def test_no_path_stands_twice_and_interests_are_kept(root):
    assert [row.split(" | ")[0] for row in paths_of(root)] == ["| The whole course"]
    lesson_after(root, "910-second", "A second lesson", "    needs: []\n    path: [kidney]\n")
    change(root, "source/lessons/910-second.md", "minutes: 15", "minutes: 50")
    one, kidney, whole = paths_of(root)
    assert one.startswith("| One hour | [900 A sample lesson]")
    assert kidney == "| The kidney | [910 A second lesson](910-second.ipynb) | 50 |"
    assert whole.endswith("| 65 |")
    change(root, LESSON, "    needs: []\n", "    needs: []\n    path: [kidney]\n")
    assert [row.split(" | ")[0] for row in paths_of(root)] == ["| One hour", "| The whole course · The kidney"]


def test_sources_hold_what_feedback_and_explanations_cite(root):
    cell = '```{code-cell} ipython3\n:name: tried\npredict("030-normal-pth")\n```\n\n## Check yourself'
    change(root, LESSON, "## Check yourself", cell)
    lesson = build.read_lessons(root)["900-sample"]
    listed = "".join(cells(build.plan(root), "notebooks/900-sample.ipynb")["900-sources"]["source"])
    for kind, key in (("items", "corrected-ca-hypopara-01"), ("predictions", "030-normal-pth")):
        for source in records.sources_of(content.load_records(kind)[key]):
            assert lessons.reference(source) in listed, source
    assert lesson.id == "900-sample"


def test_a_source_cited_only_in_feedback_is_found():
    record = content.items()["pth-unit-swap-01"]
    first, *rest = record.options
    cited = first.model_copy(update={"feedback": f"{first.feedback} [@iowa_alp]"})
    assert "iowa_alp" not in records.sources_of(record)
    assert "iowa_alp" in records.sources_of(record.model_copy(update={"options": (cited, *rest)}))


def test_worksheets_list_what_their_hints_cite(root):
    change(root, SHEET, 'hint: "The sign is reversed', 'hint: "[@iowa_alp] The sign is reversed')
    listed = text_of(build.plan(root), "exercises/900-sample.ipynb", "w900-sources")
    assert lessons.reference("iowa_alp") in listed


def test_no_entry_says_what_was_not_seen():
    for key, source in content.sources().items():
        entry = lessons.reference(key)
        assert "authors not seen" not in entry
        assert "journal not shown" not in entry
        if "authors not seen" in source.authors:
            assert entry.startswith(source.title.rstrip("."))


# ---- keys of worksheets


def test_hints_and_feedback_carry_no_marks_of_markdown(root):
    change(root, SHEET, "feedback: The low albumin hid calcium.", "feedback: The *low* albumin **hid** `it`, 2 * 3.")
    change(root, SHEET, 'hint: "The sign is reversed', 'hint: "The *sign* is [reversed](../README.md)')
    task = json.loads(build.plan(root)["data/generated/worksheets/900-sample.json"])["tasks"][0]
    assert task["feedback"] == "The low albumin hid it, 2 * 3."
    assert task["wrong"][0]["hint"] == "The sign is reversed: low albumin hides calcium."


def test_a_task_may_ask_for_a_unit(root):
    change(root, SHEET, "tolerance: 0.01 mmol/L\n", "tolerance: 0.01 mmol/L\nin_unit: mmol/L\n")
    change(root, SHEET, "wrong:\n", 'wrong:\n  - {answer: "9.2 mg/dL", hint: "Write what the laboratory wrote."}\n')
    files = build.plan(root)
    assert "Type a number in mmol/L." in text_of(files, "exercises/900-sample.ipynb", "w900-1")
    for old, new, message in (
        ("in_unit: mmol/L", "in_unit: mg/dL", r"task w900-1: the solution earns 0"),
        ("in_unit: mg/dL", "in_unit: furlongs", r"task w900-1: .*furlongs"),
        ("analyte: calcium_total\n", "", r"in_unit needs an analyte"),
    ):
        change(root, SHEET, old, new)
        with pytest.raises(ContentError, match=message):
            build.plan(root)
