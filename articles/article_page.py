"""What an article's page shows, read in at most three queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.encoding import uri_to_iri

from articles.contents import contents, divided
from articles.discovery.hreflang import alternates
from articles.discovery.structured import article_data
from articles.models import Article, ArticleQuerySet, Author, Tag
from articles.models.article_queryset import CARD
from articles.pages import RELATED
from articles.related import KEPT
from cms.prepared import MOMENT, Prepared

# The one tag that the page prints, read with its article: a query less on the page that is read most.
_TAG = Tag.objects.filter(article=OuterRef("pk"))
_SIGNED = Article.authors.through.objects.filter(article=OuterRef("pk"))
_PAGE = (
    *CARD,
    *("body", "status", "origin", "submitted_at", "guidelines_number", "editor_name", "signed_sha256"),
    *("sources", "corrected", "text_changed_at", "cover_alt", "cover_caption", "related"),
    *("cover__source_type", "cover__claimed", "cover__declared", "cover__crops", "cover__credit"),
    *("cover__licence", "cover__licence_note", "cover__licence_url"),
)
_NOBODY = -1  # no article has this id


def whole(articles: ArticleQuerySet, *, until: Any = None) -> ArticleQuerySet:
    """Articles with all that their pages show of them; `until` as in `published()`, for the translations."""
    read = articles.select_related("section", "cover").with_translations(until=until)
    tag = {"tag_slug": _TAG.values("slug")[:1], "tag_name": _TAG.values("name")[:1]}
    return read.annotate(**tag, is_signed=Exists(_SIGNED))


def _at(slug: str, language: str, now: Any) -> ArticleQuerySet:
    return whole(Article.objects.published(until=now).filter(slug=slug, language=language), until=now).only(*_PAGE)


def _cards(now: Any, **places: int) -> ArticleQuerySet:
    # By their keys alone: named a language, SQLite would walk through all of its articles for them.
    return Article.objects.published(until=now).for_cards().filter(pk__in=list(places.values()))


_article = Prepared(_at, slug="\0slug", language="\0language", now=MOMENT)
_authors = Prepared(lambda article: Author.objects.filter(article=article), article=-(2**40))
_PLACES = {f"place_{number}": -(2**40) - number for number in range(KEPT)}
_related = Prepared(_cards, now=MOMENT, **_PLACES)


def readable_article(slug: str, language: str) -> Article | None:
    """The article at this address, read by `whole`; None where readers may not see it now."""
    return next(iter(_article(slug=slug, language=language, now=timezone.now())), None)


def authors_of(found: Article) -> list[Author]:
    """Who has signed an article that was read by `whole`; no query where nobody has."""
    return _authors(article=found.pk) if found.is_signed else []  # type: ignore[attr-defined]  # annotated by `whole`


def shown(found: Article, authors: list[Author], related: list[Article]) -> dict[str, Any]:
    """What the template of an article's page needs; `found` was read by `whole`, and has its time."""
    tag = Tag(slug=found.tag_slug, name=found.tag_name)  # type: ignore[attr-defined]  # annotated by `whole`
    text, parts = divided(found.body)
    permalink = found.permalink()
    return {
        "article": found,
        "text": text,
        "contents": contents(parts, found.reading_minutes),
        "authors": authors,
        "translations": found.translations(),
        "related": related,
        "tags": [tag] if tag.slug else [],
        "permalink": permalink,
        "address": uri_to_iri(permalink),
        "structured": article_data(found, authors),
        "alternates": alternates(found.versions()),
    }


def related_to(article: Article) -> list[Article]:
    """What the reader may like too: chosen when the article changed; where too few are left of that, the newest."""
    chosen = article.related[:KEPT]
    if len(chosen) >= RELATED:
        places = dict(zip(_PLACES, chosen + [_NOBODY] * (KEPT - len(chosen)), strict=True))
        found = {other.pk: other for other in _related(now=timezone.now(), **places)}
        if len(found) >= RELATED:
            return [found[pk] for pk in chosen if pk in found][:RELATED]
    readable = Article.objects.published().for_cards()
    return list(readable.in_language(article.language).exclude(pk=article.pk).newest_first()[:RELATED])
