"""Amounts drawn to scale: the body's calcium, its daily traffic, and how often formulas agree with ionised calcium."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from calcinosis import content
from calcinosis.figures.style import (
    BLUE,
    INK,
    NOTE,
    ORANGE,
    QUIET,
    RULE,
    SIZE,
    SMALL,
    VERMILLION,
    VERMILLION_INK,
    WIDTH_IN,
    named_table,
    new_figure,
    style,
)

_MARGIN_IN = 0.14
_POOLS_IN = 5.35
_BONE = "#EADFC8"


def agreement() -> tuple[Figure, str, pd.DataFrame]:
    """Draw how often total calcium, as measured and as corrected, agrees with the class of ionised calcium.

    Returns
    -------
    tuple
        The figure, its description, its numbers. Source: ``desgagnes2025_abs``.

    Examples
    --------
    >>> fig, text, table = agreement()
    >>> table["agrees with ionised calcium (%)"].tolist()
    [74.5, 63.0, 58.7]
    """
    facts = content.facts()
    rows = [(name, facts[key].value) for name, key in _WAYS]
    people = int(facts["agreement_n"].value)
    with style():
        fig = _bars(rows, people)
    listed = ", ".join(f"{share:.1f} % {name}" for name, share in rows)
    (_, plain), *_, (_, worst) = rows
    limit = facts["agreement_albumin_limit"].value
    text = (
        f"In {people:,} adults, total calcium put people into the same class (low, normal or high) as ionised calcium "
        f"in: {listed}. Correcting for albumin made it worse, not better: with the popular formula {plain - worst:.1f} "
        f"more of every 100 people are misjudged. The errors were largest below an albumin of {limit:.0f} g/L, where a "
        "true low calcium was turned into a normal one."
    )
    columns = {
        "total calcium": [name for name, _ in rows],
        "agrees with ionised calcium (%)": [share for _, share in rows],
        "people of 100 misjudged": [100 - share for _, share in rows],
    }
    decimals = {"agrees with ionised calcium (%)": 1, "people of 100 misjudged": 1}
    return fig, text, named_table(columns, f"Agreement with the class of ionised calcium, {people:,} adults", decimals)


_WAYS = (
    ("as measured", "agreement_total"),
    ("corrected, 1973 formula", "agreement_payne1973"),
    ("corrected, popular formula", "agreement_popular"),
)


def _bars(rows: list[tuple[str, float]], people: int) -> Figure:
    fig = new_figure(2.75)
    ax = fig.add_axes((0.03, 0.2, 0.93, 0.66))
    for index, (name, share) in enumerate(rows):
        y = -index
        ax.barh(y, 100, height=0.42, color="#EFEFEF", edgecolor=RULE, linewidth=0.8)
        ax.barh(y, share, height=0.42, color=BLUE if index == 0 else ORANGE, edgecolor=INK, linewidth=0.6)
        ax.text(0, y + 0.36, f"Total calcium, {name}", fontsize=SMALL, va="center")
        ax.text(100, y + 0.36, f"{share:.1f} %", fontsize=SIZE, fontweight="bold", va="center", ha="right")
    ax.set(xlim=(0, 102), ylim=(-2.35, 0.6), yticks=[], xticks=[0, 25, 50, 75, 100])
    ax.set_xlabel(f"Agrees with ionised calcium (% of {people:,} adults)")
    ax.spines["left"].set_visible(False)
    fig.text(0.03, 0.92, "Does correction help?", fontweight="bold", fontsize=SIZE)
    return fig


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount of calcium: what, how much in grams, and whether it stands as a range in the data."""

    name: str
    low_g: float
    high_g: float
    source: tuple[str, ...]

    @property
    def middle_g(self) -> float:
        return (self.low_g + self.high_g) / 2

    def shown(self) -> str:
        """Return the amount in mmol and, in brackets, in grams or kilograms."""
        ends = dict.fromkeys((self.low_g, self.high_g))
        divisor, unit = (1000, "kg") if self.low_g >= 1000 else (1, "g")
        mass = "–".join(f"{grams / divisor:g}" for grams in ends)
        return f"{'–'.join(_mmol(grams) for grams in ends)} mmol ({mass} {unit})"


def _mmol(grams: float) -> str:
    """Return grams of calcium as mmol, in two significant digits: these are orders of magnitude."""
    mmol = 1000 * grams / content.analytes()["calcium_total"].molar_mass_g_mol
    digits = max(0, len(str(int(mmol))) - 2)
    rounded = round(mmol, -digits) if mmol >= 10 else round(mmol, 1)
    return f"{rounded:,.0f}" if mmol >= 10 else f"{rounded:g}"


_TO_GRAMS = {"kg": 1000.0, "g": 1.0, "mg": 0.001}


def _amount(name: str, key: str) -> _Amount:
    """Return an amount from the facts, whatever unit of mass (per day) it stands in."""
    fact = content.facts()[key]
    factor = _TO_GRAMS[fact.unit.removesuffix("/d")]
    low, high = (fact.value, fact.value) if fact.value is not None else (fact.low, fact.high)
    return _Amount(name, low * factor, high * factor, fact.source)


