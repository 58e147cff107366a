"""The panel command as a person or a program meets it."""

import json

import pytest

from calcinosis.cli import main

WORDS = ("calcium=14.9 mg/dL", "phosphate=3.0 mg/dL", "pth=8 pg/mL", "creatinine=2.1 mg/dL", "age=56", "sex=female",
         "albumin=4.0 g/dL")  # fmt: skip


def run(capsys, *words):
    code = main(["panel", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def data(capsys):
    code, out, err = run(capsys, *WORDS, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_flags(data):
    flags = {"calcium": "high", "phosphate": "normal", "pth": "low", "creatinine": "high", "albumin": "normal"}
    assert data["flags"] == flags
    assert data["patient"] == {"age": "56 years", "sex": "female"}


def test_derived_values(data):
    derived = data["derived"]
    assert derived["corrected-calcium"]["value"] == 14.9
    assert derived["ca-p-product"]["value"] == 44.7
    assert round(derived["ca-p-product"]["also"]["value"], 2) == 3.60
    assert round(derived["egfr"]["value"]) == 27


def test_warnings(data):
    for words in (("unusually", "14.0"), ("CKD", "corrected calcium"), ("eGFR", "stable"), ("PTH", "pmol/L", "pg/mL")):
        assert any(all(word in text for word in words) for text in data["warnings"]), words


def test_missing(data):
    missing = " ".join(data["missing"])
    for name in ("ionised calcium", "25(OH)D", "magnesium", "ALP"):
        assert name in missing


def test_text_form_is_aligned_and_flags_in_words_with_a_sign(capsys):
    code, out, _ = run(capsys, *WORDS)
    assert code == 0
    lines = out.splitlines()
    table = lines[: lines.index("")]
    column = table[0].index("flag")
    assert [line[column:].split("  ")[0] for line in table[1:]] == ["high ↑", "normal", "low ↓", "high ↑", "normal"]
    assert "27 mL/min/1.73 m², G4" in out
    assert "missing" in out
    assert "not for patient care" in out


def test_printed_intervals(capsys):
    words = ("calcium=2.58 mmol/L", "age=50", "sex=male")
    _, out, _ = run(capsys, *words, "--json")
    assert json.loads(out)["flags"] == {"calcium": "laboratories differ"}
    code, out, _ = run(capsys, *words, "--json", "--printed", "calcium=2.20-2.55 mmol/L")
    data = json.loads(out)
    assert code == 0
    assert data["flags"] == {"calcium": "high"}
    assert data["rows"][0]["interval"] == "2.20–2.55 mmol/L"
    assert data["rows"][0]["interval_from"] == "printed on the report"


def test_an_infants_panel_gets_no_adult_interval_and_no_egfr(capsys):
    code, out, _ = run(capsys, "calcium=3.2 mmol/L", "creatinine=30 µmol/L", "age=3 weeks", "sex=male", "--json")
    data = json.loads(out)
    assert code == 0
    assert data["flags"] == {"calcium": "high", "creatinine": "no interval"}
    assert "egfr" not in data["derived"]
    assert any("adults" in text for text in data["warnings"])
