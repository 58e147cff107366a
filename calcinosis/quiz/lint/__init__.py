"""The item linter: short rules, one function each, that say what is wrong with an item and how to mend it.

Rule ids, thresholds and severities follow the course's checklist for items. E fails ``calcinosis check items``; W is a
warning that goes away when the wording is mended or the item holds a written waiver.
"""

from collections.abc import Iterable
from typing import Any

from calcinosis import content
from calcinosis.quiz.lint import bank, numbers, options, stem, structure  # noqa: F401  (importing registers the rules)
from calcinosis.quiz.lint.course import Course, present_course
from calcinosis.quiz.lint.draft import Draft
from calcinosis.quiz.lint.findings import BANK_RULES, ITEM_RULES, WAITING, Finding, Rule
from calcinosis.quiz.lint.report import Report, reviewers

__all__ = [
    "BANK_RULES",
    "ITEM_RULES",
    "WAITING",
    "Course",
    "Draft",
    "Finding",
    "Report",
    "Rule",
    "check_bank",
    "check_item",
    "report",
]


def check_item(item: Any, course: Course | None = None) -> list[Finding]:
    """Return what is wrong with one item.

    Parameters
    ----------
    item : item record or mapping
        A record of ``content.items()``, or a mapping as it stands in a file, which may break its schema.
    course : Course, optional
        The ids an item may name; the present course by default.
    """
    course = course or present_course()
    draft = Draft.of(item)
    return [
        Finding(rule.id, rule.severity, draft.id, message, mend)
        for rule in ITEM_RULES.values()
        if not (rule.waivable and draft.waived(rule.id))
        for message, mend in rule.check(draft, course)
    ]


def check_bank(items: Iterable[Any], course: Course | None = None) -> list[Finding]:
    """Return what is wrong with items taken together; `check_item` judges each alone."""
    course = course or present_course()
    drafts = [Draft.of(item) for item in items]
    return [
        Finding(rule.id, rule.severity, "the bank", message, mend)
        for rule in BANK_RULES.values()
        for message, mend in rule.check(drafts, course)
    ]


def report(items: Iterable[Any] | None = None, course: Course | None = None) -> Report:
    """Check every item that is in use, and the items together."""
    everything = content.items().values() if items is None else items
    used = [item for item in everything if item.status != "retired"]
    course = course or present_course()
    drafts = [Draft.of(item) for item in used]  # rendering costs most, so it is done once
    findings = [finding for draft in drafts for finding in check_item(draft, course)]
    return Report(
        items=len(used),
        clinicians=len(reviewers(used)),
        findings=(*findings, *check_bank(drafts, course)),
        waivers=sum(len(item.waivers) for item in used),
    )
