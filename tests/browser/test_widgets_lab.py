"""Widgets in a real JupyterLab: by keyboard alone, after a reload, no key in the page, axe in every state."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import TOKEN, axe_problems, idle, run_all, widget

QUIZ = 'from calcinosis import quiz\nquiz("sample-corrected", "sample-numeric", "sample-mechanism")'
SECRETS = (
    "Albumin explains 0.28",
    "The sign is reversed",
    "is the wrong word for a value",
    "does not ride on albumin",
    "the gland itself fails",
)
LINE = "Press the double arrow to start or resume"


def focused(page):
    """Return the key of the focused control, or ``cell N`` when a notebook cell itself has the focus."""
    return page.evaluate("""() => {
        const node = document.activeElement;
        if (node.dataset.key) return node.dataset.key;
        const cells = [...document.querySelectorAll(".jp-Cell")];
        return cells.includes(node) ? `cell ${cells.indexOf(node)}` : node.className || node.tagName;
    }""")


def press_until(page, key, wanted, tries=12):
    """Press a key until the wanted control has the focus."""
    for _ in range(tries):
        page.keyboard.press(key)
        if focused(page) == wanted:
            return
    raise AssertionError(f"{key} never reached {wanted}; the focus is on {focused(page)}")


def to_first_cell(page):
    """Put the focus on the first cell, as a reader who works by keyboard has it."""
    page.evaluate("window.jupyterapp.commands.execute('notebook:enter-command-mode')")
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    assert focused(page) == "cell 0"


def wait_status(card, words):
    card.locator("[role=status]", has_text=words).wait_for(state="attached", timeout=5_000)


def test_a_quiz_by_keyboard_alone_and_found_again_after_a_reload(opened, fresh):
    page = opened("#md # Lesson", QUIZ, "#md The end")
    card = widget(page)
    to_first_cell(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) == "cell 1"
    press_until(page, "Tab", "sample-corrected#0-option=a")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "sample-corrected#0-option=c"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert focused(page) == "sample-corrected#0-confidence=not sure"
    page.keyboard.press("Tab")
    assert focused(page) == "check"
    page.keyboard.press("Enter")
    wait_status(card, "Right.")
    assert focused(page) == "check"
    expect(card.get_by_text("You answered: 1.76 mmol/L (not sure)")).to_be_visible()
    for option in ("1.20", "1.48", "2.23"):
        expect(card.locator(".cc-option", has_text=option)).to_be_visible()
    press_until(page, "Tab", "next")
    page.keyboard.press("Enter")
    wait_status(card, "Question 2 of 3.")
    press_until(page, "Shift+Tab", "sample-numeric#1-value")
    page.keyboard.type("2.3")
    page.keyboard.press("Enter")
    wait_status(card, "of what?")
    assert card.get_by_label("What is her corrected calcium").input_value() == "2.3"
    page.keyboard.type(" mmol/L")
    page.keyboard.press("Enter")
    wait_status(card, "Right.")
    assert [answer[0]["correct"] for answer in json.loads(fresh.read_text())["answers"].values()] == [True, True]

    page.evaluate("window.jupyterapp.commands.execute('kernelmenu:shutdown')")
    page.wait_for_timeout(500)
    page.goto(page.url.split("?")[0] + f"?token={TOKEN}&reset")
    idle(page)
    run_all(page)
    card = widget(page)
    expect(card.get_by_text("3 of 3")).to_be_visible()
    card.get_by_role("button", name="Previous").click()
    expect(card.get_by_text("You answered this on")).to_be_visible()
    expect(card.get_by_text("You answered: 2.30 mmol/L")).to_be_visible()


def test_keys_that_belong_to_the_notebook_reach_it(opened):
    page = opened("#md # Lesson", QUIZ, "#md Between", QUIZ, "#md The end")
    widget(page, 1)
    first = widget(page, 0)
    first.locator("input[type=radio]").first.focus()
    page.keyboard.press("Escape")
    assert focused(page) == "cell 1"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "cell 2"
    page.keyboard.press("ArrowUp")
    press_until(page, "Tab", "report:summary")
    page.keyboard.press("Tab")
    assert focused(page) == "cell 2"
    press_until(page, "Tab", "sample-corrected#0-option=a")
    assert first.locator(":focus").count() == 0
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "cell 3"

    first.locator("input[type=radio]").first.focus()
    page.keyboard.press("Control+s")
    page.wait_for_timeout(700)
    assert focused(page) == "sample-corrected#0-option=a"
    assert json.loads(page.notebook.read_text())["cells"][1]["outputs"]

    prompt = page.locator(".jp-Cell").nth(1).locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        "([node, old]) => node.innerText !== old && /\\d/.test(node.innerText)", arg=[prompt.element_handle(), before]
    )
    assert focused(page) == "cell 2"


def test_a_whole_notebook_is_walked_from_first_to_last_cell_by_keyboard(opened):
    page = opened(
        "#md # Lesson", QUIZ, "#md Between", 'from calcinosis import predict\npredict("sample-arrows")', "#md The end"
    )
    widget(page, 1)
    to_first_cell(page)
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        where = focused(page)
        seen.append(where)
        if where in ("cell 2", "cell 4"):
            page.keyboard.press("ArrowDown" if where == "cell 2" else "ArrowUp")
            if where == "cell 4":
                break
    assert "check" in seen
    assert "commit" in seen
    assert seen[-1] == "cell 4"
    assert not [name for name in seen if "StatusBar" in name or "lm-TabBar" in name]


def test_the_line_is_hidden_while_the_widget_lives_and_readable_in_a_saved_notebook(opened, lab, page):
    shown = opened(QUIZ)
    widget(shown)
    assert shown.get_by_text(LINE).count() == 1
    assert shown.get_by_text(LINE).is_hidden()
    shown.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    shown.wait_for_timeout(700)
    saved = json.loads(shown.notebook.read_text())
    assert LINE in json.dumps(saved["cells"][0]["outputs"])
    for output in saved["cells"][0]["outputs"]:
        view = output.get("data", {}).get("application/vnd.jupyter.widget-view+json")
        if view:
            view["model_id"] = "0" * 32  # as after the kernel has gone
    saved["metadata"].pop("widgets", None)
    (lab.folder / "yesterday.ipynb").write_text(json.dumps(saved))
    lab.open(page, "yesterday.ipynb")
    expect(page.get_by_text(LINE)).to_be_visible()


def test_neither_page_nor_notebook_holds_a_key_before_the_answer(opened):
    cells = [
        QUIZ,
        'from calcinosis import predict\npredict("sample-choice")',
        'from calcinosis import worked_case\nworked_case("sample-case", leave="all")',
    ]
    page = opened(*cells)
    widget(page, 2)
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_timeout(700)
    held = page.content() + page.notebook.read_text()
    held += page.evaluate(
        "JSON.stringify(Object.entries(localStorage)) + JSON.stringify(Object.entries(sessionStorage))"
    )
    for secret in SECRETS:
        assert secret not in held
    assert not re.search(r"(data-correct|\"best\"|misconception)", held.split("</body>")[0].split("<body")[1])
    widget(page, 0).get_by_label("1.76").check()
    widget(page, 0).get_by_role("button", name="Check").click()
    page.get_by_text("Albumin explains 0.28").wait_for()  # so the search above would have found it


STATES = {
    "quiz": (QUIZ, "check"),
    "predict-arrows": ('from calcinosis import predict\npredict("sample-arrows")', "commit"),
    "predict-choice": ('from calcinosis import predict\npredict("sample-choice")', "commit"),
    "worked-case": ('from calcinosis import worked_case\nworked_case("sample-case", leave="all")', "check"),
    "board": ("from calcinosis import progress_board\nprogress_board()", None),
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_any_state(opened, dark):
    page = opened("#md # Lesson", *(cell for cell, _ in STATES.values()), dark=dark)
    cards = {name: widget(page, number) for number, name in enumerate(STATES)}
    found = {"empty": axe_problems(page)}

    case = cards["worked-case"]
    case.get_by_role("button", name="Next step").click()
    case.get_by_role("button", name="Check").wait_for()
    for name, (_, key) in STATES.items():
        if key:
            cards[name].locator(f"[data-key={key}]").click()
            cards[name].locator(".cc-is-error").wait_for()
    cards["board"].locator("input[type=file]").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{"}
    )
    cards["board"].locator(".cc-is-error").wait_for()
    found["error"] = axe_problems(page)

    for name, (_, key) in STATES.items():
        if key:
            for group in cards[name].locator("fieldset:not(.cc-segmented)").all():
                group.locator("input[type=radio]").first.check()
    cards["board"].locator("summary").last.click()
    cards["quiz"].locator("summary").last.click()
    found["filled"] = axe_problems(page)

    for name, (_, key) in STATES.items():
        if key:
            cards[name].locator(f"[data-key={key}]").click()
            cards[name].locator("[data-key=verdict]").wait_for()
    cards["board"].get_by_role("button", name="Delete all answers").click()
    cards["board"].get_by_role("button", name="Keep my answers").wait_for()
    found["answered"] = axe_problems(page)
    assert found == {"empty": [], "error": [], "filled": [], "answered": []}


def test_the_units_switch_works_in_all_cases_of_the_page(opened):
    cell = 'from calcinosis import worked_case\nworked_case("sample-case")'
    page = opened(cell, cell)
    one, other = widget(page, 0), widget(page, 1)
    for card in (one, other):
        card.get_by_role("button", name="Next step").click()
        card.get_by_text("1.48 mmol/L").wait_for()
    one.get_by_label("conventional").focus()
    page.keyboard.press("Space")
    other.get_by_text("5.9 mg/dL").wait_for()
    expect(one.get_by_role("cell", name="8.4–10.2 mg/dL")).to_be_visible()
    assert focused(page) == "units=conventional"


def test_a_progress_file_goes_down_and_up(opened, fresh):
    page = opened(QUIZ, "from calcinosis import progress_board\nprogress_board()")
    quiz, board = widget(page, 0), widget(page, 1)
    quiz.get_by_label("1.76").check()
    quiz.get_by_role("button", name="Check").click()
    quiz.locator("[data-key=verdict]").wait_for()
    with page.expect_download() as download:
        board.get_by_role("button", name="Download my progress").click()
    assert download.value.suggested_filename == "calcinosis-progress.json"
    kept = download.value.path()
    board.get_by_role("button", name="Delete all answers").click()
    board.get_by_role("button", name="Delete them").click()
    board.get_by_text("No answers yet").wait_for()
    board.locator("input[type=file]").set_input_files(str(kept))
    board.get_by_text("1 new answer was added").wait_for()
    assert "sample-corrected" in fresh.read_text()
