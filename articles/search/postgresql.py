"""The index on PostgreSQL: a GIN index over the numbers that an entry stands under.

A GIN index gives all it finds, in no order. So that a word in every second article costs no more than a rare one, a
search climbs a ladder: it asks for the results on the newest shelf first (`tokens.SHELVES`), then on larger and older
ones, all in one statement, which stops as soon as a page is full. What is common fills it from the first rungs; what
is rare is cheap on the last, which has everything.
"""

# ruff: noqa: S608  (put together from our own names; whatever somebody typed is a parameter)

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from django.db import connection

from articles.models import SearchEntry
from articles.search import tokens
from articles.search.engine import ENTRY_COLUMNS, Document, Search, Sql, truth

ENTRIES = SearchEntry._meta.db_table
_COPIED = ("int8", "int8", "text", "text", "text", "text")  # types of the columns before the numbers
_INT4 = 23  # the database's name for the type of a number
_SIGN = 2**31
Rung = tuple[int, int, int, tuple[int, ...], Sequence[tuple[int, ...]]]
"""A step of the ladder: tier, bounds, the numbers that are all needed, and groups of which one each is."""


@lru_cache(10_000)
def _array(numbers: tuple[int, ...]) -> str:
    """Numbers as the database's signed integers hold them, written as an array: psycopg takes five times as long.

    Kept, for every search names the same shelves.
    """
    return f"{{{','.join([f'{number - _SIGN:d}' for number in numbers])}}}"


def _cells(numbers: Collection[int]) -> bytes:
    """Numbers as the database takes an array in a binary COPY: its head, then length and value of each."""
    cells = array("i", [4]) * (2 * len(numbers))
    cells[1::2] = array("i", [number - _SIGN for number in numbers])
    if sys.byteorder == "little":
        cells.byteswap()
    return struct.pack("!5i", 1, 0, _INT4, len(numbers), 1) + cells.tobytes()


def _shelves(number: int) -> list[int]:
    """The shelves that a document stands on, one of each size."""
    return [tokens.number_of_key(tokens.shelf(number, bits), tokens.FACET) for bits in tokens.SHELVES]


def _rungs(low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Shelves from `high` down to `low`: (bounds, number of the shelf); two of each size, then the next larger."""
    for bits in tokens.SHELVES:
        for _step in range(2):
            if high <= low:
                return
            begins = (high - 1) >> bits << bits
            yield max(low, begins), high, tokens.number_of_key(tokens.shelf(begins, bits), tokens.FACET)
            high = begins


class PostgreSQL:
    """Implements `Engine`."""

    def insert(self, documents: Sequence[Document]) -> None:
        """Write entries with their numbers."""
        if not documents:
            return
        into = f"COPY {ENTRIES} ({ENTRY_COLUMNS}, numbers) FROM STDIN (FORMAT BINARY)"
        with connection.cursor() as cursor:
            with cursor.copy(into) as copy:
                copy.set_types((*_COPIED, "bytea"))  # the array goes as it is, already written
                for row in sorted(documents):
                    numbers = _cells(row.numbers.union(_shelves(row.number)))
                    copy.write_row((row.number, row.article, row.facets, *row.texts, numbers))
            # What waits in a list of its own, every search would read from end to end.
            cursor.execute("SELECT gin_clean_pending_list('search_numbers')")

    def empty(self) -> None:
        """Forget everything."""
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {ENTRIES}")

    def hits(self, search: Search) -> Sql:
        """Climb the ladder, tier by tier; each step is run only if those before did not fill the page."""
        width = max(len(tier.groups()) for tier in search.tiers)
        truths = [(place, *truth(tier, "strpos")) for place, tier, _high in search.open_tiers()]
        cases = " ".join(f"WHEN {place} THEN {sql}" for place, sql, _params in truths)
        allowed, allowed_params = search.readable
        ladder, rungs = _ladder(_rungs_of(search, width), width)
        sql = (
            f"SELECT w.tier, c.number, v.article_id FROM ({ladder}) AS w "
            f"CROSS JOIN LATERAL ({_step(width)} OFFSET 0) AS c "
            f"CROSS JOIN LATERAL (SELECT e.article_id FROM {ENTRIES} AS e WHERE "
            f"e.number = c.number AND CASE w.tier {cases} END AND {allowed} OFFSET 0) AS v "
            f"LIMIT {search.most}"
        )
        return sql, [*rungs, *(param for _place, _sql, known in truths for param in known), *allowed_params]

    def newest(self, groups: Sequence[tuple[int, ...]], facet: int, most: int) -> list[tuple[int, int]]:
        """A ladder for each group."""
        ladder, rungs = _ladder([(0, low, high, (facet, shelf), ()) for low, high, shelf in _rungs(0, tokens.top())], 0)
        marks = ", ".join(["(%s::int, %s::int[])"] * len(groups))
        sql = (
            f"SELECT g.place, n.number FROM (VALUES {marks}) AS g (place, any0) CROSS JOIN LATERAL "
            f"(SELECT c.number FROM ({ladder}) AS w CROSS JOIN LATERAL "
            f"({_step(1).replace('w.any0', 'g.any0')} OFFSET 0) AS c LIMIT {most}) AS n"
        )
        named = [part for place, group in enumerate(groups) for part in (place, _array(group))]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*named, *rungs])
            return cursor.fetchall()

    def size(self) -> int:
        """Bytes of the table with its indexes."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s)", [ENTRIES])
            return int(cursor.fetchone()[0])


def _rungs_of(search: Search, width: int) -> list[Rung]:
    """The rungs of every tier; where none is open, one on which nothing stands."""
    found: list[Rung] = []
    for place, tier, high in search.open_tiers():
        groups = tier.groups()
        groups += [groups[0]] * (width - len(groups))
        for low, below, shelf in _rungs(search.low, high):
            found.append((place, low, below, (*search.facets, shelf), groups))
    return found or [(search.first, 0, 0, (0,), [(0,)] * width)]


def _ladder(rungs: Sequence[Rung], width: int) -> Sql:
    """A statement that gives the rungs in their order: arrays beside a text that is always the same, so that it is
    planned once. Arrays of different lengths go as texts."""
    tier, low, high, need, any_of = zip(*rungs, strict=True)
    columns = [need, *zip(*any_of, strict=True)] if width else [need]
    names = ["need", *(f"any{place}" for place in range(width))]
    sql = (
        f"SELECT tier, low, high, {', '.join(f'{name}::int[] AS {name}' for name in names)} "
        f"FROM unnest(%s::int[], %s::bigint[], %s::bigint[]{', %s::text[]' * len(names)}) "
        f"AS rungs (tier, low, high, {', '.join(names)}) OFFSET 0"
    )
    written = [f"{{{','.join(map(str, column))}}}" for column in (tier, low, high)]
    return sql, [*written, *(_texts(column) for column in columns)]


def _texts(arrays: Iterable[tuple[int, ...]]) -> str:
    return "{" + ",".join([f'"{_array(each)}"' for each in arrays]) + "}"


def _step(width: int) -> str:
    """The documents of one rung, newest first. `+ 0` keeps the planner from walking the key instead of the index."""
    any_of = "".join(f" AND numbers && w.any{place}" for place in range(width))
    return (
        f"SELECT number FROM {ENTRIES} WHERE numbers @> w.need{any_of} "
        f"AND number + 0 >= w.low AND number + 0 < w.high ORDER BY number + 0 DESC"
    )
