"""Widgets in the kernel: nothing given away before the answer, everything explained after it, nothing that raises."""

import json
import re
import sys
from pathlib import Path

import anywidget
import pytest

from calcinosis import cases, content, progress, quiz
from calcinosis.errors import ContentError, InputError
from calcinosis.widgets import base
from calcinosis.widgets.predict import PredictWidget
from calcinosis.widgets.progress_board import ProgressBoardWidget
from calcinosis.widgets.quiz import QuizWidget
from calcinosis.widgets.worked_case import WorkedCaseWidget
from tests.content_copy import copy_content

PAGES = Path(base.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_content(tmp_path_factory.mktemp("content"))


@pytest.fixture(autouse=True)
def _own_world(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_DATA", str(folder))
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path / "home"))
    content.clear_cache()
    yield
    content.clear_cache()


SAMPLES = ("sample-corrected", "sample-numeric", "sample-mechanism")
WIDGETS = {
    "quiz": lambda: QuizWidget(SAMPLES),
    "quiz-numeric": lambda: QuizWidget(("sample-numeric",)),
    "predict-arrows": lambda: PredictWidget("sample-arrows"),
    "predict-value": lambda: PredictWidget("sample-value"),
    "predict-choice": lambda: PredictWidget("sample-choice"),
    "case": lambda: WorkedCaseWidget("sample-case", "all"),
    "case-worked": lambda: WorkedCaseWidget("sample-case"),
    "board": ProgressBoardWidget,
}
RUBBISH = [
    None,
    3,
    -1,
    10**30,
    float("nan"),
    "",
    " ",
    "x",
    "a" * 3000,
    [],
    [1],
    {},
    {"a": 1},
    {"a": "b"},
    {1: 2},
    True,
    b"x",
]


def page_text(widget):
    """Return everything that a widget gives to its page."""
    return json.dumps(widget.view, ensure_ascii=False)


def press(widget, kind, **content):
    widget.receive({"type": kind, **content})
    return widget.view


# ---- rubbish


@pytest.mark.parametrize("name", WIDGETS)
def test_no_message_raises_and_bad_ones_are_answered_in_one_sentence(name):
    widget = WIDGETS[name]()
    own = set(dir(widget)) - set(dir(anywidget.AnyWidget))
    kinds = [part.removeprefix("handle_") for part in own if part.startswith("handle_")]
    assert kinds
    for bad in [
        *RUBBISH,
        {"type": "nonsense"},
        {"type": "comm_opened"},
        {"type": "receive"},
        {"type": "__init__"},
        {"type": ["check"]},
    ]:
        widget.receive(bad)
        assert widget.view["error"].count("\n") == 0
        assert len(widget.view["error"]) > 20
    for kind in [kind for kind in kinds if kind != "reset"]:
        for field in ("answer", "confidence", "to", "choice", "text"):
            for bad in RUBBISH:
                fresh = WIDGETS[name]()
                view = press(fresh, kind, **{field: bad})
                assert set(fresh.view) >= {"error", "say", "serial"}
                assert view["error"] is None or ("\n" not in view["error"] and view["error"].endswith((".", "?")))


def test_an_error_keeps_what_was_on_the_page():
    widget = QuizWidget(SAMPLES)
    before = dict(widget.view)
    view = press(widget, "check")
    assert view["error"] == view["say"] == "Choose one of the answers first."
    assert {key: view[key] for key in view if key not in ("error", "say", "serial", "heard")} == {
        key: before[key] for key in before if key not in ("error", "say", "serial", "heard")
    }
    assert press(widget, "go", to=1)["error"] is None


