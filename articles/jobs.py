"""The articles' work that can wait: renditions, fingerprints, and what is related to what."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from articles.discovery.hub import tell_hub
from articles.erasure import erase_old_requests
from articles.fingerprinting import follow_log
from articles.models import Article, Picture, SearchEntry
from articles.related import choose
from articles.search.entries import follow_log as follow_log_for_search
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


@job()
def index_for_search() -> int:
    """Write what the search finds the articles by that changed."""
    return follow_log_for_search()


@job(every=timedelta(seconds=5))
def tell_of_news() -> int:
    """Tell the hub, where the newsroom has one, that there is something new in the feeds."""
    return tell_hub()


@job(every=timedelta(seconds=2))
def relate() -> int:
    """Choose the related articles of those that changed."""
    known = Exists(SearchEntry.objects.filter(article=OuterRef("pk")))  # by whose words the others are found
    unrelated = Article.objects.filter(known, status=Article.Status.PUBLISHED, related_at=None)
    changed = list(unrelated.only("language", "section").order_by("pk")[:100])
    for article in changed:
        Article.objects.filter(pk=article.pk).update(related=choose(article), related_at=timezone.now())
    if changed:
        site_changed()
    return len(changed)
