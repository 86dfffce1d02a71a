"""What a search is narrowed to, and the condition by which an article is one that readers may see of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.models import Article, Section
from articles.search import tokens
from articles.search.engine import Sql
from articles.search.entries import facet
from cms.prepared import MOMENT, bound


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

    def bounds(self) -> tuple[int, int]:
        """Between which numbers of the index the dates lie."""
        low = tokens.first_of_day(tokens.day_of(_midnight(self.since))) if self.since else 0
        high = tokens.first_of_day(tokens.day_of(_midnight(self.until)) + 2) if self.until else tokens.top()
        return low, min(high, tokens.top())

    def condition(self) -> Sql:
        """The condition by which the entry `e` is of an article that readers may see now, of these."""
        sql, params = readable_now()
        narrowed = self._narrowed()
        if not narrowed:
            return sql, params
        mine = " AND ".join(["a.id = e.article_id", *(f"a.{compared} %s" for compared, _value in narrowed)])
        table = Article._meta.db_table
        exists = f"EXISTS (SELECT 1 FROM {table} AS a WHERE {mine})"  # noqa: S608  (names of ours alone)
        return f"{exists} AND {sql}", [*(value for _compared, value in narrowed), *params]

    def _narrowed(self) -> list[tuple[str, Any]]:
        """Columns of the article with their comparison, and what each is compared with."""
        narrowed: list[tuple[str, Any]] = []
        if self.language:
            narrowed.append(("language =", self.language))
        if self.section:
            narrowed.append(("section_id =", self.section.pk))
        if self.since:
            narrowed.append(("published_at >=", bound(_midnight(self.since))))
        if self.until:
            narrowed.append(("published_at <", bound(_midnight(_day_after(self.until)))))
        return narrowed


def readable_now() -> Sql:
    """The condition by which readers may see the article of the entry `e` at this moment: `published()` as SQL."""
    sql, params = _published(connection.vendor)
    present, now = bound(MOMENT), bound(timezone.now())
    return sql, [now if param == present else param for param in params]


@cache
def _published(vendor: str) -> Sql:
    """`published()` as the ORM compiles it, which takes as long as a search; kept, so MOMENT stands for the time."""
    mine = Article.objects.published(until=MOMENT).filter(pk=RawSQL("e.article_id", [])).order_by().values("pk")
    sql, params = mine.query.get_compiler(connection=connection).as_sql()
    if list(params).count(bound(MOMENT)) != 1:
        raise AssertionError("published() compares with the present in another way: what is kept would be wrong")
    return f"EXISTS ({sql})", list(params)


def _day_after(day: date) -> date:
    """The next day; for the last ones that there are, one before them, which has a midnight in every time zone."""
    return min(day, date.max - timedelta(days=2)) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