def test_an_error_of_our_own_making_is_not_swallowed(monkeypatch):
    widget = QuizWidget(SAMPLES)
    monkeypatch.setattr(QuizWidget, "handle_again", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        widget.receive({"type": "again"})


@pytest.mark.parametrize("ids", [(), ("nothing-here",), ("sample-corrected", "sample-correctd")])
def test_a_cell_with_a_wrong_id_says_so(ids):
    with pytest.raises(InputError):
        QuizWidget(ids)


# ---- nothing given away


def secrets_of_item(record):
    if record.kind == "numeric":
        return [record.answer.feedback, record.answer.short, *(wrong.feedback for wrong in record.answer.wrong)]
    return [text for option in record.options for text in (option.feedback, option.short)]


def given_away(widget, secrets):
    shown = page_text(widget)
    plain = [quiz.items.rendered(secret) for secret in secrets]
    return [text for text in plain if json.dumps(text, ensure_ascii=False)[1:-1] in shown]


def test_no_question_of_the_course_carries_its_key_or_feedback_before_the_answer():
    for name, record in content.items().items():
        widget = QuizWidget((name,))
        assert widget.view["answered"] is None
        assert given_away(widget, secrets_of_item(record)) == [], name
        assert not re.search(r'"(best|correct|key|feedback|full|short|misconception)":', page_text(widget)), name


def test_no_prediction_carries_its_key_or_explanation_before_the_commitment():
    for name, record in content.predictions().items():
        secrets = [
            record.explanation,
            *(record.feedback.values() if isinstance(record.feedback, dict) else [record.feedback]),
        ]
        widget = PredictWidget(name)
        assert given_away(widget, secrets) == [], name
        assert widget.view["committed"] is None
        assert not re.search(r'"(best|key|feedback|explanation|picture)":', page_text(widget)), name


def test_no_case_carries_later_steps_or_its_diagnosis_before_they_are_reached():
    for name, record in content.cases().items():
        widget = WorkedCaseWidget(name, "all" if any(step.task for step in record.steps) else None)
        later = [text for step in record.steps[1:] for text in (step.explanation, step.text)]
        assert given_away(widget, [*later, record.discriminating_finding, record.reasoning]) == [], name


def test_a_step_that_waits_shows_neither_feedback_nor_explanation():
    widget = WorkedCaseWidget("sample-case", "all")
    press(widget, "go", to=1)
    step = cases.case("sample-case").steps[1]
    assert given_away(widget, [step.explanation, *(choice.feedback for choice in step.task.choices)]) == []
    assert '"best"' not in page_text(widget)


# ---- quiz


@pytest.mark.parametrize(("answer", "correct"), [("a", False), ("b", False), ("c", True), ("d", False)])
def test_every_option_is_explained_the_own_one_first(answer, correct):
    widget = QuizWidget(("sample-corrected",))
    view = press(widget, "check", answer=answer, confidence="sure")
    answered = view["answered"]
    assert answered["correct"] is correct
    assert answered["parts"][0]["id"] == answer
    assert {part["id"] for part in answered["parts"]} == set("abcd")
    assert all(part["short"] and part["full"] for part in answered["parts"])
    assert view["say"].startswith("Right." if correct else "Not the best answer.")
    saved = progress.store().last("item", "sample-corrected")
    assert (saved.answer, saved.correct, saved.confidence, saved.version) == (answer, correct, "sure", 2)


@pytest.mark.parametrize(
    ("typed", "correct"),
    [("2.30 mmol/L", True), ("9.2 mg/dL", True), ("2,30 mmol/L", True), ("1.70 mmol/L", False), ("2.6 mmol/L", False)],
)
def test_a_number_may_come_in_any_unit_of_the_analyte(typed, correct):
    view = press(QuizWidget(("sample-numeric",)), "check", answer=typed)
    assert view["answered"]["correct"] is correct
    assert any("2.30 mmol/L" in part["text"] for part in view["answered"]["parts"])


@pytest.mark.parametrize(
    "typed", ["", " ", "2.3", "2.3 furlong", "2.3 mg/mL/s", "inf mmol/L", "<2 mmol/L", "92 mmol/L"]
)
def test_a_number_that_cannot_be_read_gets_one_sentence_and_is_not_saved(typed):
    view = press(QuizWidget(("sample-numeric",)), "check", answer=typed)
    assert view["error"]
    assert "\n" not in view["error"]
    assert view["answered"] is None
    assert progress.store().answers() == ()


def test_a_second_try_takes_the_key_off_the_page_and_keeps_both_attempts():
    widget = QuizWidget(("sample-corrected",))
    press(widget, "check", answer="a")
    view = press(widget, "again")
    assert view["answered"] is None
    assert given_away(widget, secrets_of_item(content.items()["sample-corrected"])) == []
    press(widget, "check", answer="c")
    assert [attempt.answer for attempt in progress.store().attempts("item", "sample-corrected")] == ["a", "c"]


def test_saved_answers_are_there_on_the_next_start_which_opens_the_first_open_question():
    first = QuizWidget(SAMPLES)
    press(first, "check", answer="b", confidence="fairly sure")
    again = QuizWidget(SAMPLES)
    assert (again.view["at"], again.view["aside"], again.view["marks"]) == (1, "2 of 3", ["wrong", "open", "open"])
    answered = press(again, "go", to=0)["answered"]
    assert answered["parts"][0]["id"] == "b"
    assert answered["confidence"] == "fairly sure"
    assert answered["when"].startswith("You answered this on ")


def test_a_question_that_was_changed_is_asked_again_and_says_why():
    progress.store().record_answer("item", "sample-corrected", 1, "a", False)
    view = QuizWidget(("sample-corrected",)).view
    assert view["answered"] is None
    assert "changed since" in view["note"]


def test_feedback_comes_even_if_the_answer_cannot_be_saved(tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    view = press(QuizWidget(("sample-corrected",)), "check", answer="c")
    assert view["answered"]["correct"]
    assert "could not be saved" in view["error"]


def test_a_damaged_progress_file_is_told_on_the_page():
    store = progress.store()
    store.record_answer("item", "sample-corrected", 2, "c", True)
    store.path.write_bytes(b"{")
    view = QuizWidget(("sample-corrected",)).view
    assert view["answered"]["correct"]
    assert "last good copy" in view["notices"][0]


def test_the_report_names_record_and_version():
    assert "sample-corrected, version 2" in QuizWidget(("sample-corrected",)).view["report"]


# ---- predict


def test_a_prediction_is_explained_beside_the_guess_and_kept():
    widget = PredictWidget("sample-arrows")
    guess = {"total": "down", "ionised": "down", "pth": "same"}
    view = press(widget, "commit", answer=guess)
    assert [part["guess"] for part in view["committed"]["parts"]] == ["falls", "falls", "stays the same"]
    assert view["committed"]["explanation"].startswith("A total can fall")
    again = PredictWidget("sample-arrows").view["committed"]
    assert again["parts"] == view["committed"]["parts"]
    assert progress.store().last("prediction", "sample-arrows").answer == guess


@pytest.mark.parametrize(("name", "answer"), [("sample-value", "6 mg/dL"), ("sample-choice", "low")])
def test_other_predictions_resume_too(name, answer):
    press(PredictWidget(name), "commit", answer=answer)
    assert PredictWidget(name).view["committed"]["correct"]
    assert press(PredictWidget(name), "again")["committed"] is None


def test_a_saved_prediction_with_other_fields_is_asked_again():
    progress.store().record_answer("prediction", "sample-arrows", 1, {"total": "down"}, False)
    progress.store().record_answer("prediction", "sample-choice", 1, "gone", False)
    assert PredictWidget("sample-arrows").view["committed"] is None
    assert PredictWidget("sample-choice").view["committed"] is None


# ---- worked case


def test_a_worked_case_walks_to_its_summary_with_its_source():
    widget = WorkedCaseWidget("sample-case")
    asides = [widget.view["aside"]]
    for to in range(1, 5):
        asides.append(press(widget, "go", to=to)["aside"])
    assert asides == [*(f"Published report · step {n} of 4" for n in (1, 2, 3, 4)), "Published report · summary"]
    summary = {part["name"]: part["text"] for part in widget.view["summary"]}
    assert summary["Diagnosis"] == "Idiopathic hypoparathyroidism"
    assert "bcmj.org" in summary["Source"]


def test_a_worked_step_shows_its_task_answered():
    widget = WorkedCaseWidget("sample-case")
    step = press(widget, "go", to=1)["step"]
    assert step["worked"]["answer"] == "No, ionised calcium is low too"
    assert step["task"] is None


def test_a_left_step_cannot_be_passed_and_explains_after_the_commitment():
    widget = WorkedCaseWidget("sample-case", ["pair"])
    press(widget, "go", to=2)
    assert not widget.view["may_go_on"]
    assert press(widget, "go", to=3)["error"] == "Answer this step first; the next one explains it."
    view = press(widget, "commit", choice="fits")
    assert [part["id"] for part in view["step"]["committed"]["parts"]] == ["fits", "lowish", "raised"]
    assert view["step"]["explanation"]
    assert press(widget, "go", to=3)["error"] is None


def test_a_case_resumes_where_it_was_left():
    widget = WorkedCaseWidget("sample-case", ["pair"])
    press(widget, "go", to=2)
    press(widget, "commit", choice="lowish")
    again = WorkedCaseWidget("sample-case", ["pair"])
    assert again.view["at"] == 2
    assert again.view["step"]["committed"]["correct"]
    assert WorkedCaseWidget("sample-case").view["at"] == 0
    assert press(again, "restart")["at"] == 0
    assert WorkedCaseWidget("sample-case", ["pair"]).view["step"]["committed"] is None
    assert progress.store().last("case", "sample-case/pair").correct


@pytest.mark.parametrize("form", [{"at": 9, "choices": {}}, {"at": "x"}, {"at": -3, "choices": {"pair": "gone"}}, {}])
def test_a_saved_place_that_no_longer_fits_harms_nothing(form):
    progress.store().save_form("case:sample-case:pair", form)
    widget = WorkedCaseWidget("sample-case", ["pair"])
    assert 0 <= widget.view["at"] <= 2


# ---- progress board


def test_the_board_counts_the_newest_answer_of_each_question():
    widget = QuizWidget(SAMPLES)
    press(widget, "check", answer="a")
    press(widget, "again")
    press(widget, "check", answer="c")
    view = ProgressBoardWidget().view
    assert (view["attempts"], view["questions"]) == (2, 1)


def test_without_a_list_of_lessons_the_board_says_so_and_counts_all_the_same(tmp_path, monkeypatch):
    place = copy_content(tmp_path / "content")
    (place / "generated" / "lessons.json").unlink(missing_ok=True)
    monkeypatch.setenv("CALCINOSIS_DATA", str(place))
    press(QuizWidget(("sample-corrected",)), "check", answer="c")
    view = ProgressBoardWidget().view
    assert "`calcinosis build` writes it" in view["missing"]
    row = next(row for row in view["lessons"] if row["id"] == "990-sample")
    assert (row["answered"], row["total"], row["right"]) == (1, 3, 1)
    assert [(part["id"], part["answered"]) for part in row["objectives"]] == [("990a", 1), ("990b", 0)]


def test_download_and_upload_carry_the_answers_to_another_computer(tmp_path, monkeypatch):
    press(QuizWidget(("sample-corrected",)), "check", answer="c")
    board, sent = ProgressBoardWidget(), []
    monkeypatch.setattr(board, "send", sent.append)
    press(board, "download")
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path / "elsewhere"))
    other = ProgressBoardWidget()
    view = press(other, "upload", text=sent[0]["text"])
    assert view["done"] == "1 new answer was added."
    assert progress.store().last("item", "sample-corrected").correct
    refused = press(other, "upload", text=sent[0]["text"][:50])
    assert refused["error"].startswith("This is not a progress file of this course.")
    assert "done" not in refused
    assert len(progress.store().answers()) == 1


