"""The articles' work that can wait: renditions, fingerprints, and what is related to what."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from articles.erasure import erase_old_requests
from articles.fingerprinting import follow_log
from articles.models import Article, Picture
from articles.pages import RELATED
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
        # One whose origin was declared anew meanwhile has another file, and is found again.
        log.exception("picture %s cannot be rendered", picture.uid)
        Picture.objects.filter(pk=picture.pk, file=picture.file.name).update(rendered=timezone.now())
    site_changed()
    return 1


@job()
def fingerprint() -> int:
    """Fingerprint the articles that changed, whatever their status: a killed one is not to be copied either."""
    return follow_log(Article, Article.Status.values)


@job(every=timedelta(minutes=10))
def forget_who_reported_errors() -> int:
    """Erase the readers' words and addresses of errors that were decided on long ago."""
    return erase_old_requests()


@job(every=timedelta(seconds=2))
def relate() -> int:
    """Choose the related articles of those that changed."""
    unrelated = Article.objects.filter(status=Article.Status.PUBLISHED, related_at=None)
    changed = list(unrelated.only("language", "section").order_by("pk")[:100])
    for article in changed:
        Article.objects.filter(pk=article.pk).update(related=_kin(article), related_at=timezone.now())
    if changed:
        site_changed()
    return len(changed)


def _kin(article: Article) -> list[int]:
    """Ids of the articles that share most tags with this one, then of its section, then of its language."""
    readable, likely = Article.objects.published(), _sharing_tags(article)
    languages = dict(readable.filter(pk__in=likely).values_list("pk", "language"))
    chosen = {pk: None for pk in likely if languages.get(pk) == article.language}
    newest = readable.in_language(article.language).exclude(pk=article.pk).newest_first()
    for arm in (newest.filter(section=article.section_id), newest):
        if len(chosen) < RELATED:
            chosen |= dict.fromkeys(arm.values_list("pk", flat=True)[: RELATED * 2])
    return list(chosen)[:RELATED]


def _sharing_tags(article: Article) -> list[int]:
    """Ids of the articles that share most tags with this one, the latest of them first.

    Counted where the links lie: counting articles instead would group by every column, their bodies among them.
    """
    links = Article.tags.through.objects
    mine = links.filter(article=article).values("tag")
    others = links.filter(tag__in=mine).exclude(article=article).values("article")
    most = others.annotate(shared=Count("pk")).order_by("-shared", "-article")
    return list(most.values_list("article", flat=True)[: RELATED * 2])
