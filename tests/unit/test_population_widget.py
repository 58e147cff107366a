"""The widget `population_compare`: what it shows, keeps and refuses."""

import pytest

from calcinosis import population, progress
from calcinosis.errors import InputError
from calcinosis.widgets.population_compare import PopulationCompare


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path))


def form(analyte="calcium_total", text="2.30 mmol/L", sex="female", age="40", compare=True):
    return {"type": "form", "analyte": analyte, "text": text, "sex": sex, "age": age, "compare": compare}


def test_nothing_is_told_before_the_learner_asks():
    widget = PopulationCompare("calcium_total", "2.35 mmol/L")
    assert widget.view["result"] is None
    assert widget.view["form"]["text"] == "2.35 mmol/L"
    widget.receive(form(compare=False))
    assert widget.view["result"] is None


def test_the_place_is_told_with_its_picture():
    widget = PopulationCompare()
    widget.receive(form())
    result = widget.view["result"]
    assert result["sentence"].endswith("about 59 have a lower value (800 were measured).")
    assert result["sentence"] in result["picture"]["alt"]
    assert widget.view["say"] == result["sentence"]
    assert result["picture"]["src"].startswith("data:image/svg+xml")
    assert len(result["picture"]["table"]["rows"]) == 11
    assert result["picture"]["narrow"].startswith("data:image/svg+xml")
    assert result["picture"]["narrow"] != result["picture"]["src"]


def test_once_compared_every_change_is_followed():
    widget = PopulationCompare()
    widget.receive(form())
    widget.receive(form(sex="male", age="75", compare=False))
    assert "men of 70 years and over" in widget.view["result"]["sentence"]


def test_without_a_value_the_people_are_shown_alone():
    widget = PopulationCompare("phosphate")
    widget.receive(form("phosphate", "", "", ""))
    assert widget.view["result"]["sentence"].startswith(
        "Half of 5,152 adults of 18 years and over have less than 1.16 mmol/L"
    )


def test_each_test_keeps_its_own_value():
    widget = PopulationCompare()
    widget.receive(form())
    widget.receive(form("albumin"))
    assert widget.view["form"]["text"] == ""
    assert "g/L" in widget.view["hint"]
    widget.receive(form("albumin", "40 g/L"))
    widget.receive(form("calcium_total", "40 g/L"))
    assert widget.view["form"]["text"] == "2.30 mmol/L"


def test_it_resumes_where_the_learner_left():
    PopulationCompare().receive(form(text="2.41 mmol/L", sex="male", age="70"))
    again = PopulationCompare("calcium_total", "2.00 mmol/L")
    assert again.view["form"] == {"analyte": "calcium_total", "text": "2.41 mmol/L", "sex": "male", "age": "70"}
    assert "men of 70 years and over" in again.view["result"]["sentence"]
    assert again.view["say"] is None


@pytest.mark.parametrize(
    "saved", [{}, {"analyte": 3}, {"analyte": "pth", "text": "", "sex": "", "age": ""}, {"x": [1]}]
)
def test_a_record_that_no_longer_fits_is_passed_over(saved):
    progress.store().save_form("population_compare:calcium_total", saved)
    assert PopulationCompare("calcium_total", "2.35 mmol/L").view["form"]["text"] == "2.35 mmol/L"


BAD_VALUES = [
    "2.30",
    "-1 mmol/L",
    "nan mmol/L",
    "<2 mmol/L",
    "9.2 mmol/L",
    "abc",
    "2.3 stones",
    "1e400 mmol/L",
    "2,300 mg/dL",
]
BAD_AGES = ["11", "-5", "abc", "5 months", "121", "nan", "1e9", "40 stones"]


@pytest.mark.parametrize("text", BAD_VALUES)
def test_a_value_that_cannot_be_read_is_one_sentence_at_its_field(text):
    widget = PopulationCompare()
    widget.receive(form(text=text))
    sentence = widget.view["errors"]["text"]
    assert sentence == widget.view["say"]
    assert len(sentence) > 20
    assert "\n" not in sentence
    assert widget.view["result"] is None
    assert widget.view["form"]["text"] == text


@pytest.mark.parametrize("age", BAD_AGES)
def test_an_age_that_cannot_be_used_is_one_sentence_at_its_field(age):
    widget = PopulationCompare()
    widget.receive(form(age=age))
    assert "\n" not in widget.view["errors"]["age"]
    assert widget.view["errors"]["text"] is None
    assert widget.view["result"] is None


def test_an_unlikely_value_is_questioned():
    widget = PopulationCompare()
    widget.receive(form(text="1.40 mmol/L"))
    assert widget.view["result"]["notices"]
    assert "below the 1st percentile" in widget.view["result"]["sentence"]


@pytest.mark.parametrize(
    "message",
    [None, 3, [], {}, {"type": "form"}, {"type": "nonsense"}, form(analyte="pth"), form(analyte=None), form(sex="x"),
     form(sex=1), form(text=None), form(text="9" * 3000), form(age=4), {"type": "_paint"}],
)  # fmt: skip
def test_rubbish_from_the_page_changes_nothing_and_says_one_sentence(message):
    widget = PopulationCompare()
    before = widget.view["form"]
    widget.receive(message)
    assert widget.view["error"]
    assert "\n" not in widget.view["error"]
    assert widget.view["form"] == before


@pytest.mark.parametrize("analyte", population.analytes())
@pytest.mark.parametrize(("sex", "age"), [("", ""), ("female", "12"), ("male", "120")])
def test_every_corner_of_the_controls_answers(analyte, sex, age):
    widget = PopulationCompare(analyte)
    low, high = (population.curve(analyte).values[index] for index in (0, -1))
    unit = population.curve(analyte).unit
    for value in (low, high):
        widget.receive(form(analyte, f"{value:.2f} {unit}", sex, age))
        assert widget.view["errors"] == {"text": None, "age": None}
        assert widget.view["result"]["sentence"]


def test_what_an_author_writes_wrong_is_refused():
    with pytest.raises(InputError, match="no population values"):
        PopulationCompare("pth")
    with pytest.raises(InputError, match=r"otal calcium: 2\.35 of what"):
        PopulationCompare("calcium_total", "2.35")
