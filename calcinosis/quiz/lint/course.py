"""What the rules need to know of the course besides the item itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from calcinosis import content

LEVELS = ("remember", "understand", "apply", "analyse", "evaluate", "create")


@dataclass(frozen=True, slots=True)
class Course:
    """Ids that an item may name: objectives with their level, sources, misconceptions, and the glossary's terms."""

    objectives: Mapping[str, str]
    sources: Mapping[str, Any]
    misconceptions: frozenset[str]
    glossary: frozenset[str] = field(default_factory=frozenset)


def present_course() -> Course:
    """Return the course as it stands in ``data/``."""
    objectives = {
        objective_id: objective.bloom
        for lesson in content.lessons().values()
        for objective_id, objective in lesson.objectives.items()
    }
    return Course(
        objectives=objectives,
        sources=content.sources(),
        misconceptions=frozenset(content.misconceptions()),
        glossary=frozenset(
            word.casefold() for term in content.glossary().values() for word in (term.term, term.short, *term.also)
        ),
    )