def test_reset_asks_first():
    press(QuizWidget(("sample-corrected",)), "check", answer="c")
    board = ProgressBoardWidget()
    assert press(board, "reset")["asks_reset"]
    assert len(progress.store().answers()) == 1
    assert not press(board, "keep")["asks_reset"]
    press(board, "ask_reset")
    assert press(board, "reset")["attempts"] == 0
    assert progress.store().answers() == ()


def test_the_board_counts_by_itself_what_other_widgets_of_the_kernel_take_in():
    board = ProgressBoardWidget()
    press(QuizWidget(("sample-corrected",)), "check", answer="a")
    assert (board.view["attempts"], board.view["questions"]) == (1, 1)
    press(PredictWidget("sample-choice"), "commit", answer="low")
    case = WorkedCaseWidget("sample-case", ["panel"])
    press(case, "go", to=1)
    press(case, "commit", choice="no")
    assert board.view["attempts"] == 3
    assert board.view["say"] is None


def test_the_board_counts_again_when_the_learner_comes_back_to_it():
    board = ProgressBoardWidget()
    press(board, "ask_reset")
    progress.store().record_answer("item", "sample-corrected", 2, "c", True)
    view = press(board, "look")
    assert (view["attempts"], view["asks_reset"]) == (1, True)
    serial = view["serial"]
    assert press(board, "look")["serial"] == serial


