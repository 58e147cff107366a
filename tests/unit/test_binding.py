"""Forms of plasma calcium: anchors of the literature, conservation, direction of every control."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from calcinosis import content
from calcinosis.errors import InputError
from calcinosis.physiology import binding
from calcinosis.physiology.binding import in_the_patient, in_the_tube

NORMAL = {"albumin_g_l": 40.0, "ph": 7.40, "citrate_mmol_l": 0.1}
CONDITIONS = {
    "albumin_g_l": st.floats(10, 60),
    "ph": st.floats(6.9, 7.8),
    "citrate_mmol_l": st.floats(0, 5),
}
TOTALS = st.floats(0.8, 6.0)
IONISED = st.floats(0.3, 3.0)


def test_shares_at_the_reference_point_are_those_of_the_literature():
    shares = binding.reference().shares()
    assert 0.45 <= shares["ionised"] <= 0.505
    protein = shares["albumin"] + shares["globulin"]
    assert protein == pytest.approx(0.40, abs=0.03)
    assert shares["albumin"] / protein == pytest.approx(0.90, abs=0.005)
    assert 0.10 <= shares["complexed"] <= 0.15


def test_reference_total_and_ionised_belong_together():
    known = binding.constants()
    assert binding.reference().total_mmol_l == pytest.approx(known.reference_total_mmol_l, abs=5e-4)
    forms = in_the_tube(known.reference_total_mmol_l, **NORMAL)
    assert forms.ionised_mmol_l == pytest.approx(known.reference_ionised_mmol_l, abs=5e-4)


@pytest.mark.parametrize("ph", [7.20, 7.25, 7.30, 7.35, 7.45, 7.50, 7.55, 7.60])
def test_ph_moves_ionised_calcium_by_the_logarithmic_rule_within_ten_per_cent(ph):
    start = in_the_tube(2.40, **NORMAL).ionised_mmol_l
    change = in_the_tube(2.40, albumin_g_l=40, ph=ph, citrate_mmol_l=0.1).ionised_mmol_l - start
    rule = start * 10 ** (-0.178 * (ph - 7.40)) - start
    assert change == pytest.approx(rule, rel=0.10)


@pytest.mark.parametrize("ph", [7.20, 7.30, 7.40, 7.50, 7.60])
def test_local_slope_on_ph_holds_within_ten_per_cent(ph):
    low, high = (in_the_tube(2.40, albumin_g_l=40, ph=ph + d, citrate_mmol_l=0.1).ionised_mmol_l for d in (-1e-4, 1e-4))
    slope = (math.log10(high) - math.log10(low)) / 2e-4
    assert slope == pytest.approx(-0.178, rel=0.10)


def test_tenth_of_a_ph_unit_is_worth_about_five_hundredths():
    a = in_the_tube(2.40, albumin_g_l=40, ph=7.35, citrate_mmol_l=0.1).ionised_mmol_l
    b = in_the_tube(2.40, albumin_g_l=40, ph=7.45, citrate_mmol_l=0.1).ionised_mmol_l
    assert a - b == pytest.approx(0.05, rel=0.10)


def test_binding_alone_predicts_the_slope_of_the_popular_correction():
    slope = binding.albumin_slope_mmol_g()
    assert slope == pytest.approx(0.02, rel=0.05)
    assert slope * 40.078 / 10 * 10 == pytest.approx(0.8, abs=0.05)  # mg/dL per g/dL


def test_bicarbonate_takes_ionised_calcium_as_measured_in_vitro():
    from dataclasses import replace

    known = binding.constants()
    more = replace(known, bicarbonate_mmol_l=known.bicarbonate_mmol_l + 1)
    change = in_the_tube(2.40, **NORMAL).ionised_mmol_l - in_the_tube(2.40, **NORMAL, using=more).ionised_mmol_l
    assert change == pytest.approx(0.0036, rel=0.10)


@given(total=TOTALS, **CONDITIONS)
def test_forms_in_the_tube_sum_to_the_total(total, albumin_g_l, ph, citrate_mmol_l):
    forms = in_the_tube(total, albumin_g_l=albumin_g_l, ph=ph, citrate_mmol_l=citrate_mmol_l)
    assert forms.total_mmol_l == pytest.approx(total, abs=1e-9)
    assert sum(forms.shares().values()) == pytest.approx(1, abs=1e-12)
    assert 0 < forms.ionised_mmol_l < total
    assert min(forms.shares().values()) > 0


@given(ionised=IONISED, **CONDITIONS)
def test_patient_and_tube_are_inverse(ionised, albumin_g_l, ph, citrate_mmol_l):
    conditions = {"albumin_g_l": albumin_g_l, "ph": ph, "citrate_mmol_l": citrate_mmol_l}
    total = in_the_patient(ionised, **conditions).total_mmol_l
    if total <= 6.0:
        assert in_the_tube(max(total, 0.8), **conditions).ionised_mmol_l >= ionised - 1e-9
    if 0.8 <= total <= 6.0:
        assert in_the_tube(total, **conditions).ionised_mmol_l == pytest.approx(ionised, abs=1e-9)


@given(total=TOTALS, **CONDITIONS)
def test_newton_finds_the_root_that_brentq_finds(total, albumin_g_l, ph, citrate_mmol_l):
    conditions = {"albumin_g_l": albumin_g_l, "ph": ph, "citrate_mmol_l": citrate_mmol_l}
    ligands = binding._ligands(albumin_g_l, ph, citrate_mmol_l, binding.constants())
    root = brentq(lambda c: c + sum(x.bound_mmol_l(c) for x in ligands) - total, 0, total, xtol=1e-13)
    assert in_the_tube(total, **conditions).ionised_mmol_l == pytest.approx(root, abs=1e-10)


@given(total=TOTALS, step=st.floats(0.01, 0.5), **CONDITIONS)
def test_more_of_a_binder_leaves_less_ionised_in_the_tube(total, step, albumin_g_l, ph, citrate_mmol_l):
    def ionised(albumin=albumin_g_l, acid=ph, citrate=citrate_mmol_l):
        return in_the_tube(total, albumin_g_l=albumin, ph=acid, citrate_mmol_l=citrate).ionised_mmol_l

    here = ionised()
    if albumin_g_l + step <= 60:
        assert ionised(albumin=albumin_g_l + step) < here
    if citrate_mmol_l + step <= 5:
        assert ionised(citrate=citrate_mmol_l + step) < here
    if ph + step <= 7.8:
        assert ionised(acid=ph + step) < here


@given(ionised=IONISED, step=st.floats(0.01, 0.5), **CONDITIONS)
def test_more_of_a_binder_raises_the_total_in_the_patient(ionised, step, albumin_g_l, ph, citrate_mmol_l):
    def total(albumin=albumin_g_l, acid=ph, citrate=citrate_mmol_l):
        forms = in_the_patient(ionised, albumin_g_l=albumin, ph=acid, citrate_mmol_l=citrate)
        assert forms.ionised_mmol_l == ionised
        return forms.total_mmol_l

    here = total()
    if albumin_g_l + step <= 60:
        assert total(albumin=albumin_g_l + step) > here
    if citrate_mmol_l + step <= 5:
        assert total(citrate=citrate_mmol_l + step) > here
    if ph + step <= 7.8:
        assert total(acid=ph + step) > here


def test_citrate_chelates():
    forms = in_the_tube(2.40, albumin_g_l=40, ph=7.40, citrate_mmol_l=4.0)
    assert forms.ionised_mmol_l < 0.40
    assert forms.citrate_mmol_l > 1.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("albumin_g_l", 4.0),
        ("albumin_g_l", 61),
        ("ph", 74),
        ("ph", 6.89),
        ("citrate_mmol_l", -0.1),
        ("citrate_mmol_l", math.nan),
        ("ph", math.inf),
        ("albumin_g_l", "40"),
        ("albumin_g_l", None),
        ("ph", True),
        ("total_mmol_l", 9.2),
        ("total_mmol_l", 0),
        ("ionised_mmol_l", 4.8),
    ],
)
def test_input_out_of_range_is_refused_in_one_sentence(name, value):
    inputs = {**NORMAL, "total_mmol_l": 2.4, "ionised_mmol_l": 1.2, name: value}
    first = inputs.pop("ionised_mmol_l")
    total = inputs.pop("total_mmol_l")
    with pytest.raises(InputError) as caught:  # noqa: PT012 - either mode must refuse it
        in_the_tube(total, **inputs)
        in_the_patient(first, **inputs)
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert text.split()[0] in {"albumin", "pH", "citrate", "total", "ionised"}


def test_every_number_is_marked():
    for record in content.load_records("binding").values():
        assert record.mark == ("teaching value" if record.value is not None else "design value")
        assert len(record.fixed_by) > 15
