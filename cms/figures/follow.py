"""Keeping the figures: the lines after a bookmark are counted, in the transaction that moves it on."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from cms.figures.models import Figures, Wait
from cms.figures.replay import Declared, Line, Numbers, Waiting, tally
from cms.models import Bookmark, Decision
from cms.page_cache import site_changed
from cms.workflow import DeskItem

READER = "figures by language"
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
    """Count the next lines; return how many. Two workers never count a line twice."""
    mark, fresh = Bookmark.objects.get_or_create(reader=READER)
    after = Decision.objects.filter(number__gt=mark.number).order_by("number").values_list(*COLUMNS, "details")
    if not (read := list(after[:LINES])):
        return 0
    last = timezone.localdate(read[-1][1])
    with transaction.atomic():
        here = Bookmark.objects.filter(pk=mark.pk, number=mark.number)
        if here.update(number=read[-1][0], day=max(last, mark.day or last)):
            if fresh:
                _forget()  # what code of before an update has counted
            _count(_lines(read))
            transaction.on_commit(site_changed)  # the decision's own generation began before it was counted
    return len(read)


def replay() -> int:
    """Forget every figure and count the whole log again; return the lines counted."""
    with transaction.atomic():
        Bookmark.objects.filter(reader=READER).delete()
        _forget()
    total = 0
    while counted := follow():
        total += counted
    return total


def _forget() -> None:
    Figures.objects.all().delete()
    Wait.objects.all().delete()


def _lines(read: list[Any]) -> list[Line]:
    """The lines that were read, each with the language in which its item came."""
    came = {row[3]: row[-1]["language"] for row in read if not row[5] and "language" in row[-1]}
    if unknown := {row[3]: row[2] for row in read if row[3] not in came}:
        came |= _languages(unknown)
    return [Line._make((*row[:-1], came.get(row[3], ""))) for row in read]


def _languages(kinds: dict[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """The languages of items, given with their kinds: as their first lines say or, where those are older, the rows."""
    first = Decision.objects.filter(item__in=list(kinds), source="").values_list("item", "details")
    found = {item: details["language"] for item, details in first if "language" in details}
    for kind in {name for item, name in kinds.items() if item not in found}:
        with contextlib.suppress(LookupError, FieldError):  # a kind that is no more, or that has no language
            mine = [item for item, name in kinds.items() if name == kind and item not in found]
            found.update(apps.get_model(kind)._base_manager.filter(uid__in=mine).values_list("uid", "language"))
    return found


def _count(lines: list[Line]) -> None:
    rows = Wait.objects.filter(item__in={line.item for line in lines})
    before = {row.item: Waiting(row.kind, row.language, row.day, row.since, row.first) for row in rows}  # type: ignore[arg-type]
    waits: dict[uuid.UUID, Waiting] = dict(before)
    numbers = tally(lines, waits, declared())
    gone = [item for item, wait in before.items() if waits.get(item) != wait]
    Wait.objects.filter(item__in=gone).delete()
    fresh = [item for item, wait in waits.items() if before.get(item) != wait]
    Wait.objects.bulk_create([Wait(item=item, **waits[item]._asdict()) for item in fresh])
    _add(numbers)


def _add(numbers: Numbers) -> None:
    """Add to the day, the month and all time, by one statement that reads and one that writes."""
    sums: dict[tuple[str, date, str, str], Counter[str]] = {}
    for (day, kind, language), count in numbers.items():
        longer = Counter({key: number for key, number in count.items() if not key.startswith("since:")})
        for span, begins, some in (
            ("day", day, count),
            ("month", day.replace(day=1), longer),
            ("ever", date.min, longer),
        ):
            sums.setdefault((span, begins, kind, language), Counter()).update(some)
    spans, begun = {key[0] for key in sums}, {key[1] for key in sums}
    for row in Figures.objects.filter(span__in=spans, begins__in=begun):
        if (key := (row.span, row.begins, row.kind, row.language)) in sums:
            sums[key].update(row.numbers)
    rows = [
        Figures(span=span, begins=begins, kind=kind, language=language, numbers=count)
        for (span, begins, kind, language), count in sums.items()
    ]
    unique = ["span", "begins", "kind", "language"]
    Figures.objects.bulk_create(rows, update_conflicts=True, unique_fields=unique, update_fields=["numbers"])


def waiting_days() -> list[tuple[str, str, date, int]]:
    """How many items wait, by kind, language and the day since which they do."""
    rows = Wait.objects.filter(day__isnull=False).values_list("kind", "language", "day")
    return list(rows.annotate(count=Count("*")).order_by())