# ---- what cannot be drawn


def breaks_for(monkeypatch, module, name, which):
    """Let a function of a widget's module fail for the record whose text it is given."""
    real = getattr(module, name)

    def failing(thing, *more):
        if thing is which or thing == which:
            raise ContentError("{{ calc('x') }}: a mistake of ours")
        return real(thing, *more)

    monkeypatch.setattr(module, name, failing)


def test_a_question_that_cannot_be_drawn_says_so_and_leaves_the_others(monkeypatch, caplog):
    breaks_for(monkeypatch, sys.modules["calcinosis.widgets.quiz"], "public_view", content.items()["sample-numeric"])
    widget = QuizWidget(SAMPLES)
    view = press(widget, "go", to=1)
    assert view["broken"] == "This question cannot be shown (sample-numeric); the others can. Report it."
    assert (view["at"], view["say"]) == (1, view["broken"])
    assert "a mistake of ours" in caplog.text
    assert "Traceback" in caplog.text
    view = press(widget, "go", to=2)
    assert (view["at"], view["broken"]) == (2, None)
    assert view["item"]["id"] == "sample-mechanism"


def test_a_saved_answer_that_cannot_be_marked_again_does_not_stop_the_cell(monkeypatch):
    press(QuizWidget(SAMPLES), "check", answer="c")
    breaks_for(monkeypatch, sys.modules["calcinosis.widgets.quiz"], "mark", content.items()["sample-corrected"])
    assert QuizWidget(SAMPLES).view["marks"] == ["open", "open", "open"]


