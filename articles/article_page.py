"""What an article's page shows, read in at most three queries."""

from __future__ import annotations

from collections.abc import Sequence
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
from cms.prepared import MOMENT, Prepared, Rows

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
    return Article.objects.published(until=now).for_cards().filter(pk__in=list(places.values())).order_by("pk")


_article = Prepared(_at, slug="\0slug", language="\0language", now=MOMENT)
_authors = Prepared(lambda article: Author.objects.filter(article=article), article=-(2**40))
_PLACES = {f"place_{number}": -(2**40) - number for number in range(KEPT)}
_related = Prepared(_cards, now=MOMENT, **_PLACES)


def readable_article(slug: str, language: str) -> Rows[Article]:
    """The article at this address, read by `whole`; none where readers may not see it now."""
    return _article(slug=slug, language=language, now=timezone.now())


def authors_of(article: int, *, is_signed: bool) -> Sequence[Author]:
    """Who has signed the article of this id; no query where nobody has."""
    return _authors(article=article) if is_signed else []


def shown(found: Article, authors: Sequence[Author], related: Sequence[Article]) -> dict[str, Any]:
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
        "related": _in_order(related, found.related)[:RELATED],
        "tags": [tag] if tag.slug else [],
        "permalink": permalink,
        "address": uri_to_iri(permalink),
        "structured": article_data(found, authors),
        "alternates": alternates(found.versions()),
    }


def related_to(article: int, language: str, chosen: list[int]) -> Sequence[Article]:
    """What the reader may like too, in no order: `chosen` when the article changed; where too few of them are left that
    may be read, the newest."""
    if len(chosen) >= RELATED:
        keys = chosen[:KEPT] + [_NOBODY] * (KEPT - len(chosen))
        found = _related(now=timezone.now(), **dict(zip(_PLACES, keys, strict=True)))
        if len(found) >= RELATED:
            return found
    readable = Article.objects.published().for_cards()
    return list(readable.in_language(language).exclude(pk=article).newest_first()[:RELATED])


def _in_order(related: Sequence[Article], chosen: list[int]) -> list[Article]:
    places = {pk: place for place, pk in enumerate(chosen)}
    return sorted(related, key=lambda article: places.get(article.pk, len(places)))
