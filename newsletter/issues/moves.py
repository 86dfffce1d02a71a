"""What may be done with an issue, by whom: the moves. The sender makes its own as the system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cms.models import Decision
from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from cms.models import User
    from newsletter.issues.ledger import DeliveryQuerySet

WRITE, APPROVE = "newsletter.change_issue", "newsletter.approve_issue"
SEND = "newsletter.send_issue"  # a permission that nobody can be given: the system's
_WROTE = ("draft", "edit", "submit")


class Status(models.TextChoices):
    """Where an issue stands."""

    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waiting for approval")
    SENDING = "sending", _("being sent")
    PAUSED = "paused", _("paused")
    IN_DOUBT = "in_doubt", _("sent, some copies uncertain")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")
    DECLINED = "declined", _("declined")


class IssueMoves(DeskItem):
    """An issue's way from the draft to the last copy."""

    if TYPE_CHECKING:  # an issue's own
        send_at: datetime | None
        public_at: datetime | None
        begun_at: datetime | None
        deliveries: DeliveryQuerySet
        check_ready: Callable[[], None]

    class Meta:
        abstract = True

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Where four eyes are set, nobody approves what they wrote, edited or submitted."""
        if settings.FOUR_EYES and move == "approve" and not by.is_system:
            wrote = Decision.objects.about(self).filter(move__in=_WROTE, actor=by).exists()
            if wrote:
                return _("You wrote this issue or worked on it: somebody else approves it.")
        return super().barred(by, move)

    @move(
        sources=[Status.DRAFT], target=Status.WAITING, permission=WRITE,
        label=_("Submit for approval"), key="s", weight="primary",
    )  # fmt: skip
    def submit(self, *, by: User, reason: str) -> None:
        """Put the issue on the desk, to be approved. Raises ValidationError for what is not ready."""
        self.check_ready()

    @move(sources=[Status.WAITING], target=Status.DRAFT, permission=WRITE, label=_("Take back to the drafts"))
    def take_back(self, *, by: User, reason: str) -> None:
        """Go on writing."""

    @move(
        sources=[Status.WAITING], target=Status.SENDING, permission=APPROVE,
        label=_("Approve and send"), key="a", weight="primary",
    )  # fmt: skip
    def approve(self, *, by: User, reason: str) -> None:
        """Let the issue go, now or at the time that is set. Raises ValidationError for what is not ready any more."""
        self.check_ready()
        self.public_at = max(self.send_at or timezone.now(), timezone.now())

    @move(
        sources=[Status.WAITING], target=Status.DRAFT, permission=APPROVE,
        label=_("Ask for changes…"), reason=True, key="m",
    )  # fmt: skip
    def ask_changes(self, *, by: User, reason: str) -> None:
        """Send the issue back to who writes it."""

    @move(
        sources=[Status.DRAFT, Status.WAITING], target=Status.DECLINED, permission=APPROVE,
        label=_("Decline…"), reason=True, key="d", weight="danger",
    )  # fmt: skip
    def decline(self, *, by: User, reason: str) -> None:
        """Decide that the issue is never sent."""

    @move(sources=[Status.DECLINED], target=Status.DRAFT, permission=APPROVE, label=_("Take up again"))
    def revive(self, *, by: User, reason: str) -> None:
        """Make a draft again of a declined issue."""

    @move(sources=[Status.SENDING], target=Status.PAUSED, permission=APPROVE, label=_("Pause…"), reason=True, key="p")
    def pause(self, *, by: User, reason: str) -> None:
        """Stop sending; the lot in hand still goes."""

    @move(
        sources=[Status.PAUSED], target=Status.SENDING, permission=APPROVE, label=_("Go on sending"), weight="primary",
    )  # fmt: skip
    def resume(self, *, by: User, reason: str) -> None:
        """Go on where it was paused."""

    @move(
        sources=[Status.SENDING, Status.PAUSED], target=Status.CANCELLED, permission=APPROVE,
        label=_("Cancel…"), reason=True, weight="danger",
    )  # fmt: skip
    def cancel(self, *, by: User, reason: str) -> None:
        """Send no further copy, ever, and take the issue off the web. What was sent cannot be called back."""
        self.note(skipped=self.deliveries.unsent().skip("cancelled"))

    @move(
        sources=[Status.IN_DOUBT], target=Status.SENDING, permission=APPROVE,
        label=_("Send the uncertain copies again…"), reason=True, weight="danger",
    )  # fmt: skip
    def resend(self, *, by: User, reason: str) -> None:
        """Try copies again of which nobody knows whether they arrived: some readers may get two."""
        self.note(again=self.deliveries.uncertain().queue())

    @move(
        sources=[Status.IN_DOUBT], target=Status.SENT, permission=APPROVE,
        label=_("Leave the uncertain copies"), weight="primary",
    )  # fmt: skip
    def leave(self, *, by: User, reason: str) -> None:
        """Let it rest: some readers may have got none."""
        self.note(uncertain=self.deliveries.uncertain().count())

    @move(sources=[Status.SENDING], target=None, permission=SEND, label="")
    def begin(self, *, by: User, reason: str) -> None:
        """Write down who gets it: the confirmed subscribers of its language at this moment."""
        if self.begun_at:
            raise ValidationError(_now("Its recipients are fixed already."))
        self.begun_at = timezone.now()
        self.note(recipients=self.deliveries.snapshot(self))

    @move(sources=[Status.SENDING], target=Status.SENT, permission=SEND, label="")
    def finish(self, *, by: User, reason: str) -> None:
        """Say that nothing is left to send."""
        self.note(**self.deliveries.counts())

    @move(sources=[Status.SENDING], target=Status.IN_DOUBT, permission=SEND, label="")
    def doubt(self, *, by: User, reason: str) -> None:
        """Say that nothing is left to send, but of some copies nobody knows whether they went."""
        self.note(**self.deliveries.counts())
