"""Does the headline say what happened, in a normal voice?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict
from submissions.checks.shouting import is_shouted

LONGEST = 110  # letters: what search engines and the newsletter's subject line show
LONGEST_CHINESE = 36  # characters: three lines on a phone
_MARKS = re.compile(r"[!！]+[?？!！]*|[?？]{2,}|[?？]+[!！]+")
_FULL_STOP = re.compile(r"(?:。|[a-z]{4,}\.)$")  # not "Inc.", not "U.S.", not "..."
_BAIT = re.compile(
    r"you won.t believe|will shock you|this one (?:weird )?trick|what happens? next"
    r"|震惊|惊呆|不看后悔|速看|赶紧看|必看|疯传",
    re.IGNORECASE,
)


class Headline(Check):
    """Length, capitals, exclamation marks, bait, a full stop, a dek that says it twice."""

    id = "headline"
    rule = "headline"
    label = _("Headline")
    field = "headline"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Look at the headline alone, then at the dek beside it."""
        headline = draft.headline
        most = LONGEST_CHINESE if draft.is_chinese else LONGEST
        if len(headline) > most:
            yield self.note(
                _("The headline has %(count)s characters. Say it in %(most)s or fewer; details go into the dek."),
                count=len(headline), most=most,
            )  # fmt: skip
        if is_shouted(headline):
            yield self.note(
                _("The headline is in capitals. Write it as a sentence; only names need capitals."), passage=headline
            )
        if marks := _MARKS.search(headline):
            yield self.note(
                _("A headline needs no exclamation marks. Leave them out and let the facts speak."), passage=marks[0]
            )
        if bait := _BAIT.search(headline):
            yield self.note(_("This teases instead of telling. Say what happened."), passage=bait[0])
        if stop := _FULL_STOP.search(headline):
            yield self.note(_("A headline ends without a full stop. Take it off."), passage=stop[0])
        if _repeats(draft):
            yield self.note(
                _("The dek repeats the headline. Add what the headline leaves out, or leave the dek empty."),
                passage=draft.dek, field="dek",
            )  # fmt: skip


def _repeats(draft: Draft) -> bool:
    headline, dek = (re.sub(r"[\W_]+", "", text.casefold()) for text in (draft.headline, draft.dek))
    return bool(headline) and len(dek) - len(headline) < 10 and dek.startswith(headline)
