"""Figures, each returned with its description and its numbers: ``fig, text, table = figures.name(…)``."""

from calcinosis.figures.panels import Strip, panel
from calcinosis.figures.style import picture, render

__all__ = ["Strip", "panel", "picture", "render"]
