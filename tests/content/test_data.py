"""What data/ says is complete, sourced, and agrees with itself and with independent arithmetic."""

import itertools
import json
import re
from pathlib import Path

import pytest

from calcinosis import content, formulas, labs, units
from calcinosis.errors import InputError

RECORDS = json.loads((Path(__file__).parent.parent / "data" / "records.json").read_text(encoding="utf-8"))
VALUES = [(record["record"], lab) for record in RECORDS for lab in record["labs"]]

# Every analyte that formulas, lessons and the command line take.
ANALYTES = [
    "calcium_total",
    "calcium_ionised",
    "phosphate",
    "magnesium",
    "albumin",
    "creatinine",
    "urea",
    "alp",
    "pth",
    "vitd_25oh",
    "vitd_125oh2",
    "fgf23_intact",
    "urine_calcium_24h",
    "urine_phosphate_24h",
    "ck",
    "crp",
    "urate",
    "bicarbonate",
    "ph",
    "anion_gap",
    "tmp_gfr",
    "sodium",
    "chloride",
    "potassium",
    "urine_calcium",
    "urine_phosphate",
    "urine_creatinine",
    "acr",
    "egfr",
    "ca_p_product",
    "calcium_corrected",
    "cccr",
    "trp",
]

# Molar masses from atomic weights, worked out here a second time.
ATOMS = {"C": 12.011, "H": 1.008, "N": 14.007, "O": 15.999, "P": 30.973762, "S": 32.06, "Ca": 40.078, "Mg": 24.305}
COMPOSITION = {
    "calcium_total": "Ca1", "phosphate": "P1", "magnesium": "Mg1", "creatinine": "C4H7N3O1", "urea": "C1H4N2O1",
    "urea_nitrogen": "N2", "urate": "C5H4N4O3", "vitd_25oh": "C27H44O2", "vitd_125oh2": "C27H44O3",
    "pth": "C408H674N126O126S2",
}  # fmt: skip


def error_keys():
    return {(e.record, e.analyte, e.value) for e in content.record_errors().values()}


# --- analytes


@pytest.mark.parametrize("key", ANALYTES)
def test_every_analyte_is_there(key):
    assert key in content.analytes()


@pytest.mark.parametrize(("key", "formula"), COMPOSITION.items())
def test_molar_mass_follows_from_the_atoms(key, formula):
    mass = sum(ATOMS[atom] * int(count) for atom, count in re.findall(r"([A-Z][a-z]?)(\d+)", formula))
    assert content.analytes()[key].molar_mass_g_mol == pytest.approx(mass, rel=2e-4)


@pytest.mark.parametrize(
    ("analyte", "unit", "factor"),
    [
        ("calcium_total", "mg/dL", 0.24951),
        ("phosphate", "mg/dL", 0.32286),
        ("magnesium", "mg/dL", 0.41144),
        ("creatinine", "mg/dL", 88.40),
        ("urea_nitrogen", "mg/dL", 0.35696),
        ("pth", "pg/mL", 0.1061),
        ("vitd_25oh", "ng/mL", 2.496),
        ("vitd_125oh2", "pg/mL", 2.400),
        ("urate", "mg/dL", 59.48),
        ("urine_calcium_24h", "mg/d", 0.02495),
        ("urine_phosphate_24h", "mg/d", 0.03229),
        ("urine_ca_cr", "mg/mg", 2.822),
        ("ca_p_product", "mg²/dL²", 0.080556),
        ("albumin", "g/dL", 10),
        ("crp", "mg/dL", 10),
        ("acr", "mg/g", 0.11312),
    ],
)
def test_factor_to_si(analyte, unit, factor):
    about = units.analyte(analyte)
    assert units.convert(1.0, analyte, unit, about.si_unit) == pytest.approx(factor, rel=4e-4)


