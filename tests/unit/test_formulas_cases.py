"""Reference cases of the formulas, worked outside the library with a pocket calculator's operations and other routes.

Corrected calcium as ``total − slope × albumin + slope × reference``, eGFR by adding logarithms, CCCR and TRP by
dividing clearances, the product in mmol through each ion's molar mass. The worked examples of the course's fact base
come first.
"""

import numpy as np
import pytest

from calcinosis import formulas as f

EGFR = """
creatinine_mg_dl age sex egfr
0.5 22 F 135.914
0.6 31 F 122.991
0.7 45 F 108.623
0.8 52 F 88.598
1.0 60 F 64.495
1.2 38 F 59.420
1.5 71 F 37.026
1.9 66 F 28.762
2.1 56 F 27.144
3.4 49 F 15.902
5.0 80 F 8.255
0.65 90 F 83.586
0.6 19 M 142.610
0.8 27 M 124.397
0.9 35 M 114.223
1.0 44 M 95.178
1.1 58 M 77.813
1.3 63 M 61.728
1.6 75 M 44.654
2.0 51 M 39.664
2.8 69 M 23.682
4.2 40 M 17.436
7.5 33 M 9.082
0.85 88 M 83.579
"""

PRODUCT = """
calcium_mg_dl phosphate_mg_dl mg2_dl2 mmol2_l2
8.4 9.0 75.6000 6.09006
9.0 3.2 28.8000 2.32002
9.4 3.6 33.8400 2.72603
9.6 7.5 72.0000 5.80006
10.2 4.5 45.9000 3.69754
7.1 8.8 62.4800 5.03316
11.3 2.1 23.7300 1.91160
12.4 2.4 29.7600 2.39736
13.6 1.9 25.8400 2.08158
14.9 3.0 44.7000 3.60087
6.9 6.4 44.1600 3.55737
8.0 5.1 40.8000 3.28670
9.9 5.5 54.4500 4.38630
10.8 6.6 71.2800 5.74206
9.1 2.7 24.5700 1.97927
8.7 4.2 36.5400 2.94353
10.0 10.0 100.0000 8.05564
9.5 12.1 114.9500 9.25996
7.7 3.3 25.4100 2.04694
11.9 4.8 57.1200 4.60138
9.2 6.1 56.1200 4.52082
"""

CCCR = """
urine_calcium creatinine_umol_l calcium urine_creatinine cccr
6.5 80 2.75 8.0 0.023636
1.2 75 2.70 9.0 0.003704
3.6 85 2.68 8.6 0.013277
5.0 70 2.80 6.0 0.020833
2.2 60 2.65 12.0 0.004151
0.8 90 2.72 7.5 0.003529
7.4 66 3.10 10.2 0.015446
4.1 102 2.90 5.5 0.026219
1.9 54 2.61 14.8 0.002656
3.0 120 2.77 9.9 0.013128
0.5 48 2.66 6.6 0.001367
9.0 95 3.30 11.0 0.023554
2.7 73 2.59 3.4 0.022382
6.1 88 2.99 7.0 0.025647
1.5 64 2.84 8.8 0.003841
3.3 77 2.71 13.0 0.007213
8.2 58 2.93 9.1 0.017837
0.9 110 2.63 4.7 0.008009
4.8 82 2.88 16.0 0.008542
2.0 69 2.69 5.0 0.010260
"""

PHOSPHATE = """
urine_phosphate creatinine_umol_l phosphate urine_creatinine trp tmp_gfr linear
20 75 0.65 8.0 0.71154 0.46250 0.46250
8 60 2.10 9.0 0.97460 2.78689 2.04667
12 80 1.10 9.0 0.90303 1.07358 0.99333
15 70 0.80 7.0 0.81250 0.65000 0.65000
25 90 0.70 10.0 0.67857 0.47500 0.47500
5 55 1.30 6.0 0.96474 1.64874 1.25417
30 85 0.90 12.0 0.76389 0.68750 0.68750
10 65 1.00 11.0 0.94091 1.14154 0.94091
18 100 1.45 9.5 0.86933 1.24175 1.26053
40 78 0.60 15.0 0.65333 0.39200 0.39200
3 50 1.60 5.0 0.98125 2.19070 1.57000
22 72 0.95 8.5 0.80384 0.76365 0.76365
6 62 1.20 4.0 0.92250 1.26756 1.10700
14 88 1.05 7.7 0.84762 0.89000 0.89000
28 95 0.75 13.0 0.72718 0.54538 0.54538
9 58 1.80 10.0 0.97100 2.34919 1.74780
33 110 1.15 11.5 0.72552 0.83435 0.83435
7 45 1.40 8.0 0.97188 1.83455 1.36062
16 82 0.88 6.4 0.76705 0.67500 0.67500
11 68 1.25 9.2 0.93496 1.39111 1.16870
26 74 0.55 14.0 0.75013 0.41257 0.41257
"""

