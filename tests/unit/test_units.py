"""Reading, converting and showing values with units, against pint and by hand."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcinosis import content, units
from calcinosis.errors import InputError
from tests.draws import many, some

CONVERTIBLE = """
calcium_total calcium_ionised phosphate magnesium creatinine urea urea_nitrogen pth vitd_25oh vitd_125oh2
urate urine_calcium_24h urine_phosphate_24h urine_calcium urine_phosphate urine_creatinine tmp_gfr albumin crp
haemoglobin
""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry()


def pint_value(registry, record, value, from_unit, to_unit):
    """Convert through pint: mass to amount by dividing by the molar mass, each step a dimensional quantity."""
    quantity = registry.Quantity(value, from_unit.replace("µ", "u"))
    target = registry.Unit(to_unit.replace("µ", "u"))
    if quantity.dimensionality == target.dimensionality:
        return quantity.to(target).magnitude
    mass = registry.Quantity(record.molar_mass_g_mol, "g/mol")
    step = quantity / mass if "[mass]" in quantity.dimensionality else quantity * mass
    return step.to(target).magnitude


@pytest.mark.parametrize("key", CONVERTIBLE)
def test_every_factor_agrees_with_pint(registry, key):
    record = content.analytes()[key]
    names = [spec.unit for spec in record.units]
    for source in names:
        for target in names:
            ours = units.convert(3.7, key, source, target)
            assert ours == pytest.approx(pint_value(registry, record, 3.7, source, target), rel=1e-12), (source, target)


@pytest.mark.parametrize(
    ("key", "unit", "expected"),
    [  # factors of the fact base, to the digits printed there
        ("calcium_total", "mg/dL", 0.24951),
        ("calcium_ionised", "mg/dL", 0.24951),
        ("magnesium", "mg/dL", 0.41144),
        ("creatinine", "mg/dL", 88.40),
        ("urea_nitrogen", "mg/dL", 0.35696),
        ("pth", "pg/mL", 0.1061),
        ("vitd_25oh", "ng/mL", 2.496),
        ("vitd_125oh2", "pg/mL", 2.400),
        ("ca_p_product", "mg²/dL²", 0.080556),
        ("urate", "mg/dL", 59.48),
        ("urine_calcium_24h", "mg/d", 0.02495),
        ("urine_phosphate_24h", "mg/d", 0.03229),
        ("urine_ca_cr", "mg/mg", 2.822),
        ("albumin", "g/dL", 10.0),
        ("crp", "mg/dL", 10.0),
        ("bicarbonate", "mEq/L", 1.0),
    ],
)
def test_factors_of_the_fact_base(key, unit, expected):
    factor = units.factor(key, unit, units.analyte(key).si_unit)
    assert factor == pytest.approx(expected, rel=2e-4)


def test_phosphate_factor_follows_the_molar_mass():
    assert units.factor("phosphate", "mg/dL", "mmol/L") == pytest.approx(10 / 30.973762, rel=1e-12)


def test_charge_two_is_never_taken_for_one():
    class Milliequivalents:
        name, si_unit, molar_mass_g_mol = "calcium", "mmol/L", 40.078

    with pytest.raises(InputError, match="molar mass"):
        units._derived_factor(Milliequivalents, "mEq/L")


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("9.2 mg/dL", 9.2, "mg/dL"),
        ("9.2mg/dL", 9.2, "mg/dL"),
        ("  9.2   mg/dL ", 9.2, "mg/dL"),
        ("2,30 mmol/L", 2.3, "mmol/L"),
        ("0,912 mmol/L", 0.912, "mmol/L"),
        (",9 mmol/L", 0.9, "mmol/L"),
        (".9 mmol/L", 0.9, "mmol/L"),
        ("９．２ ｍｇ／ｄＬ", 9.2, "mg/dL"),
        ("２，３０　mmol/L", 2.3, "mmol/L"),
        ("70 µmol/L", 70, "µmol/L"),
        ("70 μmol/L", 70, "µmol/L"),
        ("−3 mmol/L", -3, "mmol/L"),
        ("-3 mmol/L", -3, "mmol/L"),
        ("+3 mmol/L", 3, "mmol/L"),
        ("1.2e3 U/L", 1200, "U/L"),
        ("7.40", 7.4, ""),
        ("2.3\xa0mmol/L", 2.3, "mmol/L"),
        ("1234.5 U/L", 1234.5, "U/L"),
        ("1234,5 U/L", 1234.5, "U/L"),
        ("12,34 U/L", 12.34, "U/L"),
    ],
)
def test_numbers_are_read(text, number, unit):
    assert units.split_number_unit(text) == (pytest.approx(number), unit)