def calcium_pools() -> tuple[Figure, str, pd.DataFrame]:
    """Draw the body's calcium and its daily traffic to scale: pools as areas, a day's flux as lengths.

    Returns
    -------
    tuple
        The figure, its description, its numbers in mmol and grams.

    Examples
    --------
    >>> fig, text, table = calcium_pools()
    >>> table["amount"].iloc[0]
    '25,000 mmol (1 kg)'
    """
    pools = [_amount("skeleton", "skeleton_calcium"), _amount("outside the cells", "extracellular_calcium")]
    fluxes = [
        _amount("filtered by the kidney", "filtered_calcium"),
        _amount("eaten", "dietary_calcium"),
        _amount("bone, in and out, each", "bone_exchange"),
        _amount("kept from food = lost in urine", "net_absorbed_calcium"),
    ]
    with style():
        fig = _to_scale(pools, fluxes)
    return fig, _pools_text(pools, fluxes), _pools_table(pools, fluxes)


def _to_scale(pools: list[_Amount], fluxes: list[_Amount]) -> Figure:
    fig = new_figure(_POOLS_IN)
    side = 1.75
    top = _POOLS_IN - 0.34
    _say(fig, _MARGIN_IN, top + 0.16, "In the body (areas to scale)", fontweight="bold")
    _box(fig, _MARGIN_IN, top - side - 0.05, side, side, _BONE)
    _say(fig, _MARGIN_IN + 0.1, top - 0.3, "skeleton", fontsize=SIZE)
    _say(fig, _MARGIN_IN + 0.1, top - 0.52, f"{_mmol(pools[0].middle_g)} mmol", fontsize=SMALL)
    _say(
        fig,
        _MARGIN_IN + 0.1,
        top - 0.74,
        "(about 1 kg)".replace("1 kg", f"{pools[0].middle_g / 1000:g} kg"),
        fontsize=SMALL,
    )
    small = side * (pools[1].middle_g / pools[0].middle_g) ** 0.5
    left, base = _MARGIN_IN + side + 0.3, top - side - 0.05
    times = f"{pools[0].middle_g / pools[1].middle_g:,.0f} times less:"
    for rise, text in ((0.96, times), (0.72, "outside the cells,"), (0.5, "plasma included,")):
        _say(fig, left, base + rise, text, fontsize=SIZE, color=VERMILLION_INK, fontweight="bold")
    _say(fig, left, base + 0.26, f"about {pools[1].shown()}", fontsize=SMALL)
    _box(fig, left, base, small, small, VERMILLION)
    _say(fig, left + 0.16, base + 0.04, "(teaching estimate)", fontsize=NOTE, color=QUIET)
    down = base - 0.42
    _say(fig, _MARGIN_IN, down, "Every day (lengths to scale)", fontweight="bold")
    scale = (WIDTH_IN - 2 * _MARGIN_IN) / max(flux.high_g for flux in fluxes)
    compared = _Amount("to compare: all outside the cells", pools[1].low_g, pools[1].high_g, pools[1].source)
    for index, flux in enumerate([*fluxes, compared]):
        y = down - 0.3 - index * 0.52
        _say(fig, _MARGIN_IN, y, flux.name, fontsize=SMALL)
        _say(fig, WIDTH_IN - _MARGIN_IN, y, flux.shown(), fontsize=SMALL, ha="right")
        _box(fig, _MARGIN_IN, y - 0.3, flux.middle_g * scale, 0.17, VERMILLION if flux is compared else BLUE)
    return fig


def _say(fig: Figure, x_in: float, y_in: float, text: str, **how: object) -> None:
    fig.text(x_in, y_in, text, transform=fig.dpi_scale_trans, va="center", **how)


def _box(fig: Figure, x_in: float, y_in: float, width_in: float, height_in: float, colour: str) -> None:
    box = Rectangle((x_in, y_in), width_in, height_in, facecolor=colour, edgecolor=INK, linewidth=0.7)
    box.set_transform(fig.dpi_scale_trans)
    fig.add_artist(box)


def _pools_text(pools: list[_Amount], fluxes: list[_Amount]) -> str:
    skeleton, outside = pools
    filtered, eaten, bone, kept = fluxes
    smaller, turns = skeleton.middle_g / outside.middle_g, filtered.middle_g / outside.middle_g
    return (
        f"The skeleton holds about {skeleton.shown()} of calcium; everything outside the cells, plasma included, holds "
        f"about {outside.shown()} (a teaching estimate), one part in {smaller:,.0f}. Yet the kidney filters about "
        f"{filtered.shown()} every day, {turns:.0f} times that small pool, and takes nearly all of it back. About "
        f"{eaten.shown()} is eaten, about {kept.shown()} is kept and leaves in the urine, and bone exchanges about "
        f"{bone.shown()} in each direction. A small pool with a large traffic needs a fast control."
    )


def _pools_table(pools: list[_Amount], fluxes: list[_Amount]) -> pd.DataFrame:
    rows = [("in the body", amount) for amount in pools] + [("every day", amount) for amount in fluxes]
    columns = {
        "calcium": [amount.name for _, amount in rows],
        "where": [where for where, _ in rows],
        "amount": [amount.shown() for _, amount in rows],
    }
    return named_table(columns, "Calcium of an adult: pools and a day's traffic, orders of magnitude")
