"""The same pages without JupyterLab: functions against vectors, narrow cards, sizes of targets, focus."""

import pytest
from playwright.sync_api import expect

from calcinosis import content
from calcinosis.widgets import base
from calcinosis.widgets.predict import PredictWidget
from calcinosis.widgets.progress_board import ProgressBoardWidget
from calcinosis.widgets.quiz import QuizWidget
from calcinosis.widgets.worked_case import WorkedCaseWidget
from tests.browser.lab import axe_problems
from tests.content_copy import copy_content


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


@pytest.fixture
def core(page):
    """The shared layer with its functions at hand as ``window.cc``."""
    page.set_content("<!doctype html><main id='here'></main>")
    code = base._read("js", "core", "js")
    page.evaluate(
        "code => { (0, eval)(`${code}; window.cc = { h, morph, morphChildren, inline, rich, tableRows, tabStops,"
        " radioGroup, textField }`); }",
        code,
    )
    return page


def html(core, expression):
    return core.evaluate(
        f"() => {{ const div = document.createElement('div'); div.append(...{expression}); return div.innerHTML; }}"
    )


MARK = ' target="_blank" rel="noopener" data-lm-suppress-shortcuts="true"'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("**bold** and *soft*", "<strong>bold</strong> and <em>soft</em>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[page](https://example.org/a?b=1)", f'<a href="https://example.org/a?b=1"{MARK}>page</a>'),
        ("[page](javascript:alert(1))", "[page](javascript:alert(1))"),
        ("(Payne 1973)", "(Payne 1973)"),
        ("1.48 mmol/L, 26 g/L, 3 years", "1.48&nbsp;mmol/L, 26&nbsp;g/L, 3&nbsp;years"),
        ("5 of 6", "5 of 6"),
    ],
)
def test_inline_text(core, text, shown):
    assert html(core, f"cc.inline({text!r})") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("one\ntwo", "<p>one two</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("- a\n- *b*", "<ul><li>a</li><li><em>b</em></li></ul>"),
    ],
)
def test_blocks_of_text(core, text, shown):
    assert html(core, f"cc.rich({text!r})") == shown


def test_a_table_in_the_split_form_of_pandas(core):
    got = core.evaluate("() => cc.tableRows({ columns: ['name', 'n'], data: [['a', 1], ['b', null]] })")
    assert got["columns"] == [{"id": "0", "text": "name", "number": False}, {"id": "1", "text": "n", "number": True}]
    assert got["rows"] == [{"0": "a", "1": 1}, {"0": "b", "1": None}]


def test_patching_keeps_focus_typed_text_and_identity(core):
    got = core.evaluate("""() => {
        const here = document.getElementById("here");
        const draw = (value, more) => [more && cc.h("p", { "data-key": "news" }, "News"),
            cc.textField({ key: "field", label: "Value", value }),
            cc.h("p", { "data-key": "last" }, "Last")].filter(Boolean);
        cc.morphChildren(here, draw("", false));
        const field = here.querySelector("input");
        field.focus();
        field.value = "typed";
        cc.morphChildren(here, draw("", true));
        const kept = [document.activeElement === field, field.value, here.firstChild.textContent];
        cc.morphChildren(here, draw("sent", true));
        return [...kept, field.value, here.querySelector("input") === field];
    }""")
    assert got == [True, "typed", "News", "sent", True]


def test_patching_to_any_list_gives_that_list(core):
    wrong = core.evaluate("""() => {
        let seed = 7;
        const draw = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
        const element = (key) => cc.h(key % 2 ? "p" : "div",
            { "data-key": `k${key}`, title: draw(3) || null }, `${draw(4)}`);
        const keys = () => Array.from({ length: draw(7) }, () => draw(9));
        const make = () => keys().map((key) => (key < 6 ? element(key) : `text${key}`));
        const here = document.createElement("div");
        for (let round = 0; round < 400; round++) {
            const wanted = make();
            const expected = document.createElement("div");
            expected.append(...wanted.map((node) => (node.cloneNode ? node.cloneNode(true) : node)));
            cc.morphChildren(here, wanted.map((node) => (node.cloneNode ? node : document.createTextNode(node))));
            if (here.innerHTML !== expected.innerHTML) return [round, here.innerHTML, expected.innerHTML];
        }
        return null;
    }""")
    assert wrong is None