IONISED = """
ionised ph log linear
1.10 7.55 1.16975 1.17500
1.25 7.20 1.15162 1.15000
1.20 7.40 1.20000 1.20000
1.20 7.60 1.30251 1.30000
1.20 7.20 1.10556 1.10000
0.91 7.44 0.92504 0.93000
1.05 7.50 1.09393 1.10000
1.30 7.30 1.24780 1.25000
1.42 7.35 1.39120 1.39500
0.85 7.25 0.79932 0.77500
1.15 7.48 1.18833 1.19000
1.18 7.38 1.17037 1.17000
1.33 7.46 1.36311 1.36000
1.00 7.52 1.05041 1.06000
1.60 7.28 1.52321 1.54000
0.75 7.33 0.72879 0.71500
1.08 7.58 1.16269 1.17000
1.22 7.42 1.23004 1.23000
1.27 7.36 1.24935 1.25000
0.98 7.49 1.01682 1.02500
"""

GAP = """
sodium chloride bicarbonate albumin gap adjusted
140 100 15 40 25 25.00
136 105 22 20 9 14.00
138 102 24 35 12 13.25
142 110 18 28 14 17.00
135 95 30 44 10 9.00
131 98 12 31 21 23.25
145 108 25 50 12 9.50
139 104 26 40 9 9.00
128 90 20 22 18 22.50
150 115 23 38 12 12.50
137 99 10 26 28 31.50
133 101 28 18 4 9.50
141 106 24 46 11 9.50
144 100 32 33 12 13.75
130 97 21 29 12 14.75
146 112 16 41 18 17.75
134 103 19 24 12 16.00
143 98 35 37 10 10.75
129 104 14 15 11 17.25
140 109 27 48 4 2.00
"""

CORRECTED_MG = """
total_mg_dl albumin_g_dl popular original
7.2 2.0 8.8000 9.2000
7.8 3.1 8.5200 8.7000
8.4 2.7 9.4400 9.7000
9.0 3.5 9.4000 9.5000
9.6 4.4 9.2800 9.2000
10.1 5.2 9.1400 8.9000
10.8 2.2 12.2400 12.6000
11.5 3.9 11.5800 11.6000
12.3 4.0 12.3000 12.3000
13.1 2.9 13.9800 14.2000
6.5 1.8 8.2600 8.7000
8.9 4.7 8.3400 8.2000
9.3 3.3 9.8600 10.0000
10.4 3.0 11.2000 11.4000
7.0 3.8 7.1600 7.2000
12.9 5.4 11.7800 11.5000
8.1 2.4 9.3800 9.7000
9.8 1.6 11.7200 12.2000
11.0 4.5 10.6000 10.5000
13.9 3.6 14.2200 14.3000
6.1 4.1 6.0200 6.0000
"""

CORRECTED_SI = """
total_mmol_l albumin_g_l popular original
1.48 26 1.7600 1.8300
1.80 20 2.2000 2.3000
1.95 31 2.1300 2.1750
2.05 28 2.2900 2.3500
2.10 35 2.2000 2.2250
2.20 44 2.1200 2.1000
2.28 52 2.0400 1.9800
2.35 22 2.7100 2.8000
2.40 50 2.2000 2.1500
2.45 39 2.4700 2.4750
2.52 40 2.5200 2.5200
2.60 48 2.4400 2.4000
2.66 29 2.8800 2.9350
2.75 33 2.8900 2.9250
2.90 45 2.8000 2.7750
3.05 30 3.2500 3.3000
3.20 18 3.6400 3.7500
1.70 15 2.2000 2.3250
2.00 41 1.9800 1.9750
2.15 37 2.2100 2.2250
2.55 55 2.2500 2.1750
"""


def rows(block):
    """Return the lines under the heading, numbers as floats."""
    return [[x if x in "MF" else float(x) for x in line.split()] for line in block.strip().splitlines()[1:]]


# --- worked examples of the fact base, C1 to C8 ----------------


