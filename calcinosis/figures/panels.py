"""The laboratory panel as a picture: one strip per analyte, the value against its own interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from calcinosis import units
from calcinosis.errors import InputError
from calcinosis.figures.style import (
    BAND,
    BLUE_INK,
    CARD,
    GREEN,
    GREEN_INK,
    NOTE,
    PURPLE_INK,
    QUIET,
    RULE,
    SIZE,
    SMALL,
    VERMILLION_INK,
    WIDTH_IN,
    named_table,
    new_figure,
    render_pieces,
    style,
    svg_piece,
)
from calcinosis.labs import Flag, Panel, Row

# A flag is a sign, a word and a colour: whoever misses one still has two.
_FLAGS = {
    "low": ("▼", "low", BLUE_INK),
    "high": ("▲", "high", VERMILLION_INK),
    "normal": ("●", "inside", GREEN_INK),
    "laboratories differ": ("◆", "labs differ", PURPLE_INK),
    "no interval": ("○", "no interval", QUIET),
}

_ROW_IN = 0.68
_REPORT_ROW_IN = 0.56
_FOOT_IN = 0.34
_TOP_IN = 0.06
_MARGIN_IN = 0.1
_STRIP_IN = 2.0
# The limits stand here on a strip from 0 to 1: one and a half interval widths fit on either side of the band.
_LOW_AT, _HIGH_AT = 3 / 8, 5 / 8


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the picture.

    ``value``, ``low`` and ``high`` are numbers in one unit (whichever the interval uses); ``shown`` and ``also`` are
    the value as text in SI and in conventional units, ``interval`` the interval as text with its unit. ``flag`` is a
    `calcinosis.labs.Flag`.
    """

    name: str
    value: float
    shown: str
    also: str
    low: float | None
    high: float | None
    interval: str
    flag: Flag

    @property
    def both(self) -> str:
        """Return the value in both systems, SI first; once, where both have the same unit."""
        return f"{self.shown} ({self.also})" if self.also else self.shown


def panel(rows: Panel | Sequence[Row | Strip], values_only: bool = False) -> tuple[Figure, str, pd.DataFrame]:
    """Draw a laboratory panel: each analyte a strip with its interval, a marker, the value and the flag.

    The band is drawn equally wide for every analyte and the strip reaches one and a half interval widths to either
    side, so that distances can be compared between analytes; a marker beyond the strip becomes an arrow at its edge.

    Parameters
    ----------
    rows
        A `calcinosis.labs.Panel`, or a sequence of `Strip`.
    values_only
        Draw the report as it comes from the laboratory: values and printed intervals, no band, no flag. A lesson shows
        it before the learner has judged the values.

    Returns
    -------
    tuple
        The figure, its description, its numbers with one row per analyte.

    Raises
    ------
    InputError
        When the panel holds no value.

    Examples
    --------
    >>> from calcinosis.labs import Flag
    >>> ionised = Strip("Ionised calcium", 0.91, "0.91 mmol/L", "3.65 mg/dL", 1.17, 1.29, "1.17–1.29 mmol/L", Flag.LOW)
    >>> fig, text, table = panel([ionised])
    >>> print(text)
    A panel of 1 result. Below its interval: ionised calcium 0.91 mmol/L (3.65 mg/dL; interval 1.17–1.29 mmol/L).
    """
    strips = _strips(rows)
    with style():
        fig = _report(strips) if values_only else _drawn(strips)
    return fig, _report_text(strips) if values_only else _text(strips), _table(strips, values_only)


def panel_picture(rows: Panel | Sequence[Row | Strip]) -> dict[str, str]:
    """Return the picture of :func:`panel` for a page that changes with every entry: only changed strips are drawn.

    Parameters
    ----------
    rows
        As :func:`panel` takes them.

    Returns
    -------
    dict
        ``{"src": data URI, "alt": description}``; the page has the numbers in its own table.

    Raises
    ------
    InputError
        When the panel holds no value.

    Examples
    --------
    >>> from calcinosis.labs import Flag
    >>> ionised = Strip("Ionised calcium", 0.91, "0.91 mmol/L", "3.65 mg/dL", 1.17, 1.29, "1.17–1.29 mmol/L", Flag.LOW)
    >>> shown = panel_picture([ionised])
    >>> shown["src"][:26], shown["alt"] == panel([ionised])[1]
    ('data:image/svg+xml;base64,', True)
    """
    strips = _strips(rows)
    places = [_TOP_IN + index * _ROW_IN for index in range(len(strips) + 1)]
    pieces = [*map(_strip_piece, strips), _foot_piece(_has_band(strips))]
    return {"src": render_pieces(_height(strips), zip(places, pieces, strict=True)), "alt": _text(strips)}


