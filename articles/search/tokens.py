"""What is compared in a search: texts folded to tokens, tokens to keys, keys to the numbers that the index holds.

A token is one CJK character or one word of any other script. A text is kept *folded*: NFKC, lower case, its tokens
parted by one space where one of two neighbours is a word, and its paragraphs by a line end. So a phrase is in a text
exactly if the folded phrase is a part of the folded text: no punctuation, width, case or line break is in the way.

Its *keys* are each token and each pair of neighbours, so a Chinese word of two characters is one key, and a phrase is
found by its pairs. The index knows keys by a 32-bit hash, and each key by the first zone where it stands: headline,
dek, body. What it finds is only likely; the folded text says whether it is true.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

HEAD, DEK, BODY, FACET = range(4)
ZONES = (HEAD, DEK, BODY)
CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_TOKEN = re.compile(rf"[{CJK}]|[^\s{CJK}]+")
_BETWEEN_CJK = re.compile(rf"(?<=[{CJK}]) (?=[{CJK}])")
_IS_CJK = re.compile(rf"[{CJK}]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

# Pairs of words are far more in number than all else together, and nearly all of them stand in one text only. They
# share a million numbers: an index of them stays small, and a phrase is true to its text anyway.
_PAIRS = 2**20 - 1
_SEED = (0x68656164, 0x64656B20, 0x626F6479, 0x66616365)

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
_DAY_BITS = 24
SHELVES = (9, 14, 19, 24, 27, 30, 33, 63)
"""How many low bits of their numbers documents differ in that stand on one shelf, of each size; the last has all."""


@lru_cache(30_000)
def is_cjk(token: str) -> bool:
    """Whether a token is a CJK character."""
    return bool(_IS_CJK.match(token))


def same_letters(text: str) -> str:
    """A text with what cannot be seen left out, full-width forms and cases made the same."""
    if text.isascii():
        return text.lower()  # nothing else is in it that could be changed
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return unicodedata.normalize("NFKC", folded)


def fold(text: str) -> str:
    """The text as it is compared: `" ai 芯片 prices "`, a line for each line that has a token."""
    lines = (" ".join(RUN.findall(line)) for line in same_letters(text).splitlines())
    return "\n".join(f" {_BETWEEN_CJK.sub('', line)} " for line in lines if line)


def tokens(folded: str) -> list[str]:
    """The tokens of a folded line."""
    return _TOKEN.findall(folded)


def needle(words: Iterable[str]) -> str:
    """What a folded text contains exactly if it has these tokens one after the other: whole words, any characters."""
    line = _BETWEEN_CJK.sub("", " ".join(words))
    left, right = ("" if is_cjk(line[:1]) else " "), ("" if is_cjk(line[-1:]) else " ")
    return f"{left}{line}{right}"


def pair(one: str, other: str) -> str:
    """The key of two neighbours."""
    return one + other if is_cjk(one) and is_cjk(other) else f"{one} {other}"


def keys(folded: str) -> set[str]:
    """The keys of a folded text."""
    found: set[str] = set()
    for line in folded.split("\n"):
        words = _TOKEN.findall(line)
        found.update(words)
        if _IS_CJK.search(line):
            found.update(map(pair, words, words[1:]))
        else:
            found.update(map(" ".join, pairwise(words)))
    return found


def number_of_key(key: str, zone: int) -> int:
    """A key's number in the index, of 32 bits."""
    hashed = crc32(key.encode("utf-8", "surrogatepass"), _SEED[zone])
    return hashed & _PAIRS if " " in key else hashed


def numbers_of(texts: Iterable[str], facets: Iterable[str]) -> set[int]:
    """What a document stands under: the keys of its folded texts, each by its first zone, and its facets."""
    seen: set[str] = set()
    numbers = {number_of_key(facet, FACET) for facet in facets}
    for zone, text in zip(ZONES, texts, strict=True):
        fresh = keys(text) - seen
        seen |= fresh
        numbers.update([number_of_key(key, zone) for key in fresh])
    return numbers


def day_of(moment: datetime) -> int:
    """Days from 1970 to a moment, in UTC."""
    return max(0, (moment - _EPOCH) // timedelta(days=1))


def first_of_day(day: int) -> int:
    """The lowest number that a document of this day or a later one can have."""
    return max(0, day) << _DAY_BITS


def number_of(published_at: datetime, pk: int) -> int:
    """An article's number in the index: its day, then its key. It rises as time goes on, and nobody has to allot it."""
    return first_of_day(day_of(published_at)) | pk & (1 << _DAY_BITS) - 1


def top() -> int:
    """Above the number of every article that is published by now."""
    return first_of_day(day_of(datetime.now(timezone.utc)) + 1)  # noqa: UP017


def shelf(number: int, bits: int) -> str:
    """The facet that all documents have in common whose numbers differ in these low bits only."""
    return f"{bits}:{number >> bits}"
