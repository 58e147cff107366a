"""Figures of the library by name, as pictures for a page."""

from typing import Any

from calcinosis import labs
from calcinosis.errors import ContentError


def picture_of(name: str | None, args: dict[str, Any] | None = None) -> dict[str, Any] | None:
    """Return the figure `name` as ``{"src", "alt", "table"}``; None for None and "none".

    Parameters
    ----------
    name : str or None
        A function of :mod:`calcinosis.figures`, such as "pth_curve".
    args : dict, optional
        Its keyword arguments.

    Raises
    ------
    calcinosis.errors.ContentError
        There is no such figure.
    """
    if name in (None, "none"):
        return None
    from calcinosis import figures  # matplotlib is loaded only where a figure is shown

    draw = getattr(figures, name, None) if name in figures.__all__ else None
    if draw is None:
        raise ContentError(f"There is no figure {name!r}; the figures are {', '.join(sorted(figures.__all__))}.")
    return figures.picture(*draw(**(args or {})))


def picture_of_panel(panel: labs.Panel) -> dict[str, str]:
    """Return the picture of a panel that was read as ``{"src", "alt"}``; what has not changed is not drawn again."""
    from calcinosis import figures  # as above

    return figures.panel_picture(panel)
