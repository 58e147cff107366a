"""Compute the course's population values from NHANES 2017-2018 and write them to ``data/population/``.

    python scripts/nhanes.py            write percentiles.csv, regression.yml and calcium_by_albumin.csv
    python scripts/nhanes.py --check    compute again and compare with what is committed; exit 1 when they differ

The two survey files (public domain, US National Center for Health Statistics) are read from the folder given by
``--files``, from ``../shared/nhanes`` beside the checkout, or downloaded into the user's cache folder. They are never
committed.

Definitions, which the course repeats wherever it shows these numbers:

* Everybody examined is in: ill, pregnant or on drugs. These are percentiles of the population, not reference intervals.
* Each person counts with the examination weight WTMEC2YR.
* Percentile: the course spreads the people who share one rounded result evenly around it. A value's place is the
  weighted share of people below it plus half of those equal to it; percentiles are read off by straight lines between
  the results that occur. So a place and a percentile are two readings of one curve.
* A percentile beyond which fewer than five examined people lie is left empty.
* Age bands: 12-17 (growth raises phosphate and ALP), 18-29, 30-49, 50-69 (from the menopause on), 70 and over (the
  survey records 80 for everybody older, and finer bands would leave too few people for the outer percentiles), and all
  adults from 18.
"""

import argparse
import csv
import io
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from calcinosis import content, units

PROJECT = Path(__file__).resolve().parent.parent
AGENCY = "https://wwwn.cdc.gov/Nchs/Data/Nhanes/Public/2017/DataFiles/"
FILES = ("BIOPRO_J.XPT", "DEMO_J.XPT")
SOURCE = "nhanes_2017_2018"

PERCENTILES = (1, 2.5, 5, 10, 25, 50, 75, 90, 95, 97.5, 99)
FEWEST_BEYOND = 5
SEXES = {"female": 2, "male": 1}
# Years: from the first, below the second; 130 stands for no upper end.
BANDS = ((12, 18), (18, 30), (30, 50), (50, 70), (70, 130), (18, 130))

# analyte id, column of the survey, its unit there, further unit, decimals in each
COLUMNS = (
    ("calcium_total", "LBXSCA", "mg/dL", "mmol/L", 3, 4),
    ("albumin", "LBXSAL", "g/dL", "g/L", 3, 2),
    ("phosphate", "LBXSPH", "mg/dL", "mmol/L", 3, 4),
    ("creatinine", "LBXSCR", "mg/dL", "µmol/L", 4, 2),
    ("alp", "LBXSAPSI", "U/L", None, 2, None),
    ("ck", "LBXSCK", "U/L", None, 2, None),
    ("ca_p_product", "CAXP", "mg²/dL²", "mmol²/L²", 2, 4),
)
LOW_ALBUMIN_G_DL = 3.0
FEWEST_IN_GROUP = 40


def weighted_percentiles(values: np.ndarray, weights: np.ndarray, percents: tuple[float, ...]) -> np.ndarray:
    """Return weighted percentiles by the mid-distribution (see the definitions above).

    Parameters
    ----------
    values, weights
        One number per person, in any order; weights are positive.
    percents
        Between 0 and 100.

    Examples
    --------
    >>> weighted_percentiles(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 1.0]), (50,)).tolist()
    [2.0]
    """
    distinct, where = np.unique(values, return_inverse=True)
    shares = np.bincount(where, weights=weights) / weights.sum()
    middles = np.cumsum(shares) - shares / 2
    return np.interp(np.asarray(percents) / 100, middles, distinct)


def enough_beyond(values: np.ndarray, percentile: float, percent: float) -> bool:
    """Return whether at least five examined people lie on the outer side of a percentile (itself included)."""
    beyond = (values <= percentile).sum() if percent < 50 else (values >= percentile).sum()
    return beyond >= FEWEST_BEYOND


def regression(x: np.ndarray, y: np.ndarray, weights: np.ndarray, stratum: np.ndarray, unit: np.ndarray) -> dict:
    """Return the weighted straight line of y on x with standard errors that respect the survey's design.

    The standard errors come from Taylor linearisation: each person's weighted score is summed within the primary
    sampling unit, and the variance between the units of one stratum is what is uncertain.

    Returns
    -------
    dict
        ``slope intercept slope_se intercept_se residual_sd x_sd strata sampling_units``.
    """
    design = np.column_stack([np.ones_like(x), x])
    bread = np.linalg.inv(design.T @ (weights[:, None] * design))
    coefficients = bread @ design.T @ (weights * y)
    residuals = y - design @ coefficients
    scores = pd.DataFrame(design * (weights * residuals)[:, None])
    totals = scores.groupby([stratum, unit]).sum()
    meat = np.zeros((2, 2))
    for _, block in totals.groupby(level=0):
        centred = block.to_numpy() - block.to_numpy().mean(axis=0)
        meat += centred.T @ centred * len(block) / (len(block) - 1)
    errors = np.sqrt(np.diag(bread @ meat @ bread))
    x_mean = np.average(x, weights=weights)
    return {
        "slope": float(coefficients[1]),
        "intercept": float(coefficients[0]),
        "slope_se": float(errors[1]),
        "intercept_se": float(errors[0]),
        "residual_sd": float(np.sqrt(np.average(residuals**2, weights=weights))),
        "x_sd": float(np.sqrt(np.average((x - x_mean) ** 2, weights=weights))),
        "strata": totals.index.get_level_values(0).nunique(),
        "sampling_units": len(totals),
    }


