"""Does the text raise its voice?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

_CAPITALS = re.compile(r"[A-Z][A-Z'’,;: \-]{24,}")
_MARKS = re.compile(r"[!！]{3,}")
_ACRONYM = 5  # letters: a single word up to this length may be a name such as "NATO"


def is_shouted(line: str) -> bool:
    """Whether a line's letters are capitals, more of them than an acronym or two would have."""
    letters = [letter for letter in line if letter.isupper() or letter.islower()]
    capitals = sum(letter.isupper() for letter in letters)
    return capitals > 2 * _ACRONYM and capitals > 0.7 * len(letters)


class Shouting(Check):
    """Whole passages in capitals, and rows of exclamation marks."""

    id = "shouting"
    rule = "promotion"
    label = _("Tone")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Point at the first of each."""
        runs = (run[0].strip() for run in _CAPITALS.finditer(draft.text))
        if passage := next((run for run in runs if run.count(" ") >= 3), ""):
            yield self.note(_("This passage is in capitals. Write it as plain sentences."), passage=passage[:200])
        if marks := _MARKS.search(draft.text):
            yield self.note(_("One mark is enough, and most sentences need none."), passage=marks[0])
