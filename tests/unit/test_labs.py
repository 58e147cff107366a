"""Panels: intervals, flags on the displayed value, derived values, caveats, what is missing, arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcinosis import content, formulas, labs, units
from calcinosis.errors import InputError
from calcinosis.labs import FLAG_CODES, Flag, Interval
from tests.draws import some

EXAMPLE = {
    "calcium": "14.9 mg/dL",
    "phosphate": "3.0 mg/dL",
    "pth": "8 pg/mL",
    "creatinine": "2.1 mg/dL",
    "albumin": "4.0 g/dL",
}


@pytest.fixture(scope="module")
def example():
    return labs.read_panel(EXAMPLE, age="56", sex="female")


def test_the_worked_panel_is_flagged(example):
    assert example.as_dict()["flags"] == {
        "calcium": "high",
        "phosphate": "normal",
        "pth": "low",
        "creatinine": "high",
        "albumin": "normal",
    }


def test_the_worked_panel_gives_its_derived_values(example):
    derived = example.as_dict()["derived"]
    assert derived["corrected-calcium"]["shown"] == "3.72 mmol/L (14.9 mg/dL)"
    assert derived["ca-p-product"]["shown"] == "3.60 mmol²/L² (44.7 mg²/dL²)"
    assert derived["egfr"]["shown"] == "27 mL/min/1.73 m²"
    assert derived["egfr"]["category"] == "G4"
    assert "corrected-calcium-1973" in derived


def test_the_worked_panel_warns(example):
    codes = {notice.code for notice in example.notices}
    assert codes >= {"soft-limit", "unit-echo", "corrected-calcium", "corrected-calcium-ckd", "egfr-stable"}
    soft = [notice.text for notice in example.notices if notice.code == "soft-limit"]
    assert len(soft) == 1
    assert "14.0 mg/dL" in soft[0]
    assert "albumin-low" not in codes


def test_the_worked_panel_names_what_is_missing(example):
    assert example.missing == ("calcium_ionised", "magnesium", "vitd_25oh", "alp")
    assert example.as_dict()["missing"][0].startswith("ionised calcium")


def test_no_notice_comes_twice(example):
    texts = [notice.text for notice in example.notices]
    assert len(texts) == len(set(texts))


# --- flags on the displayed value ----------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2.145 mmol/L", Flag.NORMAL),  # displayed 2.15
        ("2.144 mmol/L", Flag.LOW),
        ("2.554 mmol/L", Flag.NORMAL),
        ("2.555 mmol/L", Flag.HIGH),
        ("2.15 mmol/L", Flag.NORMAL),
        ("2.55 mmol/L", Flag.NORMAL),
        ("8.55 mg/dL", Flag.NORMAL),  # displayed 8.6, the lower limit in that unit
        ("8.54 mg/dL", Flag.LOW),
        ("10.24 mg/dL", Flag.NORMAL),
        ("10.25 mg/dL", Flag.HIGH),
    ],
)
def test_flags_judge_what_the_reader_sees(text, expected):
    interval = Interval("calcium_total", 2.15, 2.55, "mmol/L")
    assert labs.flag(units.parse("calcium", text), interval) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2.0 mg/dL", Flag.LOW), ("2.5 mg/dL", Flag.DIFFERS), ("2.9 mg/dL", Flag.DIFFERS), ("3.0 mg/dL", Flag.NORMAL),
     ("4.5 mg/dL", Flag.NORMAL), ("4.6 mg/dL", Flag.DIFFERS), ("4.9 mg/dL", Flag.HIGH)],
)  # fmt: skip
def test_no_flag_where_laboratories_differ(text, expected):
    interval = Interval("phosphate", 3.0, 4.5, "mg/dL", differs_low=2.32, differs_high=4.65)
    assert labs.flag(units.parse("phosphate", text), interval) is expected


@pytest.mark.parametrize(("value", "expected"), [(9, Flag.LOW), (12, Flag.DIFFERS), (15, Flag.NORMAL), (66, Flag.HIGH)])
def test_another_laboratory_may_be_narrower(value, expected):
    interval = Interval("pth", 10, 65, "pg/mL", differs_low=15)
    assert labs.flag(units.parse("pth", f"{value} pg/mL"), interval) is expected


def test_adult_phosphate_between_080_and_097_is_never_called_low():
    for hundredths in range(80, 97):
        text = f"{hundredths / 100} mmol/L"
        panel = labs.read_panel({"phosphate": text}, age="50", sex="male")
        assert panel.rows[0].flag is Flag.DIFFERS, text


# --- choosing an interval ----------------


def test_without_an_age_no_table_interval_is_used():
    panel = labs.read_panel({"calcium": "2.0 mmol/L"})
    assert panel.rows[0].flag is Flag.NO_INTERVAL
    assert "no-age" in {notice.code for notice in panel.notices}


@pytest.mark.parametrize("key", sorted({row.analyte for row in content.intervals().values()}))
@pytest.mark.parametrize("sex", ["female", "male"])
def test_no_child_is_judged_by_an_adult_interval(key, sex):
    for age in (0.001, 0.05, 0.5, 1, 3, 6, 9, 12, 14, 16, 17.99):
        interval = labs.interval_for(key, sex=sex, age_years=age)
        if interval is not None:
            assert interval.applies != "adults", (key, age)


@pytest.mark.parametrize(
    ("analyte", "text", "age", "adult", "child"),
    [("phosphate", "1.80 mmol/L", "3", Flag.HIGH, Flag.NORMAL), ("alp", "300 U/L", "8", Flag.HIGH, Flag.NORMAL),
     ("calcium", "2.00 mmol/L", "5 days", Flag.LOW, Flag.NORMAL)],
)  # fmt: skip
def test_a_childs_usual_value_is_not_flagged(analyte, text, age, adult, child):
    assert labs.read_panel({analyte: text}, age="40", sex="male").rows[0].flag is adult
    assert labs.read_panel({analyte: text}, age=age, sex="male").rows[0].flag is child


def test_an_age_without_interval_says_so_and_gives_no_flag():
    panel = labs.read_panel({"magnesium": "0.3 mmol/L"}, age="5", sex="female")
    assert panel.rows[0].flag is Flag.NO_INTERVAL
    assert "no-interval" in {notice.code for notice in panel.notices}


def test_an_interval_that_depends_on_sex_asks_for_it():
    panel = labs.read_panel({"creatinine": "1.2 mg/dL"}, age="50")
    assert panel.rows[0].flag is Flag.NO_INTERVAL
    assert {"no-sex", "egfr-needs"} <= {notice.code for notice in panel.notices}
    flags = {sex: labs.read_panel({"creatinine": "1.2 mg/dL"}, age="50", sex=sex).rows[0].flag for sex in "fm"}
    assert flags == {"f": Flag.HIGH, "m": Flag.NORMAL}


# --- printed intervals ----------------


@pytest.mark.parametrize(
    ("analyte", "text", "unit", "low", "high", "strict"),
    [
        ("calcium", "2.10-2.55", "mmol/L", 2.10, 2.55, False),
        ("calcium", "2.10–2.55 mmol/L", "mg/dL", 2.10, 2.55, False),
        ("calcium", "2,10 - 2,55", "mmol/L", 2.10, 2.55, False),
        ("calcium", "[2.10 to 2.55]", "mmol/L", 2.10, 2.55, False),
        ("calcium", "(8.5-10.5 mg/dL)", "mg/dL", 8.5, 10.5, False),
        ("calcium", "8.5 mg/dL - 10.5 mg/dL", "mg/dL", 8.5, 10.5, False),
        ("albumin", "35–51 g/L", "g/L", 35, 51, False),
        ("crp", "<5", "mg/L", None, 5, True),
        ("crp", "≤ 5 mg/L", "mg/L", None, 5, False),
        ("crp", "up to 5", "mg/L", None, 5, False),
        ("vitd_25oh", ">30 ng/mL", "ng/mL", 30, None, True),
        ("vitd_25oh", ">= 50", "nmol/L", 50, None, False),
        ("crp", "0-5", "mg/L", 0, 5, False),
    ],
)
def test_printed_intervals_are_read(analyte, text, unit, low, high, strict):
    found = labs.parse_interval(analyte, text, unit)
    assert (found.low, found.high, found.strict, found.printed) == (low, high, strict, True)


def test_the_printed_interval_wins_and_needs_no_age():
    panel = labs.read_panel({"calcium": "2.58 mmol/L"}, printed={"calcium": "2.20-2.60"})
    assert panel.rows[0].flag is Flag.NORMAL
    assert panel.rows[0].interval.printed
    child = labs.read_panel({"magnesium": "0.60 mmol/L"}, age="5", printed={"magnesium": "0.70-0.95"})
    assert child.rows[0].flag is Flag.LOW


def test_a_printed_interval_of_the_other_system_judges_rightly():
    for text, expected in (("8.4 mg/dL", Flag.LOW), ("9.4 mg/dL", Flag.NORMAL), ("10.6 mg/dL", Flag.HIGH)):
        panel = labs.read_panel({"calcium": text}, printed={"calcium": "2.15-2.55 mmol/L"})
        assert panel.rows[0].flag is expected


def test_a_strict_bound_excludes_its_limit():
    for text, expected in (("4 mg/L", Flag.NORMAL), ("5 mg/L", Flag.HIGH)):
        assert labs.read_panel({"crp": text}, printed={"crp": "<5"}).rows[0].flag is expected


def test_the_record_with_total_albumin_and_ionised_calcium():
    panel = labs.read_panel(
        {"calcium": "1.48 mmol/L", "albumin": "26 g/L", "ionised calcium": "0.91 mmol/L", "pth": "1.4 pmol/L"},
        age="62",
        sex="male",
        printed={"calcium": "2.10-2.55", "albumin": "35-51", "ionised calcium": "1.17-1.29", "pth": "1.2-8.4"},
    )
    assert [row.flag.value for row in panel.rows] == ["low", "low", "low", "normal"]
    assert panel.derived["corrected-calcium"].value == pytest.approx(1.76)
    assert {"ionised-measured", "albumin-low"} <= {notice.code for notice in panel.notices}


# --- derived values and cross-checks ----------------


def test_urine_values_give_cccr_and_threshold():
    values = {"calcium": "2.75 mmol/L", "phosphate": "0.65 mmol/L", "creatinine": "75 µmol/L",
              "urine_calcium": "6.5 mmol/L", "urine_phosphate": "20 mmol/L", "urine_creatinine": "8.0 mmol/L",
              }  # fmt: skip
    adult = labs.read_panel(values, age="40", sex="female").derived
    assert adult["cccr"].value == pytest.approx(6.5 * 0.075 / (2.75 * 8))
    assert adult["tmp-gfr"].value == pytest.approx(0.463, abs=0.001)
    child = labs.read_panel(values, age="9", sex="female").derived
    assert "tmp-gfr-child" in child
    assert "tmp-gfr" not in child
    assert "egfr" not in child
    ageless = labs.read_panel(values)
    assert "trp" in ageless.derived
    assert not {"tmp-gfr", "tmp-gfr-child", "egfr"} & set(ageless.derived)
    assert {"tmp-needs-age", "egfr-needs"} <= {notice.code for notice in ageless.notices}


def test_an_impossible_ratio_is_said_and_does_not_hide_the_panel():
    values = {"phosphate": "0.65 mmol/L", "creatinine": "400 µmol/L", "urine_phosphate": "60 mmol/L",
              "urine_creatinine": "2 mmol/L"}  # fmt: skip
    panel = labs.read_panel(values, age="40", sex="male")
    assert "trp" not in panel.derived
    assert any("TRP would be" in notice.text for notice in panel.notices)
    assert "egfr" in panel.derived


def test_anion_gap_uses_albumin_where_it_is():
    ions = {"sodium": "136 mmol/L", "chloride": "105 mmol/L", "bicarbonate": "22 mmol/L"}
    assert labs.read_panel(ions).derived["anion-gap"].value == 9
    assert labs.read_panel(ions | {"albumin": "20 g/L"}).derived["anion-gap"].value == 14


def test_ionised_calcium_cannot_be_most_of_the_total():
    panel = labs.read_panel({"calcium": "2.0 mmol/L", "ionised_calcium": "1.4 mmol/L"})
    assert "ionised-share" in {notice.code for notice in panel.notices}
    panel = labs.read_panel({"calcium": "2.0 mmol/L", "ionised_calcium": "1.3 mmol/L"})
    assert "ionised-share" not in {notice.code for notice in panel.notices}


def test_the_edta_pattern_is_named():
    values = {"calcium": "1.2 mmol/L", "potassium": "7.5 mmol/L", "alp": "20 U/L"}
    assert "edta" in {n.code for n in labs.read_panel(values, age="50", sex="male").notices}
    for change in ({"calcium": "1.6 mmol/L"}, {"potassium": "5.5 mmol/L"}, {"alp": "80 U/L"}):
        codes = {n.code for n in labs.read_panel(values | change, age="50", sex="male").notices}
        assert "edta" not in codes


def test_corrected_calcium_never_comes_without_its_warning():
    for albumin in range(10, 60, 5):
        panel = labs.read_panel({"calcium": "2.3 mmol/L", "albumin": f"{albumin} g/L"}, age="50", sex="male")
        codes = {notice.code for notice in panel.notices}
        assert "corrected-calcium" in panel.derived
        assert "corrected-calcium" in codes
        assert ("albumin-low" in codes) is (albumin < 30)


def test_nothing_is_derived_from_a_missing_value():
    panel = labs.read_panel({"calcium": "2.3 mmol/L"}, age="50", sex="male")
    assert panel.derived == {}
    assert set(panel.missing) == set(labs.MINERAL_PANEL) - {"calcium_total"}


@some
@given(st.sampled_from([*labs.MINERAL_PANEL]), st.data())
def test_the_flag_is_the_same_in_either_system_unless_the_display_decides(key, data):
    about = units.analyte(key)
    spec = about.spec(about.si_unit)
    value = data.draw(st.floats(spec.hard[0] or 0.1, spec.hard[1]))
    interval = labs.interval_for(key, sex="female", age_years=40.0)
    other = about.other_unit(about.si_unit)
    if interval is None or other is None:
        return
    first = units.Quantity(key, value, about.si_unit)
    flags = {labs.flag(first, interval), labs.flag(first.to(other), interval)}
    # Value and limit are each shown rounded, in either unit: together they can part by one last digit of each.
    digit = sum(10.0 ** -about.spec(unit).decimals * about.spec(unit).to_si for unit in (about.si_unit, other))
    limits = [x for x in (interval.low, interval.high, interval.differs_low, interval.differs_high) if x is not None]
    nearest = min(abs(value - units.convert(limit, about, interval.unit, about.si_unit)) for limit in limits)
    assert len(flags) == 1 or nearest <= digit


# --- arrays ----------------


@pytest.mark.parametrize("key", labs.MINERAL_PANEL)
def test_arrays_flag_as_single_values_do(key):
    about = units.analyte(key)
    rng = np.random.default_rng(4)
    for unit, spec in about.units.items():
        low, high = spec.soft[0] or 0.5, spec.soft[1]
        values = np.concatenate([rng.uniform(low, high, 150), np.round(rng.uniform(low, high, 150), spec.decimals)])
        ages, female = rng.choice([0.02, 0.5, 4, 11, 17, 18, 40, 80], values.size), rng.random(values.size) < 0.5
        found = labs.flags_of_arrays({key: values}, {key: unit}, age_years=ages, female=female)[key]
        for i, value in enumerate(values.tolist()):
            sex = "female" if female[i] else "male"
            interval = labs.interval_for(key, sex=sex, age_years=float(ages[i]))
            expected = FLAG_CODES[labs.flag(units.Quantity(key, value, unit), interval)]
            assert found[i] == expected, (value, unit, ages[i], sex)


def test_arrays_longer_than_one_slice_are_whole():
    calcium = np.tile([2.0, 2.3, 3.0, np.nan], 20_000)
    found = labs.flags_of_arrays({"ca": calcium}, {"ca": "mmol/L"}, age_years=40.0, female=False)["ca"]
    assert np.array_equal(found, np.tile([-1, 0, 1, labs.MISSING], 20_000))
    derived = labs.derived_of_arrays(calcium_mmol_l=calcium, albumin_g_l=np.full(calcium.size, 30.0))
    expected = calcium + 0.2
    assert np.allclose(derived["corrected_calcium_mmol_l"], expected, equal_nan=True)


def test_array_ages_without_interval_give_no_flag():
    found = labs.flags_of_arrays(
        {"magnesium": np.array([0.3, 0.3, 0.3])},
        {"magnesium": "mmol/L"},
        age_years=np.array([5.0, np.nan, 40.0]),
        female=np.array([True, True, True]),
    )
    assert found["magnesium"].tolist() == [3, 3, -1]


def test_derived_arrays_agree_with_panels():
    rng = np.random.default_rng(8)
    columns = {"calcium": rng.uniform(1.8, 3.4, 40), "albumin": rng.uniform(16, 54, 40),
               "phosphate": rng.uniform(0.4, 2.9, 40),
               "creatinine": rng.uniform(30, 490, 40)}  # fmt: skip
    ages, female = rng.integers(10, 90, 40).astype(float), rng.random(40) < 0.5
    found = labs.derived_of_arrays(
        calcium_mmol_l=columns["calcium"],
        albumin_g_l=columns["albumin"],
        phosphate_mmol_l=columns["phosphate"],
        creatinine_umol_l=columns["creatinine"],
        age_years=ages,
        female=female,
    )
    unit = {"calcium": "mmol/L", "albumin": "g/L", "phosphate": "mmol/L", "creatinine": "µmol/L"}
    for i in range(40):
        values = {name: f"{column[i]:.15g} {unit[name]}" for name, column in columns.items()}
        one = labs.read_panel(values, age=f"{ages[i]:g}", sex="female" if female[i] else "male").derived
        assert found["corrected_calcium_mmol_l"][i] == pytest.approx(one["corrected-calcium"].value)
        assert found["corrected_calcium_1973_mmol_l"][i] == pytest.approx(one["corrected-calcium-1973"].value)
        assert found["ca_p_product_mmol2_l2"][i] == pytest.approx(one["ca-p-product"].value)
        assert found["ca_p_product_mg2_dl2"][i] == pytest.approx(one["ca-p-product"].also["value"])
        if ages[i] < 18:
            assert np.isnan(found["egfr_ml_min_173"][i])
            assert found["kdigo_g"][i] == -1
        else:
            assert found["egfr_ml_min_173"][i] == pytest.approx(one["egfr"].value)
            assert formulas.KDIGO_G[found["kdigo_g"][i]] == one["kdigo"].value


# --- the fault that a real data-quality project shipped ----------------


def test_regression_lower_limit_of_seven_applied_to_mmol():
    """A limit of 7 (mg/dL) held against 2.30 mmol/L would call every healthy calcium low."""
    healthy = units.parse("calcium", "2.30 mmol/L")
    seven = Interval("calcium_total", 7.0, 11.0, "mg/dL")
    assert labs.flag(healthy, seven) is Flag.NORMAL
    assert labs.flag(healthy.to("mg/dL"), seven) is Flag.NORMAL
    assert labs.flag(units.parse("calcium", "1.70 mmol/L"), seven) is Flag.LOW  # 6.8 mg/dL
    with pytest.raises(InputError, match="own unit"):
        labs.read_panel({"calcium": "2.30 mmol/L"}, printed={"calcium": "7-11"})
    judged = labs.read_panel({"calcium": "2.30 mmol/L"}, printed={"calcium": "7-11 mg/dL"})
    assert judged.rows[0].flag is Flag.NORMAL
    arrays = labs.flags_of_arrays({"ca": np.array([2.30])}, {"ca": "mmol/L"}, age_years=40.0, female=True)
    assert arrays["ca"].tolist() == [0]
