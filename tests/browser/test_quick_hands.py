"""Quick hands: no click is lost, whatever is drawn meanwhile, and no news overwrites what is newer than itself."""

import pytest
from playwright.sync_api import expect

from calcinosis.widgets.lab_panel import LabPanel
from calcinosis.widgets.population_compare import PopulationCompare
from tests.browser.lab import widget


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path / "home"))


class Kernel:
    """Plays the kernel for a static page: hears the messages in order, answers when told to."""

    def __init__(self, page, model):
        self.page, self.model, self.taken = page, model, 0

    def hear(self, number=None):
        sent = self.page.evaluate("window.sent")
        for message in sent[self.taken : None if number is None else self.taken + number]:
            self.model.receive(message)
            self.taken += 1
        self.page.evaluate("view => window.put(view)", self.model.view)


def form(page):
    age, sex = page.get_by_label("Age in years"), page.locator("[data-key=sex] input:checked")
    return age.input_value(), sex.get_attribute("data-id")


def test_a_click_does_not_take_back_what_was_typed_just_before(static):
    model = PopulationCompare("calcium_total", "2.35 mmol/L")
    model.receive({"type": "form", "analyte": "calcium_total", "text": "2.35 mmol/L", "sex": "female", "age": "75",
                   "compare": True})  # fmt: skip
    page = static(model)
    kernel = Kernel(page, model)
    page.get_by_label("Age in years").fill("40")
    page.get_by_label("male", exact=True).check()
    page.get_by_role("button", name="Compare").click()
    assert page.evaluate("window.sent.at(-1)")["age"] == "40"
    for number in (1, 1, None):  # one answer after the other, each older than what the page shows
        kernel.hear(number)
        assert form(page) == ("40", "male")
    expect(page.get_by_text("men of 30 to 49 years, about").first).to_be_visible()


def test_news_do_not_overwrite_what_is_typed_meanwhile_but_a_refusal_does(static):
    model = PopulationCompare("calcium_total", "2.35 mmol/L")
    page = static(model)
    kernel = Kernel(page, model)
    age = page.get_by_label("Age in years")
    age.fill("40")
    age.press("Enter")
    age.fill("405")
    kernel.hear()
    assert age.input_value() == "405"
    age.press("Tab")
    kernel.hear()
    assert age.input_value() == "405"
    page.get_by_label("male", exact=True).check()
    page.evaluate("window.sent.at(-1).sex = 'stones'")
    kernel.hear()
    assert page.locator("[data-key=sex] input:checked").get_attribute("data-id") == model.view["form"]["sex"] == ""


@pytest.mark.parametrize("held_ms", [60, 110, 200])
def test_a_press_counts_however_the_card_grows_under_it(static, held_ms):
    model = LabPanel()
    page = static(model)
    kernel = Kernel(page, model)
    field = page.get_by_label("Total calcium", exact=True)
    field.click()
    page.keyboard.type("2.1")
    button = page.get_by_role("button", name="Read the panel")
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 6)
    page.mouse.down()
    kernel.hear()  # the field was left: "Read as …" is ready to be drawn above the button
    page.wait_for_timeout(held_ms)
    page.mouse.up()
    page.wait_for_timeout(50)
    assert [message["type"] for message in page.evaluate("window.sent")] == ["entry", "read"]
    kernel.hear()
    expect(page.locator("[data-key=summary]")).to_be_visible()


# The longest press decides; the shorter ones are tried on the static page above.
@pytest.mark.parametrize("held_ms", [200])
def test_a_press_counts_in_a_notebook_too(opened, held_ms):
    page = opened(
        "from calcinosis import lab_panel, population_compare\nlab_panel()", "population_compare('phosphate')"
    )
    card = widget(page)
    card.get_by_label("Age", exact=True).fill("58")
    card.get_by_label("Total calcium", exact=True).click()
    page.keyboard.type("2.1")
    button = card.get_by_role("button", name="Read the panel")
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(held_ms)
    page.mouse.up()
    expect(card.locator("[data-key=summary]")).to_be_visible()

    people = widget(page, 1)
    people.get_by_label("female", exact=True).click()
    people.get_by_label("Value").fill("1.1 mmol/L")
    people.get_by_label("Age in years").fill("40")
    people.get_by_label("male", exact=True).click()
    page.wait_for_timeout(held_ms)
    people.get_by_role("button", name="Compare").click()
    expect(people.get_by_text("men of 30 to 49 years, about").first).to_be_visible()
