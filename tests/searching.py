"""What a search shows on its pages, and what the index alone finds, without the articles that a page reads with it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.db import connection

from articles.search.engine import Search, engine
from articles.search.views import KEPT
from cms.worker import run_until_idle


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


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    KEPT.clear()
    yield
    KEPT.clear()


def found(client, query, **filters):
    """The headlines that a search shows, on all its pages."""
    run_until_idle()
    headlines, page = [], client.get("/en/search/", {"q": query, **filters})
    while True:
        assert page.status_code == 200, page.content.decode()
        headlines += [result.article.headline for result in page.context["page"].results]
        if "older_url" not in page.context:
            return headlines
        page = client.get(page.context["older_url"])


def html_of(client, query, **filters):
    run_until_idle()
    return client.get("/en/search/", {"q": query, **filters}).content.decode()
