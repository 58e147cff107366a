"""The base of every course widget: one ``view`` down, messages up, one sentence when something is wrong.

A widget is a subclass with ``script = "name"`` (its page is ``js/core.js`` + ``js/name.js``, its style ``css/core.css``
and ``css/name.css`` if there is one) and one method ``handle_<type>`` per message. A handler reads the message through
:func:`text_of`, :func:`number_of`, :func:`choice_of` and :func:`flag_of`, and ends with :meth:`CourseWidget.put`.
``view`` is what the page shows and nothing else: no key, no feedback, no explanation before the learner has answered.
"""

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakSet

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display

from calcinosis import __version__
from calcinosis.errors import InputError

START_LINE = "Press the double arrow to start or resume; your answers are kept."
LONGEST_TEXT = 2_000
OWN_FAULT = (
    "Something went wrong in the course, not with what you did. Run the cell again; if it happens again, report it."
)

# Entries of the view that belong to one moment; "done" says what was done and goes with the next news.
_NEWS = frozenset({"say", "focus", "error", "serial", "heard", "done"})

COUNTERS: WeakSet[Any] = WeakSet()
"""Widgets with a method ``answers_changed`` that is called when an answer was saved."""

_HERE = Path(__file__).parent

# What goes wrong in the course itself is told in full here: the kernel's own error stream, not the learner's page.
_log = logging.getLogger("calcinosis.widgets")
_log.addHandler(logging.StreamHandler(sys.__stderr__))


@cache
def _read(folder: str, name: str, ending: str) -> str:
    return (_HERE / folder / f"{name}.{ending}").read_text(encoding="utf-8")


class CourseWidget(anywidget.AnyWidget):
    """A widget of the course; see the module's text for what a subclass gives.

    Attributes
    ----------
    view : dict
        Everything that the page shows. The shared keys are ``kind``, ``title``, ``aside``, ``teaching`` (texts of the
        card), ``error`` (one sentence or None), ``broken`` (one sentence in place of a record that cannot be drawn),
        ``say`` (read out by screen readers), ``focus`` (the control that gets the focus, if the learner was inside the
        widget), ``serial`` (counts changes) and ``heard`` (number of the newest message of the page).
    """

    script: ClassVar[str]
    view = traitlets.Dict().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Put the page of the subclass together from the shared layer and its own file."""
        if "script" in cls.__dict__:
            cls._esm = f"{_read('js', 'core', 'js')}\n{_read('js', cls.script, 'js')}"
            own_style = _HERE / "css" / f"{cls.script}.css"
            cls._css = _read("css", "core", "css") + (
                own_style.read_text(encoding="utf-8") if own_style.exists() else ""
            )
        super().__init_subclass__(**kwargs)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._serial = self._heard = 0
        self.on_msg(lambda _widget, content, _buffers: self.receive(content))

    def put(
        self, *, say: str | None = None, focus: str | None = None, error: str | None = None, **content: Any
    ) -> None:
        """Replace the view; ``say`` is announced, ``focus`` names the control to go to, ``error`` is one sentence."""
        self._serial += 1
        news = {"say": say, "focus": focus, "error": error}
        self.view = {**content, **news, "serial": self._serial, "heard": self._heard}

    def change(
        self, *, say: str | None = None, focus: str | None = None, error: str | None = None, **changed: Any
    ) -> None:
        """Change some entries of the view and keep the others."""
        kept = {key: value for key, value in self.view.items() if key not in _NEWS}
        self.put(say=say, focus=focus, error=error, **(kept | changed))

    def receive(self, message: Any) -> None:
        """Hand a message of the page to its handler; bad input becomes one sentence and changes nothing else.

        An error of the course itself is told on the page too, so that nobody presses a button that stays silent, and
        then goes its way.
        """
        number = message.get("n") if isinstance(message, dict) else None
        if isinstance(number, int) and not isinstance(number, bool):
            self._heard = number
        try:
            self._handler(message)(message)
        except InputError as error:
            self.change(error=str(error), say=str(error))
        except Exception:
            self.change(error=OWN_FAULT, say=OWN_FAULT)
            raise

    def _handler(self, message: Any):
        kind = message.get("type") if isinstance(message, dict) else None
        name = f"handle_{kind}" if isinstance(kind, str) else ""
        handler = getattr(self, name, None)
        if handler is None or hasattr(anywidget.AnyWidget, name):  # the library has a handle_… of its own
            raise InputError(
                "The page sent something this widget does not know; run the cell again to start it afresh."
            )
        return handler

    def drawn(self, what: str, name: str, draw: Callable[[], dict[str, Any]], rest: str = "") -> dict[str, Any]:
        """Return what `draw` gives for the page; if it fails, one sentence under ``broken`` stands in its place.

        A record with a mistake must neither end Run All nor leave a card that does nothing. The error with its
        traceback goes to the log ``calcinosis.widgets``.
        """
        try:
            return {"broken": None, **draw()}
        except Exception:
            _log.exception("The %s %s cannot be shown.", what, name)
            return {"broken": f"This {what} cannot be shown ({name}){rest}. Report it."}

    def keep_answer(self, kind: str, name: str, version: int, answer: Any, correct: bool, *more: Any) -> None:
        """Save an attempt in the widget's ``_store``, then tell every widget of the kernel that counts answers."""
        self._store.record_answer(kind, name, version, answer, correct, *more)
        for counter in list(COUNTERS):
            counter.answers_changed()


