"""Did we print it already, does it wait already, does it hold the text of a withheld article?

Who asks decides what is compared. The live check and the preview answer anybody, as often as they ask: they know only
articles that everybody could read. Whoever had a text in hand could learn from a word about waiting stories that
somebody has sent it to us: a firm could look for whoever passed on its memo. What waits is told to the editor only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Fingerprint, Withholding
from submissions.checks.base import Check, Draft, Verdict


@dataclass(frozen=True)
class Alike:
    """What a draft is like: the article that readers can open and that is most like it; and whether there is more."""

    article: Article | None = None
    withheld: bool = False
    unseen: bool = False


class Duplicate(Check):
    """The same story, printed before or waiting already."""

    id = "duplicate"
    rule = "duplicate"
    label = _("Likeness to other texts")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Name the article to the contributor; point the editor to the passages."""
        alike = _alike(draft)
        if draft.compared == "everything":
            if alike.article or alike.unseen:
                yield self.note(_("Much of it is in another text too. See “Like this story” below."))
        elif alike.article:
            yield self.note(
                _("We have published an article that is very like it. If you have news, begin with that."),
                link=(alike.article.get_absolute_url(), alike.article.headline),
            )


class Copied(Check):
    """The text of an article that is withheld because of a copyright report."""

    id = "copied"
    rule = "rights"
    label = _("Copied text")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Tell the contributor no more than that; point the editor to the passages."""
        if _alike(draft).withheld:
            if draft.compared == "everything":
                yield self.note(_("Text of a withheld article is in it. See “Like this story” below."))
            else:
                yield self.note(
                    _("It holds text of an article that is withheld because of a copyright report. Send only what you "
                      "wrote yourself or may publish, and mark quotations."),
                )  # fmt: skip


def _alike(draft: Draft) -> Alike:
    """Search once for both checks: one query, and one or two more where something is found."""
    if draft.compared and "alike" not in draft.kept:
        text = "\n".join(part for part in (draft.headline, draft.dek, draft.text) if part)
        matches = Fingerprint.objects.similar_to(text, draft.language, exclude=draft.left_out)
        draft.kept["alike"] = _sort([match.item for match in matches], everything=draft.compared == "everything")
    found: Alike = draft.kept.get("alike", Alike())
    return found


def _sort(items: list[uuid.UUID], *, everything: bool) -> Alike:
    """What these items are, of which the first is the most like."""
    if not items:
        return Alike()
    off = Exists(Withholding.objects.active().filter(article=OuterRef("pk")))
    rows = (
        Article.objects.filter(uid__in=items)
        .annotate(off=off)
        .only("uid", "status", "published_at", "language", "slug", "headline")
    )
    articles = sorted(rows, key=lambda article: items.index(article.uid))
    public = [article for article in articles if _was_public(article)]
    readable = [article for article in public if not article.off]  # type: ignore[attr-defined]
    return Alike(
        article=next(iter(readable), None),
        withheld=any(article.off for article in (articles if everything else public)),  # type: ignore[attr-defined]
        unseen=everything and (len(public) < len(articles) or _wait(items)),
    )


def _was_public(article: Article) -> bool:
    """Whether readers could open it, were it not withheld."""
    published = article.published_at
    return article.status == Article.Status.PUBLISHED and published is not None and published <= timezone.now()


def _wait(items: list[uuid.UUID]) -> bool:
    from submissions.models import Story

    return Story.objects.filter(uid__in=items, status__in=Story.UNDECIDED).exists()
