"""The PTH–calcium curve: what a healthy gland releases at a given ionised calcium, and what a patient's gland does."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calcinosis import content, units
from calcinosis.errors import InputError
from calcinosis.figures.style import (
    BLUE,
    BLUE_INK,
    CARD,
    GREEN_INK,
    INK,
    NOTE,
    PURPLE_INK,
    QUIET,
    SMALL,
    VERMILLION,
    VERMILLION_INK,
    conventional_axes,
    named_table,
    new_figure,
    style,
)

# Drawn in mmol/L unless a patient lies outside; and what is still drawn for a patient.
_LOWEST, _HIGHEST = 0.8, 1.6
_LOWEST_PATIENT, _HIGHEST_PATIENT = 0.6, 2.5
_SIDE_CHANGES_AT = 0.75  # of the width of the axes: further right a word beside the dot would leave the card
_LOOKS = ((PURPLE_INK, (0, (5, 2))), (INK, (0, (1, 1.5))))


def expected_pth_pmol_l(
    ionised_mmol_l: float | np.ndarray, set_point_mmol_l: float | None = None
) -> float | np.ndarray:
    """Return the PTH that the teaching curve gives at an ionised calcium.

    An inverse sigmoid with maximum, minimum, set point and slope; its four numbers mix two studies, so it is a model
    and not one patient, and it shows the steady state, not the first minutes.

    Parameters
    ----------
    ionised_mmol_l
        Ionised calcium in mmol/L; a number or an array.
    set_point_mmol_l
        Ionised calcium at which PTH is halfway; the healthy one when left out.

    Returns
    -------
    float or array
        PTH in pmol/L, of the shape of the input. Sources: ``brent1988``, ``schwarz1994``.

    Examples
    --------
    >>> round(float(expected_pth_pmol_l(1.25)) * 9.4248, 1)
    23.2
    """
    facts = content.facts()
    top, floor = facts["pth_curve_maximum"].value, facts["pth_curve_minimum"].value
    middle = facts["pth_set_point_healthy"].value if set_point_mmol_l is None else set_point_mmol_l
    pg_ml = (top - floor) / (1 + (ionised_mmol_l / middle) ** facts["pth_curve_slope"].value) + floor
    return units.convert(pg_ml, "pth", "pg/mL", "pmol/L")


def pth_curve(
    patient: str | Mapping[str, str] | None = None, set_points: Sequence[float] = ()
) -> tuple[Figure, str, pd.DataFrame]:
    """Draw PTH against ionised calcium: the healthy curve, shifted set points, a patient's dot and what was expected.

    Parameters
    ----------
    patient
        Id of a case whose panel holds ionised calcium and PTH, or a mapping
        ``{"calcium_ionised": "0.91 mmol/L", "pth": "1.4 pmol/L"}``.
    set_points
        Further set points in mmol/L, each drawn as a curve of its own with the same maximum.

    Returns
    -------
    tuple
        The figure, its description, its numbers.

    Raises
    ------
    InputError
        When the patient has no ionised calcium or no PTH, or a set point lies outside 0.8 to 1.6 mmol/L.

    Examples
    --------
    >>> fig, text, table = pth_curve({"calcium_ionised": "0.91 mmol/L", "pth": "1.4 pmol/L"})
    >>> print(text.split("; ")[1].split(". ")[0])
    this patient's 1.4 pmol/L (13 pg/mL) lies far below, so the gland does not answer
    """
    if len(set_points) > len(_LOOKS):
        raise InputError(f"The picture holds at most {len(_LOOKS)} further set points; leave the others out.")
    for point in set_points:
        if not _LOWEST <= point <= _HIGHEST:
            raise InputError(
                f"A set point of {point:g} mmol/L is not drawn; write one from {_LOWEST} to {_HIGHEST} mmol/L."
            )
    dot = None if patient is None else _of_patient(patient)
    with style():
        fig = _curve(dot, set_points)
    return fig, _text(dot, set_points), _table(dot, set_points)


def _of_patient(patient: str | Mapping[str, str]) -> tuple[units.Quantity, units.Quantity]:
    found = {}
    if isinstance(patient, str):
        if patient not in content.cases():
            raise InputError(f"There is no case {units.quoted(patient)}; ask for one of {', '.join(content.cases())}.")
        for lab in content.cases()[patient].labs:
            if lab.analyte in ("calcium_ionised", "pth") and isinstance(lab.value, int | float):
                found.setdefault(lab.analyte, units.Quantity(lab.analyte, float(lab.value), lab.unit))
    else:
        found = {name: units.parse(name, text) for name, text in patient.items()}
    for name, title in (("calcium_ionised", "ionised calcium"), ("pth", "PTH")):
        if name not in found:
            raise InputError(
                f"This patient has no {title}; the curve needs ionised calcium and PTH, each with its unit."
            )
    ionised, pth = found["calcium_ionised"].to("mmol/L"), found["pth"].to("pmol/L")
    if not _LOWEST_PATIENT <= ionised.value <= _HIGHEST_PATIENT:
        raise InputError(
            f"Ionised calcium {ionised.shown()} is not drawn; the curve reaches from {_LOWEST_PATIENT} to "
            f"{_HIGHEST_PATIENT} mmol/L."
        )
    return ionised, pth


def _pth(pmol_l: float) -> units.Quantity:
    return units.Quantity("pth", float(pmol_l), "pmol/L")


def _curve(dot: tuple[units.Quantity, units.Quantity] | None, set_points: Sequence[float]) -> Figure:
    facts = content.facts()
    key_rows = -(-(2 + len(set_points) + (2 if dot else 0)) // 2)
    height = 4.3 + 0.23 * key_rows
    fig = new_figure(height)
    ax = fig.add_axes((0.135, 0.95 / height, 0.715, 2.65 / height))
    start, end = (
        (_LOWEST, _HIGHEST) if dot is None else (min(_LOWEST, dot[0].value - 0.05), max(_HIGHEST, dot[0].value + 0.05))
    )
    calcium = np.linspace(start, end, 161)
    spread = 2 * facts["pth_set_point_healthy_sd"].value
    healthy = facts["pth_set_point_healthy"].value
    low, high = (expected_pth_pmol_l(calcium, healthy + step) for step in (-spread, spread))
    ax.fill_between(calcium, low, high, color="#CFE3F2", linewidth=0)
    ax.plot(calcium, expected_pth_pmol_l(calcium), color=BLUE, linewidth=2.6, label="healthy gland")
    ax.set(xlim=(start, end), xlabel="Ionised calcium (mmol/L)", ylabel="PTH (pmol/L)")
    ax.set_ylim(0, max(11.5, 1.15 * dot[1].value if dot else 0))
    conventional_axes(ax, "calcium_ionised", "pth")
    rest = facts["resting_ionised_healthy"].value
    ax.plot([rest], [expected_pth_pmol_l(rest)], "s", color=BLUE_INK, markersize=7, label="healthy, at rest")
    for point, (colour, dashes) in zip(set_points, _LOOKS, strict=False):
        label = f"set point {point:.2f} mmol/L"
        ax.plot(calcium, expected_pth_pmol_l(calcium, point), color=colour, linestyle=dashes, label=label)
    if dot is not None:
        _patient(ax, *dot)
    fig.legend(loc="upper left", ncols=2, frameon=False, fontsize=SMALL, handlelength=1.8, columnspacing=1.2)
    fig.text(0.02, 0.28 / height, "Band: where 95 of 100 healthy set points lie.", fontsize=NOTE, color=QUIET)
    fig.text(0.02, 0.09 / height, "A teaching model: steady state, two studies combined.", fontsize=NOTE, color=QUIET)
    return fig


def _patient(ax: Axes, ionised: units.Quantity, pth: units.Quantity) -> None:
    x, y = ionised.value, pth.value
    expected = float(expected_pth_pmol_l(x))
    ring = {"markerfacecolor": CARD, "markeredgecolor": GREEN_INK, "markeredgewidth": 2, "linestyle": "none"}
    ax.plot([x], [y], "D", color=VERMILLION, markersize=9, zorder=4, label=f"patient {pth.shown()}")
    ax.plot([x], [expected], "o", markersize=9, **ring, label=f"expected {_pth(expected).shown()}")
    is_far = abs(expected - y) > 0.15 * ax.get_ylim()[1]
    if not is_far:
        return
    ax.annotate("", (x, y), (x, expected), arrowprops={"arrowstyle": "<->", "color": INK, "shrinkA": 7, "shrinkB": 7})
    start, end = ax.get_xlim()
    width = end - start
    side, step = ("left", 0.03 * width) if x < start + _SIDE_CHANGES_AT * width else ("right", -0.03 * width)
    rise = 0.04 * ax.get_ylim()[1]
    words = {"fontsize": SMALL, "ha": side, "fontweight": "bold", "va": "bottom"}
    ax.text(x + step, y + rise / 4, "patient", color=VERMILLION_INK, **words)
    if expected > ax.get_ylim()[1] / 2:  # lower down the word would lie on the curve; the key says it anyway
        ax.text(x + step, expected + rise, "expected", color=GREEN_INK, **words)


def _text(dot: tuple[units.Quantity, units.Quantity] | None, set_points: Sequence[float]) -> str:
    facts = content.facts()
    rest = units.Quantity("calcium_ionised", facts["resting_ionised_healthy"].value, "mmol/L")
    parts = ["Parathyroid hormone falls along an S-shaped curve as ionised calcium rises."]
    if dot is not None:
        parts.append(_verdict(*dot))
    at_rest = _pth(expected_pth_pmol_l(rest.value)).both()
    parts.append(f"At rest, at {rest.both()}, a healthy gland keeps PTH at about {at_rest}.")
    for point in set_points:
        shifted = _pth(expected_pth_pmol_l(rest.value, point)).both()
        side = "right" if point > facts["pth_set_point_healthy"].value else "left"
        parts.append(f"A set point of {point:.2f} mmol/L moves the curve to the {side}: at rest about {shifted}.")
    return " ".join(parts)


def _verdict(ionised: units.Quantity, pth: units.Quantity) -> str:
    """Return what the dot says, from the numbers; "far" is more than double or less than half of the expected PTH."""
    expected = float(expected_pth_pmol_l(ionised.value))
    top = float(units.convert(content.facts()["pth_curve_maximum"].value, "pth", "pg/mL", "pmol/L"))
    how = "close to its maximum, " if expected > 0.9 * top else ""
    start = f"At {ionised.both()} a healthy gland releases {how}about {_pth(expected).both()}"
    measured = f"this patient's {pth.both()}"
    is_high = ionised.value > content.facts()["resting_ionised_healthy_range"].high
    if pth.value < expected / 2:
        return (
            f"{start}; {measured} lies far below, so the gland {'is switched off' if is_high else 'does not answer'}."
        )
    if pth.value > 2 * expected:
        answer = "is not switched off" if is_high else "answers more strongly than a healthy one"
        return f"{start}; {measured} lies far above, so the gland {answer}."
    answer = "is switched down" if is_high else "answers"
    return f"{start}; {measured} is of that order, so the gland {answer} as a healthy one would."


def _table(dot: tuple[units.Quantity, units.Quantity] | None, set_points: Sequence[float]) -> pd.DataFrame:
    calcium = np.round(np.arange(0.80, 1.61, 0.1), 2)
    calcium = np.unique(np.append(calcium, [1.13, 1.25] + ([round(dot[0].value, 2)] if dot else [])))
    columns = {"ionised calcium (mmol/L)": calcium, "healthy PTH (pmol/L)": expected_pth_pmol_l(calcium)}
    columns["healthy PTH (pg/mL)"] = units.convert(columns["healthy PTH (pmol/L)"], "pth", "pmol/L", "pg/mL")
    for point in set_points:
        columns[f"PTH, set point {point:.2f} mmol/L (pmol/L)"] = expected_pth_pmol_l(calcium, point)
    if dot is not None:
        columns["this patient's PTH (pmol/L)"] = np.where(calcium == round(dot[0].value, 2), dot[1].value, np.nan)
    decimals = {name: 2 if "calcium" in name else 0 if "pg/mL" in name else 1 for name in columns}
    return named_table(columns, "PTH on the teaching curve at different levels of ionised calcium", decimals)
