"""What the index alone finds, without the articles that a page of results reads with it."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from articles.search.engine import Search, engine


class Hit(NamedTuple):
    """What was found: the place of its tier, its number in the index, its article's id."""

    tier: int
    number: int
    article: int


def find(search: Search) -> list[Hit]:
    """The first results, in their order."""
    sql, params = engine().hits(search)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return sorted((Hit(*row) for row in cursor.fetchall()), key=lambda hit: (hit.tier, -hit.number))
