"""Figures of the population survey: where a value lies among people, and calcium against albumin."""

import csv

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from calcinosis import content, units
from calcinosis import population as survey
from calcinosis.figures.style import (
    BLUE,
    BLUE_INK,
    NOTE,
    PURPLE_INK,
    QUIET,
    SMALL,
    VERMILLION,
    VERMILLION_INK,
    WIDTH_IN,
    conventional_axes,
    named_table,
    new_figure,
    style,
)

# The value's own axis may reach this many times the 1st-to-99th span beyond either end; further out it is an arrow.
_REACH = 0.6
# A result whose upper half is this many times as wide as its lower half gets a logarithmic axis (creatine kinase).
_SKEWED = 4
_MIDDLE_HALF, _OUTER, _EDGE = "#8CC4E8", "#D5EAF7", "#3F7FB0"


def population(
    analyte: str,
    value: units.Quantity | str | None = None,
    sex: str | None = None,
    age_years: float | None = None,
    width_in: float = WIDTH_IN,
) -> tuple[Figure, str, pd.DataFrame]:
    """Draw how a result is spread among people, with a learner's value marked.

    Each block between two tabulated percentiles has an area in proportion to the people it holds; the outermost people,
    beyond the last percentile, are not drawn.

    Parameters
    ----------
    analyte
        Id or name of an analyte with population values.
    value
        The value to mark, as a quantity or as text with its unit; None draws the people alone.
    sex, age_years
        The group, as in `calcinosis.population.curve`.
    width_in
        Width of the card in inches; a narrow one has letters of the same size.

    Returns
    -------
    tuple
        The figure, its description, its numbers in both unit systems.

    Raises
    ------
    InputError
        As `calcinosis.population.curve`, or when the value cannot be read.

    Examples
    --------
    >>> fig, text, table = population("calcium_total", "2.30 mmol/L", "female", 40)
    >>> print(text.split(": ")[-1])
    of 100 women of 30 to 49 years, about 59 have a lower value (800 were measured).
    """
    about = units.analyte(analyte)
    quantity = units.parse(about.id, value) if isinstance(value, str) else value
    found = survey.curve(about.id, sex, age_years)
    place = None if quantity is None else survey.percentile_of(quantity, sex, age_years)
    with style():
        fig = _spread(about, found, None if quantity is None else quantity.to(found.unit), place, width_in)
    return fig, _spread_text(about, found, place), _spread_table(about, found)


def _spread(
    about: units.Analyte,
    found: survey.Curve,
    value: units.Quantity | None,
    place: survey.Place | None,
    width_in: float = WIDTH_IN,
) -> Figure:
    is_two_units = about.other_unit(found.unit) is not None
    fig = new_figure(3.5 if is_two_units else 3.0, width_in)
    inch = 1 / fig.get_figheight()
    top = 1 - (0.95 if is_two_units else 0.45) * inch
    ax = fig.add_axes((0.04, 0.82 * inch, 0.92, top - 0.82 * inch))
    edges, shares = np.array(found.values), np.diff(found.percents)
    is_skewed = edges[-1] - found.at(50) > _SKEWED * (found.at(50) - edges[0])
    heights = shares / np.diff(np.log(edges) if is_skewed else edges)
    colours = [_MIDDLE_HALF if 25 <= low < 75 else _OUTER for low in found.percents[:-1]]
    ax.bar(edges[:-1], heights / heights.max(), np.diff(edges), align="edge", color=colours, edgecolor=_EDGE, lw=0.7)
    ax.plot([found.at(50)] * 2, [0, 1.0], color=BLUE_INK, linewidth=2)
    if is_skewed:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        ax.xaxis.set_minor_locator(NullLocator())
    scale = ", logarithmic scale" if is_skewed else ""
    ax.set(ylim=(0, 1.42), yticks=[], xlabel=f"{_capital(about.name)} ({about.si_unit}{scale})")
    ax.spines["left"].set_visible(False)
    ax.set_xlim(*_reach(edges, value))
    conventional_axes(ax, about.id)
    fig.text(0.04, 1 - 0.24 * inch, f"{found.n:,} {found.band}", fontweight="bold", fontsize=SMALL)
    fig.text(0.04, 0.1 * inch, "Line: half have less. Dark: the middle half.", fontsize=NOTE, color=QUIET)
    if value is not None:
        _mark(ax, value, place)
    return fig