def people(folder: Path) -> pd.DataFrame:
    """Return one row per examined person of 12 years and over, with the product of calcium and phosphorus added."""
    laboratory, persons = (pd.read_sas(folder / name) for name in FILES)
    table = laboratory.merge(
        persons[["SEQN", "RIDAGEYR", "RIAGENDR", "WTMEC2YR", "SDMVSTRA", "SDMVPSU"]], on="SEQN", validate="one_to_one"
    )
    table["CAXP"] = table["LBXSCA"] * table["LBXSPH"]
    return table


def percentile_rows(table: pd.DataFrame) -> Iterator[dict]:
    """Yield the rows of ``percentiles.csv``: one per analyte, sex, age band and unit."""
    for analyte, column, unit, si_unit, decimals, si_decimals in COLUMNS:
        measured = table.dropna(subset=[column])
        for sex in ("both", *SEXES):
            of_sex = measured if sex == "both" else measured[measured["RIAGENDR"] == SEXES[sex]]
            for low, high in BANDS:
                group = of_sex[of_sex["RIDAGEYR"].between(low, high, inclusive="left")]
                values, weights = group[column].to_numpy(), group["WTMEC2YR"].to_numpy()
                found = [
                    value if enough_beyond(values, value, percent) else None
                    for percent, value in zip(
                        PERCENTILES, weighted_percentiles(values, weights, PERCENTILES), strict=True
                    )
                ]
                named_sex = "" if sex == "both" else sex
                start = {"analyte": analyte, "sex": named_sex, "age_min_years": low, "age_max_years": high}
                start["n"] = len(group)
                if si_unit is not None:
                    in_si = [
                        None if value is None else float(units.convert(value, analyte, unit, si_unit))
                        for value in found
                    ]
                    yield {**start, "unit": si_unit, **_named(in_si, si_decimals), "source": SOURCE}
                yield {**start, "unit": unit, **_named(found, decimals), "source": SOURCE}


def _named(values: list[float | None], decimals: int) -> dict[str, str]:
    names = ["p" + f"{percent:g}".replace(".", "_") for percent in PERCENTILES]
    return {name: "" if value is None else f"{value:.{decimals}f}" for name, value in zip(names, values, strict=True)}


def regression_facts(table: pd.DataFrame) -> list[dict]:
    """Return the records of ``regression.yml``: calcium on albumin among adults, each number a fact with its unit."""
    adults = table[table["RIDAGEYR"] >= 18].dropna(subset=["LBXSCA", "LBXSAL"])
    albumin, calcium = adults["LBXSAL"].to_numpy(), adults["LBXSCA"].to_numpy()
    line = _line(adults)
    to_si = float(units.convert(1.0, "calcium_total", "mg/dL", "mmol/L"))
    slope, error = line["slope"], line["slope_se"]
    mass, amount = "mg/dL per g/dL", "mmol/L per g/L"
    method = (
        f"Weighted least squares (WTMEC2YR); standard error by Taylor linearisation over {line['strata']} strata and "
        f"{line['sampling_units']} primary sampling units."
    )
    once = (
        "Each person was measured once, so albumin's variation within a person and its analytical error are not in the "
        "file; only what rounding adds can be computed from it."
    )
    rows = [
        ("nhanes_regression_n", len(adults), "adults", 0, "Adults of 18 years and over with both results."),
        (
            "nhanes_albumin_below_30_n",
            int((albumin < LOW_ALBUMIN_G_DL - 1e-9).sum()),
            "adults",
            0,
            "Albumin below 30 g/L.",
        ),
        ("nhanes_slope", slope, mass, 2, method),
        ("nhanes_slope_se", error, mass, 3, method),
        ("nhanes_slope_si", slope * to_si / 10, amount, 4, method),
        ("nhanes_slope_si_se", error * to_si / 10, amount, 5, method),
        ("nhanes_intercept", line["intercept"], "mg/dL", 2, method),
        ("nhanes_intercept_se", line["intercept_se"], "mg/dL", 3, method),
        ("nhanes_intercept_si", line["intercept"] * to_si, "mmol/L", 3, method),
        ("nhanes_slope_unweighted", float(np.polyfit(albumin, calcium, 1)[0]), mass, 2, "Without weights."),
        ("nhanes_slope_female", _line(adults[adults["RIAGENDR"] == SEXES["female"]])["slope"], mass, 2, method),
        ("nhanes_slope_male", _line(adults[adults["RIAGENDR"] == SEXES["male"]])["slope"], mass, 2, method),
        ("nhanes_residual_sd", line["residual_sd"], "mg/dL", 2, "Scatter of calcium about the line."),
        ("nhanes_albumin_sd", line["x_sd"], "g/dL", 2, "Weighted standard deviation of albumin as measured."),
        ("nhanes_flattening_by_rounding", 100 * 0.1**2 / 12 / line["x_sd"] ** 2, "%", 1, once),
        (
            "nhanes_error_sd_needed_for_0_8",
            line["x_sd"] * float(np.sqrt(1 - slope / 0.8)),
            "g/dL",
            2,
            f"Error of albumin (standard deviation) that alone would flatten 0.8 to the slope found. {once}",
        ),
    ]
    return [
        {
            "id": key,
            "value": value if isinstance(value, int) else float(f"{value:.6g}"),
            "unit": unit,
            "decimals": decimals,
            "source": [SOURCE],
            "note": note,
        }
        for key, value, unit, decimals, note in rows
    ]