@pytest.mark.parametrize(
    ("calcium", "albumin", "calcium_si", "albumin_si", "popular", "popular_si", "original", "original_si"),
    [
        (8.0, 2.5, 1.996, 25, 9.20, 2.296, 9.50, 2.371),
        (10.4, 4.8, 2.595, 48, 9.76, 2.435, 9.60, 2.395),
        (10.0, 2.8, 2.495, 28, 10.96, 2.735, 11.20, 2.795),
        (7.4, 2.0, 1.846, 20, 9.00, 2.246, 9.40, 2.346),
    ],
)
def test_c1_corrected_calcium(calcium, albumin, calcium_si, albumin_si, popular, popular_si, original, original_si):
    assert f.corrected_calcium_popular_conventional(calcium, albumin) == pytest.approx(popular, abs=0.005)
    assert f.corrected_calcium_popular(calcium_si, albumin_si) == pytest.approx(popular_si, abs=0.0015)
    assert f.corrected_calcium_1973_conventional(calcium, albumin) == pytest.approx(original, abs=0.005)
    assert f.corrected_calcium_1973(calcium_si, albumin_si) == pytest.approx(original_si, abs=0.0015)


@pytest.mark.parametrize(
    ("calcium", "phosphate", "product", "product_si"),
    [(9.6, 7.5, 72.0, 5.80), (8.4, 9.0, 75.6, 6.09), (14.9, 3.0, 44.7, 3.60), (9.4, 3.6, 33.8, 2.73)],
)
def test_c2_product(calcium, phosphate, product, product_si):
    found = f.calculate("ca-p-product", {"calcium": f"{calcium} mg/dL", "phosphate": f"{phosphate} mg/dL"})
    assert found.value == pytest.approx(product, abs=0.05)
    assert found.also["value"] == pytest.approx(product_si, abs=0.005)


def test_c2_registry_medians_in_si():
    found = f.calculate("ca-p-product", {"calcium": "2.20 mmol/L", "phosphate": "1.67 mmol/L"})
    assert found.value == pytest.approx(3.67, abs=0.005)
    assert found.also["value"] == pytest.approx(45.6, abs=0.05)


@pytest.mark.parametrize(
    ("creatinine", "age", "female", "egfr", "category"),
    [
        (0.9, 55, True, 75.5, "G2"),
        (2.5, 60, False, 28.7, "G4"),
        (62 / 88.40, 40, True, 111.8, "G1"),
        (8.2, 48, False, 7.4, "G5"),
    ],
)
def test_c3_egfr(creatinine, age, female, egfr, category):
    found = f.egfr_ckd_epi_2021(creatinine, age, female)
    assert found == pytest.approx(egfr, abs=0.05)
    assert f.kdigo_g(found) == category


def test_c3_egfr_from_micromoles():
    found = f.calculate("egfr", {"creatinine": "62 µmol/L", "age": "40", "sex": "female"})
    assert found.value == pytest.approx(111.8, abs=0.05)


@pytest.mark.parametrize(
    ("urine_ca", "creatinine", "calcium", "urine_cr", "expected"),
    [(6.5, 80, 2.75, 8.0, 0.0236), (1.2, 75, 2.70, 9.0, 0.0037), (3.6, 85, 2.68, 8.6, 0.0133)],
)
def test_c4_cccr(urine_ca, creatinine, calcium, urine_cr, expected):
    assert f.cccr(urine_ca, creatinine, calcium, urine_cr) == pytest.approx(expected, abs=5e-5)


def test_c4_cccr_conventional():
    given = {
        "urine_calcium": "30 mg/dL",
        "creatinine": "0.9 mg/dL",
        "calcium": "11.2 mg/dL",
        "urine_creatinine": "90 mg/dL",
    }
    assert f.calculate("cccr", given).value == pytest.approx(0.0268, abs=5e-5)


@pytest.mark.parametrize(
    ("phosphate", "urine_p", "creatinine", "urine_cr", "trp", "tmp", "linear"),
    [
        (0.65, 20, 75, 8.0, 0.712, 0.46, None),
        (2.10, 8, 60, 9.0, 0.975, 2.79, 2.05),
        (1.10, 12, 80, 9.0, 0.903, 1.07, 0.99),
    ],
)
def test_c5_phosphate_threshold(phosphate, urine_p, creatinine, urine_cr, trp, tmp, linear):
    given = (urine_p, creatinine, phosphate, urine_cr)
    assert f.trp(*given) == pytest.approx(trp, abs=0.0005)
    assert f.tmp_gfr(*given) == pytest.approx(tmp, abs=0.005)
    if linear is not None:
        assert f.tmp_gfr_child(*given) == pytest.approx(linear, abs=0.005)


