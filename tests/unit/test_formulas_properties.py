"""Properties of the formulas and a second implementation, written through mass and amount with pint's units."""

import math

import numpy as np
import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcinosis import content, formulas, units
from calcinosis.errors import InputError
from tests.draws import many, some

CALCIUM = st.floats(0.8, 6.0)
ALBUMIN = st.floats(5.0, 70.0)
PHOSPHATE = st.floats(0.1, 6.5)
CREATININE_MG = st.floats(0.11, 59.0)
AGE = st.floats(18, 120)
PH = st.floats(6.5, 7.9)

registry = pint.UnitRegistry()
Q = registry.Quantity
MASS = {"Ca": Q(40.078, "g/mol"), "P": Q(30.973762, "g/mol")}


# --- the second implementation ----------------


def second_corrected(total, albumin, slope):
    """Add back the calcium that the missing albumin would carry, as a mass, then return to amount."""
    carried = Q(slope, "mg/dL") / Q(1, "g/dL")
    lacking = Q(40, "g/L") - albumin
    return (total * MASS["Ca"]).to("mg/dL") + (carried * lacking).to("mg/dL")


@many
@given(CALCIUM, ALBUMIN)
def test_corrected_calcium_agrees_with_the_route_through_mass(calcium, albumin):
    # 0.02 is a rounded 0.01996 and 0.025 a rounded 0.02495: the two routes part by less than 0.2 %.
    for slope, ours in ((0.8, formulas.corrected_calcium_popular), (1.0, formulas.corrected_calcium_1973)):
        other = (second_corrected(Q(calcium, "mmol/L"), Q(albumin, "g/L"), slope) / MASS["Ca"]).to("mmol/L").magnitude
        difference = abs(ours(calcium, albumin) - other)
        assert difference <= 0.002 * max(abs(other), abs(other - calcium)) + 1e-9


@many
@given(CALCIUM, PHOSPHATE)
def test_product_agrees_with_the_route_through_mass(calcium, phosphate):
    in_mass = (Q(calcium, "mmol/L") * MASS["Ca"]).to("mg/dL") * (Q(phosphate, "mmol/L") * MASS["P"]).to("mg/dL")
    ours = formulas.calcium_phosphate_product(calcium, phosphate)
    assert units.convert(ours, "ca_p_product", "mmol²/L²", "mg²/dL²") == pytest.approx(in_mass.magnitude, rel=1e-6)


def second_egfr(creatinine_mg_dl, age, female):
    """CKD-EPI 2021 with the two powers written out and added as logarithms."""
    kappa, alpha, sex = (0.7, -0.241, math.log(1.012)) if female else (0.9, -0.302, 0.0)
    relative = math.log(creatinine_mg_dl) - math.log(kappa)
    return math.exp(math.log(142) + alpha * min(relative, 0) - 1.2 * max(relative, 0) + age * math.log(0.9938) + sex)


@many
@given(CREATININE_MG, AGE, st.booleans())
def test_egfr_agrees_with_the_sum_of_logarithms(creatinine, age, female):
    assert formulas.egfr_ckd_epi_2021(creatinine, age, female) == pytest.approx(
        second_egfr(creatinine, age, female), rel=1e-9
    )


@many
@given(st.floats(0.1, 49), st.floats(10, 5000), CALCIUM, st.floats(0.2, 79))
def test_cccr_is_the_ratio_of_two_clearances(urine_ca, creatinine, calcium, urine_cr):
    volume = Q(1.5, "L/day")
    clearance_ca = Q(urine_ca, "mmol/L") * volume / Q(calcium, "mmol/L")
    clearance_cr = Q(urine_cr, "mmol/L") * volume / Q(creatinine, "umol/L")
    other = (clearance_ca / clearance_cr).to("dimensionless").magnitude
    assert formulas.cccr(urine_ca, creatinine, calcium, urine_cr) == pytest.approx(other, rel=1e-9)


