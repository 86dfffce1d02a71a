"""Sitemaps (sitemaps.org 0.9, hreflang, Google's news sitemap): every readable address, in parts of bounded size.

A part holds the articles whose number lies in its range, so that the index needs no count and a part no offset: part
1,000 costs what part 1 costs. A part may hold fewer than PART addresses, never more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation

from articles.discovery.hreflang import Versions, alternates
from articles.models import Article, Page, Section

PART = 5000  # with long Chinese slugs in every language still under the 50 MB that a sitemap may have
NEWS_AGE, NEWS_MOST = timedelta(days=2), 1000
NEWS_LANGUAGE = {"en": "en", "zh-hans": "zh-cn"}  # Google's own codes for Chinese
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def _last_part() -> int:
    newest = Article.objects.aggregate(newest=Max("pk"))["newest"]
    return -1 if newest is None else newest // PART


def has_part(number: int) -> bool:
    """Whether the index may name this part."""
    return 0 <= number <= _last_part()


def index() -> str:
    """The sitemap of sitemaps."""
    paths = [reverse("sitemap_pages")]
    paths += [reverse("sitemap_part", args=[number]) for number in range(_last_part() + 1)]
    rows = "".join(f"<sitemap><loc>{escape(settings.SITE_URL + path)}</loc></sitemap>\n" for path in paths)
    return f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'


def part(number: int) -> Iterator[str]:
    """One part, a piece at a time: two lookups in an index for each article, no sorting, flat memory."""
    first = number * PART
    articles = Article.objects.published().filter(pk__gte=first, pk__lt=first + PART).with_translations()
    rows = articles.only("slug", "language", "published_at", "text_changed_at").order_by("pk")
    yield _open()
    for article in rows.iterator(chunk_size=500):
        yield _url(article.permalink(), article.versions(), article.modified())
    yield "</urlset>\n"


def standing_pages() -> str:
    """What stays at its address in every language, and the pages about the newsroom where they are written."""
    rows = [_open()]
    for name, args in _standing():
        versions: Versions = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                versions[code] = settings.SITE_URL + reverse(name, args=args)
        rows += [_url(url, versions) for url in versions.values()]
    for versions in Page.objects.versions():
        rows += [_url(url, versions) for url in versions.values()]
    return "".join([*rows, "</urlset>\n"])


def _standing() -> Iterable[tuple[str, list[str]]]:
    yield from [("articles:home", []), ("submissions:guidelines", []), ("submissions:submit", [])]
    yield from [("articles:corrections", []), ("newsletter:signup", []), ("copyright:policy", []), ("transparency", [])]
    yield from (("articles:section", [slug]) for slug in Section.objects.values_list("slug", flat=True))


def news() -> str:
    """Google's news sitemap: at most 1,000 articles of the last two days, the newest first."""
    # Named, the languages are ranges of the index of what is published; else it is read from end to end.
    every = Article.objects.filter(language__in=[code for code, _name in settings.LANGUAGES])
    newest = every.published().filter(published_at__gt=timezone.now() - NEWS_AGE)
    rows = newest.only("slug", "language", "headline", "published_at").newest_first()[:NEWS_MOST]
    found = "".join(map(_news_item, rows))
    return f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{found}</urlset>\n'


def _news_item(article: Article) -> str:
    assert article.published_at  # a published article has its time  # noqa: S101
    publication = (
        f"<news:publication><news:name>{escape(settings.SITE_NAME)}</news:name>"
        f"<news:language>{NEWS_LANGUAGE[article.language]}</news:language></news:publication>"
    )
    date = f"<news:publication_date>{article.published_at.isoformat()}</news:publication_date>"
    title = f"<news:title>{escape(article.headline)}</news:title>"
    return f"<url><loc>{escape(article.permalink())}</loc><news:news>{publication}{date}{title}</news:news></url>\n"


def _open() -> str:
    return f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">\n'


def _url(url: str, versions: Versions, modified: datetime | None = None) -> str:
    """One address with all its versions, itself among them (hreflang counts only when it is mutual)."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(to)}/>' for code, to in alternates(versions)
    )
    changed = f"<lastmod>{modified.isoformat(timespec='seconds')}</lastmod>" if modified else ""
    return f"<url><loc>{escape(url)}</loc>{changed}{links}</url>\n"
