"""Population percentiles: the committed table, the places read from it, and the script that computes it."""

import csv
import importlib.util
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from calcinosis import content, population, units
from calcinosis.errors import InputError

ORDER = ("p1", "p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5", "p99")
PERCENTS = dict(zip(ORDER, (1, 2.5, 5, 10, 25, 50, 75, 90, 95, 97.5, 99), strict=True))
SI = {"calcium_total": "mmol/L", "albumin": "g/L", "phosphate": "mmol/L", "creatinine": "µmol/L"}
SI |= {"ca_p_product": "mmol²/L²", "alp": "U/L", "ck": "U/L"}
# Written out, not taken from the library: 10 / 40.078, 10, 10 / 30.973762, 10000 / 113.12 and the product of two.
FACTORS = {"calcium_total": 0.249513, "albumin": 10.0, "phosphate": 0.322854, "creatinine": 88.4017}
FACTORS |= {"ca_p_product": 0.080556}


@pytest.fixture(scope="module")
def table():
    with (content.data_dir() / "population" / "percentiles.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def script():
    path = content.data_dir().parent / "scripts" / "nhanes.py"
    spec = importlib.util.spec_from_file_location("nhanes_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(row):
    return [(name, float(row[name])) for name in ORDER if row[name]]


def of(table, analyte, sex, low, high, unit=None):
    unit = unit or SI[analyte]
    (row,) = [
        row for row in table
        if (row["analyte"], row["sex"], row["age_min_years"], row["age_max_years"], row["unit"])
        == (analyte, sex, str(low), str(high), unit)
    ]  # fmt: skip
    return row


BANDS = ((12, 18), (18, 30), (30, 50), (50, 70), (70, 130), (18, 130))
GROUPS = list(itertools.product(SI, BANDS))


# --- the committed table ----------------------------------------------------------------------------------------------


def test_every_group_is_there_once(table):
    keys = [tuple(row[name] for name in ("analyte", "sex", "age_min_years", "age_max_years", "unit")) for row in table]
    assert len(keys) == len(set(keys)) == (5 * 2 + 2) * 3 * 6


def test_percentiles_rise(table):
    for row in table:
        values = [value for _, value in numbers(row)]
        assert values == sorted(set(values)), row


def test_only_the_outermost_percentiles_may_be_missing_and_only_in_small_groups(table):
    for row in table:
        missing = {name for name in ORDER if not row[name]}
        assert missing <= {"p1", "p99"}
        assert not missing or int(row["n"]) < 1000


@pytest.mark.parametrize(("analyte", "band"), GROUPS)
def test_both_sexes_lie_between_the_sexes(table, analyte, band):
    both, female, male = (dict(numbers(of(table, analyte, sex, *band))) for sex in ("", "female", "male"))
    rounding = 10 ** -len(of(table, analyte, "", *band)["p50"].partition(".")[2])
    for name in set(both) & set(female) & set(male):
        low, high = sorted((female[name], male[name]))
        # In the far tail results are sparse, and the straight line between two of them may leave the sexes' by a step.
        give = max(rounding, 0.02 * high) if name in ("p1", "p99") else rounding
        assert low - give <= both[name] <= high + give, (analyte, band, name)


@pytest.mark.parametrize(("analyte", "band"), GROUPS)
def test_the_sexes_add_up(table, analyte, band):
    both, female, male = (int(of(table, analyte, sex, *band)["n"]) for sex in ("", "female", "male"))
    assert both == female + male


@pytest.mark.parametrize("analyte", SI)
def test_the_adult_bands_add_up(table, analyte):
    parts = [int(of(table, analyte, "", *band)["n"]) for band in BANDS[1:5]]
    assert sum(parts) == int(of(table, analyte, "", 18, 130)["n"])


@pytest.mark.parametrize("analyte", FACTORS)
def test_si_is_conventional_times_the_factor(table, analyte):
    for row in table:
        if row["analyte"] != analyte or row["unit"] == SI[analyte]:
            continue
        in_si = of(table, analyte, row["sex"], row["age_min_years"], row["age_max_years"])
        assert in_si["n"] == row["n"]
        for name, value in numbers(row):
            assert float(in_si[name]) == pytest.approx(value * FACTORS[analyte], rel=4e-4), (row, name)


def test_the_survey_as_first_looked_at(table):
    """Unweighted, adults: calcium 8.6 to 10.0 mg/dL, 5,152 people; weights move that by at most 0.1."""
    adults = of(table, "calcium_total", "", 18, 130, "mg/dL")
    assert int(adults["n"]) == 5152
    assert float(adults["p2_5"]) == pytest.approx(8.6, abs=0.1)
    assert float(adults["p97_5"]) == pytest.approx(10.0, abs=0.1)


def test_growth_shows(table):
    young, old = (of(table, "alp", "male", *band) for band in (BANDS[0], BANDS[2]))
    assert float(young["p50"]) > 2 * float(old["p50"])


def test_regression_facts_agree_with_each_other():
    line = population.regression()
    assert (line.n, line.n_albumin_below_30_g_l) == (5152, 29)
    assert round(line.slope_unweighted_mg_dl_per_g_dl, 2) == 0.52
    assert line.slope_mmol_l_per_g_l == pytest.approx(line.slope_mg_dl_per_g_dl * 0.0249513, rel=1e-4)
    assert line.slope_se_mmol_l_per_g_l == pytest.approx(line.slope_se_mg_dl_per_g_dl * 0.0249513, rel=1e-4)
    assert line.intercept_mmol_l == pytest.approx(line.intercept_mg_dl * 0.249513, rel=1e-4)
    assert 0.8 - line.slope_mg_dl_per_g_dl > 5 * line.slope_se_mg_dl_per_g_dl
    spread = content.facts()["nhanes_albumin_sd"].value
    flattened = 0.8 * (1 - (line.error_sd_needed_for_0_8_g_dl / spread) ** 2)
    assert flattened == pytest.approx(line.slope_mg_dl_per_g_dl, rel=1e-3)
    assert line.flattening_by_rounding_percent == pytest.approx(100 * (0.1**2 / 12) / spread**2, rel=1e-3)


def test_the_groups_of_albumin_hold_the_line(table):
    with (content.data_dir() / "population" / "calcium_by_albumin.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    line = population.regression()
    assert sum(int(row["n"]) for row in rows) <= line.n
    for row in rows:
        low, middle, high = (float(row[f"calcium_p{p}_mg_dl"]) for p in (10, 50, 90))
        assert low < middle < high
        expected = line.intercept_mg_dl + line.slope_mg_dl_per_g_dl * float(row["albumin_g_dl"])
        assert middle == pytest.approx(expected, abs=0.15)


# --- places -----------------------------------------------------------------------------------------------------------


def quantity(analyte, text):
    return units.parse(analyte, text)


@pytest.mark.parametrize("analyte", SI)
def test_a_tabulated_percentile_is_its_own_place(analyte):
    found = population.curve(analyte, "female", 40)
    for percent, value in zip(found.percents, found.values, strict=True):
        place = population.percentile_of(units.Quantity(analyte, value, found.unit), "female", 40)
        assert place.percent == pytest.approx(percent, abs=0.05)


def test_the_same_value_in_two_units_has_one_place():
    one = population.percentile_of(quantity("creatinine", "1.00 mg/dL"), "male", 40)
    two = population.percentile_of(quantity("creatinine", "88.4017 µmol/L"), "male", 40)
    assert one.percent == pytest.approx(two.percent, abs=0.1)


def test_nothing_is_said_beyond_the_first_and_the_last_percentile():
    low = population.percentile_of(quantity("calcium_total", "1.48 mmol/L"), "male", 62)
    assert (low.percent, low.tail, low.beyond) == (None, "low", 1)
    assert "below the 1st percentile of 896 men of 50 to 69 years" in low.sentence
    high = population.percentile_of(quantity("ck", "9000 U/L"), "male", 40)
    assert (high.percent, high.tail, high.beyond) == (None, "high", 99)
    assert "above the 99th percentile" in high.sentence


def test_a_small_group_ends_at_its_last_tabulated_percentile():
    place = population.percentile_of(quantity("alp", "900 U/L"), "male", 13)
    assert place.beyond == 97.5
    assert "above the 97.5th percentile of 383 boys of 12 to 17 years" in place.sentence


def test_the_sentence_counts_people():
    place = population.percentile_of(quantity("calcium_total", "2.30 mmol/L"), "female", 40)
    assert place.sentence == (
        "Total calcium 2.30 mmol/L (9.2 mg/dL): of 100 women of 30 to 49 years, about 59 have a lower value "
        "(800 were measured)."
    )


def test_without_age_it_is_all_adults_and_without_sex_both():
    place = population.percentile_of(quantity("albumin", "40 g/L"))
    assert str(place.band) == "adults of 18 years and over"
    assert str(population.curve("albumin", None, 40).band) == "people of 30 to 49 years"


@pytest.mark.parametrize(("age", "low"), [(12, 12), (17.9, 12), (18, 18), (29.99, 18), (30, 30), (70, 70), (129, 70)])
def test_an_age_falls_into_its_band(age, low):
    assert population.curve("calcium_total", None, age).band.age_min_years == low


@pytest.mark.parametrize("analyte", SI)
def test_percentiles_convert(analyte):
    about = units.analyte(analyte)
    other = about.other_unit(about.si_unit)
    if other is None:
        assert population.percentiles(analyte, unit="U/L") == population.percentiles(analyte)
        return
    si, conventional = population.percentiles(analyte), population.percentiles(analyte, unit=other)
    for percent, value in si.items():
        assert value == pytest.approx(conventional[percent] * FACTORS[analyte], rel=4e-4)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: population.curve("albumin", "female", 11.9), "There are no population values below 12 years"),
        (lambda: population.curve("albumin", "female", 0), "There are no population values below 12 years"),
        (lambda: population.curve("albumin", "female", -1), "An age of -1 years is not possible"),
        (lambda: population.curve("albumin", "female", 130), "An age of 130 years is not possible"),
        (lambda: population.curve("albumin", "female", math.nan), "is not a number"),
        (lambda: population.curve("albumin", "female", "40"), "is not a number"),
        (lambda: population.curve("albumin", "female", True), "is not a number"),
        (lambda: population.curve("pth"), "There are no population values of parathyroid hormone, intact"),
        (lambda: population.curve("albumin", "other"), "is not in the survey; write female or male"),
        (lambda: population.curve("albumin", unit="mmol/L"), "has no unit"),
        (lambda: population.curve("albumin").at(3), "There is no 3th percentile"),
        (lambda: population.curve("nonsense"), "is not an analyte"),
        (lambda: population.percentile_of(quantity("pth", "5 pmol/L")), "There are no population values of"),
    ],
)
def test_what_the_survey_does_not_hold_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


