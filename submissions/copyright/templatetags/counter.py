"""What a receipt says of a story that is withheld: the receipt's own code knows nothing of reports."""

from __future__ import annotations

from typing import Any

from django import template

from cms.models import Decision
from submissions.copyright.links import CounterLink
from submissions.story import Story

register = template.Library()


@register.simple_tag
def withheld_for(story: Story) -> list[dict[str, Any]]:
    """Why what came of the story is off: rows of {"withholding", "reason", "url"}, one a report.

    `url` leads to the form of a counter-notice, or to what became of it; "" where the law knows none.
    """
    found = list(story.article.withholdings.active()) if story.article and not story.erased else []
    if not found:
        return []
    reports = [withholding.reference for withholding in found]
    links = CounterLink.objects.filter(story=story, report__uid__in=reports).select_related("report", "story")
    urls = {link.report.uid: link.url() for link in links}
    said = Decision.objects.filter(item__in=reports, move="uphold").values_list("item", "reason")
    reasons = dict(said)
    return [
        {
            "withholding": withholding,
            "reason": reasons.get(withholding.reference, ""),
            "url": urls.get(withholding.reference, ""),
        }
        for withholding in found
    ]