@pytest.mark.parametrize(
    ("name", "text", "canonical"),
    [
        ("calcium", "9.2 mg/dl", "mg/dL"),
        ("calcium", "9.2 MG/DL", "mg/dL"),
        ("calcium", "9.2 mg / dL", "mg/dL"),
        ("ca", "2.3 MMOL/L", "mmol/L"),
        ("creatinine", "70 umol/L", "µmol/L"),
        ("creatinine", "70 µmol/l", "µmol/L"),
        ("creatinine", "70 μmol/L", "µmol/L"),
        ("creatinine", "70 mcmol/L", "µmol/L"),
        ("alp", "80 IU/L", "U/L"),
        ("alp", "80 units/L", "U/L"),
        ("pth", "20 ng/l", "pg/mL"),
        ("urine_calcium_24h", "200 mg/24h", "mg/d"),
        ("urine_calcium_24h", "200 mg/24 h", "mg/d"),
        ("urine_calcium_24h", "200 mg/day", "mg/d"),
        ("egfr", "60 ml/min/1.73m2", "mL/min/1.73 m²"),
        ("egfr", "60 mL/min/1.73 m^2", "mL/min/1.73 m²"),
        ("ca_p_product", "45 mg2/dL2", "mg²/dL²"),
        ("bicarbonate", "24 meq/L", "mEq/L"),
        ("ph", "7.40", ""),
    ],
)
def test_spellings_of_a_unit(name, text, canonical):
    assert units.parse(name, text).unit == canonical


def test_decimal_comma_is_echoed():
    quantity = units.parse("calcium", "2,30 mmol/L")
    assert [n.code for n in quantity.notices] == ["decimal-comma"]
    assert "2.30" in quantity.notices[0].text
    assert units.parse("calcium", "2.30 mmol/L").notices == ()


def test_unit_mix_up_is_named_with_what_was_probably_meant():
    with pytest.raises(InputError) as refusal:
        units.parse("calcium", "9.2 mmol/L")
    assert str(refusal.value) == (
        "calcium 9.2 mmol/L is beyond what this course accepts (0.8 to 6.0 mmol/L); "
        "9.2 mg/dL would be 2.30 mmol/L. Write the unit you mean."
    )


def test_bare_number_is_told_both_units():
    with pytest.raises(InputError) as refusal:
        units.parse("calcium", "8.0")
    assert str(refusal.value) == "calcium: 8.0 of what? Write 8.0 mg/dL or 8.0 mmol/L."


def test_thousands_are_never_guessed():
    with pytest.raises(InputError, match=r"1\.234 or 1234"):
        units.parse("pth", "1,234 pg/mL")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [  # a usual value under the other system's unit must be caught where the number can tell
        ("calcium", "9.4 mg/dL", "9.4 mmol/L"),
        ("calcium", "2.35 mmol/L", "2.35 mg/dL"),
        ("albumin", "40 g/L", "40 g/dL"),
        ("albumin", "4.0 g/dL", "4.0 g/L"),
        ("creatinine", "88 µmol/L", "88 mg/dL"),
        ("creatinine", "1.0 mg/dL", "1.0 µmol/L"),
    ],
)
def test_unit_swaps_that_the_number_shows_are_refused(name, right, wrong):
    assert units.parse(name, right)
    with pytest.raises(InputError, match="Write the unit you mean"):
        units.parse(name, wrong)


