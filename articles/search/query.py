"""What somebody typed, read: the units that must all be in an article, and in which order articles are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from articles.search import tokens
from articles.search.tokens import BODY, DEK, HEAD

LONGEST = 200
"""Characters of a query. More is no search, and reading it would cost more than finding."""

_QUOTED = re.compile('"([^"]*)"?|“([^”]*)”?|「([^」]*)」?|『([^』]*)』?|«([^»]*)»?')
_KEYS = 6  # of one unit that the index is asked for; the text says whether the rest is there too
_ALL_KEYS = 12  # of all units


@dataclass(frozen=True)
class Unit:
    """Tokens that must stand one after the other: a word, a run of characters, or what was quoted."""

    words: tuple[str, ...]

    @cached_property
    def needle(self) -> str:
        """What a folded text must contain."""
        return tokens.needle(self.words)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that the index is asked for: at most _KEYS, from the whole length of the unit."""
        if len(self.words) == 1:
            return self.words
        pairs = list(dict.fromkeys(map(tokens.pair, self.words, self.words[1:])))
        if len(pairs) <= _KEYS:
            return tuple(pairs)
        return tuple(pairs[place * (len(pairs) - 1) // (_KEYS - 1)] for place in range(_KEYS))


@dataclass(frozen=True)
class Tier:
    """Articles that are equally good: all units stand within the zones up to `zone`, and they are in no tier before.

    `but_not` are the conditions (units, zone) of the tiers before that this one would hold too.
    """

    units: tuple[Unit, ...]
    zone: int
    but_not: tuple[tuple[tuple[Unit, ...], int], ...] = ()

    def groups(self) -> list[tuple[int, ...]]:
        """What the index is asked for: numbers, of each group one."""
        asked = list(dict.fromkeys(key for unit in self.units for key in unit.keys))[:_ALL_KEYS]
        # The index has a key under its first zone only. A single key tells its article's tier by that.
        zones = [self.zone] if len(asked) == 1 else range(self.zone + 1)
        return [tuple(tokens.number_of_key(key, zone) for zone in zones) for key in asked]


@dataclass(frozen=True)
class Query:
    """A query that can be searched for: at least one unit."""

    units: tuple[Unit, ...]

    @cached_property
    def tiers(self) -> list[Tier]:
        """The order of the results: headline, dek, body; of several units, together before apart."""
        units, together = self.units, (Unit(tuple(word for unit in self.units for word in unit.words)),)
        if len(units) == 1:
            return [Tier(units, HEAD), Tier(units, DEK, ((units, HEAD),)), Tier(units, BODY, ((units, DEK),))]
        return [
            Tier(together, HEAD),
            Tier(units, HEAD, ((together, HEAD),)),
            Tier(units, DEK, ((units, HEAD),)),
            Tier(together, BODY, ((units, DEK),)),
            Tier(units, BODY, ((together, BODY), (units, DEK))),
        ]

    def typed(self) -> str:
        """The query as one would type it."""
        plain = (unit.needle.strip() for unit in self.units)
        return " ".join(f'"{words}"' if " " in words else words for words in plain)

    def words(self) -> list[str]:
        """The single words, each once: what may be mistyped."""
        return list(dict.fromkeys(word for unit in self.units for word in unit.words))

    def with_words(self, change: Callable[[str], str]) -> Query:
        """The query with each word changed."""
        return Query(tuple(replace(unit, words=tuple(map(change, unit.words))) for unit in self.units))


def parse(typed: str) -> Query | None:
    """Read a query; None where nothing in it can be searched for. Every sign that is no letter or digit only parts.

    What stands in quotation marks, or together without a space, is one unit. Nothing in a query is an operator.
    """
    line = " ".join(tokens.same_letters(typed[:LONGEST].replace("\0", " ")).split())
    units, place = [], 0
    for found in _QUOTED.finditer(line):
        units += [*line[place : found.start()].split(), found[0]]
        place = found.end()
    units += line[place:].split()
    cut = (tuple(tokens.tokens(" ".join(tokens.fold(unit).split("\n")))) for unit in units)
    found_units = tuple(dict.fromkeys(Unit(words) for words in cut if words))
    return Query(found_units) if found_units else None