def test_no_name_or_alias_means_two_analytes():
    owners: dict[str, str] = {}
    for key, analyte in content.analytes().items():
        for name in {key, analyte.name.casefold(), *(alias.casefold() for alias in analyte.aliases)}:
            assert owners.setdefault(name, key) == key, f"{name} means {owners[name]} and {key}"


def test_limits_agree_between_the_units_of_an_analyte():
    for key, analyte in content.analytes().items():
        first = analyte.units[0]
        for other, which in itertools.product(analyte.units[1:], ("hard", "soft")):
            for here, there in zip(getattr(first, which), getattr(other, which), strict=True):
                assert (here is None) == (there is None), f"{key} {other.unit} {which}"
                if here:
                    converted = units.convert(here, key, first.unit, other.unit)
                    # design values are rounded in each system; a slip of unit would be threefold at least
                    assert converted == pytest.approx(there, rel=0.25), f"{key} {other.unit} {which}"


def test_no_interval_reaches_beyond_the_soft_limits():
    for key, row in content.intervals().items():
        spec = next(u for u in content.analytes()[row.analyte].units if u.unit == row.unit)
        for limit in (row.low, row.high, row.differs_low, row.differs_high):
            if limit is not None and row.age_min_years >= 18:
                low, high = spec.soft
                assert low is None or limit >= low, f"{key} {limit}"
                assert high is None or limit <= high, f"{key} {limit}"


@pytest.mark.parametrize("analyte", ["phosphate", "magnesium", "pth", "vitd_25oh", "crp", "urea"])
def test_units_that_the_number_cannot_tell_apart_are_declared(analyte):
    assert content.analytes()[analyte].indistinguishable


@pytest.mark.parametrize("analyte", ["calcium_total", "calcium_ionised", "albumin", "creatinine"])
def test_units_that_the_number_tells_apart_are_not(analyte):
    assert not content.analytes()[analyte].indistinguishable


# --- published records


@pytest.mark.parametrize(("record", "lab"), VALUES, ids=[f"{r}-{v['analyte']}-{v['value']}" for r, v in VALUES])
def test_every_published_value_is_read_or_is_a_listed_error(record, lab):
    text = f"{lab['value']:.10g} {lab['unit']}"
    if (record, lab["analyte"], lab["value"]) in error_keys():
        with pytest.raises(InputError):
            units.parse(lab["analyte"], text)
        return
    quantity = units.parse(lab["analyte"], text)
    assert quantity.value == lab["value"]


def test_the_list_of_errors_is_short_and_used():
    printed = {(record, lab["analyte"], lab["value"]) for record, lab in VALUES}
    assert error_keys() <= printed
    assert len(error_keys()) == 5


def test_records_hold_codes_and_no_sentences():
    assert len(RECORDS) == 111
    allowed = {"record", "category", "subtype", "age", "age_unit", "sex", "doi", "pmid", "labs"}
    for record in RECORDS:
        assert set(record) == allowed
        texts = [v for lab in record["labs"] for v in lab.values() if isinstance(v, str)]
        assert all(len(text) <= 22 and text.count(" ") <= 2 for text in texts), record["record"]


# --- reference intervals


@pytest.mark.parametrize(
    ("analyte", "value", "sex", "flag"),
    [
        ("calcium_total", "14.9 mg/dL", "female", "high"),
        ("creatinine", "2.1 mg/dL", "female", "high"),
        ("pth", "8 pg/mL", "female", "low"),
        ("albumin", "4.0 g/dL", "female", "normal"),
        ("phosphate", "3.0 mg/dL", "female", "normal"),
        ("phosphate", "2.9 mg/dL", "female", "differs"),
        ("phosphate", "0.85 mmol/L", "male", "differs"),
        ("phosphate", "0.70 mmol/L", "male", "low"),
        ("calcium_total", "2.15 mmol/L", "male", "normal"),
        ("calcium_total", "2.55 mmol/L", "male", "normal"),
        ("calcium_total", "2.58 mmol/L", "male", "differs"),
        ("calcium_total", "2.66 mmol/L", "male", "high"),
        ("calcium_ionised", "1.25 mmol/L", "male", "normal"),
        ("calcium_ionised", "0.91 mmol/L", "male", "low"),
        ("pth", "12 pg/mL", "male", "differs"),
        ("vitd_25oh", "25 ng/mL", "male", "differs"),
        ("vitd_25oh", "15 ng/mL", "male", "low"),
    ],
)
def test_flags_of_adults(analyte, value, sex, flag):
    interval = labs.interval_for(analyte, sex=sex, age_years=56)
    assert labs.flag(units.parse(analyte, value), interval).name.lower() == flag


