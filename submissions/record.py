"""The contributor's record: what came of other stories from the same address or, without one, of the same byline."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Lower

from articles.models import Withholding
from submissions.story import Story

MOST = 200  # stories that are counted; whoever has sent more is known without a number
SHOWN = 5


@dataclass(frozen=True)
class Record:
    """How often somebody has sent us stories, and what became of them; the newest few stand in `last`.

    `strikes` counts the copyright reports that were upheld against articles that came of them.
    """

    by_address: bool
    received: int
    accepted: int
    declined: int
    withdrawn: int
    waiting: int
    strikes: int
    last: list[Any]

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than were counted."""
        return self.received == MOST


def record_of(story: Story) -> Record | None:
    """The record behind a story; None where nothing tells who sent it. Two queries, each along an index."""
    same: QuerySet[Any]
    if story.email:
        same = Story.objects.alias(address=Lower("email")).filter(address=Lower(Value(story.email)))
    elif story.byline:
        same = Story.objects.filter(byline=story.byline)
    else:
        return None
    others = (
        same.exclude(pk=story.pk).order_by("-pk").only("pk", "headline", "status", "language", "created", "article_id")
    )
    found = list(others[:MOST])
    counts = Counter(other.status for other in found)
    status = Story.Status
    return Record(
        by_address=bool(story.email),
        received=len(found),
        accepted=counts[status.ACCEPTED],
        declined=counts[status.DECLINED],
        withdrawn=counts[status.WITHDRAWN],
        waiting=counts[status.RECEIVED] + counts[status.CHANGES_ASKED],
        strikes=_strikes([other.article_id for other in found if other.article_id]),
        last=found[:SHOWN],
    )


def _strikes(articles: list[int]) -> int:
    """How many reports withhold any of these articles (by id): a strike is void once its article is restored."""
    if not articles:
        return 0
    return Withholding.objects.active().filter(article__in=articles).values("reference").distinct().count()
