"""What a reader opens: home, sections, tags, articles, and the pictures in them."""

from __future__ import annotations

import mimetypes
import re
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.article_page import authors_of, readable_article, related_to, shown
from articles.by_slug import by_slug
from articles.discovery.feeds import FORMATS
from articles.discovery.hreflang import alternates, same_in_each_language
from articles.discovery.structured import organisation_data
from articles.models import (
    Article,
    ArticleQuerySet,
    Author,
    Page,
    Picture,
    Redirect,
    Section,
    Tag,
    Withholding,
)
from articles.pages import are_few, page_of
from cms.page_cache import pages, public_page
from cms.plates import printed

_AN_HOUR = 60 * 60  # seconds
HOME_LATEST, HOME_A_SECTION, HOME_PLACED = 5, 4, 10
_PICTURE_FILE = re.compile(r"pictures/([0-9a-f]{32})/(?:original-[0-9a-f]{8}|\d{1,5}|\d{1,2}x\d)\.(?:jpe?g|webp|avif)")


@require_safe
@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """What editors put first and then the newest: one large, the next ones, and what else there is by section."""
    readable = Article.objects.published().in_language(get_language()).for_cards()
    # Of all languages, which are few rows: named one, SQLite would walk through all of its articles for them.
    every = Article.objects.published().for_cards().placed_at_home()
    placed = [article for article in every if article.language == get_language()][:HOME_PLACED]
    articles = [*placed, *(article for article in readable.newest_first()[:60] if article not in placed)]
    shown = articles[1 : HOME_LATEST + 1]
    rest = articles[HOME_LATEST + 1 :]
    sections: dict[Section, list[Article]] = {article.section: [] for article in rest}
    for article in rest:
        sections[article.section].append(article)
    desks = [(section, found[:HOME_A_SECTION]) for section, found in sections.items() if len(found) > 1]
    more = [found[0] for found in sections.values() if len(found) == 1]
    lead = articles[0] if articles else None

    def context() -> dict[str, Any]:
        alternates = same_in_each_language("articles:home")
        about = {"structured": organisation_data(get_language()), "alternates": alternates}
        return about | {"lead": lead, "latest": shown, "desks": desks, "more": more}

    return printed(request, "articles/home.html", context, articles)


@require_safe
@public_page("before")
@by_slug(Section)
def section(request: HttpRequest, found: Section) -> HttpResponse:
    """A section's articles, newest first."""
    articles = Article.objects.in_language(get_language()).filter(section=found)
    return _list(request, found, articles, "articles:section")


@require_safe
@public_page("before")
@by_slug(Tag)
def tag(request: HttpRequest, found: Tag) -> HttpResponse:
    """A tag's articles, newest first."""
    # A subquery, not a join: SQLite then reads the tag's links once, not one by one for every article there is.
    tagged = Article.tags.through.objects.filter(tag=found).values("article")
    articles = Article.objects.in_language(get_language()).filter(pk__in=tagged)
    return _list(request, found, articles, few=_are_few(found, articles))


@require_safe
@public_page("before")
@by_slug(Author)
def author(request: HttpRequest, found: Author) -> HttpResponse:
    """An author's articles, newest first, below what is said of the author."""
    signed = Article.authors.through.objects.filter(author=found).values("article")
    articles = Article.objects.in_language(get_language()).filter(pk__in=signed)
    return _list(request, found, articles, "articles:author", few=_are_few(found, articles))


def _are_few(about: Tag | Author, articles: ArticleQuerySet) -> bool:
    """As `are_few`, counted once an hour: the page is the same either way, and only quicker the right way."""
    key = f"few:{about._meta.label}:{about.pk}:{get_language()}"
    return bool(pages.get_or_set(key, lambda: are_few(articles), _AN_HOUR))


