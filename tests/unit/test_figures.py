"""Figures: what their descriptions say, what their tables hold, and that they can be read."""

import base64
import hashlib
import itertools
import re
import sys
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from calcinosis import content, figures, labs, population, units
from calcinosis.errors import CourseError, InputError
from calcinosis.figures import glands, panels, style
from calcinosis.labs import Flag

XLINK = "{http://www.w3.org/1999/xlink}href"
HYPOPARATHYROID = {"calcium_ionised": "0.91 mmol/L", "pth": "1.4 pmol/L"}
REPORT = {
    "calcium": "1.48 mmol/L", "ionised calcium": "0.91 mmol/L", "albumin": "26 g/L", "phosphate": "0.91 mmol/L",
    "magnesium": "0.78 mmol/L", "creatinine": "101 µmol/L", "pth": "1.4 pmol/L",
}  # fmt: skip
PRINTED = {"calcium": "2.10-2.55 mmol/L", "ionised calcium": "1.17-1.29 mmol/L", "pth": "1.2-8.4 pmol/L"}


def report():
    return labs.read_panel(REPORT, age="62", sex="male", printed=PRINTED)


def long_panel():
    """Return every analyte at its upper soft limit or amid its hard ones: the longest names and values."""
    values = {}
    for key in content.analytes():
        about = units.analyte(key)
        low, high = about.spec(about.si_unit).hard
        value = about.spec(about.si_unit).soft[1] or (high and high / 2) or (low or 0) + 1
        values[key] = f"{value:g} {about.si_unit}"
    return values


DRAWN = {
    "panel": lambda: figures.panel(report()),
    "panel, values only": lambda: figures.panel(report(), values_only=True),
    "population": lambda: figures.population("calcium_total", "2.30 mmol/L", "female", 40),
    "population, alone": lambda: figures.population("phosphate"),
    "population, far below": lambda: figures.population("calcium_total", "1.48 mmol/L", "male", 62),
    "population, far above": lambda: figures.population("alp", "700 U/L", "male", 13),
    "population, skewed": lambda: figures.population("ck", "9000 U/L"),
    "population, skewed, below": lambda: figures.population("ck", "5 U/L"),
    "pth curve": lambda: figures.pth_curve(HYPOPARATHYROID),
    "pth curve, shifted": lambda: figures.pth_curve(None, (1.32, 1.0)),
    "pth curve, not switched off": lambda: figures.pth_curve(
        {"calcium_ionised": "1.42 mmol/L", "pth": "12 pmol/L"}, (1.32,)
    ),
    "pth curve, answering": lambda: figures.pth_curve({"calcium_ionised": "1.25 mmol/L", "pth": "2.4 pmol/L"}),
    "pth curve, very high": lambda: figures.pth_curve({"calcium_ionised": "1.55 mmol/L", "pth": "120 pmol/L"}),
    "pth curve, crisis": lambda: figures.pth_curve({"calcium_ionised": "2.30 mmol/L", "pth": "0.6 pmol/L"}),
    "pth curve, tetany": lambda: figures.pth_curve({"calcium_ionised": "0.60 mmol/L", "pth": "60 pmol/L"}),
    "agreement": figures.agreement,
    "calcium on albumin": figures.calcium_on_albumin,
    "calcium pools": figures.calcium_pools,
}
KEPT = {name: cache(draw) for name, draw in DRAWN.items()}
ALL = pytest.mark.parametrize("draw", KEPT.values(), ids=KEPT.keys())
FRESH = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN.keys())


def lines_of(fig):
    return [artist for artist in fig.artists if isinstance(artist, Line2D)]


def text_boxes(fig):
    """Return text and box of everything written on a figure, in the pixels of its card."""
    with style.style():
        renderer = FigureCanvasAgg(fig).get_renderer()
        fig.draw(renderer)
        for artist in fig.findobj(Text):
            if artist.get_visible() and artist.get_text().strip():
                box = artist.get_window_extent(renderer)
                yield artist, box


def drawn_text_boxes(fig):
    """Leave out the tick labels that matplotlib keeps for ticks outside the axes and never draws."""
    boxes = list(text_boxes(fig))  # draws, which is what places the ticks
    hidden = set()
    for axes in itertools.chain.from_iterable((axes, *axes.child_axes) for axes in fig.axes):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                inside = low - 1e-9 <= tick.get_loc() <= high + 1e-9
                hidden |= set() if inside else {tick.label1, tick.label2}
    return [(artist, box) for artist, box in boxes if artist not in hidden and box.width > 0]


