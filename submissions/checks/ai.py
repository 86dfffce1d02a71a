"""Does the contributor say whether a program wrote along?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

AI_USE = {
    "none": _("No AI tool wrote or translated any of it"),
    "assisted": _("An AI tool wrote or translated parts"),
    "generated": _("An AI tool wrote most of it"),
}
"""What the form offers, in its order."""


class AiUse(Check):
    """Undeclared use of AI. What is declared is the editor's to weigh, and never a stop."""

    id = "ai"
    rule = "ai"
    label = _("Use of AI")
    field = "ai_use"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Ask for the declaration where there is none."""
        if draft.ai_use not in AI_USE:
            yield self.note(_("Say whether an AI tool wrote or translated any of the story. Choose an answer."))