@pytest.mark.parametrize(
    ("analyte", "value", "sex", "age", "flag"),
    [
        ("phosphate", "1.6 mmol/L", "male", 8, "normal"),  # high for an adult
        ("phosphate", "1.8 mmol/L", "male", 8, "differs"),
        ("phosphate", "2.2 mmol/L", "male", 8, "high"),
        ("phosphate", "0.9 mmol/L", "male", 8, "low"),
        ("alp", "330 U/L", "male", 8, "normal"),  # nearly three times an adult's upper limit
        ("alp", "500 U/L", "male", 8, "differs"),
        ("alp", "60 U/L", "male", 8, "low"),  # normal for an adult
        ("alp", "60 U/L", "male", 40, "normal"),
        ("calcium_total", "2.65 mmol/L", "female", 1, "normal"),
        ("calcium_total", "2.00 mmol/L", "female", 0.01, "normal"),
        ("pth", "66 pg/mL", "female", 12, "normal"),
        ("pth", "66 pg/mL", "female", 40, "high"),
        ("vitd_125oh2", "80 pg/mL", "male", 10, "normal"),
        ("vitd_125oh2", "80 pg/mL", "male", 20, "high"),
    ],
)
def test_flags_of_children(analyte, value, sex, age, flag):
    interval = labs.interval_for(analyte, sex=sex, age_years=age)
    assert labs.flag(units.parse(analyte, value), interval).name.lower() == flag


@pytest.mark.parametrize(
    ("analyte", "age"),
    [
        ("phosphate", 16), ("creatinine", 8), ("magnesium", 8), ("albumin", 5), ("calcium_ionised", 3), ("ck", 17),
        ("urate", 10), ("crp", 1), ("vitd_25oh", 12), ("urine_ca_cr", 16), ("tmp_gfr", 1), ("calcium_corrected", 10),
        ("urine_calcium_24h", 15), ("bicarbonate", 0.5),
    ],
)  # fmt: skip
def test_a_child_without_a_row_is_not_judged_by_an_adult_one(analyte, age):
    for sex in ("female", "male"):
        assert labs.interval_for(analyte, sex=sex, age_years=age) is None


def test_rows_never_overlap_in_sex_and_age():
    rows = list(content.intervals().values())
    for one, two in itertools.combinations(rows, 2):
        if one.analyte != two.analyte or (one.sex and two.sex and one.sex != two.sex):
            continue
        assert one.age_max_years <= two.age_min_years or two.age_max_years <= one.age_min_years, (one.id, two.id)


def test_only_adult_rows_reach_old_age_and_no_row_spans_childhood_and_adulthood():
    for row in content.intervals().values():
        assert row.age_min_years >= 15 or row.age_max_years <= 18, row.id
        assert (row.age_max_years == 130) <= (row.age_min_years >= 16), row.id


def test_units_of_intervals_belong_to_their_analytes():
    for row in content.intervals().values():
        assert content.analytes()[row.analyte].accepts(row.unit), row.id


# --- sources


def test_nothing_points_nowhere_among_the_data_of_this_room():
    mine = ("analytes", "intervals", "misconceptions", "glossary", "facts", "binding", "population_rows")
    assert [line for line in content.check_references() if line.startswith(mine)] == []


