"""The page's own arithmetic of calcium's forms, in Chromium, on the vectors that Python computes."""

import json

import pytest

from calcinosis import labs, units
from calcinosis.physiology import binding
from calcinosis.widgets.forms_of_calcium import FormsOfCalcium


@pytest.fixture
def page_functions(page, tmp_path, monkeypatch):
    """Load the widget's own script and hand out some of its functions as `page`."""
    monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path))

    def load(widget, names):
        source = str(widget._esm).replace("export default { render };", f"return {{ {', '.join(names)} }};")
        page.evaluate(f"window.page = new Function({json.dumps(source)})()")
        return page.evaluate

    return load


def vectors():
    """Return states over the whole range, with what Python makes of them."""
    found = []
    for mode, held in [("tube", 0.8), ("tube", 1.48), ("tube", 2.4), ("tube", 6.0), ("patient", 0.3), ("patient", 1.2)]:
        for albumin in (10, 26, 40, 60):
            for ph in (6.9, 7.2, 7.4, 7.55, 7.8):
                for citrate in (0, 0.1, 5):
                    how = {"albumin_g_l": albumin, "ph": ph, "citrate_mmol_l": citrate}
                    forms = (binding.in_the_tube if mode == "tube" else binding.in_the_patient)(held, **how)
                    state = {"mode": mode, "albumin": albumin, "ph": ph, "citrate": citrate}
                    parts = (forms.ionised_mmol_l, forms.albumin_mmol_l, forms.globulin_mmol_l, forms.complexed_mmol_l)
                    found.append({"state": state, "held": held, "expected": [*parts, forms.total_mmol_l]})
    return found


def test_page_and_python_agree_on_every_vector(page_functions):
    widget = FormsOfCalcium()
    run = page_functions(widget, ["calciumForms", "judge", "shownIn"])
    cases = vectors()
    found = run(
        """([k, cases]) => cases.map(({state, held}) => { const f = page.calciumForms(k, state, held);
           return [f.ionised, f.albumin, f.globulin, f.complexed, f.total]; })""",
        [widget.view["constants"], cases],
    )
    assert len(found) == len(cases) == 360
    for case, values in zip(cases, found, strict=True):
        assert values == pytest.approx(case["expected"], abs=1e-10), case["state"]


def test_page_judges_as_the_library_does(page_functions):
    widget = FormsOfCalcium()
    run = page_functions(widget, ["judge"])
    words = {labs.Flag.LOW: "low", labs.Flag.HIGH: "high", labs.Flag.NORMAL: "normal", labs.Flag.DIFFERS: "differs"}
    cases, expected = [], []
    for form, analyte in (("total", "calcium_total"), ("ionised", "calcium_ionised")):
        interval = labs.interval_for(analyte, age_years=40)
        for system, unit, top in (("si", "mmol/L", 300), ("conventional", "mg/dL", 120)):
            decimals = units.analyte(analyte).spec(unit).decimals
            low, high = units.analyte(analyte).spec(unit).hard
            for value in {round(low + (high - low) * step / top, decimals) for step in range(top + 1)}:
                cases.append([value, widget.view["intervals"][form][system]])
                expected.append(words[labs.flag(units.Quantity(analyte, value, unit), interval)])
    assert run("cases => cases.map(([value, interval]) => page.judge(value, interval))", cases) == expected