def test_a_prediction_that_cannot_be_drawn_says_so(monkeypatch, caplog):
    text = content.predictions()["sample-choice"].prompt
    breaks_for(monkeypatch, sys.modules["calcinosis.widgets.predict"], "rendered", text)
    assert PredictWidget("sample-choice").view["broken"].startswith("This prediction cannot be shown (sample-choice).")
    assert "a mistake of ours" in caplog.text


def test_a_step_that_cannot_be_drawn_holds_nobody_up(monkeypatch, caplog):
    step = content.cases()["sample-case"].steps[1]
    breaks_for(monkeypatch, sys.modules["calcinosis.widgets.worked_case"], "rendered", step.heading)
    widget = WorkedCaseWidget("sample-case", "all")
    view = press(widget, "go", to=1)
    assert view["broken"] == "This step cannot be shown (sample-case/panel); the others can. Report it."
    assert view["may_go_on"]
    view = press(widget, "go", to=2)
    assert view["step"]["id"] == "pair"
    assert not view["may_go_on"]
    assert "a mistake of ours" in caplog.text


def test_no_record_of_the_course_is_broken():
    shown = [QuizWidget((name,)) for name in content.items()] + [PredictWidget(name) for name in content.predictions()]
    assert [widget.view["report"] for widget in shown if widget.view["broken"]] == []


