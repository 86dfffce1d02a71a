"""The articles' work that can wait: renditions, and what is related to what."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from articles.models import Article, Picture
from articles.views import RELATED
from cms.page_cache import site_changed
from cms.worker import job

log = logging.getLogger(__name__)


@job()
def make_renditions() -> int:
    """Make the renditions of the next picture that has none."""
    picture = Picture.objects.unrendered().order_by("pk").first()
    if picture is None:
        return 0
    try:
        picture.render()
    except (OSError, ValueError):
        # Its file is gone or broken: the page goes on showing the original, and the others get their turn.
        log.exception("picture %s cannot be rendered", picture.uid)
        picture.rendered = timezone.now()
        picture.save(update_fields=["rendered"])
    site_changed()
    return 1


@job(every=timedelta(seconds=2))
def relate() -> int:
    """Choose the related articles of those that changed."""
    changed = list(Article.objects.filter(status=Article.Status.PUBLISHED, related_at=None).order_by("pk")[:100])
    for article in changed:
        Article.objects.filter(pk=article.pk).update(related=_kin(article), related_at=timezone.now())
    if changed:
        site_changed()
    return len(changed)


def _kin(article: Article) -> list[int]:
    """Ids of the articles that share most tags with this one, then of its section, then of its language."""
    others = Article.objects.published().in_language(article.language).exclude(pk=article.pk)
    tags = list(article.tags.values_list("pk", flat=True))
    by_tag = others.filter(tags__in=tags).annotate(shared=Count("pk")).order_by("-shared", "-published_at")
    newest = others.newest_first()
    chosen: dict[int, None] = {}
    for arm in (by_tag if tags else others.none(), newest.filter(section=article.section), newest):
        if len(chosen) < RELATED:
            chosen |= dict.fromkeys(arm.values_list("pk", flat=True)[: RELATED * 2])
    return list(chosen)[:RELATED]
