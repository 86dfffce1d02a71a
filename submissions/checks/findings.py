"""Verdicts beside the rules that they serve: for the editor, the preview and the live form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from submissions.checks import Draft, Level, Verdict, all_checks
from submissions.models import Guidelines, Rule

CONTEXT = 24  # characters shown on either side of a passage


@dataclass(frozen=True)
class Finding:
    """A note or a stop, with the words around the passage that it points at."""

    verdict: Verdict
    before: str
    after: str

    @classmethod
    def of(cls, verdict: Verdict, draft: Draft) -> Finding:
        """Find the passage's place in the text of its field; a passage from elsewhere stands alone."""
        text = {"headline": draft.headline, "dek": draft.dek}.get(verdict.field, draft.text)
        before, passage, after = text.partition(verdict.passage) if verdict.passage else ("", "", "")
        if not passage:
            return cls(verdict, "", "")
        before, after = before.rpartition("\n")[2], after.partition("\n")[0]
        return cls(verdict, _cut(before[::-1])[::-1], _cut(after))


def _cut(text: str) -> str:
    return text if len(text) <= CONTEXT else text[:CONTEXT] + "…"


@dataclass(frozen=True)
class Findings:
    """What the checks say of a draft under one version of the guidelines."""

    draft: Draft
    verdicts: list[Verdict]
    guidelines: Guidelines

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The version's rules by reason code; one query."""
        rules = Rule.objects.filter(chapter__guidelines=self.guidelines).exclude(reason_code="")
        return {rule.reason_code: rule for rule in rules}

    @cached_property
    def open(self) -> list[Verdict]:
        """Notes and stops."""
        return [verdict for verdict in self.verdicts if verdict.level != Level.PASS]

    @property
    def passed(self) -> list[str]:
        """The names of the checks that found nothing."""
        passed = {verdict.check for verdict in self.verdicts if verdict.level == Level.PASS}
        return [str(check.label) for check in all_checks() if check.id in passed]

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Notes and stops by the rule that they serve: rows of {"rule", "url", "findings"}."""
        served = {check.id: check.rule for check in all_checks()}
        codes = dict.fromkeys(served[verdict.check] for verdict in self.open)
        return [
            {
                "rule": self.rules.get(code),
                "url": self.url(code),
                "findings": [Finding.of(found, self.draft) for found in self.open if served[found.check] == code],
            }
            for code in codes
        ]

    def url(self, code: str) -> str:
        """The permanent address of a rule; "" where this version has none of that code."""
        rule = self.rules.get(code)
        return f"{self.guidelines.get_absolute_url()}#{rule.number}" if rule else ""

    def as_json(self) -> Iterable[dict[str, str]]:
        """The notes and stops for the live form; "link" is there where a verdict has one."""
        served = {check.id: check.rule for check in all_checks()}
        for verdict in self.open:
            rule = self.rules.get(served[verdict.check])
            yield {
                "id": verdict.check,
                "level": verdict.level,
                "field": verdict.field,
                "message": verdict.message,
                "passage": verdict.passage,
                "rule": rule.number if rule else "",
                "rule_name": _("Rule %(number)s") % {"number": rule.number} if rule else "",
                "rule_url": self.url(served[verdict.check]),
                **({"link": verdict.link[0], "link_name": verdict.link[1]} if verdict.link[0] else {}),
            }