@lru_cache(maxsize=512)
def _strip_piece(strip: Strip) -> str:
    with style():
        fig = new_figure(_ROW_IN)
        _bar(fig, strip, _ROW_IN)
    return svg_piece(fig)


@lru_cache(maxsize=2)
def _foot_piece(has_band: bool) -> str:
    with style():
        fig = new_figure(_FOOT_IN)
        _foot(fig, has_band)
    return svg_piece(fig)


def _strips(rows: Panel | Sequence[Row | Strip]) -> list[Strip]:
    rows = rows.rows if isinstance(rows, Panel) else rows
    if not rows:
        raise InputError("This panel holds no value yet: enter at least one, with its unit.")
    return [row if isinstance(row, Strip) else _strip_of(row) for row in rows]


def _strip_of(row: Row) -> Strip:
    """Return the strip of a row of a panel, in the analyte's SI unit, as displayed there."""
    about = row.quantity.about
    unit, other = about.si_unit, about.other_unit(about.si_unit)
    in_si = row.quantity.to(unit)
    low, high = (None, None) if row.interval is None else (row.interval.limit(end, unit) for end in ("low", "high"))
    return Strip(
        name=about.name[0].upper() + about.name[1:],
        value=float(units.rounded(in_si.value, about.spec(unit).decimals)),
        shown=in_si.shown(),
        also="" if other is None else row.quantity.to(other).shown(),
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        interval="" if row.interval is None else row.interval.shown(unit),
        flag=row.flag,
    )


def _height(strips: list[Strip]) -> float:
    return _TOP_IN + _ROW_IN * len(strips) + _FOOT_IN


def _drawn(strips: list[Strip]) -> Figure:
    height = _height(strips)
    fig = new_figure(height)
    for index, strip in enumerate(strips):
        _bar(fig, strip, height - _TOP_IN - index * _ROW_IN)
    _foot(fig, _has_band(strips))
    return fig


def _has_band(strips: list[Strip]) -> bool:
    return any(strip.low is not None or strip.high is not None for strip in strips)


def _foot(fig: Figure, has_band: bool) -> None:
    """Explain what is drawn, and nothing that is not: without a band there is no scale and no arrow either."""
    key = "Band: the interval. Arrow: further out than drawn." if has_band else "No interval fits, so none is drawn."
    _write(fig, _MARGIN_IN, 0.16, key, fontsize=NOTE, color=QUIET)


def _write(fig: Figure, x_in: float, y_in: float, text: str, **how: object) -> None:
    """Write at a place given in inches on the card: text and bars keep their distances however long the panel is."""
    fig.text(x_in, y_in, text, transform=fig.dpi_scale_trans, va="center", **how)


def _line(fig: Figure, x_in: list[float], y_in: float, **how: object) -> None:
    fig.add_artist(Line2D(x_in, [y_in] * len(x_in), transform=fig.dpi_scale_trans, **how))


def _bar(fig: Figure, strip: Strip, top: float) -> None:
    sign, word, colour = _FLAGS[strip.flag]
    right, middle = WIDTH_IN - _MARGIN_IN, top - 0.38
    _write(fig, _MARGIN_IN, top - 0.14, strip.name, fontsize=SIZE, fontweight="bold")
    _write(fig, right, top - 0.14, f"{sign} {word}", fontsize=SMALL, color=colour, ha="right", weight="bold")
    _write(fig, right, middle, strip.both, fontsize=SIZE, ha="right")
    ends = _band_ends(strip)
    if ends is None:
        return
    start, stop = (_MARGIN_IN + _STRIP_IN * end for end in ends)
    _line(fig, [_MARGIN_IN, _MARGIN_IN + _STRIP_IN], middle, color=RULE, linewidth=1.4, zorder=1)
    band = Rectangle((start, middle - 0.07), stop - start, 0.14, facecolor=BAND, edgecolor=GREEN, linewidth=1)
    band.set_transform(fig.dpi_scale_trans)
    fig.add_artist(band)
    label_at = max((start + stop) / 2, _MARGIN_IN + 0.037 * len(strip.interval))
    _write(fig, label_at, middle - 0.18, strip.interval, fontsize=NOTE, color=QUIET, ha="center")
    marker, x = _marker(_place(strip))
    _line(fig, [x], middle, marker=marker, markersize=9, color=colour, markeredgecolor=CARD, zorder=3)


