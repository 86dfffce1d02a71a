"""What machines open: feeds, sitemaps, robots.txt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.by_slug import by_slug
from articles.discovery import feeds, sitemaps
from articles.models import Article, Author, Section, Tag
from cms.page_cache import public_page

XML = "application/xml; charset=utf-8"
SITEMAP_KEPT = 600  # seconds: crawlers come by the hour


@require_safe
@public_page()
def site_feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest articles of the language."""
    about = _("Business and technology news, written by its readers and edited by a newsroom.")
    return _feed(request, kind, settings.SITE_NAME, about, reverse("articles:home"))


@require_safe
@public_page()
@by_slug(Section)
def section_feed(request: HttpRequest, found: Section, kind: str) -> HttpResponse:
    """The newest articles of a section."""
    return _feed_of(request, kind, found, "section")


@require_safe
@public_page()
@by_slug(Tag)
def tag_feed(request: HttpRequest, found: Tag, kind: str) -> HttpResponse:
    """The newest articles of a tag."""
    return _feed_of(request, kind, found, "tags")


@require_safe
@public_page()
@by_slug(Author)
def author_feed(request: HttpRequest, found: Author, kind: str) -> HttpResponse:
    """The newest articles of an author."""
    return _feed_of(request, kind, found, "authors")


def _feed_of(request: HttpRequest, kind: str, found: Section | Tag | Author, field: str) -> HttpResponse:
    title = f"{settings.SITE_NAME}: {found.name}"
    return _feed(request, kind, title, found.name, found.get_absolute_url(), **{field: found})


def _feed(request: HttpRequest, kind: str, title: str, about: str, page: str, **lookups: Any) -> HttpResponse:
    """Write the feed of these articles: three queries, and one for the tombstones of Atom."""
    language = get_language()
    addresses = {"page_url": settings.SITE_URL + page, "feed_url": settings.SITE_URL + request.path}
    channel = feeds.Channel(title, about, language, **addresses)
    newest = Article.objects.published().in_language(language).filter(**lookups)
    newest = newest.select_related("section", "cover").prefetch_related("tags")
    gone = feeds.tombstones(language, **lookups) if kind == "atom" else []
    media_type, write = feeds.FORMATS[kind]
    return HttpResponse(write(channel, newest.newest_first()[: feeds.ENTRIES], gone), content_type=media_type)


@require_safe
@public_page()
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The sitemaps there are."""
    return HttpResponse(sitemaps.index(), content_type=XML)


@require_safe
@public_page()
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """Home pages, sections and what else stays at its address."""
    return HttpResponse(sitemaps.standing_pages(), content_type=XML)


@require_safe
def sitemap_part(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """One part of the articles, written while it is read: it is too large for the memory of the page cache."""
    if not sitemaps.has_part(number):
        raise Http404
    response = StreamingHttpResponse(_encoded(sitemaps.part(number)), content_type=XML)
    patch_cache_control(response, public=True, max_age=SITEMAP_KEPT)
    return response


@require_safe
@public_page()
def sitemap_news(request: HttpRequest) -> HttpResponse:
    """The articles of the last two days, for news search engines."""
    return HttpResponse(sitemaps.news(), content_type=XML)


@require_safe
@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers are asked to leave alone, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _private_paths()), ""]
    lines += [f"Sitemap: {settings.SITE_URL}{reverse(name)}" for name in ("sitemap", "sitemap_news")]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _private_paths() -> list[str]:
    """Where nothing is for search engines. Private pages are not named: they say `noindex` themselves."""
    searches = [f"/{code}/search/" for code, _name in settings.LANGUAGES]
    return ["/admin/", "/anymail/", "/u/", *searches]


def _encoded(lines: Iterator[str]) -> Iterator[Any]:
    for line in lines:
        yield line.encode()