def test_no_number_rests_on_memory_and_each_source_can_be_found():
    cited = {source for formula in formulas.FORMULAS.values() for source in formula.source}
    assert content.check_sources(cited) == []


def test_every_interval_of_a_panel_cites_a_source_that_can_be_found():
    for row in content.intervals().values():
        found = [s for s in row.source if content.sources()[s].identified and content.sources()[s].seen != "memory"]
        assert found, row.id


def test_no_mirror_or_consumer_page_is_linked():
    mirrors = re.compile(r"docslib|scilit|researcher\.life|5y1|coek|wikipedia|hotlib|studylib|dissem|mirror|proxy")
    for source in content.sources().values():
        assert not (source.url and mirrors.search(source.url)), source.id
        named = f"{source.authors} {source.title} {source.journal}"
        assert not re.search(r"stored-index|from memory", named), source.id


def test_short_citation_is_name_and_year():
    assert content.sources()["payne1973"].short == "Payne 1973"
    assert content.sources()["gutierrez2012"].short == "Gutierrez 2012"
    assert content.sources()["ise_ca_alkalosis"].short == "“Determination of ionized calcium in…” 1971"
    assert content.sources()["bcmj_2007"].short == "BC Medical Journal"
    assert content.sources()["jes_2020_pthrp"].short == "J Endocr Soc 2020"
    assert content.sources()["statpearls_hyperca"].short == "StatPearls 2024"
    assert not [source.id for source in content.sources().values() if "not seen" in source.short]
    assert content.sources()["abim2024"].short == "American Board of Internal Medicine 2024"


def test_every_row_of_the_bibliography_is_there():
    assert len(content.sources()) >= 444
    assert sum(source.seen == "memory" for source in content.sources().values()) == 18


# --- facts


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("agreement_n", 22658), ("agreement_total", 74.5), ("agreement_payne1973", 63.0), ("agreement_popular", 58.7),
        ("pth_set_point_healthy", 1.13), ("resting_ionised_healthy", 1.25), ("pth_set_point_phpt", 1.32),
        ("payne_slope_original", 0.025), ("payne_slope_popular", 0.02), ("filtered_calcium", 10), ("trp_switch", 0.86),
        ("ckd_c_total", 0.801), ("ckd_c_best_formula", 0.791), ("pth_curve_slope", 14.49),
    ],
)  # fmt: skip
def test_numbers_that_lessons_rest_on(key, value):
    assert content.facts()[key].value == value


def test_filtered_load_is_what_the_arithmetic_gives():
    # 180 L a day, 2.40 mmol/L, 58 % ultrafilterable
    millimoles = 180 * 2.40 * 0.58
    assert millimoles == pytest.approx(content.facts()["filtered_calcium_mmol"].value, rel=0.01)
    assert millimoles * 40.078 / 1000 == pytest.approx(content.facts()["filtered_calcium"].value, rel=0.01)


def test_curve_passes_through_the_resting_point():
    facts = content.facts()
    low, high = facts["pth_curve_minimum"].value, facts["pth_curve_maximum"].value
    ratio = facts["resting_ionised_healthy"].value / facts["pth_set_point_healthy"].value
    pth = (high - low) / (1 + ratio ** facts["pth_curve_slope"].value) + low
    assert pth == pytest.approx(facts["pth_basal"].value, abs=0.05)


def test_thresholds_of_the_product_agree_in_both_systems():
    for key in ("product_threshold_low", "product_threshold_high", "product_mortality_limit"):
        fact = content.facts()[key]
        si = re.match(r"([\d.]+) mmol", fact.text)
        assert fact.value * 100 / (40.078 * 30.973762) == pytest.approx(float(si[1]), abs=0.005)


def test_marks_are_shown_for_what_was_not_measured():
    assert {f.mark for f in content.facts().values() if f.id.startswith("pth_curve_")} == {"teaching value"}
    assert {a.mark for a in content.analytes().values()} == {"design value"}
