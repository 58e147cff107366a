"""What a check has found."""

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (or, as a note, worth knowing) and where it stands."""

    rule: str
    where: str
    text: str
    note: bool = False

    @classmethod
    def of(cls, error: Exception) -> "Finding":
        """Turn the error of a file that cannot be read or built into a finding."""
        where, colon, text = str(error).partition(": ")
        return cls("unreadable", where if colon else "content", text if colon else where)

    def line(self) -> str:
        """Return the finding as one line of a report."""
        return f"{self.where}: {self.text} [{self.rule}]"
