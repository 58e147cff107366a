"""Adding anything touches one place: each thing is added to a copy of the course, built and checked."""

from datetime import date

import pytest

from calcinosis import content, labs, prose
from calcinosis.authoring import build, check
from tests.project_copy import SAMPLES, copy_project, own_files

TODAY = date(2026, 11, 20)


@pytest.fixture
def project(tmp_path, monkeypatch):
    folder = copy_project(tmp_path / "project")
    monkeypatch.setenv("CALCINOSIS_DATA", str(folder / "data"))
    content.clear_cache()
    yield folder
    content.clear_cache()


class Author:
    """Adds one thing after another and looks at what that touched."""

    def __init__(self, root):
        self.root = root
        self.files = self.rebuilt()
        self.known = self.errors()

    def rebuilt(self, *, new_data=True):
        if new_data:
            content.clear_cache()
        files = build.plan(self.root)
        build.write(self.root, files)
        return files

    def errors(self):
        findings = check.check_course(self.root, today=TODAY).errors
        return {(finding.rule, finding.where, finding.text) for finding in findings}

    def add(self, name, text, *, append=False):
        """Write one place, build, and return the names of the built files that are new or changed."""
        before = own_files(self.root)
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path.read_text("utf-8") if append else ""
        path.write_text(old + text, "utf-8")
        previous, self.files = self.files, self.rebuilt(new_data=name.startswith("data/"))
        after = own_files(self.root)
        touched = {key for key in {*before, *after} if before.get(key) != after.get(key)}
        assert touched == {name}
        return {key for key, data in self.files.items() if previous.get(key) != data}


def item(root, key, objective):
    text = (root / "data" / "items" / "030" / "corrected-ca-hypopara-01.yml").read_text("utf-8")
    for old, new in {
        "id: corrected-ca-hypopara-01": f"id: {key}",
        "lesson: 030-reading-the-panel": "lesson: 900-sample",
        "objective: 030b": f"objective: {objective}",
    }.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_each_thing_is_added_in_one_place(project):
    author = Author(project)

    built = author.add("source/lessons/900-sample.md", (SAMPLES / "lesson.md").read_text("utf-8"))
    assert {"notebooks/900-sample.ipynb", "data/generated/lessons.json", "README.md"} <= built

    author.add("data/items/900/sample-one-01.yml", item(project, "sample-one-01", "900a"))
    author.add("data/items/900/sample-two-01.yml", item(project, "sample-two-01", "900b"))
    assert content.items()["sample-two-01"].objective == "900b"

    built = author.add("source/worksheets/900-sample.md", (SAMPLES / "worksheet.md").read_text("utf-8"))
    assert built == {
        "README.md",
        "data/generated/worksheets/900-sample.json",
        "exercises/900-sample.ipynb",
        "notebooks/900-sample.ipynb",
        "solutions/900-sample.ipynb",
    }

    author.add(
        "data/sources.csv", "sample2026,Sample A,2026,A sample,Journal,10.1234/sample,,,,,abstract,\n", append=True
    )
    assert prose.render("[@sample2026]") == "(Sample 2026)"

    with pytest.raises(Exception, match="no interval"):
        prose.interval("ck", sex="male", age=3)
    author.add("data/reference_intervals.csv", "ck,10,99,U/L,male,2,4,sample boys,,,,sample2026,\n", append=True)
    assert prose.interval("ck", sex="male", age=3) == "10–99 U/L"
    assert labs.interval_for("ck", sex="male", age_years=3).high == 99

    case = (project / "data" / "cases" / "bcmj-2007.yml").read_text("utf-8").replace("bcmj-2007", "sample-2026", 1)
    assert author.add("data/cases/sample-2026.yml", case) == {"docs/cases.md"}

    # The sample lesson is short and its two items are copies; beyond that the course is as it was.
    new = {(rule, where) for rule, where, text in author.errors() - author.known}
    allowed = {("length", "source/lessons/900-sample.md line 1")}
    assert {found for found in new if not found[1].startswith("item ")} == allowed
