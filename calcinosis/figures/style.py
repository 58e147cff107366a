"""One look for all figures: palette, sizes, drawing, and the way from a figure to a page.

Figures are plain `matplotlib.figure.Figure` objects: pyplot keeps figures alive and picks a backend, a page needs
neither. Each carries its own light card, so that it stays readable when JupyterLab is dark.
"""

import base64
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from calcinosis import units
from calcinosis.errors import CourseError

# Okabe and Ito's set (colour-blind safe). Fills may be light; what is written uses INK or an ink of the same hue.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

CARD = "#FFFFFF"
INK = "#1A1A1A"
QUIET = "#555555"
RULE = "#C9C9C9"
BLUE_INK = "#005A8E"
VERMILLION_INK = "#A84300"
GREEN_INK = "#006B4F"
PURPLE_INK = "#8A3A68"
BAND = "#D3EBE2"

TEXT_COLOURS = {
    "ink": INK,
    "quiet": QUIET,
    "blue": BLUE_INK,
    "vermillion": VERMILLION_INK,
    "green": GREEN_INK,
    "purple": PURPLE_INK,
}

# 4.8 inches are 461 CSS pixels; on a telephone of 320 pixels the smallest text, 10 points, is still 9.3 pixels high.
WIDTH_IN = 4.8
SIZE = 11.0
SMALL = 10.5
NOTE = 10.0

_STYLE = {
    "font.family": "sans-serif",
    # The first comes with matplotlib and is what the tests measure; the others are what a page without it has.
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": SIZE,
    "axes.titlesize": SIZE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SIZE,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.facecolor": CARD,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.9,
    "axes.unicode_minus": True,
    "figure.facecolor": CARD,
    "savefig.facecolor": CARD,
    "figure.dpi": 96,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "lines.linewidth": 2.2,
    # Text stays text: a fifth of the bytes and half of the drawing time of letters drawn as outlines.
    "svg.fonttype": "none",
    "svg.hashsalt": "calcinosis",
    "path.simplify": True,
}

# Beyond this size an SVG is slower on the page than a picture of pixels (measured on the scatter-like figures).
_HEAVY_BYTES = 250_000
_POINTS = 72  # to the inch, the unit of matplotlib's SVG
_GROUP_NUMBER = re.compile(r' id="(?:figure|text|patch|line2d)_\d+"')


@contextmanager
def style() -> Iterator[None]:
    """Draw in the course's style; outside the block matplotlib is as the learner left it.

    Examples
    --------
    >>> with style():
    ...     mpl.rcParams["font.size"]
    11.0
    """
    with mpl.rc_context(_STYLE):
        yield


def new_figure(height_in: float, width_in: float = WIDTH_IN) -> Figure:
    """Return an empty card of the course's width; sizes in inches."""
    return Figure(figsize=(width_in, height_in), facecolor=CARD)


def render(fig: Figure, kind: str = "auto") -> str:
    """Return a figure as a data URI.

    Parameters
    ----------
    fig
        The figure to draw.
    kind
        ``"svg"``, ``"png"`` (double resolution) or ``"auto"``: SVG unless it would be heavy.

    Returns
    -------
    str
        ``data:image/svg+xml;base64,…`` or ``data:image/png;base64,…``; the SVG is the same, byte for byte, each time.
    """
    if kind not in ("auto", "svg", "png"):
        raise CourseError(f"A figure is drawn as svg, png or auto, not as {kind!r}.")
    if kind in ("auto", "svg"):
        raw = svg_bytes(fig)
        if kind == "svg" or len(raw) <= _HEAVY_BYTES:
            return _svg_address(raw)
    return "data:image/png;base64," + base64.b64encode(png_bytes(fig)).decode("ascii")


