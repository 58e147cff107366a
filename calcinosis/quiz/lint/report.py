"""The linter's report: what `calcinosis check items` prints."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calcinosis.quiz.lint.findings import BANK_RULES, ITEM_RULES, WAITING, Finding


@dataclass(frozen=True, slots=True)
class Report:
    """All findings over a bank, with the counts that a reader asks for."""

    items: int
    clinicians: int
    findings: tuple[Finding, ...]
    waivers: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that fail the check."""
        return tuple(finding for finding in self.findings if finding.severity == "E")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that ask for a better wording or a written waiver."""
        return tuple(finding for finding in self.findings if finding.severity == "W")

    @property
    def passed(self) -> bool:
        """True if nothing fails the check."""
        return not self.errors

    def text(self) -> str:
        """Return the report as lines: findings first, the count last."""
        lines = [finding.line() for finding in (*self.errors, *self.warnings)]
        lines += [f"Not checked yet: {rule}: {reason}." for rule, reason in WAITING.items()]
        lines.append(f"S09 review: {self.clinicians} clinicians, machine-reviewed ({self.items} items).")
        rules = len(ITEM_RULES) + len(BANK_RULES)
        lines.append(
            f"{self.items} items, {rules} rules: {len(self.errors)} errors, {len(self.warnings)} warnings, "
            f"{self.waivers} waivers."
        )
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return counts and findings, ready for JSON."""
        return {
            "items": self.items,
            "clinicians": self.clinicians,
            "rules": {rule.id: rule.text for rule in (*ITEM_RULES.values(), *BANK_RULES.values())},
            "waiting": dict(WAITING),
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "waivers": self.waivers,
            "by_rule": dict(Counter(finding.rule for finding in self.findings)),
            "findings": [
                {name: getattr(finding, name) for name in ("rule", "severity", "item", "message", "mend")}
                for finding in self.findings
            ],
        }


def reviewers(items: Iterable[Any]) -> set[str]:
    """Return everybody who reviewed an item and is not its author (rule S09 counts them and fails nothing)."""
    return {name for item in items for name in item.reviewers if name != item.author}