@pytest.mark.parametrize("text", ["8 pg/mL", "45 pg/mL", "4.5 pmol/L", "95 ng/L"])
def test_pth_is_always_echoed_in_both_units(text):
    notices = [n for n in units.soft_warnings(units.parse("pth", text)) if n.code == "unit-echo"]
    assert len(notices) == 1
    assert "pmol/L" in notices[0].text
    assert "pg/mL" in notices[0].text


@pytest.mark.parametrize("text", ["30 ng/mL", "75 nmol/L"])
def test_25ohd_is_always_echoed_in_both_units(text):
    text = next(n.text for n in units.soft_warnings(units.parse("25-OH-D", text)) if n.code == "unit-echo")
    assert "nmol/L" in text
    assert "ng/mL" in text


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [("calcium", "14.9 mg/dL", "14.0"), ("calcium", "14.0 mg/dL", None), ("calcium", "7.1 mg/dL", "7.2"),
     ("calcium", "3.6 mmol/L", "3.50"), ("phosphate", "0.2 mmol/L", "0.30"), ("albumin", "14 g/L", "15"),
     ("alp", "601 U/L", "600"), ("alp", "600 U/L", None)],
)  # fmt: skip
def test_soft_limits_warn_and_never_refuse(name, text, expected):
    found = [n.text for n in units.soft_warnings(units.parse(name, text)) if n.code == "soft-limit"]
    assert len(found) == (expected is not None)
    assert all(f" {expected} " in text and text.endswith("): is this right?") and text[0].isupper() for text in found)


@pytest.mark.parametrize("key", sorted(content.analytes()))
def test_hard_limits_are_themselves_accepted_and_a_step_beyond_is_not(key):
    for spec in content.analytes()[key].units:
        low, high = spec.hard
        for limit, sign in ((low, -1), (high, 1)):
            if limit is None:
                continue
            assert units.parse(key, f"{limit} {spec.unit}").value == limit
            with pytest.raises(InputError):
                units.parse(key, f"{limit + sign * (abs(limit) * 0.01 + 0.001)} {spec.unit}")


def test_anion_gap_may_be_negative():
    assert units.parse("anion_gap", "-5 mmol/L").shown() == "−5 mmol/L"
    with pytest.raises(InputError, match="negative"):
        units.parse("sodium", "-140 mmol/L")


def test_both_systems_are_shown_si_first():
    assert units.parse("calcium", "9.2 mg/dL").both() == "2.30 mmol/L (9.2 mg/dL)"
    assert units.parse("albumin", "25 g/L").both() == "25 g/L (2.5 g/dL)"
    assert units.parse("alp", "80 U/L").both() == "80 U/L"


def test_aliases_and_suggestions():
    assert units.analyte("Ca").id == units.analyte("total calcium").id == units.analyte("calcium-total").id
    assert units.analyte("phos").id == "phosphate"
    with pytest.raises(InputError, match="magnesium"):
        units.analyte("magnesum")


def test_ratios_are_read_by_the_names_of_coded_case_records():
    ratio = units.parse("ca_cr_clearance_ratio", "0.002")
    share = units.parse("fractional_excretion_phosphate", "3 %")
    assert (ratio.analyte, ratio.shown()) == ("cccr", "0.0020")
    assert (share.analyte, share.shown()) == ("fe_phosphate", "3 %")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(2.345, 2, "2.35"), (2.355, 2, "2.36"), (1.005, 2, "1.01"), (2.675, 2, "2.68"), (0.125, 2, "0.13"), (2.5, 0, "3"),
     (3.5, 0, "4"), (8.65, 1, "8.7"), (10.25, 1, "10.3"), (2.3, 2, "2.30"), (-0.5, 0, "−1"), (-0.001, 2, "0.00"),
     (2.2949999999999999, 2, "2.30"), (2.2949, 2, "2.29"), (1e6, 0, "1000000")],
)  # fmt: skip
def test_half_is_rounded_up_as_a_reader_would(value, decimals, shown):
    assert units.shown_number(value, decimals) == shown
    if value >= 0:
        assert units.round_half_up(np.array([value]), decimals)[0] == float(shown)


