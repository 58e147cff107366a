"""Figures of the population survey: where a value lies among people, and calcium against albumin."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from calcinosis import population as survey
from calcinosis import units
from calcinosis.figures.style import (
    BLUE_INK,
    QUIET,
    SMALL,
    VERMILLION,
    VERMILLION_INK,
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
    >>> print(text.split(". ")[-1])
    Total calcium 2.30 mmol/L (9.2 mg/dL): of 100 women of 30 to 49 years, about 59 have a lower value (800 were measured).
    """
    about = units.analyte(analyte)
    quantity = units.parse(about.id, value) if isinstance(value, str) else value
    found = survey.curve(about.id, sex, age_years)
    place = None if quantity is None else survey.percentile_of(quantity, sex, age_years)
    with style():
        fig = _spread(about, found, None if quantity is None else quantity.to(found.unit), place)
    return fig, _spread_text(about, found, place), _spread_table(about, found)


def _spread(
    about: units.Analyte, found: survey.Curve, value: units.Quantity | None, place: survey.Place | None
) -> Figure:
    is_two_units = about.other_unit(found.unit) is not None
    fig = new_figure(3.5 if is_two_units else 3.0)
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
    _second_axis(ax, about, found.unit)
    fig.text(0.04, 1 - 0.24 * inch, f"{found.n:,} {found.band}", fontweight="bold", fontsize=SMALL)
    fig.text(0.04, 0.1 * inch, "Line: half have less. Dark: the middle half.", fontsize=9.5, color=QUIET)
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


def _second_axis(ax: Axes, about: units.Analyte, unit: str) -> None:
    """Add the conventional unit along the top, where it differs."""
    other = about.other_unit(unit)
    if other is None:
        return
    factor = units.factor(about, unit, other)
    top = ax.secondary_xaxis("top", functions=(lambda x: x * factor, lambda x: x / factor))
    top.set_xlabel(other, color=QUIET)
    top.tick_params(labelcolor=QUIET)


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

    parts = [
        f"{_capital(about.name)} of {found.n:,} {found.band} in the United States survey of 2017–2018: half have less than "
        f"{both(50)}, and the middle 95 of 100 lie between {both(2.5)} and {both(97.5)}."
    ]
    return " ".join([*parts, *([place.sentence] if place else [])])


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
