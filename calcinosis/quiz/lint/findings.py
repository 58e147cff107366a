"""What a rule reports, and the register of rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["E", "W"]
# A rule yields pairs: what is wrong, and what to do about it.
Complaints = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw: E fails the check, W asks for a better wording or a written waiver."""

    rule: str
    severity: Severity
    item: str
    message: str
    mend: str

    def line(self) -> str:
        """Return the finding as one line of a report."""
        return f"{self.severity} {self.rule} {self.item}: {self.message} {self.mend}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One registered rule; `check` takes (draft, course), or (drafts, course) for a rule on the bank."""

    id: str
    severity: Severity
    check: Callable[..., Complaints]
    waivable: bool

    @property
    def text(self) -> str:
        """The rule in one sentence: the first line of its docstring."""
        return (self.check.__doc__ or "").strip().splitlines()[0]


ITEM_RULES: dict[str, Rule] = {}
BANK_RULES: dict[str, Rule] = {}

# Rules of the checklist that no script can judge on the present bank; the report prints the reasons.
WAITING: dict[str, str] = {
    "B01 (graded-only item per objective)": "waits for the final assessment, which brings the graded items",
    "B03": "needs diagnosis items of all five subtypes, which come with lessons 110 to 150",
    "B04 (an isomorph for every practice item)": "waits for the review lesson, which draws isomorphs",
    "B06": "needs at least three teaching lessons that return to an objective",
    "B07": "needs the case bank",
    "B08": "needs the Anki export",
}


def rule(rule_id: str, severity: Severity, *, waivable: bool | None = None) -> Callable[..., Any]:
    """Register a rule that judges one item; an E rule takes a waiver only if it says so."""
    return _register(ITEM_RULES, rule_id, severity, waivable)


def bank_rule(rule_id: str, severity: Severity) -> Callable[..., Any]:
    """Register a rule that judges the items together."""
    return _register(BANK_RULES, rule_id, severity, False)


def _register(register: dict[str, Rule], rule_id: str, severity: Severity, waivable: bool | None) -> Callable[..., Any]:
    def keep(check: Callable[..., Complaints]) -> Callable[..., Complaints]:
        if rule_id in register:
            raise ValueError(f"rule {rule_id} is registered twice")
        register[rule_id] = Rule(rule_id, severity, check, severity == "W" if waivable is None else waivable)
        return check

    return keep