def text_of(message: dict[str, Any], key: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text at ``key``; InputError if it is not a text or has more than ``longest`` characters."""
    value = message.get(key)
    if not isinstance(value, str):
        raise InputError(f"The page sent no text for “{key}”; run the cell again to start it afresh.")
    if len(value) > longest:
        raise InputError(f"That text is too long ({len(value):,} characters); write at most {longest:,}.")
    # A browser may send half of a pair of surrogates, which no file can hold.
    return value.encode("utf-8", "replace").decode()


def texts_of(message: dict[str, Any], key: str) -> str | dict[str, str]:
    """Return the text, or the mapping of texts, at ``key``; InputError if it is neither."""
    value = message.get(key)
    if not isinstance(value, dict):
        return text_of(message, key)
    return {text_of({"part": name}, "part"): text_of(value, name) for name in value}


def choice_of(message: dict[str, Any], key: str, allowed, nothing: str) -> str:
    """Return the id at ``key`` if it is one of ``allowed``; InputError says ``nothing`` if none was chosen."""
    value = message.get(key)
    if value is None or value == "":
        raise InputError(nothing)
    if not isinstance(value, str) or value not in allowed:
        raise InputError("The page sent a choice that is not on offer here; run the cell again to start it afresh.")
    return value


def number_of(message: dict[str, Any], key: str, low: float, high: float) -> float:
    """Return the number at ``key``, which a slider between ``low`` and ``high`` sent; InputError otherwise."""
    value = message.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"“{key}” must be a number from {low:g} to {high:g}; move the control again.")
    return float(value)


def flag_of(message: dict[str, Any], key: str) -> bool:
    """Return the yes or no at ``key``; InputError if it is neither."""
    value = message.get(key)
    if not isinstance(value, bool):
        raise InputError(f"The page sent neither yes nor no for “{key}”; run the cell again to start it afresh.")
    return value


def answered_on(when: str) -> str:
    """Return the sentence that tells when something was answered, in the learner's own time.

    >>> answered_on("2026-11-20T12:00:00.000Z").startswith("You answered this on 20 November 2026")
    True
    """
    moment = datetime.fromisoformat(when).astimezone()
    return f"You answered this on {moment.day} {moment:%B %Y} at {moment:%H:%M}."


def report_text(what: str, name: str, version: int) -> str:
    """Return the text that a learner sends to report an error in one record."""
    head = f"Error in the {what} {name}, version {version} (course {__version__})."
    return f"{head}\nWhat is wrong: \nWhat it should say, and where that is written: "


def show(widget: CourseWidget) -> None:
    """Print the line that helps while no widget is alive, then the widget, whose page removes the line."""
    if get_ipython() is None:
        print(START_LINE)
        return
    display({"text/plain": START_LINE}, raw=True)
    display(widget)
