"""Why an article was found: its texts with what was searched for marked, and the place in its body."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise, takewhile

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.search.query import Query
from articles.search.tokens import CJK, is_cjk, same_letters

BEFORE, LENGTH = 60, 240  # characters of an excerpt, before what was found and in all; half of that in Chinese
_NEAR = 1000  # characters of a body that are looked at first, as most is found there
_LETTER = rf"[^\W_{CJK}]"


class Marker:
    """Marks what a query found."""

    def __init__(self, query: Query) -> None:
        every = sorted({unit.words for unit in query.units}, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(_pattern, every)))

    def marked(self, text: str) -> SafeString:
        """The text, escaped, each place in <mark>."""
        return _printed(text, list(self._spans(text)))

    def excerpt(self, text: str, language: str) -> SafeString:
        """The words around the first place in a text; "" where there is none."""
        share = 2 if language.startswith("zh") else 1
        spans = self._spans(text[:_NEAR])
        first, first_end = next(spans, (-1, _NEAR))
        if first_end > _NEAR - 2 * LENGTH and len(text) > _NEAR:  # not in the beginning, or cut off with it
            spans = self._spans(text)
            first, first_end = next(spans, (-1, -1))
        if first < 0:
            return SafeString("")
        begin = _word_begin(text, max(0, first - BEFORE // share), first)
        end = min(len(text), max(begin + LENGTH // share, first_end))
        shown = takewhile(lambda span: span[1] <= end, chain([(first, first_end)], spans))
        inside = [(start - begin, stop - begin) for start, stop in shown]
        left, right = ("… " if begin else ""), (" …" if end < len(text) else "")
        return mark_safe(left + _printed(text[begin:end], inside) + right)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands, looked for only as far as anybody asks: an excerpt needs no more of a body than its own."""
        folded = _letters(text) if len(text) <= _NEAR else same_letters(text)
        if len(folded) == len(text):
            return (found.span() for found in self.pattern.finditer(folded))
        # Some letters have become two, or two one: look each letter's place up.
        parts = [same_letters(letter) for letter in text]
        places = [place for place, part in enumerate(parts) for _ in part]
        found_in = (found.span() for found in self.pattern.finditer("".join(parts)))
        return ((places[start], places[stop - 1] + 1) for start, stop in found_in)


@lru_cache(2000)
def _letters(text: str) -> str:
    """What is found is mostly what was found before: the newest articles, by their headlines and beginnings."""
    return same_letters(text)


def _pattern(words: tuple[str, ...]) -> str:
    """Matches these tokens in a text, whatever signs and spaces stand between them."""
    parts = [re.escape(words[0])]
    for one, other in pairwise(words):
        parts += [r"[\W_]*" if is_cjk(one) or is_cjk(other) else r"[\W_]+", re.escape(other)]
    left, right = ("" if is_cjk(words[0]) else rf"(?<!{_LETTER})"), ("" if is_cjk(words[-1]) else rf"(?!{_LETTER})")
    return left + "".join(parts) + right


def _word_begin(text: str, begin: int, before: int) -> int:
    """The next place from `begin` on where no word is cut, or `begin` where there is none before what was found."""
    if not begin:
        return 0
    gap = re.compile(r"[\s，。；：、！？]").search(text, begin, before)
    return gap.end() if gap else begin


def _printed(text: str, spans: list[tuple[int, int]]) -> SafeString:
    parts, place = [], 0
    for start, stop in spans:
        parts += [escape(text[place:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        place = stop
    return mark_safe("".join([*parts, escape(text[place:])]))
