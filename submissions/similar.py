"""What a story is like: articles and waiting stories with the same text, or resting on the same sources."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef

from articles.fingerprinting import text_of
from articles.fingerprints import containment
from articles.models import Article, Fingerprint, Withholding
from articles.overlaps import Excerpt, excerpts
from cms.workflow import DeskItem
from submissions.story import Story

SHOWN = 5


@dataclass
class Likeness:
    """One item that a story is like. `score` is the resemblance of the texts (0 where only sources are shared)."""

    story: Story
    item: DeskItem
    score: float
    sources: list[str] = field(default_factory=list)

    @property
    def is_withheld(self) -> bool:
        """Whether the item is an article that is off while it is in question."""
        return getattr(self.item, "withheld", False)

    @cached_property
    def percent(self) -> int:
        """How much of the story is also in the item's text, of 100; 0 where the texts are not alike."""
        return (
            round(100 * containment(text_of(self.story), text_of(self.item), self.story.language)) if self.score else 0
        )

    @cached_property
    def excerpts(self) -> list[Excerpt]:
        """What both texts have in common, side by side."""
        return excerpts(text_of(self.story), text_of(self.item), self.story.language) if self.score else []


def likenesses(story: Story, *, most: int = SHOWN) -> list[Likeness]:
    """Return what a story is like, the most like first, in four queries at most.

    The story's own fingerprint is not needed: this is right before the worker has read the story. Its own article is
    left out.
    """
    matches = Fingerprint.objects.similar_to(text_of(story), story.language, exclude=[story.uid])
    sources = Fingerprint.objects.same_sources(story.sources, exclude=[story.uid]) if story.sources else []
    scores = {match.item: match.score for match in matches}
    shared: dict[uuid.UUID, list[str]] = defaultdict(list)
    for source in sources:
        shared[source.item].append(source.url)
    found = [
        Likeness(story, item, scores.get(item.uid, 0.0), shared.get(item.uid, []))
        for item in _items({*scores, *shared}, story)
    ]
    return sorted(found, key=lambda likeness: (-likeness.score, likeness.item.pk))[:most]


def _items(uids: Iterable[uuid.UUID], story: Story) -> list[DeskItem]:
    """The articles (each told whether it is withheld) and the stories that have these uids."""
    if not uids:
        return []
    withheld = Exists(Withholding.objects.active().filter(article=OuterRef("pk")))
    articles = Article.objects.filter(uid__in=uids).exclude(story=story).annotate(withheld=withheld)
    return [*articles, *Story.objects.filter(uid__in=uids, status__in=Story.UNDECIDED)]