def test_an_error_of_our_own_making_is_told_on_the_page_too(monkeypatch):
    widget = QuizWidget(SAMPLES)
    monkeypatch.setattr(QuizWidget, "handle_again", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        widget.receive({"type": "again", "n": 4})
    assert widget.view["error"] == base.OWN_FAULT
    assert (widget.view["at"], widget.view["heard"]) == (0, 4)


# ---- what is asked, and how


@pytest.mark.parametrize("message", [{}, {"answer": None}, {"answer": ""}, {"answer": "  "}])
def test_an_empty_number_field_is_answered_with_how_to_write_one(message):
    assert press(QuizWidget(("sample-numeric",)), "check", **message)["error"] == (
        "Write a number with its unit first, such as 2.00 mmol/L."
    )
    assert press(PredictWidget("sample-value"), "commit", **message)["error"] == (
        "Write a number with its unit first, such as 2.00 mmol/L."
    )
    assert press(PredictWidget("sample-choice"), "commit", **message)["error"] == "Choose one of the answers first."


def test_the_example_of_a_number_is_never_the_answer():
    for record in content.items().values():
        if record.kind == "numeric":
            error = press(QuizWidget((record.id,)), "check", answer="")["error"]
            given = error.removeprefix("Write a number with its unit first, such as ").removesuffix(".")
            assert not quiz.mark(record, given).correct, record.id


def test_whoever_is_right_is_not_asked_whether_that_is_right():
    record = content.items()["sample-numeric"]
    low = record.model_copy(update={"answer": record.answer.model_copy(update={"value": 1.73, "tolerance": 0.02})})
    assert quiz.mark(low, "1.73 mmol/L").notices == ()
    (asked,) = quiz.mark(low, "1.60 mmol/L").notices
    assert asked == "Total calcium 1.60 mmol/L is unusually low (below 1.80 mmol/L): is this right?"
    assert quiz.mark(low, "1,73 mmol/L").notices[0].startswith("Total calcium: the comma in 1,73")


# ---- what a step left to the learner does not tell


def test_no_flag_before_the_commitment_of_a_step():
    widget = WorkedCaseWidget("sample-case", ["panel"])
    view = press(widget, "go", to=1)
    assert view["flags"] is False
    assert {row["flag"] for row in view["labs"]} == {None}
    assert "low" not in json.dumps(view["labs"])
    view = press(widget, "commit", choice="no")
    assert view["flags"] is True
    assert [row["flag"] for row in view["labs"]] == ["low", "low"]


def test_the_question_stays_beside_its_answer():
    widget = WorkedCaseWidget("sample-case", ["panel"])
    press(widget, "go", to=1)
    assert press(widget, "commit", choice="yes")["step"]["asked"] == "Can a low albumin explain both values?"


def test_the_key_of_a_case_does_not_stand_first_in_every_step():
    for name, record in content.cases().items():
        steps = [step for step in record.steps if step.task]
        first = [cases.shown_choices(record, step)[0].best for step in steps]
        assert len(first) < 2 or not all(first), name
        for step in steps:
            assert cases.shown_choices(record, step) == cases.shown_choices(record, step)


def test_the_caption_says_whose_intervals_these_are():
    widget = WorkedCaseWidget("sample-case")
    assert (
        press(widget, "go", to=1)["labs_caption"] == "Blood results so far, with the intervals printed in the report."
    )
    assert press(widget, "go", to=3)["labs_caption"].endswith(
        "In grey, where no interval was printed: the course's own for adults."
    )
    none = WorkedCaseWidget("nefrologia-2022", None)
    view = press(none, "go", to=1)
    assert view["labs_caption"].startswith("Blood results so far. The report printed no intervals; those in grey are")
    albumin = next(row for row in view["labs"] if row["name"] == "Albumin")
    assert albumin["reported"]["value"] == "3.2 g/dL"
    assert albumin["reported"]["interval"].endswith(" g/dL")
    assert albumin["flag"] == "low"


# ---- the page


def pages():
    return sorted((PAGES / "js").glob("*.js"))


def test_all_javascript_together_stays_small():
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in pages()) <= 1500


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_every_control_carries_the_mark_that_keeps_its_keys_from_jupyterlab(path):
    bare = re.findall(
        r'(?<!control\()h\("(?:input|select|button|textarea|summary|a)",[^\n]*', path.read_text(encoding="utf-8")
    )
    assert [line for line in bare if "download: name" not in line] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.stem)