# --- the script -------------------------------------------------------------------------------------------------------


def by_counting(values, weights, percent):
    """Repeat everybody by an integer weight, rank with SciPy, and read the percentile off; slow and independent."""
    people = np.repeat(values, weights.astype(int))
    middle = (stats.rankdata(people, method="average") - 0.5) / len(people)
    order = np.argsort(people)
    return float(np.interp(percent / 100, middle[order], people[order]))


@pytest.mark.parametrize("seed", range(5))
def test_weighted_percentiles_against_counting_people(script, seed):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(9.3, 0.4, 300), 1)
    weights = rng.integers(1, 9, 300).astype(float)
    found = script.weighted_percentiles(values, weights, tuple(PERCENTS.values()))
    wanted = [by_counting(values, weights, percent) for percent in PERCENTS.values()]
    assert found == pytest.approx(wanted, abs=1e-9)


def test_weighted_percentiles_by_hand(script):
    values, weights = np.array([3.0, 1.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0, 1.0])
    assert script.weighted_percentiles(values, weights, (12.5, 37.5, 50, 87.5)) == pytest.approx([1, 2, 2.5, 4])
    heavy = np.array([1.0, 1.0, 1.0, 5.0])
    assert script.weighted_percentiles(values, heavy, (50,)) == pytest.approx([3 + 4 / 4 * (0.5 - 0.3125) / 0.375])


