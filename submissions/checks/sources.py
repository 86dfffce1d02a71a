"""Are there sources where the story quotes, counts or claims?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

# No pattern may look at a letter more than a bounded number of times: this text comes from outside.
_QUOTE = re.compile(r'“[^“”\n]{12,300}”|「[^「」\n]{8,300}」|"[^"\n]{20,300}"')
_FIGURE = re.compile(
    r"(?<![\d.,])[$€£¥]?\d[\d.,]{0,18}\s?(?:[%％‰]|per ?cent\b|(?:thousand|million|billion|trillion)\b"
    r"|个百分点|[万亿]?(?:美元|欧元|日元|元|人|辆|台|吨|家|户)|[万亿])",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"\b(?:according to|(?:studies|research|experts?|sources|officials|analysts?) (?:shows?|says?|said|found|suggests?)"
    r"|reported by|it is (?:said|reported)|data shows?)\b"
    r"|据[^，。；\n]{0,24}?(?:报道|统计|介绍|透露|显示|称|悉|了解|消息)|(?:研究|数据|调查|报告)(?:表明|显示|发现|指出)|专家(?:认为|表示|指出)",
    re.IGNORECASE,
)


class Figures(Check):
    """A quotation or a figure in a story that names no source at all."""

    id = "figures"
    rule = "figures"
    label = _("Quotations and figures")
    field = "sources"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Point at the first quotation, else at the first figure."""
        if draft.sources or draft.links:
            return
        if quote := _QUOTE.search(draft.text):
            yield self.note(
                _("You quote somebody, and there is no source. Add a link below, or say that you heard it."),
                passage=quote[0],
            )  # fmt: skip
        elif figure := _FIGURE.search(draft.text):
            yield self.note(
                _("You give figures, and there is no source. Add a link below, or say in the text how you know them."),
                passage=figure[0],
            )  # fmt: skip


class Claims(Check):
    """Words that lean on others ("according to", “据…报道”) in a story without a source link."""

    id = "sources"
    rule = "sources"
    label = _("Sources")
    field = "sources"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Point at the first such words."""
        if draft.sources or draft.links:
            return
        if claim := _CLAIM.search(draft.text):
            yield self.note(
                _("Here your story rests on others, and there is no link to them. Add the address below, one a line."),
                passage=claim[0],
            )
