"""What both databases have in common, and which of the two holds the index here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.db import connection

from articles.models import Article
from articles.search.query import Tier, Unit
from cms.prepared import planned_once

Sql = tuple[str, list[Any]]
COLUMNS = ("head", "dek", "body")
ENTRY_COLUMNS = "number, article_id, facets, head, dek, body"


class Document(NamedTuple):
    """An entry with the numbers that it stands under."""

    number: int
    article: int
    facets: str
    texts: tuple[str, str, str]
    numbers: set[int]


@dataclass(frozen=True)
class Search:
    """What is looked for: tiers, facets that all results have, and the condition that their entries `e` must meet.

    Results are in the order of the tiers, then falling by number: from below `before` in the tier number `first`, none
    below `low`, none from `high` on.
    """

    tiers: Sequence[Tier]
    facets: Sequence[int]
    readable: Sql
    first: int
    before: int
    low: int
    high: int
    most: int

    def open_tiers(self) -> Iterable[tuple[int, Tier, int]]:
        """Each tier that is not passed yet: its place, itself, and the number that its results are below."""
        for place, tier in enumerate(self.tiers[self.first :], self.first):
            yield place, tier, min(self.before, self.high) if place == self.first else self.high


class Engine(Protocol):
    """A database's index."""

    def insert(self, documents: Sequence[Document]) -> None:
        """Write entries that are not there, with what they stand under."""

    def empty(self) -> None:
        """Forget everything, entries too."""

    def hits(self, search: Search) -> Sql:
        """The statement that gives (tier, number, article_id) of the first results, and reads no more than it must."""

    def newest(self, groups: Sequence[tuple[int, ...]], facet: int, most: int) -> list[tuple[int, int]]:
        """Return the newest documents under one of the numbers of each group: (place of the group, document)."""

    def size(self) -> int:
        """Bytes of the index and its entries."""


def engine() -> Engine:
    """The index of the database that we have."""
    if connection.vendor == "postgresql":
        from articles.search.postgresql import PostgreSQL

        return PostgreSQL()
    from articles.search.sqlite import SQLite

    return SQLite()


def read(search: Search, *columns: str) -> list[Any]:
    """Return the articles of the first results, in their order, with these columns, their `tier` and their `number`.

    One statement finds and reads: between two, an article could be taken off.
    """
    sql, params = engine().hits(search)
    names = ", ".join(f"a.{column}" for column in ("id", *columns))
    table = Article._meta.db_table
    sql = f"SELECT h.tier, h.number, {names} FROM ({sql}) AS h JOIN {table} AS a ON a.id = h.article_id"  # noqa: S608
    rows: list[Any] = planned_once(lambda: list(Article.objects.raw(sql, params)))
    return sorted(rows, key=lambda row: (row.tier, -row.number))


def truth(tier: Tier, function: str) -> Sql:
    """The condition by which the entry `e` is of a tier, told from its texts. `function` finds a text in a text."""
    parts = [_within(tier.units, tier.zone, function)]
    for units, zone in tier.but_not:
        sql, params = _within(units, zone, function)
        parts.append((f"NOT ({sql})", params))
    return _joined(" AND ", parts)


def _within(units: Sequence[Unit], zone: int, function: str) -> Sql:
    each = [_joined(" OR ", [_contains(column, unit, function) for column in COLUMNS[: zone + 1]]) for unit in units]
    return _joined(" AND ", [(f"({sql})", params) for sql, params in each])


def _contains(column: str, unit: Unit, function: str) -> Sql:
    return f"{function}(e.{column}, %s) > 0", [unit.needle]


def _joined(word: str, parts: Sequence[Sql]) -> Sql:
    return word.join(sql for sql, _ in parts), [param for _, params in parts for param in params]
