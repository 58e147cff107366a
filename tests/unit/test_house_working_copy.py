"""The working copy: nothing that a learner wrote is ever lost, everything else is kept up to date."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calcinosis import working_copy
from calcinosis.errors import InputError

LESSON = "notebooks/010-first.ipynb"
BESIDE = "notebooks/010-first (new version).ipynb"


def notebook(*sources, outputs=(), **metadata):
    cells = [{"cell_type": "code", "source": text, "outputs": list(outputs), "metadata": {}} for text in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def put(folder, name, data):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    put(folder, LESSON, notebook("one"))
    put(folder, "exercises/010-first.ipynb", notebook("answer here"))
    put(folder, "exercises/.ipynb_checkpoints/010-first-checkpoint.ipynb", notebook("not shipped"))
    return folder


@pytest.fixture
def mine(tmp_path, course):
    folder = tmp_path / "my-course"
    working_copy.renew(course, folder)
    return folder


def everything(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_first_time_lays_all_shipped_files(course, tmp_path):
    report = working_copy.renew(course, tmp_path / "my-course")
    assert report.new == [LESSON, "exercises/010-first.ipynb"]
    assert everything(tmp_path / "my-course") == {LESSON, "exercises/010-first.ipynb", ".calcinosis.json"}
    assert "2 new" in report.text()


def test_second_time_changes_no_byte(course, mine):
    before = {name: (mine / name).read_bytes() for name in everything(mine)}
    report = working_copy.renew(course, mine)
    assert {name: (mine / name).read_bytes() for name in everything(mine)} == before
    assert "nothing new" in report.text()


def test_a_run_notebook_is_not_an_edited_one(course, mine):
    ran = notebook("one", outputs=[{"output_type": "stream", "text": "2"}], language_info={"version": "3.11.7"})
    put(mine, LESSON, ran)
    assert working_copy.renew(course, mine).renewed == []
    assert (mine / LESSON).read_bytes() == ran, "outputs are kept while there is nothing new"
    put(course, LESSON, notebook("two"))
    assert working_copy.renew(course, mine).renewed == [LESSON]
    assert (mine / LESSON).read_bytes() == notebook("two")


def test_a_change_of_the_course_outside_the_text_arrives_too(course, mine):
    put(course, LESSON, notebook("one", kernelspec={"name": "python3"}))
    assert working_copy.renew(course, mine).renewed == [LESSON]


def test_an_edited_file_stays_and_the_new_version_is_laid_beside_it_once(course, mine):
    put(mine, LESSON, notebook("my note"))
    assert working_copy.renew(course, mine).beside == {}, "no news, so nothing beside"
    put(course, LESSON, notebook("two"))
    report = working_copy.renew(course, mine)
    assert report.beside == {LESSON: BESIDE}
    assert (mine / LESSON).read_bytes() == notebook("my note")
    assert (mine / BESIDE).read_bytes() == notebook("two")
    assert BESIDE in report.text()
    (mine / BESIDE).unlink()
    assert working_copy.renew(course, mine).beside == {}, "a new version that was thrown away does not come back"


def test_an_edited_new_version_is_not_overwritten_by_the_next(course, mine):
    put(mine, LESSON, notebook("my note"))
    put(course, LESSON, notebook("two"))
    working_copy.renew(course, mine)
    put(mine, BESIDE, notebook("two, and my note"))
    put(course, LESSON, notebook("three"))
    report = working_copy.renew(course, mine)
    assert report.beside == {LESSON: "notebooks/010-first (new version 2).ipynb"}
    assert (mine / BESIDE).read_bytes() == notebook("two, and my note")


def test_an_untouched_new_version_is_renewed_in_place(course, mine):
    put(mine, LESSON, notebook("my note"))
    for text in ("two", "three"):
        put(course, LESSON, notebook(text))
        assert working_copy.renew(course, mine).beside == {LESSON: BESIDE}
    assert (mine / BESIDE).read_bytes() == notebook("three")


def test_an_edit_taken_back_makes_the_file_renewable_again(course, mine):
    put(mine, LESSON, notebook("my note"))
    put(course, LESSON, notebook("two"))
    working_copy.renew(course, mine)
    put(mine, LESSON, notebook("one"))
    assert working_copy.renew(course, mine).renewed == [LESSON]
    assert (mine / LESSON).read_bytes() == notebook("two")


def test_a_deleted_file_comes_back(course, mine):
    (mine / LESSON).unlink()
    assert working_copy.renew(course, mine).new == [LESSON]


def test_files_of_the_learner_are_left_alone(course, mine):
    put(mine, "notebooks/mine.ipynb", notebook("mine"))
    working_copy.renew(course, mine)
    assert (mine / "notebooks/mine.ipynb").read_bytes() == notebook("mine")


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"[]", b'{"format": 1}', b'{"format": 9, "laid": {}}', b'{"format": 1, "laid": {"a": 1}}', b"\xff\xfe"],
)
def test_a_damaged_list_is_set_aside_and_no_edit_is_lost(course, mine, damage):
    put(mine, LESSON, notebook("my note"))
    put(mine, working_copy.STATE_NAME, damage)
    report = working_copy.renew(course, mine)
    assert (mine / ".calcinosis.json.damaged").read_bytes() == damage
    assert (mine / LESSON).read_bytes() == notebook("my note")
    assert (mine / BESIDE).read_bytes() == notebook("one")
    assert "could not be read and was set aside" in report.text()


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"cells": [1]}', b"not json", b'{"cells": [{"cell_type": "code"}]}'])
def test_a_damaged_notebook_counts_as_edited(course, mine, damage):
    put(mine, LESSON, damage)
    put(course, LESSON, notebook("two"))
    working_copy.renew(course, mine)
    assert (mine / LESSON).read_bytes() == damage
    assert (mine / BESIDE).read_bytes() == notebook("two")


def test_a_place_that_cannot_be_written_is_one_sentence(course, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match=r"cannot be written .* calcinosis lab --folder PLACE") as caught:
        working_copy.renew(course, tmp_path / "taken")
    assert "\n" not in str(caught.value)


def test_a_folder_that_turns_read_only_half_way_loses_nothing(course, mine, monkeypatch):
    put(mine, LESSON, notebook("my note"))
    put(course, LESSON, notebook("two"))
    put(course, "exercises/010-first.ipynb", notebook("new task"))
    real = os.replace

    def refuse(source, target):
        if "exercises" in str(target):
            raise PermissionError(13, "Permission denied", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        working_copy.renew(course, mine)
    monkeypatch.setattr(os, "replace", real)
    report = working_copy.renew(course, mine)
    assert report.renewed == ["exercises/010-first.ipynb"]
    assert (mine / LESSON).read_bytes() == notebook("my note")
    assert everything(mine) >= {LESSON, BESIDE}
    assert "notebooks/010-first (new version 2).ipynb" not in everything(mine)


def test_a_missing_course_says_how_to_get_it(tmp_path):
    with pytest.raises(InputError, match="make build"):
        working_copy.renew(tmp_path / "nothing", tmp_path / "my-course")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["edit", "run", "news", "delete", "lose list"]), max_size=12))
def test_whatever_happens_in_whatever_order_no_text_of_the_learner_disappears(tmp_path_factory, steps):
    course, mine = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("mine")
    put(course, LESSON, notebook("version 0"))
    working_copy.renew(course, mine)
    kept, path = [], mine / LESSON
    for number, step in enumerate(steps):
        if step == "edit" and path.exists():
            kept = [text for text in kept if path.read_bytes() != notebook(text)] + [f"edit {number}"]
            path.write_bytes(notebook(f"edit {number}"))
        elif step == "run" and path.exists():
            document = json.loads(path.read_bytes())
            document["cells"][0]["outputs"] = [{"output_type": "stream", "text": str(number)}]
            path.write_bytes(json.dumps(document).encode())
        elif step == "news":
            put(course, LESSON, notebook(f"version {number + 1}"))
        elif step == "delete" and path.exists():
            kept = []
            path.unlink()
        elif step == "lose list":
            (mine / working_copy.STATE_NAME).write_bytes(b"")
        working_copy.renew(course, mine)
        texts = [json.loads(file.read_bytes())["cells"][0]["source"] for file in mine.rglob("*.ipynb")]
        assert set(kept[-1:]) <= set(texts), "the latest edit is somewhere"
        assert path.exists()
    latest = json.loads((course / LESSON).read_bytes())["cells"][0]["source"]
    if "delete" not in steps:
        texts = [json.loads(file.read_bytes())["cells"][0]["source"] for file in mine.rglob("*.ipynb")]
        assert latest in texts or kept, "the newest version is there unless an edit answers for it"


class TestFindLesson:
    @pytest.fixture
    def folder(self, tmp_path):
        for name in ("000-start-here", "030-reading-the-panel", "030-reading-the-panel (new version)"):
            put(tmp_path, f"notebooks/{name}.ipynb", notebook("x"))
        return tmp_path

    @pytest.mark.parametrize("wanted", ["030", "30", "030-reading-the-panel", "030-reading-the-panel.ipynb", " 030 "])
    def test_by_name_or_number(self, folder, wanted):
        assert working_copy.find_lesson(folder, wanted) == "notebooks/030-reading-the-panel.ipynb"

    @pytest.mark.parametrize("wanted", ["panel", "030-reading-the-pannel", "reading-the-panle", "Panel"])
    def test_suggests_the_nearest(self, folder, wanted):
        with pytest.raises(InputError, match="did you mean 030-reading-the-panel"):
            working_copy.find_lesson(folder, wanted)

    @pytest.mark.parametrize("wanted", ["", "999", "../030-reading-the-panel", "zzz", "٣"])
    def test_lists_all_when_nothing_is_near(self, folder, wanted):
        with pytest.raises(InputError, match=r"there is no lesson .*(the lessons are 000-start-here|did you mean)"):
            working_copy.find_lesson(folder, wanted)


def test_the_checkout_is_the_course_here():
    assert (working_copy.course_folder() / "notebooks").is_dir()
    assert working_copy.default_folder() == working_copy.course_folder() / "my-course"
