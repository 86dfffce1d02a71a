"""Finding: a page of results, in two queries; where there are none, what was probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.safestring import SafeString

from articles.models import Article, ArticleQuerySet, Section
from articles.search import spelling, tokens
from articles.search.engine import Hit, Search, engine
from articles.search.entries import facet
from articles.search.excerpts import Marker
from articles.search.query import Query
from cms.text import plain_text

PAGE = 10
_CURSOR = re.compile(r"(\d)-(\d{1,18})")


@dataclass(frozen=True)
class Filters:
    """What results are narrowed to; None and "" for what is not."""

    language: str = ""
    section: Section | None = None
    since: date | None = None
    until: date | None = None

    def facets(self) -> list[int]:
        """As the index knows them."""
        language = [facet("language", self.language)] if self.language else []
        return language + ([facet("section", self.section.pk)] if self.section else [])

    def articles(self) -> ArticleQuerySet:
        """The articles that readers may see now, of these."""
        narrowed = Q()
        if self.language:
            narrowed &= Q(language=self.language)
        if self.section:
            narrowed &= Q(section=self.section)
        if self.since:
            narrowed &= Q(published_at__gte=_midnight(self.since))
        if self.until:
            narrowed &= Q(published_at__lt=_midnight(self.until + timedelta(days=1)))
        return Article.objects.published().filter(narrowed)

    def bounds(self) -> tuple[int, int]:
        """Between which numbers of the index the dates lie."""
        low = tokens.first_of_day(tokens.day_of(_midnight(self.since))) if self.since else 0
        high = tokens.first_of_day(tokens.day_of(_midnight(self.until)) + 2) if self.until else tokens.top()
        return low, min(high, tokens.top())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class Result:
    """An article with what was found in it marked."""

    article: Article
    headline: SafeString
    excerpt: SafeString


@dataclass(frozen=True)
class Results:
    """A page: its results, the cursor of the next page ("" at the end), and what was searched for instead, if so."""

    results: list[Result] = field(default_factory=list)
    after: str = ""
    instead: str = ""


def search(query: Query, filters: Filters, after: str = "") -> Results:
    """Return the page of results after a cursor ("" for the first). Raises Http404 for a cursor that is none.

    Where nothing is found, words that no article has are corrected, and it is searched once more.
    """
    hits = _hits(query, filters, after)
    if hits or after:
        return _page(query, hits)
    meant = spelling.corrections(query.words())
    if not meant:
        return Results()
    corrected = query.with_words(lambda word: meant.get(word, word))
    hits = _hits(corrected, filters, "")
    return _page(corrected, hits, instead=corrected.typed()) if hits else Results()


def _hits(query: Query, filters: Filters, after: str) -> list[Hit]:
    low, high = filters.bounds()
    first, before = _parse(after, len(query.tiers)) if after else (0, high)
    return engine().find(
        Search(query.tiers, filters.facets(), filters.articles(), first, before, low, high, most=PAGE + 1)
    )


def _parse(cursor: str, tiers: int) -> tuple[int, int]:
    match = _CURSOR.fullmatch(cursor)
    if not match or int(match[1]) >= tiers:
        raise Http404
    return int(match[1]), int(match[2])


def _page(query: Query, hits: list[Hit], instead: str = "") -> Results:
    """The page of these hits, which the index gave as readable a moment ago: they are read by their keys alone."""
    shown = hits[:PAGE]
    after = f"{shown[-1].tier}-{shown[-1].number}" if len(hits) > PAGE else ""
    rows = (
        Article.objects.published()
        .select_related("section")
        .only("language", "slug", "headline", "dek", "body", "published_at", "section")
    )
    articles = rows.in_bulk([hit.article for hit in shown])
    marker = Marker(query)
    found = [_result(articles[hit.article], marker) for hit in shown if hit.article in articles]
    return Results(found, after, instead)


def _result(article: Article, marker: Marker) -> Result:
    text = " ".join(plain_text(article.body).split("\n"))
    excerpt = marker.excerpt(text, article.language) or marker.marked(article.dek or text[:200])
    return Result(article, marker.marked(article.headline), excerpt)
