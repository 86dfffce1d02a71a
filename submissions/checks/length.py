"""Is it a whole story?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from articles.reading_time import count_characters, count_words
from submissions.checks.base import Check, Draft, Verdict

LEAST_WORDS, LEAST_CHARACTERS = 300, 500  # what most published stories have, as rule 4.5 says


class Length(Check):
    """Shorter than most of what is published. An empty story is the form's matter."""

    id = "length"
    rule = "unfinished"
    label = _("Length")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Count in the unit of the declared language."""
        words, characters = count_words(draft.text), count_characters(draft.text)
        if draft.is_chinese and 0 < words + characters < LEAST_CHARACTERS:
            yield self.note(
                _(
                    "Your story has %(count)s characters; most of what we publish has at least %(least)s. "
                    "Is anything missing: who says so, since when, why it matters? If all is said, leave it."
                ),
                count=words + characters,
                least=LEAST_CHARACTERS,
            )
        if not draft.is_chinese and 0 < words + characters < LEAST_WORDS:
            yield self.note(
                _(
                    "Your story has %(count)s words; most of what we publish has at least %(least)s. "
                    "Is anything missing: who says so, since when, why it matters? If all is said, leave it."
                ),
                count=words + characters,
                least=LEAST_WORDS,
            )