def test_a_radio_group_is_one_stop_and_closed_drawers_none(core):
    got = core.evaluate("""() => {
        const here = document.getElementById("here");
        const options = [{ id: "1", text: "1" }, { id: "2", text: "2" }];
        here.append(cc.radioGroup({ key: "a", legend: "A", options, onChange() {} }),
            cc.h("details", null, cc.h("summary", null, "More"), cc.h("button", null, "Hidden")),
            cc.h("button", { disabled: true }, "Off"));
        return cc.tabStops(here).map((node) => node.nodeName);
    }""")
    assert got == ["INPUT", "SUMMARY"]


# ---- every widget, empty and answered, on a narrow card


def answered(widget, *messages):
    for message in messages:
        widget.receive(message)
    return widget


WIDGETS = {
    "quiz": lambda: QuizWidget(("sample-corrected", "sample-numeric")),
    "quiz-error": lambda: answered(QuizWidget(("sample-numeric",)), {"type": "check", "answer": "2.3"}),
    "quiz-answered": lambda: answered(
        QuizWidget(("sample-corrected", "sample-numeric")), {"type": "check", "answer": "b"}
    ),
    "predict": lambda: PredictWidget("sample-arrows"),
    "predict-done": lambda: answered(
        PredictWidget("sample-arrows"), {"type": "commit", "answer": {"total": "up", "ionised": "up", "pth": "same"}}
    ),
    "predict-value": lambda: answered(PredictWidget("sample-value"), {"type": "commit", "answer": "1.9 mmol/L"}),
    "case-task": lambda: answered(WorkedCaseWidget("sample-case", "all"), {"type": "go", "to": 1}),
    "case-end": lambda: answered(WorkedCaseWidget("sample-case"), {"type": "go", "to": 4}),
    "board": ProgressBoardWidget,
    "board-reset": lambda: answered(ProgressBoardWidget(), {"type": "ask_reset"}),
}


