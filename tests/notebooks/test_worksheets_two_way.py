"""Each worksheet goes through nbgrader itself, both ways.

Its solution earns every point that a machine marks; the untouched exercise earns none and runs to its end; the k-th
wrong answer of every task, all in one submission, earns none and shows each hint.
"""

import asyncio
import copy
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from calcinosis import content, worksheets
from calcinosis.authoring import build
from tests.project_copy import ROOT, sample_project

COURSE_SHEETS = sorted(path.stem for path in (ROOT / "source" / "worksheets").glob("*.md"))
ASSIGNMENT = "sheet"
# The other half stands in test_worksheets_two_way_more.py: notebooks are spread over two cores by file.
SHEETS = ["900-sample", *COURSE_SHEETS[1::2]]


def pytest_generate_tests(metafunc):
    metafunc.parametrize("marked", metafunc.module.SHEETS, indirect=True, scope="module")


@pytest.fixture(scope="module")
def marked(request, tmp_path_factory):
    """Build a worksheet, hand in a few submissions, have nbgrader mark them; the course's own sheets as committed."""
    folder = tmp_path_factory.mktemp("course")
    patch = pytest.MonkeyPatch()
    # nbgrader calls alembic by name, which stands beside the Python that runs the tests.
    patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    root = ROOT
    if request.param == "900-sample":
        root = sample_project(folder / "project")
        patch.setenv("CALCINOSIS_DATA", str(root / "data"))
        content.clear_cache()
        build.write(root, build.plan(root))
    try:
        yield Marked(root, request.param, folder / "nbgrader")
    finally:
        patch.undo()
        content.clear_cache()


class Marked:
    """A worksheet and what nbgrader made of its submissions."""

    def __init__(self, root, name, folder):
        self.name, self.folder = name, folder
        read = [nbformat.read(root / kind / f"{name}.ipynb", as_version=4) for kind in ("solutions", "exercises")]
        self.solution, self.exercise = read
        keys = json.loads((root / "data" / "generated" / "worksheets" / f"{name}.json").read_text("utf-8"))
        self.tasks = {task["id"]: task for task in keys["tasks"]}
        self.by_machine = {key: task for key, task in self.tasks.items() if task["kind"] != "written"}
        self.rounds = max(len(task["wrong"]) for task in self.by_machine.values())
        self.submissions = {"solution": self.handed_in(self.solution_texts()), "untouched": self.exercise}
        for number in range(self.rounds):
            wrong = {key: self.wrong(task, number)["answer"] for key, task in self.by_machine.items()}
            self.submissions[f"wrong-{number}"] = self.handed_in(wrong)
        self.grade()

    @staticmethod
    def wrong(task, number):
        return task["wrong"][number % len(task["wrong"])]

    def solution_texts(self):
        sources = {cell.id: cell.source for cell in self.solution.cells}
        return {key: sources[f"{key}-answer"].partition("\n")[2] for key in self.tasks}

    def handed_in(self, texts):
        """Return the exercise with texts typed below the stub, as a learner would."""
        made = copy.deepcopy(self.exercise)
        for cell in made.cells:
            key = cell.id.removesuffix("-answer")
            if cell.id.endswith("-answer") and key in texts:
                cell.source = f"{cell.source}\n{texts[key]}"
        return made

    def grade(self):
        self.put("source", self.solution)
        for student, submission in self.submissions.items():
            self.put(f"submitted/{student}", submission)
        config = Config()
        config.CourseDirectory.root = str(self.folder)
        config.ClearSolutions.code_stub = {"python": worksheets.STUB}
        config.ExecutePreprocessor.timeout = 60
        # nbgrader's interface looks for a running event loop, which pytest does not have.
        asyncio.set_event_loop(asyncio.new_event_loop())
        api = NbGraderAPI(config=config)
        assert api.generate_assignment(ASSIGNMENT, force=True)["success"]
        for student in self.submissions:
            result = api.autograde(ASSIGNMENT, student)
            assert result["success"], result["log"]

    def put(self, place, notebook):
        path = self.folder / place / ASSIGNMENT / f"{self.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)

    def points(self, student):
        """Return the machine's points and whether a person is asked, per graded cell."""
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as gradebook:
            notebook = gradebook.find_submission_notebook(self.name, ASSIGNMENT, student)
            return {grade.name: (grade.auto_score, bool(grade.needs_manual_grade)) for grade in notebook.grades}

    def outputs(self, student):
        path = self.folder / "autograded" / student / ASSIGNMENT / f"{self.name}.ipynb"
        return {cell.id: cell.get("outputs", []) for cell in nbformat.read(path, as_version=4).cells}


def text_of(outputs):
    """Return what a cell printed on one line: long messages are broken for the screen."""
    return " ".join("".join(output.get("text", "") for output in outputs).split())


def test_the_exercise_is_what_nbgrader_itself_releases(marked):
    path = marked.folder / "release" / ASSIGNMENT / f"{marked.name}.ipynb"
    released = nbformat.read(path, as_version=4)
    assert [dict(cell) for cell in released.cells] == [dict(cell) for cell in marked.exercise.cells]


def test_the_solution_earns_every_point_of_the_machine(marked):
    points = marked.points("solution")
    for key, task in marked.tasks.items():
        if task["kind"] == "written":
            assert points[f"{key}-answer"] == (None, True)
        else:
            assert points[f"{key}-check"] == (task["points"], False), text_of(
                marked.outputs("solution")[f"{key}-check"]
            )


def test_the_untouched_exercise_earns_nothing_and_runs_to_its_end(marked):
    assert set(marked.points("untouched").values()) == {(0.0, False)}
    outputs = marked.outputs("untouched")
    assert not [key for key, found in outputs.items() for output in found if output.output_type == "error"]
    for key in marked.tasks:
        assert text_of(outputs[f"{key}-check"]).startswith("Not answered yet")


def test_every_listed_wrong_answer_earns_nothing_and_its_hint(marked):
    assert marked.rounds
    for number in range(marked.rounds):
        student = f"wrong-{number}"
        assert {score for score, _ in marked.points(student).values()} == {0.0}
        outputs = marked.outputs(student)
        for key, task in marked.by_machine.items():
            said = text_of(outputs[f"{key}-check"])
            assert " ".join(marked.wrong(task, number)["hint"].split()) in said
            assert "Points:" in said
