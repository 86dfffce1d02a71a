"""The only door to a status: a model method under `@move`.

A move checks who acts and why, locks the row, refuses when somebody was faster, runs the method's body, saves what
changed, and writes its Decision and its letters in the same transaction. Nothing else sets a status.
"""

from __future__ import annotations

import contextlib
import functools
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.clocks import desk_calendar
from cms.log import logged
from cms.models import Decision, User
from cms.moves import Conflict, Move, NotPermitted
from cms.unseen import visible

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


__all__ = ["Conflict", "DeskItem", "DeskQuerySet", "Move", "NotPermitted", "move"]

DESK_INDEX = ["due", "waiting_since", "uid", "language", "claimed_by", "status", "escalated"]
"""The columns of the index that every kind has over its waiting rows: the list walks it, the counts read it alone."""
Item = TypeVar("Item", bound="DeskItem")


def move(
    *, sources: Collection[str] | None, target: str | None, permission: str | Sequence[str] | None, **declared: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method of a DeskItem a legal step from any of `sources` to `target` (None: the status stays).

    `permission` (one, or several that are all needed) is checked on `by`; `declared` are the other fields of `Move`.
    What is None in a move that several kinds share is each kind's own: its `WAITING`, its `DECIDE`.
    The decorated method is called as `item.accept(by=user, reason="…", seen=version, **details)`; `seen` is the version
    that the person looked at (by default that of the instance in hand). It raises NotPermitted, ValidationError or
    Conflict.
    """
    needed = (permission,) if isinstance(permission, str) else permission and tuple(permission)

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        place: dict[str, Any] = {"target": target, "permissions": needed}
        place["sources"] = None if sources is None else frozenset(sources)
        shared = Move(name=body.__name__, **place, **declared)

        @functools.wraps(body)
        def step(self: DeskItem, *, by: User, **said: Any) -> Any:
            return _make(shared.of(type(self)), body, self, by, **said)

        step.spec = shared  # type: ignore[attr-defined]
        return step

    return decorate


def _make(
    spec: Move,
    body: Callable[..., Any],
    item: DeskItem,
    by: User,
    /,  # a move's own details may have these names: a story's `body`
    *,
    reason: str = "",
    rules: Sequence[str] = (),
    seen: int | None = None,
    **details: Any,
) -> Any:
    """Make a move of `item`: check, lock, refuse or run the body, save, and log, in this order."""
    details |= {"rules": list(rules)} if spec.rules else {}
    reason = visible(reason)
    spec.check(by, reason)
    with item.locked(seen, spec.sources) as (row, log):
        if bar := row.barred(by, spec.name):
            raise NotPermitted(str(bar))
        source = row.status
        row.status = spec.target or source
        result = body(row, by=by, reason=reason, **details)
        row.keep_claim(by)
        row.save_changed()
        logged_reason = "" if spec.confidential else reason
        log.append(row.decision(spec.name, source, by, logged_reason, rules, **row._noted))
    item.__dict__.update(row.__dict__)
    return result


class DeskQuerySet(models.QuerySet[Item]):
    """Desk items by what the desk has to do with them."""

    def waiting(self) -> Self:
        """Items on which an editor has to decide."""
        if not self.model.WAITING:
            return self.none()
        first, *more = self.model.WAITING
        # SQLite walks an index of the waiting rows for `=`, but not for `IN` with one value.
        return self.filter(status__in=[first, *more]) if more else self.filter(status=first)

    def due_first(self) -> Self:
        """What has to be done first comes first; of what came after hours and is due at once, what waits longest."""
        return self.order_by("due", "waiting_since", "uid")


class DeskItem(models.Model):
    """Whatever moves through the one workflow: a subclass has statuses, moves, and a place on the desk."""

    WAITING: ClassVar[Collection[str]] = ()
    """Statuses in which the item waits for an editor; a kind without any is not on the desk."""
    DECIDE: ClassVar[str] = ""
    """The permission to decide on this kind, and so to claim it."""
    DESK_TITLE: ClassVar[str] = "headline"
    """The field that the desk shows as the item's name."""
    DESK_NAME: ClassVar[str | _StrPromise] = ""
    """What the desk calls this kind, in the plural."""
    DESK_SEARCH: ClassVar[Sequence[str]] = ("headline", "byline")
    """The fields that the desk's search looks into."""
    IN_MASTHEAD: ClassVar[bool] = False
    """Whether the admin's masthead leads to the list of this kind; the others are found on the desk and under More."""
    TRIAGE_HOURS: ClassVar[int] = 9
    """Business hours until somebody should have claimed it; 0 for a kind that nobody claims."""
    DECIDE_HOURS: ClassVar[int] = 45
    """Business hours until it should be decided. Both count from when it began to wait."""
    _as_read: dict[str, Any]
    _noted: dict[str, Any]

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=30, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # nearly every row has none: an index of its own would only mislead the database
        related_name="+",
        verbose_name=_("claimed by"),
    )
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True, editable=False)
    waiting_since = models.DateTimeField(_("waiting since"), default=timezone.now, editable=False)
    due = models.DateTimeField(_("due"), null=True, editable=False)
    escalated = models.DateTimeField(_("escalated"), null=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True, editable=False)

    objects = DeskQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def kind(cls) -> str:
        """The name of this kind in the log and in URLs, such as `submissions.story`."""
        return cls._meta.label_lower

    @classmethod
    def moves(cls) -> list[Move]:
        """Every move that this kind declares, in the order of its source text."""
        found = (getattr(value, "spec", None) for base in reversed(cls.__mro__) for value in vars(base).values())
        return [spec.of(cls) for spec in found if spec is not None]

    @move(sources=None, target=None, permission="cms.escalate", label="")
    def escalate(self, *, by: User, reason: str) -> None:
        """Note that the chiefs were told how long the item waits. The system alone does this."""
        self.escalated = timezone.now()

    def moves_for(self, user: User) -> list[Move]:
        """The moves that `user` may make on this item now: the buttons."""
        return [spec for spec in self._open_to(user) if not self.barred(user, spec.name)]

    def bars_for(self, user: User) -> list[str]:
        """Why `user` may not make some of the moves that are open, one sentence each: what the desk says instead."""
        bars = (str(self.barred(user, spec.name)) for spec in self._open_to(user) if spec.label and not spec.quiet)
        return list(dict.fromkeys(filter(None, bars)))

    def _open_to(self, user: User) -> list[Move]:
        return [spec for spec in self.moves() if spec.open_to(self) and spec.allowed_to(user)]

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Why `by`, who has the permission, may still not make this move on this very item; "" where nothing bars."""
        return _("The desk's clock alone does this.") if move == "escalate" and not by.is_system else ""

    def citable_rules(self) -> list[Any]:
        """The guideline rules on which a decision about this item may rest: objects with `number` and `text`."""
        return []

    def decisions(self) -> models.QuerySet[Decision]:
        """The item's own log, oldest first."""
        return Decision.objects.about(self).select_related("actor")

    def note(self, **details: Any) -> None:
        """Add facts (strings and whole numbers) to the log line of the move that is being made."""
        self._noted |= details

    @contextlib.contextmanager
    def locked(self, seen: int | None, sources: Collection[str] | None = None) -> Iterator[tuple[Self, list[Decision]]]:
        """Open a transaction; yield the row as it is now, locked, its version counted up, and the log's list.

        Raises Conflict when its version is not `seen` (by default this instance's), or its status not in `sources`.
        """
        expected = self.version if seen is None else seen
        with logged() as log:
            # Its key stays open: another item that points here, which is checked as it commits, need not wait for this.
            row = type(self)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=self.pk)
            if row.version != expected or (sources is not None and row.status not in sources):
                raise Conflict(row)
            row._as_read, row._noted = row._columns(), {}
            row.version += 1
            yield row, log

    def _columns(self) -> dict[str, Any]:
        return {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}

    def changed(self) -> list[str]:
        """The columns that differ from what was read under the lock; the version, which always does, is left out."""
        return [name for name, value in self._columns().items() if value != self._as_read[name] and name != "version"]

    def keep_claim(self, by: User) -> None:
        """A step of the person who has claimed the item makes the claim last from now."""
        if self.claimed_by_id == by.pk:
            self.claimed_at = timezone.now()

    def save_changed(self) -> None:
        """Save only the columns that differ from what was read under the lock."""
        if self.status != self._as_read["status"]:
            self.waiting_since, self.escalated = timezone.now(), None
        if self.status not in self.WAITING:
            self.claimed_by = self.claimed_at = None
        if any(self._as_read[name] != getattr(self, name) for name in ("waiting_since", "claimed_by_id")):
            self.due = self.next_due()
        names = {field.attname: field.name for field in self._meta.concrete_fields}
        self.save(update_fields=[*(names[name] for name in self.changed()), "version", "updated"])

    def next_due(self) -> datetime | None:
        """When the item's next clock runs out: that of the claim or, once it is claimed, that of the decision."""
        if self.status not in self.WAITING:
            return None
        triage = settings.DESK_TRIAGE_HOURS.get(self.kind(), self.TRIAGE_HOURS)
        decide = settings.DESK_DECIDE_HOURS.get(self.kind(), self.DECIDE_HOURS)
        hours = decide if self.claimed_by_id or not triage else triage
        return desk_calendar().after(self.waiting_since, timedelta(hours=hours))

    def decision(
        self, name: str, source: str, by: User, reason: str = "", rules: Sequence[str] = (), **details: Any
    ) -> Decision:
        """Return the log line of a move that was just made, to be put into `logged()`'s list.

        An item's first line says its language, by which the log is counted.
        """
        return Decision(
            kind=self.kind(),
            item=self.uid,
            version=self.version,
            move=name,
            source=source,
            target=self.status,
            actor=by,
            actor_name=by.byline(),
            reason=reason.strip(),
            rules=list(rules),
            details=details if source or "language" not in self.__dict__ else {"language": self.language} | details,
        )

    def enter(self, *, by: User, move: str, **details: Any) -> Self:
        """Save a new item and log how it came: by form, by mail, by import."""
        self.due = self.next_due()
        with logged(savepoint=False) as log:
            self.save(force_insert=True)
            log.append(self.decision(move, "", by, **details))
        return self

    def amend(self, *, by: User, seen: int | None = None, also: Sequence[str] = (), **fields: Any) -> list[str]:
        """Set `fields` under the lock and log which of them changed; the status stays. Returns their names.

        Where nothing changed, nothing is written. `also` names what the caller changes in the same transaction beside
        the item's own columns (tags). Raises Conflict when the item is no longer at version `seen`.
        """
        with self.locked(seen) as (row, log):
            for name, value in fields.items():
                setattr(row, name, value)
            if not (changed := sorted({*row.changed(), *also})):
                return []
            row.keep_claim(by)
            row.save_changed()
            log.append(row.decision("edit", row.status, by, fields=changed))
        self.__dict__.update(row.__dict__)
        return changed
