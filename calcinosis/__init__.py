"""Calcinosis: an interactive course on calcium metabolism and calcinosis cutis.

For teaching, not for patient care. Names are loaded when first used, so that importing the package stays cheap.
"""

from importlib import import_module

__version__ = "0.1.0"

_NAMES = {
    "check": "worksheets",
    "forms_of_calcium": "widgets",
    "lab_panel": "widgets",
    "population_compare": "widgets",
    "predict": "widgets",
    "progress_board": "widgets",
    "quiz": "widgets",
    "worked_case": "widgets",
}

__all__ = ["__version__", *sorted(_NAMES)]


def __getattr__(name: str):
    """Load a public name from its room on first use."""
    if name not in _NAMES:
        raise AttributeError(f"module 'calcinosis' has no attribute {name!r}")
    value = getattr(import_module(f"calcinosis.{_NAMES[name]}"), name)
    globals()[name] = value
    return value
