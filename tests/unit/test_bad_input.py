"""Bad input over parser, formulas, panel and command line: one sentence that names the offender, never a result."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcinosis import formulas, labs, units
from calcinosis.cli import main
from calcinosis.errors import InputError
from tests.draws import some


def refused(call, *args, **options):
    """Return the one line of the refusal."""
    with pytest.raises(InputError) as refusal:
        call(*args, **options)
    text = str(refusal.value)
    assert len(text.splitlines()) == 1, text
    assert text.endswith((".", "?")), text
    return text


# --- the parser ----------------

NOT_VALUES = [
    "", " ", "\t", "\n", "\u3000", "9.2", "9", "0", "2,30", "９．２", "1e1", ".9", "mg/dL", "mmol/L", "abc", "n/a", "-",
    "—", "?", "normal", "nan", "NaN", "NAN mg/dL", "nan mmol/L", "inf", "inf mg/dL", "-inf mmol/L", "+Infinity mg/dL",
    "∞ mg/dL", "1e400 mg/dL", "1e-400 mg/dL", "1e99999999 mg/dL", "9.2e mg/dL", "9.2 e3 mg/dL", "<2.0 mmol/L",
    "< 2.0 mmol/L", ">2.0 mmol/L", "≤2 mmol/L", "≥2 mmol/L", "~2.3 mmol/L", "≈2.3 mmol/L", "±2 mmol/L",
    "2.1-2.5 mmol/L", "2.1 - 2.5 mmol/L", "2.1–2.5 mmol/L", "2.1 to 2.5 mmol/L", "-2.3 mmol/L", "−2.3 mmol/L",
    "- 2.3 mmol/L", "-0.1 mg/dL", "0 mmol/L", "0.0 mg/dL", "1,234 mg/dL", "12,345 mg/dL", "1,234.5 mg/dL",
    "1.234,5 mg/dL", "1,2,3 mmol/L", "1.2.3 mmol/L", "2. mmol/L", "2, mmol/L", "1'000 mg/dL", "9 2 mg/dL",
    "9.2 9.3 mg/dL", "9.2 mg", "9.2 mmol", "9.2 /L", "9.2 mg/L", "9.2 g/dL", "9.2 mg/mL", "9.2 mEq/L",
    "9.2 mg/dL mg/dL", "9.2 mg/dLL", "9.2 mgdL", "9.2 %", "9.2 mM", "9.2 pg/mL", "9.2 IU", "9.2 µmol/L", "9.2 mmol/L",
    "2.3 mg/dL", "92 mg/dL", "23 mmol/L", "0.79 mmol/L", "6.01 mmol/L", "3.1 mg/dL", "24.1 mg/dL", "1e3 mg/dL",
    "9,2,mg/dL", "nine mg/dL", "IX mg/dL", "٩ mg/dL", "²3 mg/dL", "2³ mmol/L", "0x9 mg/dL", "9.2mg/dL;drop",
    "<script>alert(1)</script>", "9.2 <b>mg/dL</b>", "${9.2} mg/dL", "{{9.2}} mg/dL", "9.2 mg/dL\n9.3 mg/dL", "\x00",
    "9.2\x00mg/dL x", "💉", "9.2 💉", "9.2 mg/dL (2.30 mmol/L)", "calcium 9.2 mg/dL", "= 9.2 mg/dL", "9.2=mg/dL",
    "True", "None", "9" * 400, "9" * 400 + " mg/dL", "x" * 5000, "9.2 " + "x" * 5000, "1_000 mg/dL", "9·2 mg/dL",
    "9/2 mg/dL", "9 1/2 mg/dL", "(9.2) mg/dL", "9.2* mg/dL", "9.2 H mg/dL", "*** mg/dL",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_VALUES)
def test_parser_refuses_and_names_the_analyte(text):
    message = refused(units.parse, "calcium", text)
    assert "calcium" in message
    assert len(message) < 250


@pytest.mark.parametrize(
    "value", [9.2, 9, None, True, b"9.2 mg/dL", ["9.2 mg/dL"], {"value": 9.2}, float("nan"), object()]
)
def test_parser_takes_text_only(value):
    assert "calcium" in refused(units.parse, "calcium", value)


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("calcium", "9.2 mmol/L", "2.30 mmol/L"),
        ("calcium", "2.3 mg/dL", "9.2 mg/dL"),
        ("albumin", "40 g/dL", "4.0 g/dL"),
        ("albumin", "4.2 g/L", "42 g/L"),
        ("creatinine", "90 mg/dL", "1.02 mg/dL"),
        ("creatinine", "1.1 µmol/L", "97 µmol/L"),
        ("creatinine", "530 mmol/L", "0.530 mmol/L"),
        ("phosphate", "9.9 mmol/L", "3.20 mmol/L"),
        ("magnesium", "9 mmol/L", "3.70 mmol/L"),
        ("ionised calcium", "4.8 mmol/L", "1.20 mmol/L"),
        ("ionised calcium", "1.1 mg/dL", "4.41 mg/dL"),
        ("pth", "2000 pmol/L", "212.2 pmol/L"),
        ("urine_creatinine", "100 mmol/L", "8.8 mmol/L"),
        ("haemoglobin", "140 g/dL", "14.0 g/dL"),
        ("urate", "400 mg/dL", "6.7 mg/dL"),
        ("crp", "200 mg/dL", "20.0 mg/dL"),
    ],
)
def test_the_likely_mix_up_is_named(name, text, meant):
    message = refused(units.parse, name, text)
    assert f"would be {meant}. Write the unit you mean." in message
    assert text in message


WRONG_UNITS = [
    ("pth", "57 ng/mL"),
    ("pth", "400 pg/dL"),
    ("pth", "20 mmol/L"),
    ("vitd_25oh", "30 pg/mL"),
    ("vitd_25oh", "75 pmol/L"),
    ("vitd_25oh", "400 IU"),
    ("albumin", "4 mg/dL"),
    ("albumin", "40 %"),
    ("phosphate", "3.5 g/dL"),
    ("alp", "80 mmol/L"),
    ("alp", "80 U/mL"),
    ("creatinine", "1.0 g/L"),
    ("creatinine", "80 nmol/L"),
    ("sodium", "140 mg/dL"),
    ("ph", "7.4 mmol/L"),
    ("ph", "7.4 %"),
    ("egfr", "60 mL/h"),
    ("egfr", "60 %"),
    ("acr", "30 mg"),
    ("acr", "30 g/g"),
    ("crp", "5 g/L"),
    ("urine_calcium_24h", "5 mmol/L"),
    ("urine_calcium", "200 mg/d"),
    ("fgf23_intact", "80 RU/mL"),
    ("bicarbonate", "24 kPa"),
    ("cccr", "0.01 mmol/L"),
    ("magnesium", "2 U/L"),
    ("urea", "20 g/dL"),
    ("haemoglobin", "14 mmol/L"),
    ("esr", "20 cm/h"),
]


@pytest.mark.parametrize(("name", "text"), WRONG_UNITS)
def test_a_unit_that_the_analyte_does_not_have_is_refused(name, text):
    message = refused(units.parse, name, text)
    assert text in message


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "kalzium",
        "calcum",
        "xyz",
        "albumine-ish",
        "calcium=",
        "ca;",
        "<b>",
        "9.2",
        "calcium\n",
        "glucose",
        "none",
    ],
)
def test_unknown_analytes_are_named(name):
    if name.strip() == "calcium":
        assert units.analyte(name).id == "calcium_total"  # a line end is harmless
        return
    assert units.quoted(name) in refused(units.analyte, name)


AGES = [
    "",
    "abc",
    "-5",
    "−5",
    "121",
    "1000",
    "1e9",
    "nan",
    "inf",
    "<18",
    "18-20",
    "58 mg/dL",
    "58 fortnights",
    "5 m",
    "3 weeks 2 days",
    "1,234",
    "7000 weeks",
    "2000 months",
    "99999 days",
    "58 years old",
    "fifty",
    "½",
    "58..",
    "5 8",
    None,
    58,
    58.0,
]


@pytest.mark.parametrize("text", AGES)
def test_ages_are_refused(text):
    assert "age" in refused(units.parse_age, text)


@pytest.mark.parametrize("text", ["", "x", "femal", "w", "0", "1", "both", "other", "♀", None, 1, True, "fe male"])
def test_sexes_are_refused(text):
    assert "sex" in refused(units.parse_sex, text)


# --- formulas ----------------

PURE = [
    (formulas.corrected_calcium_popular, {"total_mmol_l": 2.3, "albumin_g_l": 40.0}),
    (formulas.corrected_calcium_popular_conventional, {"total_mg_dl": 9.2, "albumin_g_dl": 4.0}),
    (formulas.corrected_calcium_1973, {"total_mmol_l": 2.3, "albumin_g_l": 40.0}),
    (formulas.corrected_calcium_1973_conventional, {"total_mg_dl": 9.2, "albumin_g_dl": 4.0}),
    (formulas.calcium_phosphate_product, {"calcium_mmol_l": 2.3, "phosphate_mmol_l": 1.1}),
    (formulas.calcium_phosphate_product_conventional, {"calcium_mg_dl": 9.2, "phosphate_mg_dl": 3.4}),
    (
        formulas.cccr,
        {"urine_calcium_mmol_l": 3.0, "creatinine_umol_l": 80, "calcium_mmol_l": 2.7, "urine_creatinine_mmol_l": 8.0},
    ),
    (
        formulas.tmp_gfr,
        {
            "urine_phosphate_mmol_l": 9.0,
            "creatinine_umol_l": 80,
            "phosphate_mmol_l": 1.1,
            "urine_creatinine_mmol_l": 8.0,
        },
    ),
    (formulas.anion_gap, {"sodium_mmol_l": 140, "chloride_mmol_l": 100, "bicarbonate_mmol_l": 25}),
    (formulas.ionised_calcium_at_ph_7_40, {"ionised_mmol_l": 1.2, "ph": 7.3}),
]
RUBBISH = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -1.0,
    1e9,
    None,
    "2.3",
    "2.3 mmol/L",
    True,
    b"2",
    {},
    object(),
    np.array(["a"]),
    np.array([1e9, 2.0]),
]
CASES = [
    pytest.param(function, usual, name, value, id=f"{function.__name__}-{name}-{type(value).__name__}-{i}")
    for function, usual in PURE
    for name in usual
    for i, value in enumerate(RUBBISH)
]


@pytest.mark.parametrize(("function", "usual", "name", "value"), CASES)
def test_pure_functions_refuse_rubbish_by_parameter_name(function, usual, name, value):
    assert name in refused(function, **(usual | {name: value}))


@pytest.mark.parametrize("value", [*RUBBISH, 0.0, 61.0])
def test_egfr_refuses_rubbish_creatinine(value):
    assert "creatinine_mg_dl" in refused(formulas.egfr_ckd_epi_2021, value, 50, True)


@pytest.mark.parametrize("age", [17.99, 17, 5, 0, -1, 121, float("nan"), None, "50", np.array([50.0, 17.0])])
def test_egfr_refuses_ages_it_was_not_made_for(age):
    assert "age_years" in refused(formulas.egfr_ckd_epi_2021, 1.0, age, True)


@pytest.mark.parametrize("female", ["female", None, 1, 0.0, np.array([1.0, 0.0])])
def test_egfr_refuses_a_sex_that_is_not_yes_or_no(female):
    assert "female" in refused(formulas.egfr_ckd_epi_2021, 1.0, 50, female)


def test_salt_and_rule_are_refused_by_name():
    assert "carbonat" in refused(formulas.elemental_calcium, 1.0, "carbonat")
    assert "salt_g" in refused(formulas.elemental_calcium, 0.0, "carbonate")
    assert "cubic" in refused(formulas.ionised_calcium_at_ph_7_40, 1.2, 7.3, rule="cubic")


GOOD = {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"}
BAD_CALLS = [
    ("corrected-calcium", {}, "calcium"),
    ("corrected-calcium", {"calcium": "8.0 mg/dL"}, "albumin"),
    ("corrected-calcium", GOOD | {"ca": "8.0 mg/dL"}, "calcium"),
    ("corrected-calcium", GOOD | {"phosphate": "3 mg/dL"}, "phosphate"),
    ("corrected-calcium", GOOD | {"albumin": "25 g/dL"}, "albumin"),
    ("corrected-calcium", GOOD | {"albumin": "2.5"}, "albumin"),
    ("corrected-calcium", GOOD | {"calcium": 8.0}, "calcium"),
    ("corrected-calcium", GOOD | {"calcium": None}, "calcium"),
    ("corrected-calcium", GOOD | {"": "8.0 mg/dL"}, "input"),
    ("corrected-calcium", ["8.0 mg/dL"], "corrected-calcium"),
    ("corrected", GOOD, "corrected"),
    ("", GOOD, "formula"),
    (None, GOOD, "None"),
    ("egfr2", GOOD, "egfr2"),
    ("egfr", {"creatinine": "1.0 mg/dL", "age": "17", "sex": "male"}, "age"),
    ("egfr", {"creatinine": "1.0 mg/dL", "age": "3 weeks", "sex": "male"}, "age"),
    ("egfr", {"creatinine": "1.0 mg/dL", "age": "50"}, "sex"),
    ("egfr", {"creatinine": "1.0 mg/dL", "sex": "male"}, "age"),
    ("egfr", {"creatinine": "1.0 mg/dL", "age": "50", "sex": "unknown"}, "sex"),
    ("egfr", {"creatinine": "1.0", "age": "50", "sex": "male"}, "creatinine"),
    ("egfr", {"creatinine": "100 mg/dL", "age": "50", "sex": "male"}, "creatinine"),
    ("elemental-calcium", {"salt": "carbonate"}, "mass"),
    ("elemental-calcium", {"mass": "1 g"}, "salt"),
    ("elemental-calcium", {"salt": "sulfate", "mass": "1 g"}, "salt"),
    ("elemental-calcium", {"salt": "carbonate", "mass": "1"}, "mass"),
    ("elemental-calcium", {"salt": "carbonate", "mass": "1 kg"}, "mass"),
    ("elemental-calcium", {"salt": "carbonate", "mass": "500 g"}, "mass"),
    ("elemental-calcium", {"salt": "carbonate", "mass": "-1 g"}, "mass"),
    ("kdigo", {}, "egfr"),
    ("kdigo", {"egfr": "27"}, "egfr"),
    ("kdigo", {"egfr": "27 mL/min"}, "egfr"),
    ("kdigo", {"acr": "30"}, "acr"),
    ("kdigo", {"acr": "-3 mg/mmol"}, "acr"),
    ("ionised-calcium-ph", {"ionised_calcium": "1.2 mmol/L"}, "ph"),
    ("ionised-calcium-ph", {"ionised_calcium": "1.2 mmol/L", "ph": "9"}, "ph"),
    ("ionised-calcium-ph", {"ionised_calcium": "1.2 mmol/L", "ph": "74"}, "ph"),
    ("ionised-calcium-ph", {"ionised_calcium": "1.2", "ph": "7.4"}, "ionised"),
    ("anion-gap", {"sodium": "140 mmol/L", "chloride": "100 mmol/L"}, "bicarbonate"),
    ("anion-gap", {"sodium": "14 mmol/L", "chloride": "100 mmol/L", "bicarbonate": "25 mmol/L"}, "sodium"),
    (
        "trp",
        {
            "phosphate": "0.5 mmol/L",
            "urine_phosphate": "100 mmol/L",
            "creatinine": "400 µmol/L",
            "urine_creatinine": "2 mmol/L",
        },
        "TRP",
    ),
    (
        "tmp-gfr",
        {
            "phosphate": "0.5 mmol/L",
            "urine_phosphate": "100 mmol/L",
            "creatinine": "400 µmol/L",
            "urine_creatinine": "2 mmol/L",
        },
        "TRP",
    ),
    ("cccr", {"urine_calcium": "3 mmol/L", "creatinine": "80 µmol/L", "calcium": "2.7 mmol/L"}, "urine_creatinine"),
    (
        "cccr",
        {
            "urine_calcium": "3 mmol/L",
            "creatinine": "80 µmol/L",
            "calcium": "2.7 mmol/L",
            "urine_creatinine": "0 mmol/L",
        },
        "creatinine in spot urine",
    ),
]


@pytest.mark.parametrize(("name", "values", "named"), BAD_CALLS)
def test_calculate_refuses_and_names(name, values, named):
    assert named.casefold() in refused(formulas.calculate, name, values).casefold()


# --- panels ----------------

BAD_PANELS = [
    ({}, {}, "panel"),
    ([], {}, "panel"),
    (None, {}, "panel"),
    ({"calcium": "2.3"}, {}, "calcium"),
    ({"calcium": ""}, {}, "calcium"),
    ({"calcium": 2.3}, {}, "calcium"),
    ({"glucose": "5 mmol/L"}, {}, "glucose"),
    ({"calcium": "9.2 mmol/L"}, {}, "calcium"),
    ({"calcium": "2.3 mmol/L", "ca": "2.4 mmol/L"}, {}, "calcium"),
    ({"calcium": "2.3 mmol/L"}, {"age": "-1"}, "age"),
    ({"calcium": "2.3 mmol/L"}, {"age": "old"}, "age"),
    ({"calcium": "2.3 mmol/L"}, {"sex": "x"}, "sex"),
    ({"calcium": "2.3 mmol/L"}, {"age": 58}, "age"),
    ({"calcium": "2.3 mmol/L"}, {"age": ""}, "age"),
    ({"calcium": "2.3 mmol/L", "": "2 mmol/L"}, {}, "analyte"),
]
BAD_PRINTED = [
    "",
    "-",
    "2.1",
    "2.55-2.10",
    "2.10-2.10",
    "a-b",
    "2.1-",
    "-2.5",
    "2.1-2.5-2.9",
    "8.6-10.2",
    "2.1-2.5 mg/dL",
    "2.1-2.5 g/L",
    "2.1 mmol/L - 2.5 mg/dL",
    "<",
    "<<5",
    "< 99",
    "> 99 mmol/L",
    "2.1;2.5",
    "2.1-2.5 mmol",
    "nan-inf",
    "<script>",
    "2.1 2.5",
    "1,2,3-4",
    None,
    2.1,
    (2.1, 2.5),
]


@pytest.mark.parametrize(("values", "options", "named"), BAD_PANELS)
def test_panels_refuse_and_name(values, options, named):
    assert named in refused(labs.read_panel, values, **options)


@pytest.mark.parametrize("text", BAD_PRINTED)
def test_printed_intervals_are_refused(text):
    assert "calcium" in refused(labs.read_panel, {"calcium": "2.3 mmol/L"}, printed={"calcium": text})


def test_an_interval_for_a_value_that_is_not_there_is_refused():
    assert "albumin" in refused(labs.read_panel, {"calcium": "2.3 mmol/L"}, printed={"albumin": "35-51"})
    assert "glucose" in refused(labs.read_panel, {"calcium": "2.3 mmol/L"}, printed={"glucose": "4-6"})


def test_arrays_of_a_panel_are_refused():
    two, three = np.array([2.3, 2.4]), np.array([2.3, 2.4, 2.5])
    options = {"age_years": 40.0, "female": True}
    assert "length" in refused(
        labs.flags_of_arrays, {"ca": two, "p": three}, {"ca": "mmol/L", "p": "mmol/L"}, **options
    )
    assert "ca has no unit" in refused(labs.flags_of_arrays, {"ca": two}, {}, **options)
    assert "pg/mL" in refused(labs.flags_of_arrays, {"ca": two}, {"ca": "pg/mL"}, **options)
    assert "total_mmol_l" in refused(labs.derived_of_arrays, calcium_mmol_l=two * 4, albumin_g_l=two * 15)


# --- the command line ----------------

BAD_WORDS = [
    (["calc"], "calc"),
    (["calc", "nothing"], "nothing"),
    (["calc", "corected-calcium"], "corected"),
    (["calc", "--lst"], "--lst"),
    (["calc", "corrected-calcium"], "calcium"),
    (["calc", "corrected-calcium", "calcium=8.0", "albumin=2.5 g/dL"], "calcium: 8.0"),
    (["calc", "corrected-calcium", "calcium", "8.0 mg/dL"], "calcium"),
    (["calc", "corrected-calcium", "=8.0 mg/dL"], "=8.0"),
    (["calc", "corrected-calcium", "calcium="], "calcium"),
    (["calc", "corrected-calcium", "calcium=nan mg/dL", "albumin=4 g/dL"], "calcium"),
    (["calc", "corrected-calcium", "calcium=9.2 mg/dL", "calcium=9.3 mg/dL"], "calcium"),
    (["calc", "corrected-calcium", "calcium=9.2 mg/dL", "albumin=4 g/dL", "foo=1"], "foo"),
    (["calc", "corrected-calcium", "calcium=9.2 mg/dL", "albumin=<2.0 g/dL"], "albumin"),
    (["calc", "corrected-calcium", "calcium=9.2\nmg/dL\nx", "albumin=4 g/dL"], "calcium"),
    (["calc", "egfr", "creatinine=1 mg/dL", "age=12", "sex=f"], "age"),
    (["calc", "egfr", "creatinine=1 mg/dL", "age=12"], "sex"),
    (["calc", "kdigo"], "kdigo"),
    (["calc", "--list", "nothing"], "nothing"),
    (["calc", "corrected-calcium", "--json=1"], "--json"),
    (["panel"], "panel"),
    (["panel", "age=58"], "panel"),
    (["panel", "calcium=2.9"], "calcium: 2.9"),
    (["panel", "2.9 mmol/L"], "2.9"),
    (["panel", "calcium=2.9 mmol/L", "calcium=2.8 mmol/L"], "calcium"),
    (["panel", "calcium=2.9 mmol/L", "ca=2.8 mmol/L"], "calcium"),
    (["panel", "calcium=9.2 mmol/L"], "calcium 9.2 mmol/L"),
    (["panel", "calcium=2.9 mmol/L", "age=-1"], "age"),
    (["panel", "calcium=2.9 mmol/L", "sex=?"], "sex"),
    (["panel", "calcium=2.9 mmol/L", "age="], "age"),
    (["panel", "glucose=5 mmol/L"], "glucose"),
    (["panel", "calcium=-2.9 mmol/L"], "calcium"),
    (["panel", "calcium=1,234 mg/dL"], "calcium"),
    (["panel", "calcium=2.9 mmol/L", "--printed"], "--printed"),
    (["panel", "calcium=2.9 mmol/L", "--printed", "2.1-2.5"], "2.1-2.5"),
    (["panel", "calcium=2.9 mmol/L", "--printed", "calcium=2.5-2.1"], "calcium"),
    (["panel", "calcium=2.9 mmol/L", "--printed", "albumin=35-51"], "albumin"),
    (["panel", "calcium=2.9 mmol/L", "--printed", "calcium=8.6-10.2"], "calcium"),
    (["panel", "--age", "58", "calcium=2.9 mmol/L"], "--age"),
    (["panel", "calcium=2.9 mmol/L", "\x1b[31mred=1 mg/dL"], "red"),
    (["panel", "calcium=" + "9" * 3000 + " mg/dL"], "calcium"),
]


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize(("words", "named"), BAD_WORDS)
def test_command_line_refuses_with_exit_2_and_one_line(words, named, as_json, capsys):
    code = main([*words, "--json"] if as_json else words)
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert named in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert "fault of the course" not in err


@some
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=20), max_size=4))
def test_random_panels_are_read_or_refused_in_one_line(values):
    try:
        panel = labs.read_panel(values)
    except InputError as refusal:
        message = str(refusal)
    else:
        message = "read"
        assert panel.rows
    assert len(message.splitlines()) == 1


def test_there_are_at_least_three_hundred_distinct_bad_inputs():
    counted = len({str(x) for x in NOT_VALUES}) + len(WRONG_UNITS) + len(AGES) + len(CASES) + len(BAD_CALLS)
    counted += len(BAD_PANELS) + len(BAD_PRINTED) + len(BAD_WORDS)
    assert counted >= 300
