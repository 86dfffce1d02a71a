"""Finding: a page of results, in one query; where there are none, what was probably meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.models import Article
from articles.pages import all_sections
from articles.search import spelling
from articles.search.engine import Search, read
from articles.search.excerpts import Marker
from articles.search.filters import Filters
from articles.search.query import Query
from cms.templatetags.moments import iso
from cms.text import plain_text

_COLUMNS = ("language", "slug", "headline", "dek", "body", "published_at", "section_id")
PAGE = 10
_CARD = """<article class="card">
    <h3 lang="{language}"><a href="{url}">{headline}</a></h3>
    <p class="dek" lang="{language}">{excerpt}</p>
    <p class="meta"><time datetime="{moment}">{day}</time><span>{section}</span></p>
  </article>"""
_CURSOR = re.compile(r"(\d)-(\d{1,18})")


@dataclass(frozen=True)
class Result:
    """An article with what was found in it marked."""

    article: Article
    headline: SafeString
    excerpt: SafeString

    def card(self) -> SafeString:
        """What a page shows of it. Ten of these took a template a fifth of the time of the whole page."""
        article, moment = self.article, timezone.localtime(self.article.published_at)
        return format_html(
            _CARD,
            language=article.language,
            url=article.get_absolute_url(),
            headline=self.headline,
            excerpt=self.excerpt,
            moment=iso(moment),
            day=_day(moment.date(), get_language()),
            section=article.section.name,
        )


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
    page = _page(query, filters, after)
    if page.results or after:
        return page
    meant = spelling.corrections(query.words())
    if not meant:
        return Results()
    corrected = query.with_words(lambda word: meant.get(word, word))
    page = _page(corrected, filters, "")
    return replace(page, instead=corrected.typed()) if page.results else Results()


@lru_cache(2000)
def _day(day: date, _language: str) -> str:
    """A day as the present language writes it."""
    return date_format(day)


def _parse(cursor: str, tiers: int) -> tuple[int, int]:
    match = _CURSOR.fullmatch(cursor)
    if not match or int(match[1]) >= tiers:
        raise Http404
    return int(match[1]), int(match[2])


def _page(query: Query, filters: Filters, after: str) -> Results:
    low, high = filters.bounds()
    first, before = _parse(after, len(query.tiers)) if after else (0, high)
    wanted = Search(query.tiers, filters.facets(), filters.condition(), first, before, low, high, most=PAGE + 1)
    found = read(wanted, *_COLUMNS)
    shown, marker, sections = found[:PAGE], Marker(query), {section.pk: section for section in all_sections()}
    for article in shown:
        if article.section_id in sections:
            article.section = sections[article.section_id]
    cursor = f"{shown[-1].tier}-{shown[-1].number}" if len(found) > PAGE else ""
    return Results([_result(article, marker) for article in shown], cursor)


def _result(article: Article, marker: Marker) -> Result:
    text = " ".join(plain_text(article.body).split("\n"))
    excerpt = marker.excerpt(text, article.language) or marker.marked(article.dek or text[:200])
    return Result(article, marker.marked(article.headline), excerpt)
