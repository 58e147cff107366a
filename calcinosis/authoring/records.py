"""What a record says and cites, whatever kind of record it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from calcinosis import prose

__all__ = ["sources_of", "texts_of"]


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text inside a plain value: of a mapping, a list, or the text itself."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts_of(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts_of(part)


def sources_of(record: Any) -> list[str]:
    """Return the source ids that a record names in its own key and cites in its texts, feedback included.

    Examples
    --------
    >>> from calcinosis import content
    >>> "rmh_crit" in sources_of(content.predictions()["030-phosphate-three"])
    True
    """
    named = getattr(record, "source", None) or getattr(record, "sources", None) or ()
    cited = [key for text in texts_of(record.model_dump()) for key in prose.cited(text)]
    own = [record.source_id] if hasattr(record, "source_id") else []
    return list(dict.fromkeys([*named, *cited, *own]))
