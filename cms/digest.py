"""Letters to the newsroom's own people: what waits, once on each working day, and what is long overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q
from django.utils import timezone

from cms import desk
from cms.clocks import desk_calendar
from cms.desk_models import DeskDigest
from cms.letters import post
from cms.models import User
from cms.page_cache import site_changed
from cms.workflow import DeskItem

LISTED = 10  # overdue items that a digest names
BATCH = 50  # items that one letter escalates
Kinds = list[type[DeskItem]]


def _every_kind() -> Kinds:
    return [model for model in apps.get_models() if issubclass(model, DeskItem) and model.WAITING]


@dataclass(frozen=True)
class Recipient:
    """Who is written to, in which language, and of which kinds they may hear."""

    address: str
    language: str
    kinds: Kinds


def _people(addresses: list[str], permission: str = "") -> list[Recipient]:
    """The setting's addresses, else staff with an address. To staff one writes in their own language."""
    staff = User.objects.filter(is_active=True, is_staff=True, is_system=False).exclude(email="").order_by("-pk")
    people = {person.email.lower(): person for person in staff}
    if addresses:
        languages = {address: person.letter_language() for address, person in people.items()}
        named = {address: languages.get(address.lower(), settings.LANGUAGE_CODE) for address in addresses}
        return [Recipient(address, language, _every_kind()) for address, language in named.items()]
    meant = [person for person in reversed(people.values()) if not permission or person.has_perm(permission)]
    found = [Recipient(person.email, person.letter_language(), desk.kinds(person)) for person in meant]
    return [recipient for recipient in found if recipient.kinds]


def write_digest(now: datetime | None = None) -> int:
    """Write today's digest where its hour has come on a working day and nobody has; return the letters written.

    The row of the day and the letters are one transaction: however many workers ask, there is one digest a day.
    """
    now, calendar = now or timezone.now(), desk_calendar()
    local = now.astimezone(calendar.zone)
    if not calendar.is_working_day(local.date()) or local.hour < settings.DESK_DIGEST_HOUR:
        return 0
    if DeskDigest.objects.filter(day=local.date()).exists():
        return 0
    with transaction.atomic():
        _row, first = DeskDigest.objects.get_or_create(day=local.date())
        people = _people(settings.DESK_DIGEST_TO) if first else []
        lines = {kind: _line(kind, now) for kind in _every_kind()} if people else {}
        for person in people:
            told = [lines[kind] for kind in person.kinds if lines[kind]["count"]]
            overdue = sorted((row for line in told for row in line["overdue_rows"]), key=lambda row: row["due"])
            total, late = (sum(line[name] for line in told) for name in ("count", "overdue"))
            words = {"lines": told, "overdue": overdue[:LISTED], "total": total, "late": late, "day": local.date()}
            post("desk_digest", person.address, language=person.language, **words)
    return len(people)


def _line(kind: type[DeskItem], now: datetime) -> dict[str, Any]:
    """What a digest says of one kind."""
    waiting = kind.objects.waiting()
    late, free = Q(due__lt=now), Q(claimed_by=None)
    found = waiting.order_by().aggregate(
        count=Count("*"),
        overdue=Count("pk", filter=late),
        unclaimed=Count("pk", filter=free),
        oldest=Min("waiting_since"),
    )
    rows = waiting.filter(late).due_first().values("pk", "due", title=desk.title_of(kind))[:LISTED]
    return found | {"kind": kind, "name": kind.DESK_NAME, "overdue_rows": _with_urls(kind, rows)}


def _with_urls(kind: type[DeskItem], rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [row | {"url": settings.SITE_URL + desk.change_url(kind, row["pk"])} for row in rows]


def escalate(now: datetime | None = None) -> int:
    """Tell the chiefs of items overdue by more than the set business hours; return how many items.

    Each is marked in the transaction of the letters, under its lock, so that nobody hears twice of one wait. Without
    anybody to tell nothing is marked.
    """
    if settings.DESK_ESCALATE_HOURS <= 0:
        return 0
    now = now or timezone.now()
    hours = timedelta(hours=settings.DESK_ESCALATE_HOURS)
    people = _people(settings.DESK_ESCALATE_TO, "cms.receive_escalations")
    done = 0
    for kind in {kind: None for person in people for kind in person.kinds}:
        done += _escalate(kind, now, hours, [person for person in people if kind in person.kinds])
    return done


def _escalate(kind: type[DeskItem], now: datetime, hours: timedelta, people: list[Recipient]) -> int:
    """Escalate up to a batch of one kind."""
    calendar = desk_calendar()
    with transaction.atomic():
        late = kind.objects.waiting().filter(escalated=None, due__lt=now - hours).due_first()
        locked = list(late.select_for_update(of=("self",), skip_locked=True).values_list("pk", "due")[:BATCH])
        chosen = [pk for pk, due in locked if due and calendar.between(due, now) >= hours]
        if not chosen:
            return 0
        for item in kind.objects.filter(pk__in=chosen):
            item.escalate(by=User.objects.system())
        rows = kind.objects.filter(pk__in=chosen).due_first().values("pk", "due", title=desk.title_of(kind))
        for person in people:
            words: dict[str, Any] = {"rows": _with_urls(kind, rows), "kind": kind, "name": kind.DESK_NAME}
            post("desk_escalation", person.address, language=person.language, **words)
        transaction.on_commit(site_changed)
    return len(chosen)
