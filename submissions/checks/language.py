"""Is the story in the language that it is declared to be in?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LETTERS = re.compile(r"[^\W\d_]")
ENOUGH = 20  # units: fewer say nothing


class Language(Check):
    """The share of Chinese characters against Latin words and against other scripts."""

    id = "language"
    rule = "language"
    label = _("Language")
    field = "language"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """A Chinese character and a Latin word weigh about the same."""
        text = f"{draft.headline}\n{draft.text}"
        han, words = len(_HAN.findall(text)), _LATIN.findall(text)
        latin = len(words)
        other = len(_LETTERS.findall(text)) - han - sum(map(len, words))
        if han + latin + other < ENOUGH:
            return
        if other > 3 * (han + latin):
            yield self.note(
                _("This seems to be neither Chinese nor English. You may send it, but translating takes time.")
            )
        elif draft.is_chinese and latin > 2 * han:
            yield self.note(
                _("The story seems to be in English, but is declared to be Chinese. Choose its language above.")
            )
        elif not draft.is_chinese and han > 2 * latin:
            yield self.note(
                _("The story seems to be in Chinese, but is declared to be English. Choose its language above.")
            )
