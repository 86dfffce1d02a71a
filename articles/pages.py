"""Pages of a long list by key, not by number: page 500 costs what page 1 costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Min
from django.http import Http404
from django.utils import timezone

from articles.models import Article, ArticleQuerySet, HomePlace, Section
from cms.generations import FRAME
from cms.page_cache import clock, kept

PAGE = 20
FEW = 5000  # articles of a tag or an author that are quicker read and sorted than looked for among a million
RELATED = 4  # articles that a reader may like too
_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """One page: its articles, and the addresses of the older page and of the newest (None where there is none)."""

    articles: list[Article]
    older_url: str | None
    newest_url: str | None


def page_of(articles: ArticleQuerySet, before: str, path: str, *, few: bool = False) -> Page:
    """Return the page of those of `articles` that are published, from after the cursor `before` ("" for the newest).

    A cursor is `<microseconds since 1970>-<id>` of the last article shown. Raises Http404 for anything else. `few` says
    that these are at most FEW, out of all there are.
    """
    moment, pk = key_of(before) if before else (None, 0)
    rows = articles.published(until=moment)
    rows = rows.newest_first_of_few() if few else rows.newest_first()
    if moment:  # parts articles of the same moment; the bound itself is what the index is walked from
        rows = rows.exclude(published_at=moment, pk__gte=pk)
    found = list(rows[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    older = f"{path}?{urlencode({'before': _cursor(shown[-1])})}" if more else None
    return Page(shown, older, path if before else None)


def are_few(articles: ArticleQuerySet) -> bool:
    """Whether at most FEW of `articles` have run, counted along the index of what is a tag's or an author's."""
    run = articles.filter(status=Article.Status.PUBLISHED).order_by()
    return run[: FEW + 1].count() <= FEW


def cursor_of(moment: datetime, pk: int) -> str:
    """The cursor of a row: `<microseconds since 1970>-<id>`."""
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}-{pk}"


def all_sections() -> list[Section]:
    """Every section in the order of the masthead, read once in each generation of it."""
    return kept("sections", lambda: list(Section.objects.all()), FRAME)


@clock
def next_appearance() -> datetime | None:
    """When the next scheduled article appears, or the next place on a home page ends. One query along indexes."""
    now = timezone.now()
    ends = HomePlace.objects.filter(until__gt=now).order_by().values_list("until")
    codes = [code for code, _name in settings.LANGUAGES]  # each is a range of the index
    scheduled = Article.objects.filter(status=Article.Status.PUBLISHED, language__in=codes, published_at__gt=now)
    first = scheduled.order_by().values("language").annotate(next=Min("published_at")).values_list("next")
    moments = [moment for (moment,) in ends.union(first, all=True) if moment]
    return min(moments, default=None)


def _cursor(article: Article) -> str:
    assert article.published_at  # a published article has its time  # noqa: S101
    return cursor_of(article.published_at, article.pk)


def key_of(cursor: str) -> tuple[datetime, int]:
    """The moment and id of a cursor. Raises Http404 for what is none."""
    match = _CURSOR.fullmatch(cursor)
    try:
        if match:
            return _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])
    except OverflowError:
        pass
    raise Http404