def clashes(fig):
    """Return a sentence for each pair of texts on each other and each text that leaves the card."""
    boxes = [(artist.get_text(), box) for artist, box in drawn_text_boxes(fig)]
    found = [
        f"{text!r} leaves the card"
        for text, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > fig.bbox.width or box.y1 > fig.bbox.height
    ]
    for (text, box), (other, second) in itertools.combinations(boxes, 2):
        wide = min(box.x1, second.x1) - max(box.x0, second.x0)
        high = min(box.y1, second.y1) - max(box.y0, second.y0)
        if wide > 1 and high > 2:
            found.append(f"{text!r} lies on {other!r}")
    return found


# --- every figure -----------------------------------------------------------------------------------------------------


@ALL
def test_no_text_lies_on_another_or_leaves_the_card(draw):
    assert clashes(draw()[0]) == []


def test_the_check_for_clashes_sees_them():
    with style.style():
        fig = style.new_figure(1.0)
        fig.text(0.1, 0.5, "one text")
        fig.text(0.15, 0.5, "another")
        fig.text(0.9, 0.1, "far too long for the card")
    assert clashes(fig) == ["'far too long for the card' leaves the card", "'one text' lies on 'another'"]


@ALL
def test_the_description_argues_with_numbers(draw):
    _, text, _ = draw()
    assert len(text) >= 60
    assert len(re.findall(r"\d", text)) >= 3
    assert text.endswith(".")
    assert not re.search(r"nan|None|\{|\bfigure\b|\bshowing\b", text)


@ALL
def test_what_is_written_can_be_read_on_a_telephone(draw):
    """At 320 pixels of width no letter is smaller than 9 pixels, and its colour has a contrast of 4.5 to 1."""
    fig = draw()[0]
    assert fig.get_figwidth() == pytest.approx(style.WIDTH_IN)
    for artist, _ in drawn_text_boxes(fig):
        pixels = artist.get_fontsize() / 72 * 96 * 320 / (fig.get_figwidth() * 96)
        assert pixels >= 9, artist.get_text()
        assert style.contrast(to_hex(artist.get_color()), style.CARD) >= 4.5, artist.get_text()


@ALL
def test_an_axis_with_numbers_says_its_unit(draw):
    for axes in draw()[0].axes:
        for axis in (axes.xaxis, axes.yaxis):
            if axes.axison and len(axis.get_ticklocs()):
                assert re.search(r"\(.*(/|%).*\)", axis.get_label_text())


@FRESH
def test_two_drawings_are_the_same_bytes(draw):
    first, second = (style.svg_bytes(draw()[0]) for _ in range(2))
    assert first == second
    assert b"<dc:date>" not in first


@ALL
def test_a_drawing_is_light_enough_for_a_page(draw):
    assert figures.render(draw()[0]).startswith("data:image/svg+xml;base64,")
    assert len(style.svg_bytes(draw()[0])) < 80_000


@ALL
def test_a_picture_has_all_that_a_page_needs(draw):
    fig, text, table = draw()
    shown = figures.picture(fig, text, table)
    assert set(shown) == {"src", "alt", "table"}
    assert shown["alt"] == text
    ids = [column["id"] for column in shown["table"]["columns"]]
    assert len(shown["table"]["rows"]) == len(table) > 0
    for row in shown["table"]["rows"]:
        assert list(row) == ids
        assert all(isinstance(cell, str) and cell != "nan" for cell in row.values())


