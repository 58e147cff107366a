"""The calc command as a person or a program meets it."""

import json

import pytest

from calcinosis.cli import main
from calcinosis.formulas import FORMULAS


def run(capsys, *words):
    code = main(["calc", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_corrected_calcium_in_conventional_units(capsys):
    code, out, err = run(capsys, "corrected-calcium", "calcium=8.0 mg/dL", "albumin=2.5 g/dL", "--json")
    data = json.loads(out)
    assert (code, err) == (0, "")
    assert data["name"] == "corrected-calcium"
    assert (data["value"], data["unit"]) == (9.2, "mg/dL")
    assert (round(data["also"]["value"], 2), data["also"]["unit"]) == (2.30, "mmol/L")
    assert data["shown"] == "2.30 mmol/L (9.2 mg/dL)"
    assert any("below 30 g/L" in text for text in data["warnings"])
    assert any("paraprotein" in text for text in data["warnings"])
    assert data["source"]
    assert data["inputs"] == {"calcium": "2.00 mmol/L (8.0 mg/dL)", "albumin": "25 g/L (2.5 g/dL)"}


def test_corrected_calcium_in_si_gives_the_same_to_two_decimals(capsys):
    _, out, _ = run(capsys, "corrected-calcium", "calcium=1.996 mmol/L", "albumin=25 g/L", "--json")
    data = json.loads(out)
    assert data["value"] == 2.296
    assert data["shown"] == "2.30 mmol/L (9.2 mg/dL)"
    assert data["also"]["unit"] == "mg/dL"


def test_a_bare_number_is_refused_with_one_line(capsys):
    code, out, err = run(capsys, "corrected-calcium", "calcium=8.0", "albumin=2.5 g/dL")
    assert (code, out) == (2, "")
    assert err == "calcinosis: calcium: 8.0 of what? Write 8.0 mg/dL or 8.0 mmol/L.\n"


def test_list_shows_everything_about_every_formula(capsys):
    code, out, _ = run(capsys, "--list", "--json")
    listed = {entry["name"]: entry for entry in json.loads(out)}
    assert code == 0
    assert set(listed) == set(FORMULAS)
    for entry in listed.values():
        assert entry["inputs"]
        assert entry["source"]
        assert entry["limits"]
        assert all(given["unit"] or given["choices"] for given in entry["inputs"])


def test_list_as_text(capsys):
    code, out, _ = run(capsys, "--list")
    assert code == 0
    assert all(f"\n{name}: " in f"\n{out}" for name in FORMULAS)
    assert max(map(len, out.splitlines())) <= 110
    assert "not for patient care" in out


def test_text_form_shows_result_caution_formula_and_source(capsys):
    code, out, _ = run(capsys, "tmp-gfr", "phosphate=0.65 mmol/L", "urine_phosphate=20 mmol/L", "creatinine=75 µmol/L",
                       "urine_creatinine=8.0 mmol/L")  # fmt: skip
    assert code == 0
    assert out.splitlines()[0].endswith("0.46 mmol/L (1.43 mg/dL)")
    for word in ("trp", "caution", "formula", "source", "payne1998", "not for patient care"):
        assert word in out


@pytest.mark.parametrize("micro", ["µ", "μ", "u"])
def test_any_micro_sign(capsys, micro):
    code, out, _ = run(capsys, "egfr", f"creatinine=62 {micro}mol/L", "age=40", "sex=f", "--json")
    assert code == 0
    assert json.loads(out)["value"] == pytest.approx(111.8, abs=0.05)


def test_a_decimal_comma_is_echoed(capsys):
    _, out, _ = run(capsys, "corrected-calcium", "calcium=2,30 mmol/L", "albumin=40 g/L", "--json")
    assert any("2,30" in text and "2.30" in text for text in json.loads(out)["warnings"])


def test_no_formula_named(capsys):
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert "--list" in err