@many
@given(st.floats(0.1, 190), st.floats(10, 400), PHOSPHATE, st.floats(2, 79))
def test_tmp_agrees_with_a_threshold_written_from_excretion(urine_p, creatinine, phosphate, urine_cr):
    per_litre_filtered = urine_p * creatinine / 1000 / urine_cr  # phosphate excreted for each litre filtered
    if per_litre_filtered > phosphate:
        with pytest.raises(InputError, match="TRP would be"):
            formulas.tmp_gfr(urine_p, creatinine, phosphate, urine_cr)
        return
    share = (phosphate - per_litre_filtered) / phosphate
    splay = 3 * share / (10 - 8 * share) if share > 0.86 else share
    if abs(share - 0.86) > 1e-9:
        assert formulas.tmp_gfr(urine_p, creatinine, phosphate, urine_cr) == pytest.approx(splay * phosphate, rel=1e-9)
    linear = formulas.tmp_gfr_child(urine_p, creatinine, phosphate, urine_cr)
    assert linear == pytest.approx(phosphate - per_litre_filtered, abs=1e-9)


# --- properties ----------------


@many
@given(CALCIUM, ALBUMIN)
def test_low_albumin_raises_and_high_albumin_lowers_the_corrected_value(calcium, albumin):
    for function in (formulas.corrected_calcium_popular, formulas.corrected_calcium_1973):
        change = function(calcium, albumin) - calcium
        assert np.sign(round(change, 12)) == np.sign(round(40 - albumin, 10))
        assert function(calcium, 40.0) == calcium


@many
@given(CALCIUM, CALCIUM, ALBUMIN)
def test_corrected_calcium_rises_with_calcium(a, b, albumin):
    low, high = sorted((a, b))
    assert formulas.corrected_calcium_popular(low, albumin) <= formulas.corrected_calcium_popular(high, albumin)


@many
@given(st.floats(5, 39.9), CALCIUM)
def test_the_original_form_corrects_more_than_the_popular_one(albumin, calcium):
    assert formulas.corrected_calcium_1973(calcium, albumin) > formulas.corrected_calcium_popular(calcium, albumin)


@many
@given(CREATININE_MG, CREATININE_MG, AGE, AGE, st.booleans())
def test_egfr_falls_with_creatinine_and_with_age(a, b, young, old, female):
    low, high = sorted((a, b))
    young, old = sorted((young, old))
    assert formulas.egfr_ckd_epi_2021(low, young, female) >= formulas.egfr_ckd_epi_2021(high, young, female)
    assert formulas.egfr_ckd_epi_2021(low, young, female) >= formulas.egfr_ckd_epi_2021(low, old, female)


@pytest.mark.parametrize(("kappa", "female"), [(0.7, True), (0.9, False)])
def test_egfr_does_not_jump_at_kappa(kappa, female):
    around = [formulas.egfr_ckd_epi_2021(kappa + step, 50, female) for step in (-1e-9, 0, 1e-9)]
    assert max(around) - min(around) < 1e-5


@many
@given(st.floats(0.3, 3.0), PH)
def test_ionised_calcium_moves_against_ph(ionised, ph):
    for rule in ("log", "linear"):
        change = formulas.ionised_calcium_at_ph_7_40(ionised, ph, rule=rule) - ionised
        assert np.sign(round(change, 12)) == np.sign(round(ph - 7.40, 12)) or abs(ph - 7.4) < 1e-9


@many
@given(st.floats(1.0, 1.4), st.floats(7.3, 7.5))
def test_the_two_ph_rules_agree_near_the_middle(ionised, ph):
    log = formulas.ionised_calcium_at_ph_7_40(ionised, ph)
    assert log == pytest.approx(formulas.ionised_calcium_at_ph_7_40(ionised, ph, rule="linear"), abs=0.015)


INVARIANT = [
    ("corrected-calcium", {"calcium": "mmol/L", "albumin": "g/L"}, ()),
    ("corrected-calcium-1973", {"calcium": "mmol/L", "albumin": "g/L"}, ()),
    ("ca-p-product", {"calcium": "mmol/L", "phosphate": "mmol/L"}, ()),
    ("egfr", {"creatinine": "µmol/L"}, (("age", "56"), ("sex", "female"))),
    (
        "cccr",
        {"urine_calcium": "mmol/L", "creatinine": "µmol/L", "calcium": "mmol/L", "urine_creatinine": "mmol/L"},
        (),
    ),
    (
        "trp",
        {"phosphate": "mmol/L", "urine_phosphate": "mmol/L", "creatinine": "µmol/L", "urine_creatinine": "mmol/L"},
        (),
    ),
    ("anion-gap", {"sodium": "mmol/L", "chloride": "mmol/L", "bicarbonate": "mmol/L", "albumin": "g/L"}, ()),
    ("ionised-calcium-ph", {"ionised_calcium": "mmol/L"}, (("ph", "7.31"),)),
]
USUAL = {"calcium": (1.8, 3.4), "albumin": (18, 52), "phosphate": (0.5, 2.5), "creatinine": (40, 450),
         "urine_calcium": (0.5, 10), "urine_creatinine": (8, 20), "urine_phosphate": (2, 10), "sodium": (130, 145),
         "chloride": (95, 108), "bicarbonate": (15, 27), "ionised_calcium": (0.9, 1.5)}  # fmt: skip