def test_weights_move_percentiles(script):
    values = np.arange(100.0)
    plain = script.weighted_percentiles(values, np.ones(100), (50,))[0]
    assert plain == pytest.approx(49.5)
    assert script.weighted_percentiles(values, values + 1, (50,))[0] > plain + 15


def test_a_percentile_beyond_which_nobody_lies_is_left_out(script):
    values = np.arange(100.0)
    assert script.enough_beyond(values, 5.0, 5)
    assert not script.enough_beyond(values, 3.0, 2.5)
    assert not script.enough_beyond(values, 98.0, 99)


def test_regression_against_a_longer_way(script):
    rng = np.random.default_rng(7)
    x, stratum = rng.normal(4, 0.3, 400), np.repeat(np.arange(10), 40)
    unit = np.tile(np.repeat([1, 2], 20), 10)
    y = 7 + 0.5 * x + rng.normal(0, 0.3, 400) + 0.1 * (stratum % 3)
    weights = rng.uniform(1, 5, 400)
    found = script.regression(x, y, weights, stratum, unit)
    slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(weights))
    assert (found["slope"], found["intercept"]) == pytest.approx((slope, intercept))
    # The slope's linearised variance, written as one sum: contributions to the slope, summed by unit, differenced.
    mean = np.average(x, weights=weights)
    share = weights * (x - mean) * (y - intercept - slope * x) / np.sum(weights * (x - mean) ** 2)
    totals = np.array([[share[(stratum == s) & (unit == u)].sum() for u in (1, 2)] for s in range(10)])
    variance = np.sum((totals[:, 0] - totals[:, 1]) ** 2)
    assert found["slope_se"] == pytest.approx(np.sqrt(variance))
    assert (found["strata"], found["sampling_units"]) == (10, 20)


def test_what_is_not_a_survey_file_is_refused(script, tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_bytes(b"<html>moved</html>")
    with pytest.raises(SystemExit, match="did not answer with a SAS transport file"):
        script.download(page.as_uri(), tmp_path / "BIOPRO_J.XPT")
    with pytest.raises(SystemExit, match="could not be fetched"):
        script.download((tmp_path / "absent").as_uri(), tmp_path / "BIOPRO_J.XPT")
    assert not (tmp_path / "BIOPRO_J.XPT").exists()
    with pytest.raises(SystemExit, match="does not hold"):
        script.survey_folder(str(tmp_path))


def test_check_fails_when_the_committed_file_differs(script, tmp_path, monkeypatch, capsys):
    (tmp_path / "population").mkdir()
    monkeypatch.setattr(script.content, "data_dir", lambda: tmp_path)
    monkeypatch.setattr(script, "survey_folder", lambda given: tmp_path)
    monkeypatch.setattr(script, "computed", lambda folder: {"percentiles.csv": "new\n"})
    assert script.main(["--check"]) == 1
    assert "percentiles.csv" in capsys.readouterr().err
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    (tmp_path / "population" / "percentiles.csv").write_text("edited by hand\n")
    assert script.main(["--check"]) == 1
