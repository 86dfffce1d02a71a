"""A million fingerprints put straight into the tables, and what looks them up."""

from __future__ import annotations

import random
import uuid

from django.db import connection, transaction

from articles.fingerprints import KEYS, SKETCH, keys
from articles.models import Fingerprint, FingerprintKey
from articles.models.fingerprint import Match, Text
from tests.bench.load import refresh_statistics

KIND = "articles.article"
PHRASES = 3  # keys of each article that are phrases which many articles have


def fill(count: int, texts: list[tuple[str, str]], *, hot: int) -> None:
    """Write the texts' fingerprints, and `count` others with random hashes, made by the database.

    PHRASES keys of each are among `hot` keys of the texts, unevenly: the first one stands in a tenth of all.
    """
    made = [Fingerprint.of(KIND, Text(uuid.uuid4(), language, 1, text, [])) for language, text in texts]
    dice = random.Random(1)
    phrases = dice.sample([key for row in made for key in keys(row.sketch)], k=hot)
    first = count // 2
    _others(1, first)
    Fingerprint.objects.remember(KIND, _placed(made, first + 1))
    _others(first + len(made) + 1, count + len(made))
    _keys(count + len(made), {row.pk for row in made}, phrases)
    refresh_statistics()


def _placed(made: list[Fingerprint], first: int) -> list[Fingerprint]:
    """Give the texts' fingerprints numbers in the middle of the others'."""
    for number, row in enumerate(made, first):
        row.pk = number
    return made


def _others(first: int, last: int) -> None:
    """Rows of Fingerprint with these numbers."""
    item = "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"
    blob = f"randomblob({8 * SKETCH})"
    if connection.vendor == "postgresql":
        blob = f"decode(repeat(md5(random()::text), {SKETCH // 2}), 'hex')"
    _execute(
        f"INSERT INTO articles_fingerprint (id, kind, item, language, version, sketch) "
        f"SELECT n, '{KIND}', {item}, 'en', 1, {blob} FROM {_numbers(first, last)}"
    )


def _keys(last: int, placed: set[int], phrases: list[int]) -> None:
    """KEYS rows for each other fingerprint, in the order of the index."""
    anything = (
        "random()"
        if connection.vendor == "sqlite"
        else ("(random() * 4294967295)::bigint << 31 | (random() * 2147483647)::bigint")
    )
    throw = "abs(random()) % 1000000 / 1000000.0" if connection.vendor == "sqlite" else "random()"
    _execute("CREATE TEMPORARY TABLE phrase (number integer PRIMARY KEY, key bigint)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO phrase VALUES (%s, %s)", list(enumerate(phrases)))
    own = ", ".join(map(str, placed))
    _execute(
        f"INSERT INTO articles_fingerprintkey (key, fingerprint_id) SELECT k, n FROM ("
        f"SELECT n, {anything} AS k FROM {_numbers(1, last)} CROSS JOIN {_numbers(1, KEYS - PHRASES, 'm')}) AS made "
        f"WHERE n NOT IN ({own}) ORDER BY k, n"
    )
    # The product of two throws is small more often than not: the first phrases get most of the rows.
    _execute(
        f"INSERT INTO articles_fingerprintkey (key, fingerprint_id) SELECT phrase.key, n FROM ("
        f"SELECT n, CAST({len(phrases) - 1} * {throw} * {throw} AS integer) AS chosen FROM {_numbers(1, last)} "
        f"CROSS JOIN {_numbers(1, PHRASES, 'm')}) AS made JOIN phrase ON phrase.number = chosen WHERE n NOT IN ({own}) "
        f"ORDER BY phrase.key, n ON CONFLICT DO NOTHING"
    )


def _numbers(first: int, last: int, name: str = "n") -> str:
    """A table of whole numbers."""
    if connection.vendor == "sqlite":
        walk = f"SELECT {first} AS {name} UNION ALL SELECT {name} + 1 FROM walk WHERE {name} < {last}"
        return f"(WITH RECURSIVE walk AS ({walk}) SELECT {name} FROM walk) AS {name}s"
    return f"generate_series({first}, {last}) AS {name}s({name})"


def _execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def size() -> str:
    """What the tables and their indexes weigh, together."""
    if connection.vendor == "sqlite":
        sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    else:
        names = [model._meta.db_table for model in (Fingerprint, FingerprintKey)]
        sql = " + ".join(f"pg_total_relation_size('{name}')" for name in names)
        sql = f"SELECT {sql}"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return f"{cursor.fetchone()[0] / 1e9:.2f} GB"


def look_up(text: str, language: str) -> list[Match]:
    """What the review page asks."""
    return Fingerprint.objects.similar_to(text, language)
