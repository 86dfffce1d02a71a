"""The words that articles are written with: what a mistyped word may have meant, and which words say something.

Every English word of four letters and more is known, with each of its forms that lack one letter: a word that differs
by one letter left out, added, changed or swapped shares a form with it. Two such faults are found where the first
four letters are right. How common a word is, or a pair of Chinese characters, is counted in a part of the articles.
"""

# ruff: noqa: S608  (put together from our own names; whatever somebody typed is a parameter)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from zlib import crc32

from django.db import connection
from django.db.models import Model, QuerySet

from articles.models import SearchTypo, SearchWord
from articles.search import tokens
from articles.search.engine import Document

SHORTEST, LONGEST = 4, 24
FROM_TWO = 7  # letters from which on a word may have two faults
CORRECTED = 4  # words of a query that are looked at
_SAME_BEGINNING = 400
_KNOWN = 200_000  # words that are remembered between batches: 20 MB
_COUNTED_ALL, _COUNTED = 1000, 64  # articles that are all counted (the first ones); then one in so many
_WORD = re.compile(rf" (?=([a-z]{{{SHORTEST},{LONGEST}}}) )")
_CJK_PAIR = re.compile(rf"(?=([{tokens.CJK}]{{2}}))")
_ALL = ""  # the word that every article has: how many were counted


def words_of(folded: str) -> list[str]:
    """The words of a folded text that say something by themselves: English words, pairs of CJK characters."""
    return _WORD.findall(folded) + _CJK_PAIR.findall(folded)


def _forms(word: str) -> set[int]:
    shorter = {word[:place] + word[place + 1 :] for place in range(len(word))}
    return {crc32(form.encode()) for form in {word, *shorter}}


def learn(documents: Sequence[Document], known: set[str]) -> None:
    """Know the words of these documents. In one order, so that two writers never wait for each other.

    `known` are words that nobody need ask for: whoever writes many documents keeps it between them.
    """
    words = sorted({word for row in documents for text in row.texts for word in _WORD.findall(text)} - known)
    have = {word for batch in _batches(words) for word in _those_there(batch)}
    if len(known) > _KNOWN:
        known.clear()
    known |= have  # not the fresh ones: who writes them may yet take it back
    fresh = [word for word in words if word not in have]
    _insert(SearchWord, {"word": "text", "seen": "int"}, [(word, 0) for word in fresh])
    forms = sorted((key, word) for word in fresh for key in _forms(word))
    _insert(SearchTypo, {"key": "bigint", "word": "text"}, forms)
    so_far = seen([])[1]  # not by the ids alone: a house that moved in with its archive may begin at any id
    all_of = documents[: max(0, _COUNTED_ALL - so_far)]
    counted = [*all_of, *(row for row in documents[len(all_of) :] if not row.article % _COUNTED)]
    counts = Counter({_ALL: len(counted)}) if counted else Counter[str]()
    for row in counted:
        counts.update({word for text in row.texts for word in words_of(text)})
    _add(counts)


def _those_there(words: Sequence[str]) -> Iterable[str]:
    return SearchWord.objects.filter(word__in=words).values_list("word", flat=True)


def _insert(
    model: type[Model], columns: dict[str, str], rows: Sequence[tuple[Any, ...]], conflict: str = "DO NOTHING"
) -> None:
    """Insert rows of these columns (name: type), or do what is said of those that are there; in their order.

    Past the models, for a text can have hundreds of new words. PostgreSQL is given whole columns in one statement: a
    statement for each row took three quarters of the time of writing the index.
    """
    if not rows:
        return
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
            given = [list(column) for column in zip(*rows, strict=True)]
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}) ON CONFLICT {conflict}", given)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{into} VALUES ({marks}) ON CONFLICT {conflict}", rows)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while batch := list(islice(rest, 2000)):
        yield batch


def _add(counts: Counter[str]) -> None:
    added = f"(word) DO UPDATE SET seen = {SearchWord._meta.db_table}.seen + excluded.seen"
    _insert(SearchWord, {"word": "text", "seen": "int"}, sorted(counts.items()), added)


def seen(words: Collection[str]) -> tuple[dict[str, int], int]:
    """In how many of the articles that were counted each word stands, and how many were counted; one query."""
    rows = dict(SearchWord.objects.filter(word__in=[_ALL, *words]).values_list("word", "seen"))
    return rows, rows.get(_ALL, 0)


def corrections(words: Iterable[str]) -> dict[str, str]:
    """What each of these words may have meant that no article has: the likest known word; one query."""
    asked = [word for word in words if SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()]
    asked = asked[:CORRECTED]
    if not asked:
        return {}
    keys = [key for word in asked for key in _forms(word)]
    like = SearchWord.objects.filter(word__in=SearchTypo.objects.filter(key__in=keys).values("word"))
    arms = [_beginning_as(word) for word in asked if len(word) >= FROM_TWO]
    known = dict(like.values_list("word", "seen").union(*(arm.values_list("word", "seen") for arm in arms)))
    found = {word: _likest(word, known) for word in asked if word not in known}
    return {word: meant for word, meant in found.items() if meant}


def _beginning_as(word: str) -> QuerySet[SearchWord]:
    """The commonest words with the same first letters."""
    same = SearchWord.objects.filter(word__gte=word[:4], word__lt=f"{word[:4]}~").order_by("-seen")
    # Once more within: SQLite unites no parts that are cut themselves.
    return SearchWord.objects.filter(word__in=same.values("word")[:_SAME_BEGINNING])


def _likest(word: str, known: dict[str, int]) -> str:
    """The known word with the fewest faults between, of those the commonest; "" where none is near."""
    most = 2 if len(word) >= FROM_TWO else 1
    near = (other for other in known if abs(len(other) - len(word)) <= most and len(set(other) ^ set(word)) <= 2 * most)
    ranked = sorted((distance(word, other), -known[other], other) for other in near)
    return ranked[0][2] if ranked and ranked[0][0] <= most else ""


def distance(one: str, other: str) -> int:
    """Letters left out, added, changed or swapped with their neighbour between two words (optimal string alignment)."""
    one, other = _where_they_differ(one, other)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for other_place, other_letter in enumerate(other, 1):
            same = letter == other_letter
            row.append(min(before[other_place] + 1, row[-1] + 1, before[other_place - 1] + (not same)))
            swapped = (
                place > 1 and other_place > 1 and letter == other[other_place - 2] and one[place - 2] == other_letter
            )
            if swapped:
                row[-1] = min(row[-1], last[other_place - 2] + 1)
    return row[-1]


def _where_they_differ(one: str, other: str) -> tuple[str, str]:
    """Two words without what they begin and end with alike: as far apart as before, and much shorter."""
    begin = _alike(one, other)
    one, other = one[begin:], other[begin:]
    end = _alike(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    letters = enumerate(zip(one, other, strict=False))
    return next((place for place, (mine, theirs) in letters if mine != theirs), min(len(one), len(other)))
