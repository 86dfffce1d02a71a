"""The desk's list: all that waits for an editor, of every kind, what is due first at the top.

Each kind contributes one arm of a UNION ALL that is cut to a page inside the database, so that the list costs the same
with ten waiting as with ten thousand. A kind is any model that is a DeskItem: nothing has to be registered.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, F, Model, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Trim
from django.urls import reverse
from django.utils import timezone

from cms.workflow import DeskItem, DeskQuerySet

if TYPE_CHECKING:
    from cms.models import User

After = tuple[datetime, datetime, uuid.UUID]
"""The key of the last row of a page, after which the next one begins."""
PAGE = 50
_CLAIMED_BY = Trim(Concat("claimed_by__first_name", Value(" "), "claimed_by__last_name"))


@dataclass(frozen=True)
class Row:
    """One line of the desk."""

    kind: type[DeskItem]
    pk: int
    uid: uuid.UUID
    title: str
    language: str
    waiting_since: datetime
    due: datetime | None
    version: int
    escalated: bool
    claimed_by_name: str
    flagged: bool

    @property
    def key(self) -> str:
        """Names the row and the version that was seen, in a form: `submissions.story:12:3`."""
        return f"{self.kind.kind()}:{self.pk}:{self.version}"

    @property
    def overdue(self) -> bool:
        """Whether its clock has run out."""
        return self.due is not None and self.due < timezone.now()

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
    """What a status (by default the item's own; for a kind it has to be given) is called on the page.

    A kind may know more of its item's own (`status_words`): when a scheduled article appears.
    """
    if not status and hasattr(item, "status_words"):
        return str(item.status_words())
    choices: dict[str, Any] = dict(item.Status.choices)
    return str(choices.get(status or item.status, status or item.status))


def title_of(kind: type[DeskItem]) -> Cast:
    """The column by which items of a kind are called, as text."""
    return Cast(F(kind.DESK_TITLE), TextField())


def has(model: type[Model], name: str) -> bool:
    """Whether a kind has a column."""
    return any(field.name == name for field in model._meta.concrete_fields)


def _arm(waiting: DeskQuerySet[Any], after: After | None) -> Any:
    """One kind's part of the list: at most a page of it, in the list's order."""
    kind, waiting = waiting.model, waiting.due_first()
    if after:
        due, since, uid = after
        shown = Q(waiting_since__lt=since) | Q(waiting_since=since, uid__lte=uid)
        waiting = waiting.filter(due__gte=due).exclude(shown, due=due)
    return waiting.values_list(
        Value(kind.kind(), output_field=TextField()),
        "pk",
        "uid",
        title_of(kind),
        "language",
        "waiting_since",
        "due",
        "version",
        "escalated",
        Cast(Coalesce(NullIf(_CLAIMED_BY, Value("")), F("claimed_by__username")), TextField()),
        F("flagged") if has(kind, "flagged") else Cast(Value(None), BooleanField()),
    )[: PAGE + 1]


def waiting_rows(chosen: Iterable[DeskQuerySet[Any]], after: After | None = None) -> list[Row]:
    """Return up to a page and one of the items that wait, of one queryset a kind, in one query."""
    arms = [_arm(waiting, after).query.sql_with_params() for waiting in chosen]
    if not arms:
        return []
    # Every part of the statement was compiled by the ORM; what people typed is in `params`.
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS arm{place}" for place, (sql, _params) in enumerate(arms))  # noqa: S608
    params = [param for _sql, arm_params in arms for param in arm_params]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({union}) AS desk ORDER BY 7, 6, 3 LIMIT {PAGE + 1}", params)  # noqa: S608
        return [_row(found) for found in cursor.fetchall()]


def _row(found: tuple[Any, ...]) -> Row:
    """Turn the columns, as the database's driver gives them, into a Row."""
    kind, pk, uid, title, language, since, due, version, escalated, claimed, flagged = found
    key = uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    begun = _moment(since) or timezone.now()
    model = apps.get_model(kind)
    marks = bool(escalated), claimed or "", bool(flagged)
    return Row(model, pk, key, title, language, begun, _moment(due), version, *marks)


def _moment(value: datetime | str | None) -> datetime | None:
    """A time as the driver gives it: SQLite keeps UTC as text and does not say so."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