CARD = """() => {
    const UNCUT = ".cc-sr, thead, figure, input, textarea";
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
    const name = (node) => node.outerHTML.slice(0, 100);
    const controls = shown("input, select, button, summary, textarea");
    const box = (node) => node.getBoundingClientRect();
    const hidesOverflow = (node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0
        && getComputedStyle(node).overflowX !== "visible";
    const isSmall = (node) => box(node).width < 24 || box(node).height < 24 || box(node).right > 320;
    return {
        wide: document.documentElement.scrollWidth > 320 ? [document.documentElement.scrollWidth] : [],
        small: controls.filter(isSmall).map(name),
        cut: shown(".cc *").filter((node) => !node.closest(UNCUT) && hidesOverflow(node)).map(name),
        bare: [...controls, ...shown("a[href]")].filter((node) => !node.dataset.lmSuppressShortcuts).map(name),
        regions: document.querySelectorAll("[role=status]").length,
    };
}"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", WIDGETS)
def test_a_card_on_a_narrow_page(static, name, dark):
    """At 320 pixels: axe finds nothing, no sideways scrolling, large targets, one live region, marked controls."""
    page = static(WIDGETS[name](), width=320, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
    found = page.evaluate(CARD)
    assert found == {"wide": [], "small": [], "cut": [], "bare": [], "regions": 1}
    assert axe_problems(page) == []


def test_focus_is_seen(static):
    """Each kind of control shows a ring of at least two pixels, drawn by the page itself."""
    page = static(WIDGETS["quiz"]())
    for _ in range(5):
        page.keyboard.press("Tab")
        ring = page.evaluate("""() => { const node = document.activeElement;
            const shown = node.type === "radio" ? node.closest("label") : node;
            const style = getComputedStyle(shown);
            return [style.outlineStyle, parseFloat(style.outlineWidth), node.dataset.key]; }""")
        assert ring[0] == "solid", ring
        assert ring[1] >= 2, ring


def test_a_view_that_changes_leaves_the_focus_and_is_announced(static):
    widget = WIDGETS["quiz"]()
    page = static(widget)
    page.get_by_label("1.48").check()
    page.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.sent") == [{"type": "check", "answer": "b", "confidence": None, "n": 1}]
    widget.receive({"type": "check", "answer": "b", "confidence": None})
    page.evaluate("view => window.put(view)", widget.view)
    page.locator("[role=status]", has_text="Not the best answer.").wait_for(state="attached")
    assert page.evaluate("document.activeElement.dataset.key") == "check"
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_short_and_full_explanations_take_turns(static):
    page = static(WIDGETS["quiz-answered"]())
    expect(page.get_by_text("Albumin explains 0.28")).to_be_visible()
    page.get_by_role("button", name="Full explanations").click()
    assert page.get_by_text("Albumin explains 0.28").count() == 0
    expect(page.get_by_text("Still far below the interval.")).to_be_visible()
    assert page.get_by_role("button", name="Full explanations").get_attribute("aria-pressed") == "false"


def test_no_motion_where_the_learner_asked_for_none(static, page):
    page.emulate_media(reduced_motion="reduce")
    static(WIDGETS["quiz"]())
    moving = page.evaluate(
        """[...document.querySelectorAll(".cc *")]
        .filter((node) => parseFloat(getComputedStyle(node).transitionDuration) > 0).length"""
    )
    assert moving == 0


def test_a_refusal_leaves_as_soon_as_the_learner_chooses(static):
    page = static(answered(QuizWidget(("sample-corrected",)), {"type": "check", "answer": None}))
    expect(page.get_by_text("Choose one of the answers first.")).to_be_visible()
    page.get_by_label("1.48").check()
    expect(page.get_by_text("Choose one of the answers first.")).to_have_count(0)
    assert page.get_by_label("1.48").is_checked()


def test_a_refused_number_stays_in_its_field(static):
    widget = QuizWidget(("sample-numeric",))
    page = static(widget)
    field = page.get_by_label("What is her corrected calcium")
    field.fill("2.3")
    field.press("Enter")
    widget.receive(page.evaluate("window.sent.at(-1)"))
    page.evaluate("view => window.put(view)", widget.view)
    expect(page.get_by_text("2.3 of what?")).to_be_visible()
    assert field.input_value() == "2.3"


def test_a_question_that_cannot_be_shown_leaves_the_way_to_the_next(static, monkeypatch):
    import sys

    def failing(_record):
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(sys.modules["calcinosis.widgets.quiz"], "public_view", failing)
    page = static(QuizWidget(("sample-corrected", "sample-numeric")))
    expect(page.get_by_text("This question cannot be shown (sample-corrected); the others can.")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    assert page.evaluate("window.sent.at(-1)")["to"] == 1


def test_what_is_read_out_has_no_marks(static):
    widget = PredictWidget("sample-choice")
    page = static(widget)
    widget.put(**{**widget.view, "say": "*Normal* is **not** enough.", "serial": None, "heard": None} | {})
    page.evaluate("view => window.put(view)", widget.view)
    page.locator("[role=status]", has_text="Normal is not enough.").wait_for(state="attached")


def test_a_case_shows_the_reports_own_units_until_the_learner_switches(static):
    widget = answered(WorkedCaseWidget("jes-2020", "all"))
    page = static(widget)
    expect(page.get_by_role("cell", name="14.4 mg/dL")).to_be_visible()
    assert page.get_by_text("3.59 mmol/L", exact=True).count() == 0
    assert page.get_by_text("▲").count() == 0
    page.get_by_label("SI", exact=True).check()
    expect(page.get_by_role("cell", name="3.59 mmol/L")).to_be_visible()
    page.get_by_label("as reported").check()
    expect(page.get_by_role("cell", name="14.4 mg/dL")).to_be_visible()


@pytest.mark.parametrize("width", [320, 400])
def test_previous_and_next_stand_in_one_row(static, width):
    page = static(QuizWidget(("sample-corrected", "sample-numeric", "sample-mechanism") * 3), width=width)
    one, other = (page.get_by_role("button", name=name).bounding_box() for name in ("Previous", "Next"))
    assert one["y"] == other["y"]
    case = answered(WorkedCaseWidget("sample-case"), {"type": "go", "to": 1})
    page = static(case, width=width)
    one, other = (page.get_by_role("button", name=name).bounding_box() for name in ("Back", "Next step"))
    assert one["y"] == other["y"]


def test_an_interval_does_not_break_at_its_dash(core):
    assert html(core, "cc.inline('2.10–2.55 mmol/L, then (8.4–10.2 mg/dL).')") == (
        '<span class="cc-one-line">2.10–2.55&nbsp;mmol/L</span>, then '
        '(<span class="cc-one-line">8.4–10.2&nbsp;mg/dL</span>).'
    )


def test_the_picture_of_a_narrow_card_is_the_one_drawn_for_it(static):
    from calcinosis.widgets.population_compare import PopulationCompare

    ask = {"type": "form", "analyte": "calcium_total", "text": "2.35 mmol/L", "sex": "", "age": "", "compare": True}
    for width, shown in ((400, "narrow"), (1280, "img")):
        page = static(answered(PopulationCompare(), ask), width=width)
        seen = page.locator("figure img").evaluate_all(
            "nodes => nodes.filter((node) => node.checkVisibility()).map((node) => node.dataset.key)"
        )
        assert seen == [shown]
        if shown == "narrow":
            page.locator("summary", has_text="Show as table").click()
            label = "getComputedStyle(document.querySelector('figure tbody th'), '::before').content"
            assert "percentile" in page.evaluate(label)


def test_forms_of_calcium_says_when_it_leaves_what_the_model_is_made_for(static):
    from calcinosis.widgets.forms_of_calcium import FormsOfCalcium

    page = static(FormsOfCalcium())
    sentence = page.locator("[data-key=sentence]")
    assert sentence.text_content().count("as at the start") == 2
    page.get_by_label("In the tube").check()
    assert sentence.text_content().count("as at the start") == 2
    page.get_by_label("In the patient").check()
    for name, value in (("Albumin", "60"), ("pH", "7.8"), ("Citrate", "5")):
        page.get_by_label(name).fill(value)
    expect(page.get_by_text("lies beyond 0.8 to 6.0 mmol/L")).to_be_visible()
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_label("Albumin").input_value() == "40"
    assert page.get_by_text("lies beyond").count() == 0
    assert sentence.text_content().count("as at the start") == 2


def test_the_ring_of_a_slider_leaves_its_number_free(static):
    from calcinosis.widgets.forms_of_calcium import FormsOfCalcium

    page = static(FormsOfCalcium())
    for name in ("Albumin", "pH"):
        field = page.get_by_label(name)
        field.focus()
        page.keyboard.press("ArrowRight")
        ring = page.evaluate("""() => { const node = document.activeElement, style = getComputedStyle(node);
            const out = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
            const head = node.closest(".cc-slider").querySelector(".cc-slider-head").getBoundingClientRect();
            return [node.getBoundingClientRect().top - out, head.bottom]; }""")
        assert ring[0] >= ring[1]


def test_a_refused_upload_takes_the_older_good_news_away(static):
    widget = ProgressBoardWidget()
    good = widget._store.download_bytes().decode()
    page = static(answered(widget, {"type": "upload", "text": good}))
    expect(page.get_by_text("0 new answers were added.")).to_be_visible()
    page = static(answered(widget, {"type": "upload", "text": "shopping list"}))
    expect(page.get_by_text("This is not a progress file of this course.")).to_be_visible()
    assert page.get_by_text("new answers were added").count() == 0
