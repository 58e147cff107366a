"""Quiz items: choose them, show them without their key, mark an answer, and check how they are written.

>>> from calcinosis.quiz import mark, select
>>> callable(mark) and callable(select)
True
"""

import sys
from importlib import import_module
from types import ModuleType

from calcinosis.quiz.items import item, public_view, select, shown_options
from calcinosis.quiz.marking import Marked, OptionFeedback, mark

__all__ = ["Marked", "OptionFeedback", "item", "mark", "public_view", "select", "shown_options"]


class _CallableRoom(ModuleType):
    """Let ``from calcinosis import quiz; quiz("an-item")`` show the widget.

    The room and the public function share one name; Python binds the room to it as soon as anything imports the room,
    so the room hands a call on to the widget.
    """

    def __call__(self, *args, **kwargs):
        return import_module("calcinosis.widgets").quiz(*args, **kwargs)


sys.modules[__name__].__class__ = _CallableRoom