def _reach(edges: np.ndarray, value: units.Quantity | None) -> tuple[float, float]:
    """Return the ends of the axis: the people, and the value unless it lies too far out."""
    span = edges[-1] - edges[0]
    low, high = max(edges[0] - 0.08 * span, edges[0] / 1.3), edges[-1] + 0.08 * span
    if value is not None:
        low = min(low, max(value.value - 0.08 * span, edges[0] - _REACH * span, edges[0] / 4))
        high = max(high, min(value.value + 0.08 * span, edges[-1] + _REACH * span))
    return low, high


def _mark(ax: Axes, value: units.Quantity, place: survey.Place) -> None:
    low, high = ax.get_xlim()
    x = min(max(value.value, low), high)
    marker = "v" if x == value.value else (">" if value.value > high else "<")
    if marker == "v":
        ax.plot([x, x], [0, 1.1], color=VERMILLION, linewidth=2, linestyle=(0, (4, 2)))
    ax.plot([x], [1.12], marker=marker, markersize=10, color=VERMILLION, clip_on=False)
    along = ax.transAxes.inverted().transform(ax.transData.transform((x, 0)))[0]
    side = "left" if along < 0.3 else "right" if along > 0.7 else "center"
    where = f"{_ordinal(place.beyond)} percentile" if place.percent is None else f"{place.percent:.0f} of 100 have less"
    where = where if place.percent is not None else f"{'below' if place.tail == 'low' else 'above'} the {where}"
    ax.text(x, 1.22, f"{value.shown()}: {where}", color=VERMILLION_INK, fontsize=SMALL, ha=side, fontweight="bold")


def _ordinal(percent: float) -> str:
    return f"{percent:g}{'st' if percent == 1 else 'th'}"


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _spread_text(about: units.Analyte, found: survey.Curve, place: survey.Place | None) -> str:
    def both(percent: float) -> str:
        return units.Quantity(about.id, found.at(percent), found.unit).both()

    people = (
        f"{_capital(about.name)} of {found.n:,} {found.band} in the United States survey of 2017–2018: half have less "
        f"than {both(50)}, and the middle 95 of 100 lie between {both(2.5)} and {both(97.5)}."
    )
    return people if place is None else f"{people} {place.sentence}"


def _spread_table(about: units.Analyte, found: survey.Curve) -> pd.DataFrame:
    other = about.other_unit(found.unit)
    columns: dict[str, list[float]] = {"percentile": list(found.percents)}
    decimals = {}
    for unit in (found.unit, other) if other else (found.unit,):
        name = f"{about.name} ({unit})"
        decimals[name] = about.spec(unit).decimals
        values = units.convert(np.array(found.values), about, found.unit, unit)
        columns[name] = [float(units.rounded(value, decimals[name])) for value in values]
    caption = f"{_capital(about.name)}: percentiles of {found.n:,} {found.band}, NHANES 2017–2018"
    return named_table(columns, caption, decimals)


# --- calcium against albumin -----------------------------------------------------------------------------------------

_ALBUMIN_FROM, _ALBUMIN_TO = 24.0, 49.0
_FORMULAS = (
    ("popular formula", "payne_slope_popular", (0, (6, 2))),
    ("1973 formula", "payne_slope_original", (0, (1, 1.4))),
)


def calcium_on_albumin() -> tuple[Figure, str, pd.DataFrame]:
    """Draw total calcium against albumin among adults, with the survey's line and the slopes of the two formulas.

    All lines pass through the middle of the survey, so that only their slopes differ.

    Returns
    -------
    tuple
        The figure, its description with the reasons why the line is flatter, the calcium of each albumin group.

    Examples
    --------
    >>> fig, text, table = calcium_on_albumin()
    >>> "29 of 5,152" in text, len(table)
    (True, 16)
    """
    groups = _albumin_groups()
    line = survey.regression()
    with style():
        fig = _lines(groups, line)
    return fig, _lines_text(line), _groups_table(groups)


def _albumin_groups() -> dict[str, np.ndarray]:
    """Return the groups of the survey in SI units: albumin in g/L, calcium percentiles in mmol/L, number of people."""
    path = content.data_dir() / "population" / "calcium_by_albumin.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    factor = units.factor("calcium_total", "mg/dL", "mmol/L")
    found = {f"p{p}": np.array([float(row[f"calcium_p{p}_mg_dl"]) for row in rows]) * factor for p in (10, 50, 90)}
    return found | {
        "albumin": np.array([float(row["albumin_g_dl"]) for row in rows]) * 10,
        "n": np.array([int(row["n"]) for row in rows]),
    }


