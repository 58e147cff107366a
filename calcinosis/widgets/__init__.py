"""What the learner touches: thin widgets, all logic lives in the rooms below.

Each public function lives in the module of its own name and is loaded when first used, so that a lesson pays only for
the widgets that it shows.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = [
    "forms_of_calcium",
    "lab_panel",
    "population_compare",
    "predict",
    "progress_board",
    "quiz",
    "worked_case",
]


class _Room(ModuleType):
    """Keep ``widgets.quiz`` the function: importing the module ``widgets.quiz`` would otherwise put itself there."""

    def __setattr__(self, name: str, value: Any) -> None:
        is_home = name in __all__ and isinstance(value, ModuleType)
        super().__setattr__(name, getattr(value, name) if is_home else value)


sys.modules[__name__].__class__ = _Room


def __getattr__(name: str) -> Any:
    """Load a public function on first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{name}"), name)
