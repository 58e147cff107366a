"""Figures, each returned with its description and its numbers: ``fig, text, table = figures.name(…)``."""

from calcinosis.figures.amounts import agreement, calcium_pools
from calcinosis.figures.glands import pth_curve
from calcinosis.figures.panels import Strip, panel, panel_picture
from calcinosis.figures.people import calcium_on_albumin, population
from calcinosis.figures.style import picture, render

__all__ = [
    "Strip",
    "agreement",
    "calcium_on_albumin",
    "calcium_pools",
    "panel",
    "panel_picture",
    "picture",
    "population",
    "pth_curve",
    "render",
]
