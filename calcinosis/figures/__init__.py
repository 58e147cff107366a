"""Figures, each returned with its description and its numbers: ``fig, text, table = figures.name(…)``."""

from calcinosis.figures.glands import pth_curve
from calcinosis.figures.panels import Strip, panel
from calcinosis.figures.people import population
from calcinosis.figures.style import picture, render

__all__ = ["Strip", "panel", "picture", "population", "pth_curve", "render"]