@ALL
def test_numbers_of_a_table_have_their_unit_in_the_head(draw):
    table = draw()[2]
    for name in table.columns:
        if table[name].dtype.kind == "f" and name not in ("percentile", "people of 100 misjudged"):
            assert re.search(r"\([^)]*(/|%)[^)]*\)", name), name


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    figures.picture(*figures.agreement())
    assert dict(mpl.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_the_light_card_is_painted():
    """In a dark notebook the picture needs its own ground."""
    first_path = style.svg_bytes(figures.agreement()[0]).decode().split('<g id="patch_1">')[1][:200]
    assert "fill: #ffffff" in first_path


def test_png_has_double_resolution():
    raw = base64.b64decode(figures.render(figures.agreement()[0], "png").split(",")[1])
    assert raw.startswith(b"\x89PNG")
    width = int.from_bytes(raw[16:20])
    assert width == pytest.approx(2 * 96 * style.WIDTH_IN, abs=2)
    assert hashlib.sha256(raw).digest() == hashlib.sha256(style.png_bytes(figures.agreement()[0])).digest()


def test_an_unknown_kind_of_drawing_is_refused():
    with pytest.raises(CourseError, match="not as 'gif'"):
        figures.render(figures.agreement()[0], "gif")


def test_what_is_heavy_becomes_pixels():
    with style.style():
        fig = style.new_figure(2.0)
        ax = fig.add_subplot()
        ax.scatter(np.arange(9000), np.arange(9000) % 97)
    assert figures.render(fig).startswith("data:image/png")
    assert figures.render(fig, "svg").startswith("data:image/svg")


# --- colour -----------------------------------------------------------------------------------------------------------

OKABE_ITO = ["#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"]


def test_the_palette_is_okabe_and_ito():
    names = ("BLACK", "ORANGE", "SKY", "GREEN", "YELLOW", "BLUE", "VERMILLION", "PURPLE")
    assert [getattr(style, name) for name in names] == OKABE_ITO


@pytest.mark.parametrize("name", style.TEXT_COLOURS)
def test_inks_can_be_read_on_the_card(name):
    assert style.contrast(style.TEXT_COLOURS[name], style.CARD) >= 4.5


def test_contrast_as_the_guideline_defines_it():
    assert style.contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.01)
    assert style.contrast("#FFFFFF", "#0000FF") == pytest.approx(8.592, abs=0.01)


def test_flags_differ_without_colour():
    from calcinosis.figures.panels import _FLAGS

    assert set(_FLAGS) == set(Flag)
    assert len({sign for sign, _, _ in _FLAGS.values()}) == len(Flag)
    assert len({word for _, word, _ in _FLAGS.values()}) == len(Flag)


# --- the panel --------------------------------------------------------------------------------------------------------


def test_the_panel_says_what_is_low_and_what_is_inside():
    _, text, table = figures.panel(report())
    low, rest = text.split(" Laboratories differ about: ")
    assert "Below their intervals: total calcium 1.48 mmol/L (5.9 mg/dL; interval 2.10–2.55 mmol/L)" in low
    assert "albumin 26 g/L" in low
    assert "parathyroid hormone, intact 1.4 pmol/L (13 pg/mL; interval 1.2–8.4 pmol/L)" in rest.split("Inside")[1]
    assert table["flag"].tolist() == ["▼ low", "▼ low", "▼ low", "◆ labs differ", "● inside", "● inside", "● inside"]


def test_values_only_gives_no_verdict():
    fig, text, table = figures.panel(report(), values_only=True)
    written = " ".join(artist.get_text() for artist in fig.findobj(Text))
    for shown in (text, written, " ".join(table.astype(str).to_numpy().ravel())):
        assert not re.search(r"\blow\b|\bhigh\b|inside|differ|▼|▲|●", shown)
    assert "1.4 pmol/L (13 pg/mL)" in written
    assert "1.2–8.4 pmol/L" in written
    assert "flag" not in table


def test_conventional_values_as_typed_stay_as_typed():
    _, text, _ = figures.panel(labs.read_panel({"calcium": "14.9 mg/dL"}, age="56", sex="female"))
    assert "total calcium 3.72 mmol/L (14.9 mg/dL" in text


def test_an_empty_panel_is_one_sentence():
    with pytest.raises(InputError, match="holds no value yet"):
        figures.panel([])


@pytest.mark.parametrize(
    ("value", "marker"), [(0.5, "<"), (1.6, "D"), (2.3, "D"), (3.0, "D"), (3.6, ">")]
)  # the interval is 2.10 to 2.50, the strip 1.50 to 3.10
def test_a_value_beyond_the_strip_becomes_an_arrow(value, marker):
    strip = figures.Strip("Calcium", value, f"{value} mmol/L", "", 2.1, 2.5, "2.10–2.50 mmol/L", Flag.NORMAL)
    markers = [line.get_marker() for line in lines_of(figures.panel([strip])[0])]
    assert marker in markers


