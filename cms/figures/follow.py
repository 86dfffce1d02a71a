"""Keeping the figures: the lines after a bookmark are counted, a day at a time, in the transaction that moves it on."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from cms.figures.models import Figures, Wait
from cms.figures.replay import Declared, Line, Numbers, Waiting, tally
from cms.models import Bookmark, Decision
from cms.workflow import DeskItem

READER = "figures"
LINES = 2000  # counted at a time
COLUMNS = ("number", "created", "kind", "item", "move", "source", "target", "actor_id", "rules")


def declared() -> dict[str, Declared]:
    """What each kind of the house declares about waiting and deciding."""
    return {model.kind(): _declared(model) for model in apps.get_models() if issubclass(model, DeskItem)}


def _declared(kind: type[DeskItem]) -> Declared:
    waiting = frozenset(map(str, kind.WAITING))
    ends = [move for move in kind.moves() if move.label and move.target and str(move.target) not in waiting]
    return Declared(waiting, frozenset(move.name for move in ends if waiting & set(map(str, move.sources or ()))))


def follow() -> int:
    """Count the next lines, of one day at most; return how many. Two workers never count a line twice."""
    mark, _ = Bookmark.objects.get_or_create(reader=READER)
    after = Decision.objects.filter(number__gt=mark.number).order_by("number").values_list(*COLUMNS)
    read = [Line(*row) for row in after[:LINES]]
    if not read:
        return 0
    day = timezone.localdate(read[0].created)
    lines = list(itertools.takewhile(lambda line: timezone.localdate(line.created) == day, read))
    with transaction.atomic():
        here = Bookmark.objects.filter(pk=mark.pk, number=mark.number)
        if here.update(number=lines[-1].number, day=max(day, mark.day or day)):
            _close_days(mark.day, day)
            _count(lines)
    return len(lines)


def replay() -> int:
    """Forget every figure and count the whole log again; return the lines counted."""
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        Figures.objects.all().delete()
        Wait.objects.all().delete()
    total = 0
    while counted := follow():
        total += counted
    return total


def _count(lines: list[Line]) -> None:
    items = {line.item for line in lines}
    rows = Wait.objects.filter(item__in=items)
    before = {row.item: Waiting(row.kind, row.since, row.first) for row in rows}
    waits: dict[uuid.UUID, Waiting] = dict(before)
    numbers = tally(lines, waits, declared())
    gone = [item for item, wait in before.items() if waits.get(item) != wait]
    Wait.objects.filter(item__in=gone).delete()
    fresh = [item for item, wait in waits.items() if before.get(item) != wait]
    Wait.objects.bulk_create([Wait(item=item, **waits[item]._asdict()) for item in fresh])
    _add(numbers)


def _add(numbers: Numbers) -> None:
    """Add to the day, the month and all time."""
    sums: dict[tuple[str, date, str], Counter[str]] = {}
    for (day, kind), count in numbers.items():
        for span, begins in (("day", day), ("month", day.replace(day=1)), ("ever", date.min)):
            sums.setdefault((span, begins, kind), Counter()).update(count)
    for (span, begins, kind), count in sums.items():
        row, _ = Figures.objects.get_or_create(span=span, begins=begins, kind=kind)
        row.numbers = Counter(row.numbers) + count
        row.save(update_fields=["numbers"])


def _close_days(last: date | None, day: date) -> None:
    """Note, for each day that ended between two lines, the age in hours of what had waited longest."""
    if last is None or day <= last:
        return
    oldest = oldest_waits()
    for number in range((day - last).days):
        ended = last + timedelta(days=number)
        for kind, since in oldest.items():
            row, _ = Figures.objects.get_or_create(span="day", begins=ended, kind=kind)
            row.numbers["oldest"] = age_at_end(ended, since)
            row.save(update_fields=["numbers"])


def oldest_waits() -> dict[str, datetime]:
    """Since when the longest wait of each kind lasts."""
    return dict(Wait.objects.values_list("kind").annotate(since=Min("since")).order_by())


def age_at_end(day: date, since: datetime) -> int:
    """Whole hours from `since` to the end of a day, or to now where that has not come."""
    tomorrow = day + timedelta(days=1)
    end = timezone.make_aware(datetime(tomorrow.year, tomorrow.month, tomorrow.day))  # noqa: DTZ001
    return max(0, int((min(end, timezone.now()) - since).total_seconds() // 3600))
