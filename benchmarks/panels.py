"""A million mineral panels through flags and derived values, against a plain loop over panels in the same run.

Run: python benchmarks/panels.py [PANELS]. The loop reads and judges a sample one panel at a time with the same library
and is extrapolated per panel. Values are drawn at random around the reference intervals: no patients.
"""

import sys
import time

import numpy as np

from calcinosis import labs
from calcinosis.units import Quantity

SAMPLE = 400
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


def loop(values: dict[str, np.ndarray], age: np.ndarray, female: np.ndarray, count: int) -> None:
    """Judge `count` panels one by one."""
    for i in range(count):
        panel = {key: Quantity(key, float(values[key][i]), row[2]) for key, row in DRAWN.items()}
        labs.read_panel(panel, age=f"{age[i]:.1f}", sex="female" if female[i] else "male")


def seconds(work, *args) -> float:
    """Return the shortest of a few runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work(*args)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Print both times and their ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    drawn = draw(count)
    loop(*drawn, min(10, count))  # read the data files first
    fast = seconds(arrays, *drawn)
    slow = seconds(loop, *drawn, min(SAMPLE, count)) / min(SAMPLE, count) * count
    print(f"{count:,} panels of {len(DRAWN)} values, flags and derived values, best of {REPEATS}")
    print(f"arrays            {fast:8.2f} s")
    print(f"loop over panels  {slow:8.1f} s (from {min(SAMPLE, count)} panels)")
    print(f"ratio             {slow / fast:8.0f}")


if __name__ == "__main__":
    main()
