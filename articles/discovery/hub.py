"""WebSub: the hub that the feeds name is told when an article has appeared, and tells the feeds' readers.

Not an event but a comparison: the newest article that readers can see, against the newest that the hub was told of. So
an article that was scheduled is told of when its time has come, and what a crash left untold is told of after it.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from articles.discovery.feeds import FORMATS
from articles.models import Article
from cms import outgoing
from cms.models import Bookmark

MOST = 50  # of the newest articles, whose sections are looked at; a feed holds no more


def tell_hub() -> int:
    """Tell the hub of each language in which an article has appeared; return how many. A failure is tried again."""
    if not settings.WEBSUB_HUB:
        return 0
    return sum(_tell(code) for code, _name in settings.LANGUAGES)


def _tell(language: str) -> int:
    mark, _ = Bookmark.objects.get_or_create(reader=f"hub:{language}")
    newest = Article.objects.published().in_language(language).newest_first()
    fresh = list(newest.values_list("published_at", "section__slug")[:MOST])
    moments = [int(published.timestamp() * 1_000_000) for published, _section in fresh if published]
    sections = {section for (_, section), moment in zip(fresh, moments, strict=True) if moment > mark.number}
    if not sections:
        return 0
    fields = [("hub.mode", "publish"), *(("hub.url", url) for url in feeds_of(language, sections))]
    outgoing.post(
        settings.WEBSUB_HUB, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    Bookmark.objects.filter(pk=mark.pk).update(number=max(moments))
    return 1


def feeds_of(language: str, sections: Collection[str]) -> list[str]:
    """The absolute URLs of the feeds in which articles of these sections appear."""
    with translation.override(language):
        paths = [reverse("articles:feed", args=[kind]) for kind in FORMATS]
        paths += [reverse("articles:section_feed", args=[slug, kind]) for slug in sorted(sections) for kind in FORMATS]
    return [settings.SITE_URL + path for path in paths]
