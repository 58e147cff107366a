"""Each lesson in a real JupyterLab: Run All without an error, every widget alive, and the whole of it by keyboard."""

import json
import shutil
from pathlib import Path

import pytest

from tests.browser.lab import axe_problems, run_all

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CALLS = (
    "forms_of_calcium(",
    "lab_panel(",
    "population_compare(",
    "predict(",
    "progress_board(",
    "quiz(",
    "worked_case(",
)


def is_bare(path, number):
    """Say whether a cell shows neither source nor output: the last one of a lesson only checks its numbers."""
    cell = json.loads(path.read_text(encoding="utf-8"))["cells"][number]
    return cell["cell_type"] == "code" and number not in widget_cells(path)


def source_of(cell):
    return "".join(cell["source"])


def widget_cells(path):
    """Return the numbers of the cells that show a widget."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [(n, source_of(cell)) for n, cell in enumerate(cells) if cell["cell_type"] == "code"]
    return [n for n, text in code if any(line.startswith(CALLS) for line in text.splitlines())]


@pytest.fixture
def lesson(lab, page, fresh):
    def lesson(path):
        shutil.copy(path, lab.folder / path.name)
        lab.open(page, path.name)
        page.evaluate("window.jupyterapp.commands.execute('notebook:enter-command-mode')")
        run_all(page)
        return page

    return lesson


def test_there_are_lessons():
    assert LESSONS


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_run_all_shows_no_error_and_every_widget_lives(lesson, path):
    page = lesson(path)
    wanted = widget_cells(path)
    assert wanted
    # JupyterLab draws outputs as they come into sight, so each cell is looked at.
    for number in wanted:
        cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
        cell.scroll_into_view_if_needed()
        cell.locator(".cc").first.wait_for(timeout=15_000)
    shown = page.locator(
        ".jp-OutputArea-output[data-mime-type*='error'], .jp-OutputArea-output[data-mime-type*='stderr']"
    )
    assert shown.all_inner_texts() == []
    assert page.locator(".jp-OutputArea .cc .cc-is-error").count() == 0
    assert axe_problems(page, ".jp-OutputArea .cc") == []


FOCUS = """() => {
    const node = document.activeElement;
    const cells = [...document.querySelectorAll(".jp-Notebook .jp-Cell")];
    const cell = cells.findIndex((each) => each.contains(node));
    return { cell, itself: cells.includes(node), text: node.outerHTML.slice(0, 100) };
}"""


def test_a_lesson_is_walked_from_first_to_last_cell_by_keyboard(lesson):
    path = LESSONS[-1]
    page = lesson(path)
    widgets, count = set(widget_cells(path)), len(json.loads(path.read_text(encoding="utf-8"))["cells"])
    page.evaluate("window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    for _ in range(count):
        page.keyboard.press("ArrowUp")
    at = page.evaluate(FOCUS)["cell"]
    assert at == 0
    seen = set()
    last = max(n for n in range(count) if not is_bare(path, n))
    while at < last:
        if at not in widgets:
            page.keyboard.press("ArrowDown")
        else:  # through all of its controls, and out
            page.locator(".jp-Notebook .jp-Cell").nth(at).locator(".cc").first.wait_for()
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate(FOCUS)["itself"]:
                    break
        now = page.evaluate(FOCUS)
        # JupyterLab passes over cells without source and output, but no widget may be passed over.
        passed = set(range(at + 1, now["cell"]))
        assert now["itself"], (at, now)
        assert now["cell"] > at, (at, now)
        assert not passed & widgets, (at, now)
        assert len(passed) <= 1, (at, now)
        at = now["cell"]
        seen.add(at)
    assert widgets <= seen
