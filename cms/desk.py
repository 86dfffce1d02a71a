"""The desk: one list of all that waits for an editor, of every kind, longest wait first.

Each kind contributes one arm of a UNION ALL that is cut to a page inside the database, so that the list costs the same
with ten waiting as with ten thousand. A kind is any model that is a DeskItem: nothing has to be registered.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.db.models import Count, F, Model, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Trim
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from cms.page_cache import kept
from cms.workflow import DeskItem, DeskQuerySet

if TYPE_CHECKING:
    from cms.models import User

PAGE = 50
COLUMNS = ("kind", "pk", "uid", "title", "language", "waiting_since", "claimed_by_name")
_CLAIMED_BY = Trim(Concat("claimed_by__first_name", Value(" "), "claimed_by__last_name"))
_AFTER = re.compile(r"(?P<moment>[0-9T:.+-]{19,32})_(?P<uid>[0-9a-f]{32})")


@dataclass(frozen=True)
class Row:
    """One line of the desk."""

    kind: type[DeskItem]
    pk: int
    uid: uuid.UUID
    title: str
    language: str
    waiting_since: datetime
    claimed_by_name: str

    @property
    def url(self) -> str:
        """The item's review page."""
        return change_url(self.kind, self.pk)


def change_url(model: type[Model], pk: int) -> str:
    """The address of a row's page in the admin."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])


def kinds(user: User) -> list[type[DeskItem]]:
    """Every kind of desk item that waits for editors and that `user` may look at."""
    models = [model for model in apps.get_models() if issubclass(model, DeskItem) and model.WAITING]
    return [model for model in models if user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")]


def status_name(item: Any, status: str = "") -> str:
    """What a status (by default the item's own; for a kind it has to be given) is called on the page."""
    choices: dict[str, Any] = dict(item.Status.choices)
    return str(choices.get(status or item.status, status or item.status))


def waiting_for(user: User) -> list[dict[str, Any]]:
    """How much waits, by kind and language: rows of {"kind", "language", "count", "mine", "unclaimed"}.

    Whatever changes them writes a Decision, so they are kept until the next one, and right.
    """
    return kept(f"waiting-for:{user.pk}", lambda: _count_waiting(user))


def _count_waiting(user: User) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for kind in kinds(user):
        counts = (
            kind.objects.waiting()
            .order_by()
            .values("language")
            .annotate(
                count=Count("*"),
                mine=Count("claimed_by", filter=Q(claimed_by=user)),
                unclaimed=Count("*") - Count("claimed_by"),
            )
        )
        rows += [{"kind": kind, **count} for count in counts]
    return rows


def _arm(kind: type[DeskItem], filters: Q, after: tuple[datetime, uuid.UUID] | None) -> Any:
    """One kind's part of the list: at most a page of it, in the list's order."""
    waiting: DeskQuerySet = kind.objects.waiting().filter(filters).oldest_first()
    if after:
        moment, uid = after
        waiting = waiting.filter(waiting_since__gte=moment).exclude(waiting_since=moment, uid__lte=uid)
    return waiting.values_list(
        Value(kind.kind(), output_field=TextField()),
        "pk",
        "uid",
        Cast(F(kind.DESK_TITLE), TextField()),
        "language",
        "waiting_since",
        Cast(Coalesce(NullIf(_CLAIMED_BY, Value("")), F("claimed_by__username")), TextField()),
    )[: PAGE + 1]


def waiting_rows(
    chosen: Iterable[type[DeskItem]], filters: Q, after: tuple[datetime, uuid.UUID] | None = None
) -> list[Row]:
    """Return up to a page and one of the items that wait, of the chosen kinds, in one query."""
    arms = [_arm(kind, filters, after).query.sql_with_params() for kind in chosen]
    if not arms:
        return []
    # Every part of the statement was compiled by the ORM; what people typed is in `params`.
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS arm{place}" for place, (sql, _params) in enumerate(arms))  # noqa: S608
    params = [param for _sql, arm_params in arms for param in arm_params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({union}) AS desk ORDER BY 6, 3 LIMIT {PAGE + 1}", params)  # noqa: S608
        return [_row(found) for found in cursor.fetchall()]


def _row(found: tuple[Any, ...]) -> Row:
    """Turn the columns, as the database's driver gives them, into a Row."""
    kind, pk, uid, title, language, since, claimed = found
    model = apps.get_model(kind)
    if not isinstance(uid, uuid.UUID):
        uid = uuid.UUID(uid)
    moment = since if isinstance(since, datetime) else datetime.fromisoformat(since)
    since = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite keeps UTC and does not say so
    return Row(model, pk, uid, title, language, since, claimed or "")


def _cursor_of(text: str) -> tuple[datetime, uuid.UUID] | None:
    """Read the `after` parameter; None where there is none. Raises Http404 for anything else."""
    if not text:
        return None
    match = _AFTER.fullmatch(text)
    try:
        moment = parse_datetime(match["moment"]) if match else None
    except ValueError:
        moment = None
    if match is None or moment is None or moment.tzinfo is None:
        raise Http404
    return moment, uuid.UUID(match["uid"])


def desk(request: HttpRequest) -> HttpResponse:
    """What waits. Filters are in the address: `kind`, `language`, `whose` (mine, unclaimed); `after` pages."""
    user: Any = request.user
    seen = kinds(user)
    kind, language, whose = (request.GET.get(name, "") for name in ("kind", "language", "whose"))
    chosen = [model for model in seen if kind in {"", model.kind()}]
    filters = Q(language=language) if language in dict(settings.LANGUAGES) else Q()
    filters &= {"mine": Q(claimed_by=user), "unclaimed": Q(claimed_by=None)}.get(whose, Q())
    rows = waiting_rows(chosen, filters, _cursor_of(request.GET.get("after", "")))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    here = {"kind": kind, "language": language, "whose": whose}
    context = {
        **admin.site.each_context(request),
        "title": _("Desk"),
        "rows": rows[:PAGE],
        "next_url": last and _url(here, after=f"{last.waiting_since.isoformat()}_{last.uid.hex}"),
        **_filters(here, waiting_for(user), seen),
    }
    return render(request, "admin/desk.html", context)


def _url(here: dict[str, str], **changes: str) -> str:
    query = urlencode({name: value for name, value in (here | changes).items() if value})
    return f"?{query}"


def _filters(here: dict[str, str], counts: list[dict[str, Any]], seen: list[type[DeskItem]]) -> dict[str, Any]:
    """The desk's side column: every filter with its address, its count, and whether it is chosen."""

    def total(what: str = "count", **only: Any) -> int:
        return sum(row[what] for row in counts if all(row[name] == value for name, value in only.items()))

    def entry(label: Any, count: int, **changes: str) -> dict[str, Any]:
        current = all(here[name] == value for name, value in changes.items())
        return {"label": label, "count": count, "url": _url(here, **changes), "current": current}

    return {
        "whose": [
            entry(_("All waiting"), total(), whose=""),
            entry(_("Mine"), total("mine"), whose="mine"),
            entry(_("Unclaimed"), total("unclaimed"), whose="unclaimed"),
        ],
        "kinds": [
            entry(_("Every kind"), total(), kind=""),
            *(entry(model.DESK_NAME, total(kind=model), kind=model.kind()) for model in seen),
        ],
        "desk_languages": [
            entry(_("Every language"), total(), language=""),
            *(
                entry(get_language_info(code)["name_local"], total(language=code), language=code)
                for code in sorted({row["language"] for row in counts})
            ),
        ],
    }