def _lines(groups: dict[str, np.ndarray], line: survey.Regression) -> Figure:
    fig = new_figure(4.95)
    ax = fig.add_axes((0.145, 0.19, 0.715, 0.525))
    ax.fill_between(
        groups["albumin"], groups["p10"], groups["p90"], color=_OUTER, linewidth=0, label="80 of 100 adults"
    )
    ax.plot(groups["albumin"], groups["p50"], "o", color=BLUE, markersize=5, label="middle adult")
    albumin = np.array([_ALBUMIN_FROM, _ALBUMIN_TO])
    middle = np.average(groups["albumin"], weights=groups["n"])
    level = line.intercept_mmol_l + line.slope_mmol_l_per_g_l * middle
    slope = f"survey's line, {line.slope_mg_dl_per_g_dl:.2f}"
    ax.plot(albumin, level + line.slope_mmol_l_per_g_l * (albumin - middle), color=BLUE_INK, label=slope)
    for (name, key, dashes), colour in zip(_FORMULAS, (VERMILLION, PURPLE_INK), strict=True):
        per_g_l = content.facts()[key].value
        label = f"{name}, {_conventional(per_g_l):.1f}"
        ax.plot(albumin, level + per_g_l * (albumin - middle), color=colour, linestyle=dashes, label=label)
    ax.axvspan(_ALBUMIN_FROM, 30, color="#F3F3F3", linewidth=0, zorder=0)
    ax.text(24.4, 2.41, f"only {line.n_albumin_below_30_g_l} of\n{line.n:,} here", fontsize=NOTE, va="bottom")
    ax.set(xlim=(_ALBUMIN_FROM, _ALBUMIN_TO), ylim=(1.88, 2.56))
    ax.set(xlabel="Albumin (g/L)", ylabel="Total calcium (mmol/L)")
    conventional_axes(ax, "albumin", "calcium_total")
    fig.legend(loc="upper left", ncols=2, frameon=False, fontsize=SMALL, handlelength=1.9, columnspacing=0.9)
    fig.text(0.02, 0.06, "Slopes in mg/dL of calcium per g/dL of albumin.", fontsize=NOTE, color=QUIET)
    fig.text(0.02, 0.02, f"{line.n:,} adults, NHANES 2017–2018, weighted.", fontsize=NOTE, color=QUIET)
    return fig


def _conventional(slope_mmol_g: float) -> float:
    """Turn a slope in mmol/L per g/L into mg/dL per g/dL."""
    return slope_mmol_g * 10 * units.factor("calcium_total", "mmol/L", "mg/dL")


def _lines_text(line: survey.Regression) -> str:
    popular, original = (_conventional(content.facts()[key].value) for _, key, _ in _FORMULAS)
    return (
        f"Among {line.n:,} adults total calcium rises by {line.slope_mmol_l_per_g_l:.4f} mmol/L for each g/L of "
        f"albumin ({line.slope_mg_dl_per_g_dl:.2f} mg/dL per g/dL, standard error {line.slope_se_mg_dl_per_g_dl:.2f}), "
        f"more gently than the {popular:.1f} of the popular formula or the {original:.1f} of the 1973 one. This is not "
        f"the true slope: only {line.n_albumin_below_30_g_l} of {line.n:,} have an albumin below 30 g/L, where the "
        "formulas are used; errors in measuring albumin flatten any such line; and parathyroid hormone defends ionised "
        "calcium, so that total calcium is not left to albumin alone."
    )


def _groups_table(groups: dict[str, np.ndarray]) -> pd.DataFrame:
    names = {"p10": "10th percentile", "p50": "middle", "p90": "90th percentile"}
    columns = {"albumin (g/L)": groups["albumin"], "adults": groups["n"]}
    columns |= {f"total calcium, {name} (mmol/L)": groups[key] for key, name in names.items()}
    decimals = {name: 0 if name == "albumin (g/L)" else 2 for name in columns}
    return named_table(columns, "Total calcium of adults by their albumin, NHANES 2017–2018", decimals)