def _line(adults: pd.DataFrame) -> dict:
    return regression(*(adults[name].to_numpy() for name in ("LBXSAL", "LBXSCA", "WTMEC2YR", "SDMVSTRA", "SDMVPSU")))


def albumin_groups(table: pd.DataFrame) -> Iterator[dict]:
    """Yield calcium's percentiles for each albumin result that at least 40 adults share."""
    adults = table[table["RIDAGEYR"] >= 18].dropna(subset=["LBXSCA", "LBXSAL"])
    for tenth, group in adults.groupby(np.rint(adults["LBXSAL"] * 10).astype(int)):
        if len(group) >= FEWEST_IN_GROUP:
            calcium, weights = group["LBXSCA"].to_numpy(), group["WTMEC2YR"].to_numpy()
            low, middle, high = weighted_percentiles(calcium, weights, (10, 50, 90))
            yield {
                "albumin_g_dl": f"{tenth / 10:.1f}",
                "n": len(group),
                "calcium_p10_mg_dl": f"{low:.3f}",
                "calcium_p50_mg_dl": f"{middle:.3f}",
                "calcium_p90_mg_dl": f"{high:.3f}",
                "source": SOURCE,
            }


def survey_folder(given: str | None) -> Path:
    """Return a folder that holds the two survey files, downloading them from the agency when there is none."""
    candidates = [Path(given)] if given else [PROJECT.parent / "shared" / "nhanes"]
    for folder in candidates:
        if all((folder / name).exists() for name in FILES):
            return folder
    if given:
        raise SystemExit(
            f"{given} does not hold {' and '.join(FILES)}; give the folder that does, or leave --files out."
        )
    cache = Path.home() / ".cache" / "calcinosis" / "nhanes"
    cache.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if not (cache / name).exists():
            download(AGENCY + name, cache / name)
    return cache


def download(address: str, target: Path) -> None:
    """Fetch one survey file; what is not a SAS transport file is refused, so that an error page is never analysed."""
    try:
        with urllib.request.urlopen(address, timeout=120) as answer:
            raw = answer.read()
    except OSError as problem:
        raise SystemExit(
            f"{address} could not be fetched ({problem}); give the folder of the files with --files."
        ) from None
    if not raw.startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD"):
        raise SystemExit(
            f"{address} did not answer with a SAS transport file; look at the agency's page for its new place."
        )
    target.write_bytes(raw)


def computed(folder: Path) -> dict[str, str]:
    """Return the text of each file of ``data/population/`` by name."""
    table = people(folder)
    facts = yaml.safe_dump(regression_facts(table), sort_keys=False, allow_unicode=True, width=110)
    return {
        "percentiles.csv": _csv(percentile_rows(table)),
        "calcium_by_albumin.csv": _csv(albumin_groups(table)),
        "regression.yml": "# Written by scripts/nhanes.py from NHANES 2017-2018; do not edit by hand.\n" + facts,
    }


def _csv(rows: Iterator[dict]) -> str:
    listed = list(rows)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    return buffer.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Write or check the population files."""
    parser = argparse.ArgumentParser(description="Compute the population values of the course from NHANES 2017-2018.")
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    parser.add_argument("--files", help="folder that holds BIOPRO_J.XPT and DEMO_J.XPT")
    options = parser.parse_args(arguments)
    target = content.data_dir() / "population"
    differing = []
    for name, text in computed(survey_folder(options.files)).items():
        path = target / name
        if not options.check:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            differing.append(name)
    if differing:
        print(f"{', '.join(differing)}: not what the survey files give; run python scripts/nhanes.py", file=sys.stderr)
        return 1
    print("data/population is what the survey files give" if options.check else "written: data/population")
    return 0


if __name__ == "__main__":
    sys.exit(main())
