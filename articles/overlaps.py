"""What two texts have in common, passage by passage, for showing them side by side."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from articles.fingerprints import Token, shingle_size, tokens

CONTEXT = 60  # characters of each text shown before and after what is in both
GAP = 60  # characters up to which two passages are shown in one excerpt
LONGEST = 400  # characters, of an excerpt and of a passage that is shown whole
PLACES = 4  # of a repeated run, the places of the other text that are tried: what keeps hostile texts cheap


class Passage(NamedTuple):
    """The same words in both texts, as character positions: [start, end) in each."""

    start: int
    end: int
    other_start: int
    other_end: int


class Part(NamedTuple):
    """A piece of an excerpt, and whether it is in both texts."""

    text: str
    same: bool


class Excerpt(NamedTuple):
    """Neighbouring passages with the words around them, from each text; `length` is what is in both, in characters."""

    one: list[Part]
    other: list[Part]
    length: int


def overlaps(one: str, other: str, language: str) -> list[Passage]:
    """Return the passages in both texts, in the order of `one`; case, width and punctuation make no difference.

    A passage has at least one token more than a shingle: shorter ones are common phrases. Takes linear time.
    """
    mine, theirs = tokens(one), tokens(other)
    size = shingle_size(language) + 1
    index = _places(theirs, size)
    passages, place = [], 0
    while place + size <= len(mine):
        found = index.get(_run(mine, place, size), ())
        length, at = max(((_length(mine, place, theirs, at), at) for at in found), default=(0, 0))
        if length:
            last, other_last = mine[place + length - 1], theirs[at + length - 1]
            passages.append(Passage(mine[place].start, last.end, theirs[at].start, other_last.end))
        place += max(length, 1)
    return passages


def _run(words: list[Token], place: int, size: int) -> tuple[str, ...]:
    return tuple(token.word for token in words[place : place + size])


def _places(words: list[Token], size: int) -> dict[tuple[str, ...], list[int]]:
    """Where each run of `size` tokens begins: its first PLACES places."""
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place in range(len(words) - size + 1):
        found = index[_run(words, place, size)]
        if len(found) < PLACES:
            found.append(place)
    return index


def _length(mine: list[Token], place: int, theirs: list[Token], at: int) -> int:
    """How many tokens are the same from these two places on."""
    length, most = 0, min(len(mine) - place, len(theirs) - at)
    while length < most and mine[place + length].word == theirs[at + length].word:
        length += 1
    return length


def excerpts(one: str, other: str, language: str, *, most: int = 6) -> list[Excerpt]:
    """Return the `most` longest overlaps side by side, in the order of `one`, neighbours joined in one excerpt."""
    groups: list[list[Passage]] = []
    for passage in overlaps(one, other, language):
        if groups and _near(groups[-1][-1], passage) and passage.end - groups[-1][0].start <= LONGEST:
            groups[-1].append(passage)
        else:
            groups.append([passage])
    longest = sorted(groups, key=lambda group: -sum(passage.end - passage.start for passage in group))[:most]
    return [
        Excerpt(
            _parts(one, [(passage.start, passage.end) for passage in group]),
            _parts(other, [(passage.other_start, passage.other_end) for passage in group]),
            sum(passage.end - passage.start for passage in group),
        )
        for group in sorted(longest)
    ]


def _near(before: Passage, after: Passage) -> bool:
    """Whether two passages follow each other closely, and in the same order, in both texts."""
    return after.start - before.end <= GAP and 0 <= after.other_start - before.other_end <= GAP


def _parts(text: str, spans: list[tuple[int, int]]) -> list[Part]:
    """Cut a text around these spans into parts that are in both texts and parts that are not."""
    begin, end = max(0, spans[0][0] - CONTEXT), min(len(text), spans[-1][1] + CONTEXT)
    parts, place = [], begin
    for start, stop in spans:
        parts += [Part(text[place:start], same=False), Part(_shortened(text[start:stop]), same=True)]
        place = stop
    parts.append(Part(text[place:end], same=False))
    if begin:
        parts.insert(0, Part("… ", same=False))
    if end < len(text):
        parts.append(Part(" …", same=False))
    return [part for part in parts if part.text]


def _shortened(passage: str) -> str:
    """A passage, its middle left out where it is very long."""
    half = LONGEST // 2
    return passage if len(passage) <= LONGEST else f"{passage[:half]} […] {passage[-half:]}"