def _svg_address(raw: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(raw).decode("ascii")


def svg_piece(fig: Figure) -> str:
    """Return what stands on a figure as SVG elements, to be put on a larger card by :func:`render_pieces`.

    The numbering of its groups is left out, for pieces of one card would repeat it.
    """
    fig.patch.set_visible(False)
    whole = svg_bytes(fig).decode()
    return _GROUP_NUMBER.sub("", whole[whole.index('<g id="figure_1">') : whole.rindex("</svg>")])


def render_pieces(height_in: float, pieces: Iterable[tuple[float, str]]) -> str:
    """Return one card put together from pieces as a data URI: what has not changed need not be drawn again.

    Parameters
    ----------
    height_in
        Height of the card; its width is the course's.
    pieces
        For each the distance of its top from the top of the card, in inches, and its elements from :func:`svg_piece`.
    """
    width, height = WIDTH_IN * _POINTS, height_in * _POINTS
    placed = "".join(f'<g transform="translate(0 {top * _POINTS:.6g})">\n{piece}</g>\n' for top, piece in pieces)
    return _svg_address(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
        f'width="{width:.6g}pt" height="{height:.6g}pt" viewBox="0 0 {width:.6g} {height:.6g}">\n'
        "<style>*{stroke-linejoin: round; stroke-linecap: butt}</style>\n"
        f'<rect width="100%" height="100%" fill="{CARD}"/>\n{placed}</svg>\n'.encode()
    )


def svg_bytes(fig: Figure) -> bytes:
    """Return the figure as SVG, without date and with fixed ids, so that two drawings are the same bytes."""
    buffer = io.BytesIO()
    with style():
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(fig: Figure) -> bytes:
    """Return the figure as PNG at double resolution (192 dots per inch), sharp at 200 % zoom."""
    buffer = io.BytesIO()
    with style():
        fig.savefig(buffer, format="png", dpi=192, metadata={"Software": None})
    return buffer.getvalue()


def picture(fig: Figure, text: str, table: pd.DataFrame) -> dict:
    """Return what a widget needs to show a figure: its address, its description, its numbers.

    Parameters
    ----------
    fig, text, table
        As every function of this room returns them.

    Returns
    -------
    dict
        ``{"src": data URI, "alt": text, "table": {"caption", "columns", "rows"}}`` as the page's ``picture`` takes it;
        cells are texts, columns of numbers are marked as such.

    Examples
    --------
    >>> with style():
    ...     fig = new_figure(1.0)
    >>> table = pd.DataFrame({"ionised calcium (mmol/L)": [0.91]})
    >>> shown = picture(fig, "A description that says what the picture argues, with its numbers in it.", table)
    >>> shown["table"]["columns"], shown["table"]["rows"]
    ([{'id': '0', 'text': 'ionised calcium (mmol/L)', 'number': True}], [{'0': '0.91'}])
    """
    columns = [
        {"id": str(index), "text": str(name), "number": bool(pd.api.types.is_numeric_dtype(table[name]))}
        for index, name in enumerate(table.columns)
    ]
    decimals = table.attrs.get("decimals", {})
    rows = [
        {column["id"]: _cell(value, decimals.get(column["text"])) for column, value in zip(columns, row, strict=True)}
        for row in table.itertuples(index=False)
    ]
    caption = table.attrs.get("caption", "The numbers behind the picture")
    return {"src": render(fig), "alt": text, "table": {"caption": caption, "columns": columns, "rows": rows}}


def _cell(value: object, decimals: int | None = None) -> str:
    """Return a table cell as text: empty for a missing value; without stated decimals no zero is invented.

    Examples
    --------
    >>> _cell(0.91), _cell(None), _cell(float("nan")), _cell(29), _cell(-3.0), _cell(2.3, 2)
    ('0.91', '', '', '29', '−3', '2.30')
    """
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float):
        return (f"{value:.6g}" if decimals is None else f"{value:.{decimals}f}").replace("-", "−")
    return str(value)


def named_table(columns: dict, caption: str, decimals: dict[str, int] | None = None) -> pd.DataFrame:
    """Return a DataFrame with the caption that the page prints over it and the digits that its columns show."""
    table = pd.DataFrame(columns)
    table.attrs |= {"caption": caption, "decimals": decimals or {}}
    return table


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it (1 to 21).

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in mpl.colors.to_rgb(colour)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def conventional_axes(ax: Axes, x_analyte: str, y_analyte: str | None = None) -> None:
    """Add the conventional units along the top and the right of axes that are in SI, where they differ."""
    for name, add in ((x_analyte, ax.secondary_xaxis), (y_analyte, ax.secondary_yaxis)):
        other = None if name is None else units.analyte(name).other_unit(units.analyte(name).si_unit)
        if other is None:
            continue
        factor = units.factor(name, units.analyte(name).si_unit, other)
        is_x = name == x_analyte
        functions = (lambda value, f=factor: value * f, lambda value, f=factor: value / f)
        axis = add("top" if is_x else "right", functions=functions)
        (axis.set_xlabel if is_x else axis.set_ylabel)(other, color=QUIET)
        axis.tick_params(labelcolor=QUIET)
