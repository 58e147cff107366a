"""Choose items and give what a page may show before the answer."""

import random
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from calcinosis import content, units
from calcinosis.errors import InputError

# What a learner may meet outside an examination.
OPEN_USES = ("practice", "review")


def rendered(text: str) -> str:
    """Return `text` with its ``{{ … }}`` values and ``[@id]`` citations written out.

    >>> rendered("Plain text stays as it is.")
    'Plain text stays as it is.'
    """
    if "{{" not in text and "[@" not in text:
        return text
    from calcinosis import prose  # Jinja2 is loaded only for a text that needs it

    return prose.render(text)


def item(item_id: str) -> Any:
    """Return the item `item_id`.

    Raises
    ------
    InputError
        There is no such item; the message names the nearest ids.
    """
    known = content.items()
    if item_id in known:
        return known[item_id]
    near = get_close_matches(str(item_id), known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "'calcinosis items' lists what there is."
    raise InputError(f"There is no quiz item {units.quoted(item_id)}. {hint}")


def select(
    *,
    lesson: str | None = None,
    objective: str | None = None,
    subtype: str | None = None,
    use: str | None = None,
    bank: Mapping[str, Any] | None = None,
) -> tuple[Any, ...]:
    """Return the items that fit every filter given, by id, without retired ones.

    Parameters
    ----------
    lesson : str, optional
        Lesson id or its number ("030" fits "030-reading-the-panel" too).
    objective : str, optional
        Objective id, such as "030b".
    subtype : str, optional
        Subtype tag, such as "dystrophic".
    use : str, optional
        "practice", "graded" or "review". Without it graded items are left out, since practice must not show them.
    bank : mapping of str to item, optional
        Where to choose from; the course's bank by default.
    """
    everything = content.items() if bank is None else bank
    return tuple(
        record
        for _, record in sorted(everything.items())
        if record.status != "retired"
        and (lesson is None or record.lesson[:3] == lesson[:3])
        and (objective is None or record.objective == objective)
        and (subtype is None or subtype in record.subtype)
        and (record.use == use if use else record.use in OPEN_USES)
    )


def shown_options(record: Any) -> tuple[Any, ...]:
    """Return the options in the order in which a page shows them.

    Only ``order: shuffle`` differs from the file. The draw depends on id and version alone, so a page that is opened
    again shows the same order and "the third one" means the same to everybody in a class.
    """
    options = list(record.options or ())
    if record.order == "shuffle":
        random.Random(f"{record.id}/{record.version}").shuffle(options)
    return tuple(options)


def public_view(record: Any) -> dict[str, Any]:
    """Return what a page may show before the answer: no key, no feedback, no misconception.

    Texts are rendered. A numeric item names the units that it takes.
    """
    view = {
        "id": record.id,
        "version": record.version,
        "kind": record.kind,
        "lesson": record.lesson,
        "objective": record.objective,
        "bloom": record.bloom,
        "stem": rendered(record.stem),
        "lead_in": rendered(record.lead_in),
        "figure": None if record.figure in (None, "none") else record.figure,
        "options": [{"id": option.id, "text": rendered(option.text)} for option in shown_options(record)],
    }
    if record.kind == "numeric":
        view["analyte"] = record.answer.analyte
        view["units"] = accepted_units(record.answer)
    return view


def accepted_units(answer: Any) -> list[str]:
    """Return the units in which a numeric answer may be typed, the item's own first."""
    if answer.analyte is None:
        return [answer.unit]
    return [answer.unit, *(unit for unit in units.analyte(answer.analyte).units if unit != answer.unit)]