@many
@given(st.integers(0, 10**7), st.integers(0, 3))
def test_arrays_round_as_single_values_do(thousandths, decimals):
    value = thousandths / 1000
    exact = (Decimal(thousandths) / 1000).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert units.rounded(value, decimals) == exact
    assert units.round_half_up(np.array([value]), decimals)[0] == float(exact)


@many
@given(st.sampled_from(CONVERTIBLE), st.floats(0.001, 1e4), st.data())
def test_round_trip_between_units(key, value, data):
    names = sorted(units.analyte(key).units)
    there, back = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
    assert units.convert(units.convert(value, key, there, back), key, back, there) == pytest.approx(value, rel=1e-12)


@some
@given(st.sampled_from(sorted(content.analytes())), st.data())
def test_what_is_shown_reads_back_as_the_same(key, data):
    about = units.analyte(key)
    spec = about.units[data.draw(st.sampled_from(sorted(about.units)))]
    low, high = spec.hard
    value = data.draw(st.floats(low or 0.0, high or 1000.0))
    first = units.Quantity(key, value, spec.unit).shown()
    number = Decimal(first.split()[0].replace("−", "-"))
    if number < Decimal(str(low or 0)) or (high is not None and number > Decimal(str(high))):
        return  # rounded out of the hard limits
    assert units.parse(key, first).shown() == first


def outcome(call, *args):
    """Return the value or the refusal's text."""
    try:
        return call(*args)
    except InputError as refusal:
        return str(refusal)


@many
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text):
    result = outcome(units.parse, "calcium", text)
    if isinstance(result, str):
        assert len(result.splitlines()) == 1
    else:
        assert 0.8 <= result.si <= 6.0


@pytest.mark.parametrize(
    ("text", "years"),
    [("58", 58), ("58 years", 58), ("58 y", 58), ("3 weeks", 21 / 365.25), ("5 months", 5 / 12), ("2 days", 2 / 365.25),
     ("1 week", 7 / 365.25), ("0", 0), ("120", 120), ("1,5 years", 1.5)],
)  # fmt: skip
def test_ages(text, years):
    assert units.parse_age(text).years == pytest.approx(years)


def test_sexes():
    assert {units.parse_sex(t) for t in ("female", "F", "Woman", " f ")} == {"female"}
    assert {units.parse_sex(t) for t in ("male", "M", "man")} == {"male"}


def test_a_second_reading_of_the_content_is_noticed():
    before = units.analyte("calcium")
    content.clear_cache()
    assert units.analyte("calcium") is not before
    assert units.analyte("calcium") == before


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (lambda text: units.parse("pth", text), "banana", "PTH: “banana” is no number with a unit; write for example "),
        (lambda text: units.parse("calcium_total", text), "2.4", "total calcium: 2.4 of what? Write 2.4 mg/dL or 2.4 "),
        (
            lambda text: units.parse("phosphate", text),
            "2 stones",
            "phosphate “2 stones”: “stones” is not one of its units; write ",
        ),
        (units.parse_age, "abc", "Age: write years, or 3 weeks, 5 months; “abc” is no age."),
        (units.parse_age, "3 stones", "Age: write years, or 3 weeks, 5 months; “3 stones” is no age."),
        (units.parse_age, "200", "Age: write years, or 3 weeks, 5 months; an age of “200” is not possible."),
    ],
)
def test_refusals_speak_plainly(read, text, said):
    with pytest.raises(InputError) as refusal:
        read(text)
    assert str(refusal.value).startswith(said)
    assert "=" not in str(refusal.value)


def test_the_example_in_a_refusal_is_a_value_that_is_taken():
    for key in content.analytes():
        with pytest.raises(InputError) as refusal:
            units.parse(key, "banana")
        example = str(refusal.value).split("write for example ")[1].removesuffix(".")
        assert units.soft_warnings(units.parse(key, example)) == () or key in ("pth", "vitd_25oh"), (key, example)