def test_c5_conventional():
    given = {"phosphate": "3.5 mg/dL", "urine_phosphate": "60 mg/dL", "creatinine": "0.9 mg/dL",
             "urine_creatinine": "100 mg/dL"}  # fmt: skip
    found = f.calculate("tmp-gfr", given)
    assert found.value == pytest.approx(2.96, abs=0.005)
    assert found.also == {"value": pytest.approx(0.956, abs=0.0005), "unit": "mmol/L"}
    assert dict(found.more)["trp"].value == pytest.approx(0.846, abs=0.0005)


def test_c5_the_branches_do_not_meet():
    # Serum 1.00, urine creatinine 10, creatinine 100: TRP = 1 - urine phosphate / 100.
    below, above = f.tmp_gfr(14.0, 100, 1.0, 10), f.tmp_gfr(13.99, 100, 1.0, 10)
    assert below == pytest.approx(0.860, abs=0.0005)
    assert above == pytest.approx(0.827, abs=0.0005)
    assert f.tmp_gfr(13.0, 100, 1.0, 10) == pytest.approx(0.860, abs=0.002)


def test_c6_anion_gap():
    assert f.anion_gap(140, 100, 15) == 25
    assert f.anion_gap(136, 105, 22) == 9
    assert f.anion_gap_albumin_adjusted(136, 105, 22, 20) == 14


@pytest.mark.parametrize(("ionised", "ph", "log", "linear"), [(1.10, 7.55, 1.170, 1.175), (1.25, 7.20, 1.152, 1.150)])
def test_c7_ionised_calcium(ionised, ph, log, linear):
    assert f.ionised_calcium_at_ph_7_40(ionised, ph) == pytest.approx(log, abs=0.0005)
    assert f.ionised_calcium_at_ph_7_40(ionised, ph, rule="linear") == pytest.approx(linear, abs=0.0005)


@pytest.mark.parametrize(
    ("egfr", "category"),
    [(120, "G1"), (90, "G1"), (89.5, "G1"), (89.4, "G2"), (60, "G2"), (59, "G3a"), (45, "G3a"), (44, "G3b"),
     (30, "G3b"), (29, "G4"), (15, "G4"), (14.4, "G5"), (3, "G5")],
)  # fmt: skip
def test_c8_g_categories(egfr, category):
    assert f.kdigo_g(egfr) == category


@pytest.mark.parametrize(
    ("mg_g", "category"), [(5, "A1"), (29, "A1"), (30, "A2"), (300, "A2"), (301, "A3"), (2000, "A3")]
)
def test_c8_a_categories(mg_g, category):
    assert f.kdigo_a_from_mg_g(mg_g) == category
    assert f.calculate("kdigo", {"acr": f"{mg_g} mg/g"}).value == category


@pytest.mark.parametrize(("mg_mmol", "category"), [(2.9, "A1"), (3, "A2"), (30, "A2"), (30.1, "A3")])
def test_c8_a_categories_in_si(mg_mmol, category):
    assert f.kdigo_a_from_mg_mmol(mg_mmol) == category
    assert f.calculate("kdigo", {"acr": f"{mg_mmol} mg/mmol", "egfr": "50 mL/min/1.73 m²"}).value == f"G3a {category}"


@pytest.mark.parametrize(
    ("salt", "percent", "mmol_per_g"),
    [("carbonate", 40.0, 9.99), ("gluconate-monohydrate", 8.94, 2.23), ("gluconate-anhydrous", 9.31, 2.32),
     ("chloride-dihydrate", 27.3, 6.80)],
)  # fmt: skip
def test_elemental_calcium_of_salts(salt, percent, mmol_per_g):
    assert f.elemental_calcium(1.0, salt) == pytest.approx(mmol_per_g, abs=0.005)
    found = f.calculate("elemental-calcium", {"salt": salt, "mass": "1 g"})
    assert found.unit == "mg"
    assert found.value / 10 == pytest.approx(percent, abs=0.05)


# --- further cases, worked by other routes ----------------


@pytest.mark.parametrize(("total", "albumin", "popular", "original"), rows(CORRECTED_MG))
def test_corrected_calcium_conventional(total, albumin, popular, original):
    assert f.corrected_calcium_popular_conventional(total, albumin) == pytest.approx(popular, abs=1e-4)
    assert f.corrected_calcium_1973_conventional(total, albumin) == pytest.approx(original, abs=1e-4)