@pytest.mark.parametrize(("name", "inputs", "fixed"), INVARIANT, ids=[row[0] for row in INVARIANT])
@some
@given(data=st.data())
def test_either_unit_gives_the_same_result_within_0_2_percent(name, inputs, fixed, data):
    by_name = {given.name: given.analyte for given in formulas.FORMULAS[name].inputs}
    si, other = dict(fixed), dict(fixed)
    for given_name, unit in inputs.items():
        value = data.draw(st.floats(*USUAL[given_name]))
        about = units.analyte(by_name[given_name])
        quantity = units.Quantity(about.id, value, unit)
        si[given_name] = quantity
        other[given_name] = quantity.to(about.other_unit(unit) or unit)
    try:
        first = formulas.calculate(name, si)
    except InputError:
        with pytest.raises(InputError):
            formulas.calculate(name, other)
        return
    second = formulas.calculate(name, other)
    # The SI slope of the correction is rounded, so its error is a share of the shift as well as of the sum.
    scale = max(abs(first.quantity.si), abs(first.quantity.si - (si["calcium"].value if "calcium" in si else 0)))
    assert abs(second.quantity.si - first.quantity.si) <= 0.002 * scale + 1e-9


# --- the border ----------------

EXAMPLES = {
    "corrected-calcium": {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"},
    "corrected-calcium-1973": {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"},
    "ca-p-product": {"calcium": "9.6 mg/dL", "phosphate": "7.5 mg/dL"},
    "egfr": {"creatinine": "0.9 mg/dL", "age": "55", "sex": "female"},
    "cccr": {"urine_calcium": "6.5 mmol/L", "creatinine": "80 µmol/L", "calcium": "2.75 mmol/L",
             "urine_creatinine": "8.0 mmol/L"},
    "trp": {"phosphate": "0.65 mmol/L", "urine_phosphate": "20 mmol/L", "creatinine": "75 µmol/L",
            "urine_creatinine": "8.0 mmol/L"},
    "anion-gap": {"sodium": "140 mmol/L", "chloride": "100 mmol/L", "bicarbonate": "15 mmol/L"},
    "ionised-calcium-ph": {"ionised_calcium": "1.10 mmol/L", "ph": "7.55"},
    "elemental-calcium": {"salt": "carbonate", "mass": "500 mg"},
    "kdigo": {"egfr": "27 mL/min/1.73 m²"},
}  # fmt: skip
EXAMPLES["tmp-gfr"] = EXAMPLES["tmp-gfr-child"] = EXAMPLES["trp"]


def test_there_is_an_example_of_every_formula():
    assert EXAMPLES.keys() == formulas.FORMULAS.keys()


@pytest.mark.parametrize("name", sorted(formulas.FORMULAS))
def test_every_result_carries_caveat_formula_and_known_source(name):
    result = formulas.calculate(name, EXAMPLES[name]).as_dict()
    assert result["warnings"]
    assert result["formula"]
    assert result["source"]
    assert set(result["source"]) <= set(content.sources())
    assert set(result) >= {"name", "value", "unit", "also", "inputs", "warnings", "formula", "source"}


@pytest.mark.parametrize("name", sorted(formulas.FORMULAS))
def test_every_missing_input_is_named_and_gives_no_result(name):
    for given_name in EXAMPLES[name]:
        rest = {key: text for key, text in EXAMPLES[name].items() if key != given_name}
        with pytest.raises(InputError, match=given_name):
            formulas.calculate(name, rest)


@pytest.mark.parametrize("name", sorted(formulas.FORMULAS))
def test_inputs_and_outputs_are_known_analytes(name):
    entry = formulas.FORMULAS[name]
    for given_input in entry.inputs:
        assert given_input.choices or given_input.name == "age" or units.analyte(given_input.analyte)
    if entry.output.name != "category":
        assert units.analyte(entry.output.name).spec(entry.output.unit).decimals == entry.output.decimals


@pytest.mark.parametrize("form", ["corrected-calcium", "corrected-calcium-1973"])
def test_corrected_calcium_always_warns_and_more_so_at_low_albumin(form):
    usual = formulas.calculate(form, {"calcium": "2.40 mmol/L", "albumin": "40 g/L"})
    assert [n.code for n in usual.warnings] == ["corrected-calcium"]
    for word in ("CKD", "pH", "paraprotein", "ionised"):
        assert word in usual.warnings[0].text
    for text, low in (
        ("29 g/L", True),
        ("30 g/L", False),
        ("2.9 g/dL", True),
        ("3.0 g/dL", False),
        ("29.6 g/L", False),
    ):
        codes = [n.code for n in formulas.calculate(form, {"calcium": "2.40 mmol/L", "albumin": text}).warnings]
        assert ("albumin-low" in codes) is low, text


def test_names_of_inputs_may_be_aliases():
    by_alias = formulas.calculate("corrected_calcium", {"Ca": "8.0 mg/dL", "alb": "2.5 g/dL"})
    assert by_alias.both() == "2.30 mmol/L (9.2 mg/dL)"


def test_unknown_names_get_a_suggestion():
    with pytest.raises(InputError, match="corrected-calcium"):
        formulas.calculate("corected-calcium", {})
    with pytest.raises(InputError, match="Did you mean albumin"):
        formulas.calculate("corrected-calcium", {"calcium": "8.0 mg/dL", "albumen": "2.5 g/dL"})


def test_mixed_units_of_the_product_are_converted_and_said():
    mixed = formulas.calculate("ca-p-product", {"calcium": "9.6 mg/dL", "phosphate": "2.42 mmol/L"})
    assert mixed.value == pytest.approx(72.0, abs=0.1)
    assert "mixed-units" in [n.code for n in mixed.warnings]


def test_the_anion_gap_says_whether_albumin_was_used():
    plain = formulas.calculate("anion-gap", EXAMPLES["anion-gap"])
    adjusted = formulas.calculate("anion-gap", EXAMPLES["anion-gap"] | {"albumin": "20 g/L"})
    assert (plain.value, adjusted.value) == (25, 30)
    assert dict(adjusted.more)["anion-gap-unadjusted"].value == 25


def test_both_ph_rules_are_shown():
    found = formulas.calculate("ionised-calcium-ph", {"ionised_calcium": "1.10 mmol/L", "ph": "7.55"})
    assert dict(found.more)["log"].value == pytest.approx(1.170, abs=0.0005)
    assert dict(found.more)["linear"].value == pytest.approx(1.175, abs=0.0005)


def test_the_branch_gap_is_pointed_out():
    given_values = {"phosphate": "1.00 mmol/L", "creatinine": "100 µmol/L", "urine_creatinine": "10 mmol/L"}
    in_gap = formulas.calculate("tmp-gfr", given_values | {"urine_phosphate": "13.5 mmol/L"})
    beyond = formulas.calculate("tmp-gfr", given_values | {"urine_phosphate": "10 mmol/L"})
    assert "branch-gap" in [n.code for n in in_gap.warnings]
    assert "branch-gap" not in [n.code for n in beyond.warnings]


# --- two faults that real projects shipped ----------------


def test_regression_factor_002_applied_to_mg_dl():
    """The SI slope on conventional numbers gives 8.03 instead of 9.2 mg/dL."""
    found = formulas.calculate("corrected-calcium", {"calcium": "8.0 mg/dL", "albumin": "2.5 g/dL"})
    assert found.unit == "mg/dL"
    assert found.value == pytest.approx(9.2, abs=1e-9)
    assert found.value != pytest.approx(8.0 + 0.02 * (4.0 - 2.5), abs=0.5)
    with pytest.raises(InputError, match="check the unit"):
        formulas.corrected_calcium_popular(8.0, 2.5)
    mixed = formulas.calculate("corrected-calcium", {"calcium": "8.0 mg/dL", "albumin": "25 g/L"})
    assert mixed.value == pytest.approx(9.2, abs=1e-9)
