"""The index on SQLite: an FTS5 table that holds which numbers a document stands under, and nothing else.

Its rowids are the documents' numbers, so it gives them newest first without sorting, and stops after a page. It can
not forget (3.40 lacks `contentless_delete`): what an article stood under before an edit stays, leads to its entry or
to none, and the entry's texts tell that it is no result. `reindex --from-scratch` begins anew.
"""

# ruff: noqa: S608  (put together from our own names; whatever somebody typed is a parameter)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from articles.models import SearchEntry
from articles.search.engine import ENTRY_COLUMNS, Document, Search, Sql, truth

TABLE = "articles_searchindex"
ENTRIES = SearchEntry._meta.db_table


def _match(groups: Iterable[Iterable[int]], facets: Iterable[int] = ()) -> str:
    every = [*groups, *([facet] for facet in facets)]
    return " AND ".join("(" + " OR ".join(f'"{number:x}"' for number in group) + ")" for group in every)


class SQLite:
    """Implements `Engine`."""

    def insert(self, documents: Sequence[Document]) -> None:
        """Write entries and postings; in rising order, which FTS5 takes without writing a segment for each."""
        rows = sorted(documents)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {ENTRIES} ({ENTRY_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s)",
                [(row.number, row.article, row.facets, *row.texts) for row in rows],
            )
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, terms) VALUES (%s, %s)",
                [(row.number, " ".join([f"{number:x}" for number in row.numbers])) for row in rows],
            )

    def empty(self) -> None:
        """Forget everything."""
        SearchEntry.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")

    def hits(self, search: Search) -> Sql:
        """One arm a tier; as each is ordered already, none is read further than the page needs."""
        allowed, allowed_params = search.readable
        arms: list[str] = []
        params: list[Any] = []
        for place, tier, high in search.open_tiers():
            true, true_params = truth(tier, "instr")
            arms.append(
                f"SELECT * FROM (SELECT {place} AS tier, e.number, e.article_id FROM {TABLE} AS f "
                f"CROSS JOIN {ENTRIES} AS e ON e.number = f.rowid "
                f"WHERE f.{TABLE} MATCH %s AND f.rowid >= %s AND f.rowid < %s AND {true} AND {allowed} "
                f"ORDER BY f.rowid DESC LIMIT {search.most})"
            )
            params += [_match(tier.groups(), search.facets), search.low, high, *true_params, *allowed_params]
        return f"{' UNION ALL '.join(arms)} LIMIT {search.most}", params

    def newest(self, groups: Sequence[tuple[int, ...]], facet: int, most: int) -> list[tuple[int, int]]:
        """One arm a group."""
        arm = f"SELECT * FROM (SELECT %s, rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT {most})"
        params = [part for place, group in enumerate(groups) for part in (place, _match([group], [facet]))]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([arm] * len(groups)), params)
            return cursor.fetchall()

    def size(self) -> int:
        """Bytes, where SQLite was built to tell; of the whole database otherwise."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'articles_search%%'", [])
            return int(cursor.fetchone()[0] or 0)