@pytest.mark.parametrize(("total", "albumin", "popular", "original"), rows(CORRECTED_SI))
def test_corrected_calcium_si(total, albumin, popular, original):
    assert f.corrected_calcium_popular(total, albumin) == pytest.approx(popular, abs=1e-4)
    assert f.corrected_calcium_1973(total, albumin) == pytest.approx(original, abs=1e-4)


@pytest.mark.parametrize(("creatinine", "age", "sex", "expected"), rows(EGFR))
def test_egfr(creatinine, age, sex, expected):
    assert f.egfr_ckd_epi_2021(creatinine, age, sex == "F") == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize(("calcium", "phosphate", "product", "product_si"), rows(PRODUCT))
def test_product(calcium, phosphate, product, product_si):
    assert f.calcium_phosphate_product_conventional(calcium, phosphate) == pytest.approx(product, abs=1e-4)
    found = f.calculate("ca-p-product", {"calcium": f"{calcium} mg/dL", "phosphate": f"{phosphate} mg/dL"})
    assert found.also["value"] == pytest.approx(product_si, abs=2e-5)


@pytest.mark.parametrize(("urine_ca", "creatinine", "calcium", "urine_cr", "expected"), rows(CCCR))
def test_cccr(urine_ca, creatinine, calcium, urine_cr, expected):
    assert f.cccr(urine_ca, creatinine, calcium, urine_cr) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("urine_p", "creatinine", "phosphate", "urine_cr", "trp", "tmp", "linear"), rows(PHOSPHATE))
def test_phosphate_threshold(urine_p, creatinine, phosphate, urine_cr, trp, tmp, linear):
    given = (urine_p, creatinine, phosphate, urine_cr)
    assert f.trp(*given) == pytest.approx(trp, abs=1e-5)
    assert f.tmp_gfr(*given) == pytest.approx(tmp, abs=1e-5)
    assert f.tmp_gfr_child(*given) == pytest.approx(linear, abs=1e-5)


@pytest.mark.parametrize(("ionised", "ph", "log", "linear"), rows(IONISED))
def test_ionised_calcium(ionised, ph, log, linear):
    assert f.ionised_calcium_at_ph_7_40(ionised, ph) == pytest.approx(log, abs=1e-5)
    assert f.ionised_calcium_at_ph_7_40(ionised, ph, rule="linear") == pytest.approx(linear, abs=1e-5)


@pytest.mark.parametrize(("sodium", "chloride", "bicarbonate", "albumin", "gap", "adjusted"), rows(GAP))
def test_anion_gap(sodium, chloride, bicarbonate, albumin, gap, adjusted):
    assert f.anion_gap(sodium, chloride, bicarbonate) == gap
    assert f.anion_gap_albumin_adjusted(sodium, chloride, bicarbonate, albumin) == pytest.approx(adjusted, abs=1e-9)


@pytest.mark.parametrize(
    ("function", "block", "order"),
    [(f.corrected_calcium_popular, CORRECTED_SI, (0, 1)), (f.corrected_calcium_1973, CORRECTED_SI, (0, 1)),
     (f.calcium_phosphate_product_conventional, PRODUCT, (0, 1)), (f.cccr, CCCR, (0, 1, 2, 3)),
     (f.trp, PHOSPHATE, (0, 1, 2, 3)), (f.tmp_gfr, PHOSPHATE, (0, 1, 2, 3)), (f.tmp_gfr_child, PHOSPHATE, (0, 1, 2, 3)),
     (f.ionised_calcium_at_ph_7_40, IONISED, (0, 1)), (f.anion_gap_albumin_adjusted, GAP, (0, 1, 2, 3))],
)  # fmt: skip
def test_arrays_give_what_single_values_give(function, block, order):
    table = rows(block)
    columns = [np.array([row[i] for row in table]) for i in order]
    single = [function(*(row[i] for i in order)) for row in table]
    assert function(*columns) == pytest.approx(single, rel=1e-14)


def test_egfr_arrays_give_what_single_values_give():
    table = rows(EGFR)
    female = np.array([row[2] == "F" for row in table])
    found = f.egfr_ckd_epi_2021(np.array([r[0] for r in table]), np.array([r[1] for r in table]), female)
    assert found == pytest.approx([f.egfr_ckd_epi_2021(r[0], r[1], r[2] == "F") for r in table], rel=1e-14)


def test_missing_in_an_array_stays_missing():
    found = f.corrected_calcium_popular(np.array([2.0, np.nan]), np.array([25.0, 40.0]))
    assert found[0] == pytest.approx(2.3)
    assert np.isnan(found[1])