def test_no_page_loads_or_writes_markup(path):
    code = path.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|\bfetch\(|\bimport\b", code)


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_the_card_can_be_told_apart(theme):
    style = (PAGES / "css" / "core.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{([^{}]*--cc-muted[^{}]*)\}", style)
    colours = dict(re.findall(r"--cc-([a-z-]+): (#[0-9a-f]{6})", blocks[0 if theme == "light" else 1]))
    colours |= {"card": "#ffffff", "text": "#000000"} if theme == "light" else {"card": "#111111", "text": "#ffffff"}
    for ink, ground in [
        *((ink, "card") for ink in ("text", "muted", "accent", "right", "wrong")),
        *((ink, "tint") for ink in ("text", "muted", "accent")),
        ("right", "right-tint"),
        ("wrong", "wrong-tint"),
        ("muted", "right-tint"),
        ("muted", "wrong-tint"),
        ("on-accent", "accent"),
    ]:
        assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for ink in ("edge", "accent"):  # borders of fields and the ring of the focus
        assert contrast(colours[ink], colours["card"]) >= 3


def test_the_public_names_are_functions_whatever_was_imported_first(capsys, monkeypatch):
    import calcinosis
    from calcinosis import widgets

    monkeypatch.setattr(base, "get_ipython", lambda: None)
    for name in ("quiz", "predict", "worked_case", "progress_board"):
        assert getattr(widgets, name).__name__ == name
    calcinosis.predict("sample-choice")
    assert capsys.readouterr().out.strip() == base.START_LINE


# ---- the course's own records


def test_every_question_of_the_course_can_be_answered_with_each_option():
    for name, record in content.items().items():
        answers = (
            [f"{record.answer.value:g} {record.answer.unit}"]
            if record.kind == "numeric"
            else [option.id for option in record.options]
        )
        for answer in answers:
            view = press(QuizWidget((name,)), "check", answer=answer)
            assert view["error"] is None, name
            assert len(view["answered"]["parts"]) >= max(len(record.options), 1), name


def test_every_prediction_of_the_course_can_be_committed_and_shows_its_figure():
    for name, record in content.predictions().items():
        key = record.key if isinstance(record.key, dict | str) else f"{record.key.value:g} {record.key.unit}"
        view = press(PredictWidget(name), "commit", answer=key)
        assert view["error"] is None, name
        assert view["committed"]["correct"], name
        assert (view["committed"]["picture"] is None) == (record.figure is None), name
        if record.figure:
            assert view["committed"]["picture"]["src"].startswith("data:image/")
            assert len(view["committed"]["picture"]["alt"]) >= 40


def test_every_case_of_the_course_walks_to_its_end_with_every_task_left():
    for name, record in content.cases().items():
        widget = WorkedCaseWidget(name, "all" if any(step.task for step in record.steps) else None)
        for at, step in enumerate(record.steps):
            assert widget.view["at"] == at
            if widget.view["step"]["task"]:
                press(widget, "commit", choice=step.task.choices[0].id)
            assert press(widget, "go", to=at + 1)["error"] is None, (name, step.id)
        assert widget.view["summary"]


def test_a_notebook_shows_one_sentence_for_a_wrong_id_and_the_cell_fails():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shown = []
    shell._showtraceback = lambda _kind, _error, lines: shown.extend(lines)
    outcome = shell.run_cell('from calcinosis.widgets import quiz\nquiz("no-such-question")')
    InteractiveShell.clear_instance()
    assert isinstance(outcome.error_in_exec, InputError)
    assert shown == [f"InputError: {outcome.error_in_exec}"]
