"""Fingerprints of texts: how the same story in other words is found without reading every article.

A text is cut into overlapping runs of tokens (shingles): three words of English, four characters of Chinese. Each is
hashed to 64 bits, and the SKETCH smallest hashes are the text's sketch. Which of them are smallest depends on the
shingles alone, so two texts that share a third of their shingles share about a third of their sketches: MinHash with
one hash function, the "bottom-k sketch" of A. Broder, "On the resemblance and containment of documents" (1997). The
KEYS smallest hashes are what the database searches by; a text that has SHARED of them in common is looked at closely.

Why these numbers (`python -m tests.bench.duplicates` prints the tables):
- Shingles. A third of the words changed leaves a resemblance of 0.40 to pairs of English words, 0.24 to triples, 0.16
  to fours; what different articles have in common falls from 0.041 to 0.005 and 0.001. Chinese characters: 0.40, 0.31
  and 0.26 by three, four and five, against 0.011, 0.002 and 0.000. Triples and fours keep the two furthest apart.
- Keys. One key in common is chance, two are not. At a resemblance of 0.24 a pair has two of 24 keys in common with a
  probability of 0.988, of 32 with 0.998. Bands of several hashes would need 64 bands, each a row, for as much.
- Sketch. 128 hashes tell the resemblance within 0.04, so that LIKE stands well apart from both sides.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from hashlib import blake2b
from heapq import nsmallest
from typing import NamedTuple

SHINGLE = {"zh-hans": 4}
SHINGLE_OF_WORDS = 3
SKETCH = 128
KEYS = 32
SHARED = 2
LIKE = 0.05
"""The least resemblance at which two texts are called near-duplicates."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")


class Token(NamedTuple):
    """A word or a CJK character as it is compared, and where it stands in the text."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Cut a text into what is compared: each word, each CJK character; NFKC, lower case, without punctuation."""
    return [
        Token(unicodedata.normalize("NFKC", found[0]).casefold(), found.start(), found.end())
        for found in _TOKEN.finditer(text)
    ]


def shingle_size(language: str) -> int:
    """How many tokens in a row are one shingle of this language."""
    return SHINGLE.get(language, SHINGLE_OF_WORDS)


def shingles(text: str, language: str) -> set[str]:
    """Return the text's shingles. A text shorter than one shingle has none."""
    words, size = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()), shingle_size(language)
    return {" ".join(words[place : place + size]) for place in range(len(words) - size + 1)}


def hash64(text: str) -> bytes:
    """Eight bytes, the same on every machine and in every year."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def signed(digest: bytes) -> int:
    """Eight bytes as the signed number that a database's bigint holds."""
    return int.from_bytes(digest, signed=True)


def sketch(text: str, language: str) -> bytes:
    """The text's sketch: up to SKETCH hashes of eight bytes, rising. A short text's sketch is all it has."""
    return b"".join(nsmallest(SKETCH, {hash64(shingle) for shingle in shingles(text, language)}))


def hashes(sketched: bytes) -> list[bytes]:
    """The hashes of a sketch, rising."""
    return [found[0] for found in struct.iter_unpack("8s", sketched)]


def keys(sketched: bytes) -> list[int]:
    """What the database finds this sketch by: up to KEYS signed 64-bit numbers."""
    return [signed(digest) for digest in hashes(sketched[: 8 * KEYS])]


def resemblance(one: bytes, other: bytes) -> float:
    """Estimate, from 0 to 1, which part of the shingles of two texts is in both, from their sketches."""
    mine, theirs = set(hashes(one)), set(hashes(other))
    smallest = nsmallest(SKETCH, mine | theirs)
    return sum(digest in mine and digest in theirs for digest in smallest) / len(smallest) if smallest else 0.0


def containment(one: str, other: str, language: str) -> float:
    """Which part, from 0 to 1, of the shingles of `one` is in `other` too: exact, from the texts themselves."""
    mine = shingles(one, language)
    return len(mine & shingles(other, language)) / len(mine) if mine else 0.0
