"""WebSub: the hub that the feeds name is told when an article has appeared, and tells the feeds' readers.

Not an event but a comparison: the newest article that readers can see, against the newest that the hub was told of. So
an article that was scheduled is told of when its time has come, and what a crash left untold is told of after it.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from articles.discovery.feeds import FORMATS
from articles.models import Article
from cms import outgoing
from cms.models import Bookmark


def tell_hub() -> int:
    """Tell the hub of each language in which an article has appeared; return how many. A failure is tried again."""
    if not settings.WEBSUB_HUB:
        return 0
    return sum(_tell(code) for code, _name in settings.LANGUAGES)


def _tell(language: str) -> int:
    newest = Article.objects.published().in_language(language).newest_first()
    row = newest.values_list("published_at", "section__slug").first()
    if row is None or row[0] is None:
        return 0
    moment = int(row[0].timestamp() * 1_000_000)
    mark, _ = Bookmark.objects.get_or_create(reader=f"hub:{language}")
    if moment <= mark.number:
        return 0
    fields = [("hub.mode", "publish"), *(("hub.url", url) for url in feeds_of(language, row[1]))]
    outgoing.post(
        settings.WEBSUB_HUB, urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    )
    Bookmark.objects.filter(pk=mark.pk).update(number=moment)
    return 1


def feeds_of(language: str, section: str) -> list[str]:
    """The absolute URLs of the feeds in which an article of a section appears."""
    with translation.override(language):
        paths = [reverse("articles:feed", args=[kind]) for kind in FORMATS]
        paths += [reverse("articles:section_feed", args=[section, kind]) for kind in FORMATS]
    return [settings.SITE_URL + path for path in paths]