@pytest.mark.parametrize(("low", "high"), [(None, 10.0), (10.0, None), (None, None)])
@pytest.mark.parametrize("value", [0.0, 9.0, 11.0, 500.0])
def test_one_sided_and_missing_intervals_are_drawn(low, high, value):
    flag = Flag.NO_INTERVAL if low is high is None else Flag.NORMAL
    strip = figures.Strip("A", value, f"{value} U/L", "", low, high, "≤ 10 U/L" if high else "", flag)
    fig, _, _ = figures.panel([strip])
    assert clashes(fig) == []
    assert len(lines_of(fig)) == (0 if flag is Flag.NO_INTERVAL else 2)


def test_a_marker_inside_the_interval_lies_on_the_band():
    """Position and flag must tell one story: judged by geometry, for values all over the strip."""
    for value in np.linspace(1.6, 3.0, 57):
        strip = figures.Strip("Calcium", value, "x", "", 2.1, 2.5, "i", Flag.NORMAL)
        fig, _, _ = figures.panel([strip])
        (x,) = lines_of(fig)[-1].get_xdata()
        band = next(a for a in fig.artists if isinstance(a, Rectangle))
        inside = band.get_x() - 1e-9 <= x <= band.get_x() + band.get_width() + 1e-9
        assert inside == (2.1 <= round(value, 9) <= 2.5)


def test_the_longest_names_and_values_fit():
    values = {
        key: text for key, text in long_panel().items() if key not in labs.read_panel({"calcium": "2.3 mmol/L"}).derived
    }
    rows = []
    for key, text in values.items():
        try:
            rows += labs.read_panel({key: text}, age="40", sex="female").rows
        except InputError:
            continue  # calculated analytes are not entered
    assert len(rows) > 30
    assert clashes(figures.panel(rows)[0]) == []
    assert clashes(figures.panel(rows, values_only=True)[0]) == []


def placed(source):
    """Return every text and every shape of an SVG with its place on the card, in points, rounded."""
    found = []

    def walk(node, down):
        match = re.fullmatch(r"translate\(0 ([\d.]+)\)", node.get("transform", ""))
        down += float(match[1]) if match else 0.0
        kind = node.tag.split("}")[1]
        if kind == "defs":
            return
        if kind in ("text", "use"):
            name = node.text or node.get(XLINK)
            found.append((name, round(float(node.get("x")), 2), round(float(node.get("y")) + down, 2)))
        elif kind == "path":
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", node.get("d"))]
            found.append(("path", *(round(n + down * (k % 2), 2) for k, n in enumerate(numbers))))
        for child in node:
            walk(child, down)

    walk(ElementTree.fromstring(source), 0.0)
    return sorted(found)


def card_of(shown):
    return base64.b64decode(shown["src"].split(",")[1])


def test_a_picture_of_strips_is_the_whole_figure():
    """The page of a widget gets strips put together; nothing may lie elsewhere than in the figure drawn at once."""
    fig, text, _ = figures.panel(report())
    shown = figures.panel_picture(report())
    whole = [thing for thing in placed(style.svg_bytes(fig)) if thing[:2] != ("path", 0.0)]  # without the ground
    assert placed(card_of(shown)) == whole
    assert len(whole) > 40
    assert shown["alt"] == text
    sizes = [
        re.search(rb'width="[\d.]+pt" height="[\d.]+pt"', raw)[0] for raw in (card_of(shown), style.svg_bytes(fig))
    ]
    assert sizes[0] == sizes[1]


def test_a_picture_of_strips_repeats_no_name_of_its_own():
    names = re.findall(rb'<g[^>]* id="', card_of(figures.panel_picture(report())))
    assert names == []


def test_a_strip_that_has_not_changed_is_not_drawn_again(monkeypatch):
    drawn = []
    bar = panels._bar
    monkeypatch.setattr(panels, "_bar", lambda fig, strip, top: (drawn.append(strip.name), bar(fig, strip, top)))
    panels._strip_piece.cache_clear()
    first = figures.panel_picture(report())
    assert len(drawn) == len(REPORT)
    assert figures.panel_picture(report()) == first
    assert len(drawn) == len(REPORT)
    figures.panel_picture(labs.read_panel(REPORT | {"albumin": "27 g/L"}, age="62", sex="male", printed=PRINTED))
    assert drawn[len(REPORT) :] == ["Albumin"]


def test_a_picture_of_strips_is_the_same_bytes_each_time():
    first = figures.panel_picture(report())
    panels._strip_piece.cache_clear()
    assert figures.panel_picture(report()) == first