def _band_ends(strip: Strip) -> tuple[float, float] | None:
    """Return where the band begins and ends on a strip from 0 to 1; None without an interval."""
    if strip.low is None and strip.high is None:
        return None
    return (0.0 if strip.low is None else _LOW_AT, 1.0 if strip.high is None else _HIGH_AT)


def _place(strip: Strip) -> float:
    """Return where the value lies on a strip from 0 to 1; outside of that when it lies beyond the strip."""
    if strip.low is None:
        return _HIGH_AT * strip.value / strip.high
    if strip.high is None:
        return _LOW_AT * strip.value / strip.low
    return _LOW_AT + (_HIGH_AT - _LOW_AT) * (strip.value - strip.low) / (strip.high - strip.low)


def _marker(place: float) -> tuple[str, float]:
    if place < 0:
        return "<", _MARGIN_IN + 0.05
    if place > 1:
        return ">", _MARGIN_IN + _STRIP_IN - 0.05
    return "D", _MARGIN_IN + _STRIP_IN * place


def _report(strips: list[Strip]) -> Figure:
    height = _TOP_IN + _REPORT_ROW_IN * len(strips) + 0.06
    fig = new_figure(height)
    for index, strip in enumerate(strips):
        top = height - _TOP_IN - index * _REPORT_ROW_IN
        _write(fig, _MARGIN_IN, top - 0.16, strip.name, fontsize=SIZE, fontweight="bold")
        _write(fig, _MARGIN_IN, top - 0.38, strip.both, fontsize=SIZE)
        interval = strip.interval or "no interval printed"
        _write(fig, WIDTH_IN - _MARGIN_IN, top - 0.38, interval, fontsize=SMALL, color=QUIET, ha="right")
        if index:
            _line(fig, [_MARGIN_IN, WIDTH_IN - _MARGIN_IN], top + 0.02, color=RULE, linewidth=0.8)
    return fig


def _counted(strips: list[Strip]) -> str:
    return f"A panel of {len(strips)} result{'s' if len(strips) != 1 else ''}."


def _named(strip: Strip) -> str:
    name = strip.name if strip.name[:2].isupper() else strip.name[0].lower() + strip.name[1:]
    detail = "; ".join(part for part in (strip.also, f"interval {strip.interval}" if strip.interval else "") if part)
    return f"{name} {strip.shown} ({detail})" if detail else f"{name} {strip.shown}"


def _text(strips: list[Strip]) -> str:
    heads = {
        "low": "Below its interval",
        "high": "Above its interval",
        "laboratories differ": "Laboratories differ about",
        "normal": "Inside its interval",
        "no interval": "Without an interval",
    }
    parts = [_counted(strips)]
    for flag, head in heads.items():
        members = [_named(strip) for strip in strips if strip.flag == flag]
        if members:
            head = head.replace("its interval", "their intervals") if len(members) > 1 else head
            parts.append(f"{head}: {'; '.join(members)}.")
    return " ".join(parts)


def _report_text(strips: list[Strip]) -> str:
    return f"{_counted(strips)} Not yet judged: {'; '.join(_named(strip) for strip in strips)}."


def _table(strips: list[Strip], values_only: bool) -> pd.DataFrame:
    columns = {
        "analyte": [strip.name for strip in strips],
        "value (SI)": [strip.shown for strip in strips],
        "value (conventional)": [strip.also or strip.shown for strip in strips],
        "interval": [strip.interval or "none" for strip in strips],
    }
    if not values_only:
        columns["flag"] = [" ".join(_FLAGS[strip.flag][:2]) for strip in strips]
    return named_table(columns, "The results of this panel")
