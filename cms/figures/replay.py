"""Counting the log: what a run of its lines adds to the figures.

Plain Python over plain lines, so that anybody can do it again.

The numbers of a day, kind and language, by key:
`in` began to wait for an editor, `out:<status>` stopped waiting and stands there, `since:<day>` had waited since that
day (kept for single days only: what waited at the end of any day follows from them); `received` came from outside;
`move:<move>:<status>` lines by step and where it led; `rule:<status>:<rule>` decisions that cite a rule;
`by:<user id>:<status>` decisions of one person; `hours:<bucket>` how long an item had waited for its decision, and
`first:<bucket>` the same for the first one. A decision is a move with a button that ends the wait.
"""

from __future__ import annotations

import math
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

RATIO = 1.1  # of a bucket of waiting times to the next: what is told is at most 5 % from the truth


class Line(NamedTuple):
    """What is counted of a line of the log."""

    number: int
    created: datetime
    kind: str
    item: uuid.UUID
    move: str
    source: str
    target: str
    actor: int
    rules: list[str]
    language: str = ""  # in which the item came


class Waiting(NamedTuple):
    """An item that waits: its kind and language, since when, and whether nobody has answered it yet."""

    kind: str
    language: str
    day: date
    since: datetime
    first: bool


@dataclass(frozen=True)
class Declared:
    """What a kind declares: the statuses that wait for an editor, and the moves by which an editor decides."""

    waiting: frozenset[str]
    decisions: frozenset[str]


Numbers = dict[tuple[date, str, str], Counter[str]]


def bucket(waited: float) -> int:
    """The bucket of a time in seconds: n holds from RATIO ** n minutes to RATIO ** (n + 1); the first all below."""
    return math.floor(math.log(max(waited / 60, 1), RATIO))


def hours(number: int) -> float:
    """The middle of a bucket, in hours."""
    return RATIO ** (number + 0.5) / 60


def quantile(numbers: Counter[str], prefix: str, part: float) -> float | None:
    """The hours below which this part of the times of a prefix (`hours`, `first`) lies; None where there are none."""
    times = sorted((int(key.split(":")[1]), count) for key, count in numbers.items() if key.startswith(f"{prefix}:"))
    wanted, seen = part * sum(count for _, count in times), 0
    for place, count in times:
        seen += count
        if seen >= wanted:
            return hours(place)
    return None


def tally(lines: Iterable[Line], waits: dict[uuid.UUID, Waiting], declared: dict[str, Declared]) -> Numbers:
    """Count lines by day, kind and language. `waits` are the items of these lines that wait; it is kept up to date."""
    numbers: Numbers = {}
    nothing = Declared(frozenset(), frozenset())
    for line in lines:
        kind, day = declared.get(line.kind, nothing), timezone.localdate(line.created)
        wait = waits.get(line.item)
        count = numbers.setdefault((day, line.kind, wait.language if wait else line.language), Counter())
        if line.move != "edit":
            count[f"move:{line.move}:{line.target}"] += 1
        if not line.source and line.target in kind.waiting:
            count["received"] += 1
        if line.target in kind.waiting and not wait:
            count["in"] += 1
            waits[line.item] = Waiting(line.kind, line.language, day, line.created, not line.source)
        elif line.target not in kind.waiting and wait:
            count[f"out:{line.target}"] += 1
            count[f"since:{wait.day}"] += 1
            _time(count, line, waits.pop(line.item), kind)
        if line.move in kind.decisions and line.source != line.target:
            count[f"by:{line.actor}:{line.target}"] += 1
            count.update(f"rule:{line.target}:{rule}" for rule in dict.fromkeys(line.rules))
    return numbers


def _time(count: Counter[str], line: Line, wait: Waiting, kind: Declared) -> None:
    """Count how long an item had waited for an editor's decision."""
    if line.move not in kind.decisions:
        return
    waited = bucket((line.created - wait.since).total_seconds())
    count[f"hours:{waited}"] += 1
    if wait.first:
        count[f"first:{waited}"] += 1