def test_the_picture_of_an_empty_panel_is_one_sentence():
    with pytest.raises(InputError, match="holds no value yet"):
        figures.panel_picture([])


# --- people -----------------------------------------------------------------------------------------------------------


def test_population_says_the_place_and_the_spread():
    _, text, table = figures.population("calcium_total", "2.30 mmol/L", "female", 40)
    found = population.percentiles("calcium_total", "female", 40)
    assert f"{found[50]:.2f} mmol/L" in text
    assert f"between {found[2.5]:.2f} mmol/L" in text
    assert "about 59 have a lower value" in text
    assert table["total calcium (mmol/L)"].tolist() == pytest.approx(list(found.values()), abs=0.0051)
    assert table["total calcium (mg/dL)"].tolist() == pytest.approx([v / 0.249513 for v in found.values()], abs=0.051)


def test_blocks_have_the_area_of_their_people():
    fig, _, _ = figures.population("calcium_total", None, "female", 40)
    found = population.curve("calcium_total", "female", 40)
    areas = np.array([bar.get_width() * bar.get_height() for bar in fig.axes[0].patches])
    shares = np.diff(found.percents)
    assert areas / areas.sum() == pytest.approx(shares / shares.sum(), rel=1e-6)


@pytest.mark.parametrize(("text", "marker"), [("1.48 mmol/L", "<"), ("2.25 mmol/L", "v"), ("4.0 mmol/L", ">")])
def test_the_learner_s_value_is_marked_where_it_lies(text, marker):
    ax = figures.population("calcium_total", text, "male", 62)[0].axes[0]
    line = next(line for line in ax.lines if line.get_marker() == marker)
    if marker == "v":
        assert line.get_xdata()[0] == pytest.approx(2.25)


@pytest.mark.parametrize("analyte", population.analytes())
@pytest.mark.parametrize("sex", [None, "female", "male"])
def test_every_group_can_be_drawn_without_clashes(analyte, sex):
    for age in (None, 13, 80):
        found = population.curve(analyte, sex, age)
        value = units.Quantity(analyte, found.values[-2], found.unit)
        fig, text, _ = figures.population(analyte, value, sex, age)
        assert clashes(fig) == []
        assert value.both() in text


def test_a_value_that_cannot_be_read_is_refused():
    with pytest.raises(InputError, match="of what"):
        figures.population("calcium_total", "2.30")


def test_the_slope_is_the_survey_s_and_is_not_called_true():
    _, text, table = figures.calcium_on_albumin()
    line = population.regression()
    assert f"{line.slope_mg_dl_per_g_dl:.2f} mg/dL per g/dL" in text
    assert "0.8 of the popular formula" in text
    assert "1.0 of the 1973 one" in text
    assert "only 29 of 5,152" in text
    assert "not the true slope" in text
    assert "flatten" in text
    assert "defends ionised calcium" in text
    assert table["adults"].sum() < line.n


def test_the_three_lines_have_their_slopes_and_one_middle():
    ax = figures.calcium_on_albumin()[0].axes[0]
    lines = [line for line in ax.lines if line.get_linestyle() != "None" and len(line.get_xdata()) == 2]
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in lines]
    assert slopes == pytest.approx([population.regression().slope_mmol_l_per_g_l, 0.02, 0.025])
    at = [np.interp(40.8, line.get_xdata(), line.get_ydata()) for line in lines]
    assert max(at) - min(at) < 0.005


# --- glands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("calcium", "healthy", "shifted"),
    [(1.00, 84.2, 95.8), (1.10, 60.5, 91.4), (1.13, 51.7, 88.7), (1.20, 33.0, 79.1), (1.25, 23.2, 68.9),
     (1.30, 16.6, 56.8), (1.35, 12.5, 44.3), (1.42, 9.2, 29.6)],
)  # fmt: skip
def test_the_curve_is_the_published_parameterisation(calcium, healthy, shifted):
    to_pg = 9.4248
    assert glands.expected_pth_pmol_l(calcium) * to_pg == pytest.approx(healthy, abs=0.06)
    assert glands.expected_pth_pmol_l(calcium, 1.32) * to_pg == pytest.approx(shifted, abs=0.06)


