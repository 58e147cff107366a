"""A million mineral panels through flags and derived values, against a plain loop over panels in the same run.

Run: python benchmarks/panels.py [PANELS]. The loop judges a sample one panel at a time in plain Python, without the
library's checks and decimals, and is extrapolated per panel. Beside it stands the time of one panel read with
everything a learner sees. Values are drawn at random around the reference intervals: no patients.
"""

import sys
import time

import numpy as np

from calcinosis import content, labs, units

SAMPLE = 20_000
READ = 100
REPEATS = 3
DRAWN = {  # analyte: (mean, standard deviation, unit, lowest, highest accepted)
    "calcium_total": (2.4, 0.25, "mmol/L", 0.9, 5.9),
    "calcium_ionised": (1.2, 0.12, "mmol/L", 0.4, 2.9),
    "phosphate": (1.2, 0.4, "mmol/L", 0.2, 6.4),
    "pth": (6.0, 4.0, "pmol/L", 0.1, 1000.0),
    "creatinine": (90.0, 40.0, "µmol/L", 10.0, 5000.0),
    "magnesium": (0.85, 0.15, "mmol/L", 0.2, 8.0),
    "vitd_25oh": (60.0, 25.0, "nmol/L", 3.0, 1900.0),
    "albumin": (40.0, 6.0, "g/L", 6.0, 69.0),
    "alp": (80.0, 40.0, "U/L", 2.0, 3900.0),
}


def draw(count: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Draw values, ages and sexes."""
    rng = np.random.default_rng(20)
    values = {key: np.clip(rng.normal(m, s, count), lo, hi) for key, (m, s, _, lo, hi) in DRAWN.items()}
    return values, rng.uniform(18, 95, count), rng.random(count) < 0.5


def arrays(values: dict[str, np.ndarray], age: np.ndarray, female: np.ndarray) -> None:
    """Flag every value and compute every derived value, as arrays."""
    labs.flags_of_arrays(values, {key: row[2] for key, row in DRAWN.items()}, age_years=age, female=female)
    labs.derived_of_arrays(
        calcium_mmol_l=values["calcium_total"],
        albumin_g_l=values["albumin"],
        phosphate_mmol_l=values["phosphate"],
        creatinine_umol_l=values["creatinine"],
        age_years=age,
        female=female,
    )


def limits() -> dict[str, list[tuple]]:
    """Return the table's rows as plain numbers in the units drawn."""
    rows: dict[str, list[tuple]] = {key: [] for key in DRAWN}
    for row in content.intervals().values():
        if row.analyte in DRAWN:
            factor = units.factor(row.analyte, row.unit, DRAWN[row.analyte][2])
            ends = [[x * factor for x in pair if x is not None] for pair in _ends(row)]
            rows[row.analyte].append((row.age_min_years, row.age_max_years, row.sex, *ends))
    return rows


def _ends(row: object) -> tuple[tuple, tuple]:
    return (row.low, row.differs_low), (row.high, row.differs_high)


def loop(values: dict[str, np.ndarray], age: np.ndarray, female: np.ndarray, count: int, rows: dict) -> None:
    """Judge `count` panels one by one on plain floats, as a person would first write it."""
    columns = {key: column[:count].tolist() for key, column in values.items()}
    results = []
    for i, (years, woman) in enumerate(zip(age[:count].tolist(), female[:count].tolist(), strict=True)):
        sex = "female" if woman else "male"
        panel = {key: column[i] for key, column in columns.items()}
        flags = {key: plain_flag(round(value, 2), rows[key], years, sex) for key, value in panel.items()}
        results.append((flags, plain_derived(panel, years, woman)))


def plain_flag(value: float, rows: list[tuple], years: float, sex: str) -> str:
    """Flag one value by the first row that fits."""
    for youngest, oldest, for_sex, lows, highs in rows:
        if youngest <= years < oldest and for_sex in (None, sex):
            if lows and value < min(lows):
                return "low"
            if highs and value > max(highs):
                return "high"
            differs = (lows and value < max(lows)) or (highs and value > min(highs))
            return "differs" if differs else "normal"
    return "no interval"


def plain_derived(panel: dict[str, float], years: float, woman: bool) -> tuple:
    """Compute the derived values of one panel."""
    calcium, phosphate = panel["calcium_total"], panel["phosphate"]
    ratio = panel["creatinine"] / 88.4 / (0.7 if woman else 0.9)
    power = (-0.241 if woman else -0.302) if ratio < 1 else -1.2
    egfr = 142 * ratio**power * 0.9938**years * (1.012 if woman else 1)
    category = sum(round(egfr) < limit for limit in (90, 60, 45, 30, 15))
    missing_albumin = 40 - panel["albumin"]
    product = calcium * phosphate
    return (
        calcium + 0.02 * missing_albumin,
        calcium + 0.025 * missing_albumin,
        product,
        product * 12.414,
        egfr,
        category,
    )


def seconds(work, *args) -> float:
    """Return the shortest of a few runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work(*args)
        taken.append(time.perf_counter() - start)
    return min(taken)


def read(values: dict[str, np.ndarray], count: int) -> None:
    """Read panels from text, as the command line does."""
    for i in range(count):
        texts = {key: f"{values[key][i]:.3f} {row[2]}" for key, row in DRAWN.items()}
        labs.read_panel(texts, age="60", sex="female")


def main() -> None:
    """Print the times and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    drawn, rows, sample = draw(count), limits(), min(SAMPLE, count)
    fast = seconds(arrays, *drawn)
    slow = seconds(loop, *drawn, sample, rows) / sample * count
    whole = seconds(read, drawn[0], min(READ, count)) / min(READ, count)
    print(f"{count:,} panels of {len(DRAWN)} values, flags and derived values, best of {REPEATS}")
    print(f"arrays                 {fast:8.2f} s")
    print(f"plain loop             {slow:8.2f} s (from {sample:,} panels)")
    print(f"ratio                  {slow / fast:8.1f}")
    print(f"one panel from text    {whole * 1000:8.2f} ms")


if __name__ == "__main__":
    main()