def _list(
    request: HttpRequest, about: Section | Tag | Author, articles: ArticleQuerySet, name: str = "", *, few: bool = False
) -> HttpResponse:
    """A page of the articles that are `about` something; `name` of its address, where each language has one.

    `few` as in `page_of`.
    """
    before = request.GET.get("before", "")
    page = page_of(articles.for_cards(), before, request.path, few=few)
    around = {"older_url": page.older_url, "newest_url": page.newest_url}

    def context() -> dict[str, Any]:
        return {
            "heading": about.name,
            "before": before,
            "author": about if isinstance(about, Author) else None,
            "alternates": same_in_each_language(name, about.slug) if name else [],
            "feeds": [(kind, media_type.partition(";")[0]) for kind, (media_type, _write) in FORMATS.items()],
            "articles": page.articles,
            "empty_text": _("Nothing has been published here yet."),
            **around,
        }

    return printed(request, "articles/list.html", context, about, before, page.articles, *around.values())


@require_safe
@public_page()
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article; 451 where it is withheld, 410 where it was killed, 404 where it never ran."""
    rows = readable_article(slug, get_language())
    if not rows:
        unreadable = Article.objects.filter(slug=slug, language=get_language()).first()
        return _not_readable(request, unreadable) or _moved(request, slug)
    pk = rows.value("id")
    authors = authors_of(pk, is_signed=rows.value("is_signed"))
    related = related_to(pk, get_language(), rows.value("related"))

    def context() -> dict[str, Any]:
        found = rows[0]
        request.versions = {row["language"]: row["url"] for row in found.translations()}  # type: ignore[attr-defined]
        return shown(found, authors, related)

    return printed(request, "articles/article.html", context, rows, authors, related)


@require_safe
@public_page()
def page(request: HttpRequest, key: str) -> HttpResponse:
    """What the newsroom says of itself."""
    written = {page.language: page for page in Page.objects.filter(key=key)}
    found = written.get(get_language())
    if found is None:
        raise Http404
    request.versions = {code: page.get_absolute_url() for code, page in written.items()}  # type: ignore[attr-defined]
    versions = {code: settings.SITE_URL + url for code, url in request.versions.items()}  # type: ignore[attr-defined]
    return render(request, "articles/page.html", {"page": found, "alternates": alternates(versions)})


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer at a former address as the article's present one would: 301, 410, 451 or 404."""
    redirect = Redirect.objects.of(get_language(), slug)
    if redirect is None:
        raise Http404
    article = redirect.article
    if Article.objects.published().filter(pk=article.pk).exists():
        return HttpResponsePermanentRedirect(article.get_absolute_url())
    return _not_readable(request, article) or HttpResponsePermanentRedirect(article.get_absolute_url())


def _not_readable(request: HttpRequest, article: Article | None) -> HttpResponse | None:
    """Answer for an article that may not be read; None without one. A 451 never reveals one that never ran."""
    if article is None:
        return None
    if not article.has_run() or article.status not in {Article.Status.PUBLISHED, Article.Status.KILLED}:
        raise Http404
    if article.status == Article.Status.KILLED:
        return render(request, "410.html", status=410)
    withholdings = list(article.withholdings.active())
    response = render(request, "451.html", {"withholdings": withholdings}, status=451)
    response["Link"] = f'<{settings.SITE_URL}/>; rel="blocked-by"'  # RFC 7725, section 4: who implements it
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """A picture's file, by its unguessable name; to editors only, while all that show it are withheld or killed."""
    match = _PICTURE_FILE.fullmatch(path)
    if not match or not default_storage.exists(path):
        raise Http404
    picture = get_object_or_404(Picture, uid=match[1])
    off = Q(status=Article.Status.KILLED) | Exists(Withholding.objects.active().filter(article=OuterRef("pk")))
    shown = Article.objects.published().filter(cover=picture)
    is_off = Article.objects.filter(off, cover=picture).exists() and not shown.exists()
    if is_off and not request.user.has_perm("articles.view_picture"):
        raise Http404
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response = FileResponse(default_storage.open(path), content_type=kind)
    # Nobody else shows it once it is withheld.
    response["Cache-Control"] = "private, no-store" if is_off else "public, max-age=600, s-maxage=0"
    return response