def test_the_hypoparathyroid_gland_does_not_answer():
    _, text, table = figures.pth_curve(HYPOPARATHYROID)
    assert (
        "At 0.91 mmol/L (3.65 mg/dL) a healthy gland releases close to its maximum, about 9.9 pmol/L (94 pg/mL)" in text
    )
    assert "this patient's 1.4 pmol/L (13 pg/mL) lies far below, so the gland does not answer" in text
    row = table[table["ionised calcium (mmol/L)"] == 0.91]
    assert row["this patient's PTH (pmol/L)"].tolist() == [1.4]
    assert row["healthy PTH (pmol/L)"].tolist() == pytest.approx([9.94], abs=0.01)


@pytest.mark.parametrize(
    ("calcium", "pth", "words"),
    [("1.42", "12", "lies far above, so the gland is not switched off"),
     ("1.25", "2.4", "is of that order, so the gland answers"),
     ("1.42", "0.8", "so the gland is switched down as"), ("1.42", "0.4", "so the gland is switched off"),
     ("1.00", "1.0", "does not answer"), ("0.80", "60", "answers more strongly than a healthy one")],
)  # fmt: skip
def test_the_verdict_follows_the_numbers(calcium, pth, words):
    _, text, _ = figures.pth_curve({"calcium_ionised": f"{calcium} mmol/L", "pth": f"{pth} pmol/L"})
    assert words in text


def test_units_do_not_move_the_dot():
    one = figures.pth_curve(HYPOPARATHYROID)
    two = figures.pth_curve({"calcium_ionised": "3.6471 mg/dL", "pth": "13.195 pg/mL"})
    dots = [fig.axes[0].lines[2].get_xydata()[0] for fig in (one[0], two[0])]
    assert dots[0] == pytest.approx(dots[1], rel=1e-3)


def test_a_case_of_the_course_can_be_drawn():
    assert figures.pth_curve("bcmj-2007")[1] == figures.pth_curve(HYPOPARATHYROID)[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("no-such-case",), "There is no case"),
        (({"pth": "1.4 pmol/L"},), "has no ionised calcium"),
        (({"calcium_ionised": "0.91 mmol/L"},), "has no PTH"),
        (({"calcium_ionised": "0.5 mmol/L", "pth": "1.4 pmol/L"},), "is not drawn"),
        (({"calcium_ionised": "0.91", "pth": "1.4 pmol/L"},), "of what"),
        ((None, (2.0,)), "is not drawn"),
        ((None, (float("nan"),)), "is not drawn"),
        ((None, (1.1, 1.2, 1.3)), "at most 2 further set points"),
    ],
)
def test_what_the_curve_cannot_show_is_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        figures.pth_curve(*arguments)
    assert "\n" not in str(caught.value)


# --- amounts ----------------------------------------------------------------------------------------------------------


def test_agreement_is_the_published_one():
    fig, text, table = figures.agreement()
    assert table["agrees with ionised calcium (%)"].tolist() == [74.5, 63.0, 58.7]
    for number in ("22,658", "74.5 %", "63.0 %", "58.7 %", "15.8"):
        assert number in text
    bars = [bar.get_width() for bar in fig.axes[0].patches]
    assert bars == [100, 74.5, 100, 63.0, 100, 58.7]


def test_pools_are_areas_and_fluxes_lengths():
    fig, text, table = figures.calcium_pools()
    skeleton, outside, *fluxes = [artist for artist in fig.artists if isinstance(artist, Rectangle)]
    area = [patch.get_width() * patch.get_height() for patch in (skeleton, outside)]
    assert area[0] / area[1] == pytest.approx(1000)
    widths = [patch.get_width() for patch in fluxes]
    assert [width / widths[1] for width in widths] == pytest.approx([10, 1, 0.5, 0.2, 1])
    assert "one part in 1,000" in text
    assert "10 times that small pool" in text
    assert table["amount"].tolist()[:3] == ["25,000 mmol (1 kg)", "25 mmol (1 g)", "250 mmol (10 g)"]


def test_the_key_speaks_of_a_band_only_where_one_is_drawn():
    with_age = labs.read_panel({"calcium": "2.9 mmol/L"}, age="58")
    without = labs.read_panel({"calcium": "2.9 mmol/L"})
    for panel, is_drawn in ((with_age, True), (without, False)):
        fig = figures.panel(panel)[0]
        assert any("Band" in text.get_text() for text in fig.texts) is is_drawn
        whole = base64.b64decode(figures.panel_picture(panel)["src"].partition(",")[2]).decode()
        assert ("Band" in whole) is is_drawn
