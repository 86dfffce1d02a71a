"""The ledger: one row for every copy of an issue, and what became of it. It alone says what is still to be sent.

pending -> leased -> inflight -> sent | failed | skipped | uncertain. `inflight` is committed before a copy is handed
to the mail server. Between the last dot and the server's answer lies a gap that no client can close (RFC 1047): copies
of a sender that died in it are `uncertain`, and only an editor decides whether they are sent again. So nothing is lost
silently and nothing is sent twice by itself; at most a lot per sender is uncertain.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, models, transaction
from django.db.models import Count, Exists, OuterRef, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.addresses import MAX_LENGTH
from newsletter.issues.models import Issue
from newsletter.issues.moves import Status
from newsletter.models import Subscriber

if TYPE_CHECKING:
    from newsletter.issues.moves import IssueMoves

LEASE = timedelta(minutes=10)  # a copy takes two at most: four answers, 30 seconds each (EMAIL_TIMEOUT)
BACKOFF = [timedelta(minutes=m) for m in (5, 15, 60, 180, 360, 720, 1440)]
_COLUMNS = ("issue_id", "subscriber_id", "folded", "state", "attempts", "next_attempt", "sender", "result")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Copies by what is to be done with them; the steps that change many at once."""

    def unsent(self) -> DeliveryQuerySet:
        """Those that no server has been given."""
        return self.filter(state__in=[Delivery.State.PENDING, Delivery.State.LEASED])

    def open(self) -> DeliveryQuerySet:
        """Those that somebody has still to send, or is sending."""
        return self.filter(state__in=[Delivery.State.PENDING, Delivery.State.LEASED, Delivery.State.INFLIGHT])

    def uncertain(self) -> DeliveryQuerySet:
        """Those of which nobody knows whether they went."""
        return self.filter(state=Delivery.State.UNCERTAIN)

    def held_by(self, sender: str) -> DeliveryQuerySet:
        """Those that one sender has leased."""
        return self.filter(state=Delivery.State.LEASED, sender=sender)

    def wanted(self) -> DeliveryQuerySet:
        """Those whose issue is being sent and whose reader is still subscribed."""
        sending = Issue.objects.filter(pk=OuterRef("issue"), status=Status.SENDING)
        return self.filter(Exists(sending), Exists(Subscriber.objects.confirmed().filter(pk=OuterRef("subscriber"))))

    def counts(self) -> dict[str, int]:
        """How many copies stand in each state, by its name; states without any are left out."""
        return dict(self.order_by().values_list("state").annotate(number=Count("pk")))

    def snapshot(self, issue: IssueMoves) -> int:
        """Write a row for every confirmed subscriber of the issue's language, inside the database; return how many."""
        now = timezone.now()
        fixed = (Delivery.State.PENDING.value, 0, now, "", "")
        audience = Subscriber.objects.confirmed().filter(language=issue.language).order_by("pk")
        chosen = audience.values_list(
            Value(issue.pk, models.BigIntegerField()),
            "pk",
            "folded",
            *(Value(value, _output(value)) for value in fixed),
        )
        sql, params = chosen.query.sql_with_params()
        table, columns = Delivery._meta.db_table, ", ".join(_COLUMNS)
        with connection.cursor() as cursor:
            # The names are ours, the SELECT was compiled by the ORM.
            cursor.execute(f"INSERT INTO {table} ({columns}) {sql} ON CONFLICT DO NOTHING", params)
            return int(cursor.rowcount)

    def claim(self, sender: str, limit: int) -> list[int]:
        """Lease up to `limit` pending copies to `sender`, those that are due first; return their keys."""
        now = timezone.now()
        with transaction.atomic():
            due = self.filter(state=Delivery.State.PENDING, next_attempt__lte=now)
            due = due.order_by("next_attempt", "pk").select_for_update(skip_locked=True, of=("self",))
            keys = list(due.values_list("pk", flat=True)[:limit])
            # By the keys alone: told the issue too, SQLite walks through all of its copies.
            mine = Delivery.objects.filter(pk__in=keys)
            mine.update(state=Delivery.State.LEASED, sender=sender, lease_until=now + LEASE)
        return keys

    def take_off(self, sender: str) -> int:
        """Mark this sender's leased copies that are still wanted as being handed over; return how many.

        Committed before the first byte goes. Who has unsubscribed, and an issue that was paused, fall out here.
        """
        state, until = Delivery.State.INFLIGHT, timezone.now() + LEASE
        return self.held_by(sender).wanted().update(state=state, lease_until=until)

    def give_back(self) -> int:
        """Let others have what was leased and not handed over."""
        return self.update(state=Delivery.State.PENDING, sender="", lease_until=None)

    def queue(self) -> int:
        """Send these again, whatever became of them."""
        return self.update(
            state=Delivery.State.PENDING, sender="", lease_until=None, attempts=0, next_attempt=timezone.now()
        )

    def skip(self, why: str) -> int:
        """Never send these; `why` is kept."""
        return self.update(state=Delivery.State.SKIPPED, result=why, sender="", lease_until=None)

    def reclaim(self) -> int:
        """Take from dead senders what they held: what was only leased is pending again, the rest is uncertain."""
        dead = self.filter(lease_until__lt=timezone.now(), state__in=[Delivery.State.LEASED, Delivery.State.INFLIGHT])
        if not dead.exists():  # on SQLite even an UPDATE of nothing waits for all other writers
            return 0
        doubt = dead.filter(state=Delivery.State.INFLIGHT).update(
            state=Delivery.State.UNCERTAIN, lease_until=None, result="the sender died while it was handed over"
        )
        return doubt + dead.filter(state=Delivery.State.LEASED).give_back()


def _output(value: object) -> models.Field[object, object]:
    if isinstance(value, str):
        return models.CharField(max_length=20)
    return models.IntegerField() if isinstance(value, int) else models.DateTimeField()


class Delivery(models.Model):
    """One copy: to whom, and how far it has come."""

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        LEASED = "leased", _("taken by a sender")
        INFLIGHT = "inflight", _("being handed over")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("left out")
        UNCERTAIN = "uncertain", _("uncertain")

    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="deliveries", db_index=False, verbose_name=_("newsletter issue")
    )
    subscriber = models.ForeignKey(
        Subscriber, models.SET_NULL, null=True, related_name="deliveries", verbose_name=_("subscriber")
    )
    folded = models.CharField(_("e-mail"), max_length=MAX_LENGTH)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt = models.DateTimeField(_("next attempt"), default=timezone.now)
    sender = models.CharField(max_length=32, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True)
    result = models.TextField(_("result"), blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["issue", "folded"], name="one_copy_per_address")]
        indexes = [
            models.Index(
                fields=["issue", "next_attempt", "id"], name="copy_pending", condition=models.Q(state="pending")
            ),
            models.Index(fields=["issue", "state", "id"], name="copy_state"),
            models.Index(
                fields=["lease_until"], name="copy_leased", condition=models.Q(state__in=["leased", "inflight"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.folded}: {self.get_state_display()}"
