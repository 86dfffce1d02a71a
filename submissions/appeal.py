"""The appeal against a decision: once, within six months, to another editor."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.claims import Claimable, claim_index
from cms.workflow import DESK_INDEX, move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from cms.models import User
    from submissions.story import Story


class Appeal(Claimable):
    """A contributor's appeal. Granted, it puts the story back on the desk; dismissed, the decision stands."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        GRANTED = "granted", _("granted")
        DISMISSED = "dismissed", _("dismissed")

    WAITING = (Status.OPEN,)
    DECIDE = "submissions.decide_appeal"
    DESK_TITLE = "story__headline"
    DESK_NAME = _("Appeals")
    DESK_SEARCH = ("story__headline", "story__byline")

    story = models.OneToOneField(
        "submissions.Story", models.PROTECT, editable=False, related_name="made_appeal", verbose_name=_("story")
    )
    grounds = models.TextField(_("what was overlooked"))
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+", verbose_name=_("declined by")
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-id"]
        permissions = [("decide_appeal", _("Can decide on appeals"))]
        indexes = [
            models.Index(fields=DESK_INDEX, name="appeal_waiting", condition=models.Q(status="open")),
            claim_index("appeal_claimed"),
        ]

    def __str__(self) -> str:
        return self.story.headline

    @classmethod
    def of(cls, story: Story, *, grounds: str) -> Appeal:
        """An unsaved appeal against the story's last decision."""
        declined = story.decisions().filter(target=story.status).exclude(source=story.status).last()
        by = declined.actor if declined else None
        return cls(story=story, grounds=grounds, language=story.language, status=cls.Status.OPEN, declined_by=by)

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Nobody decides on an appeal against a decision of their own (guidelines, rule 9.2)."""
        if by == self.declined_by and move != "lapse_claim":
            return _("You declined this story: another editor decides on the appeal.")
        return super().barred(by, move)

    @move(
        sources=WAITING,
        target=Status.GRANTED,
        permission="submissions.decide_appeal",
        label=_("Grant: back to the desk…"),
        reason=True,
        key="a",
        weight="primary",
        letter=True,
    )
    def grant(self, *, by: User, reason: str) -> None:
        """Put the story back on the desk, and tell the contributor why."""
        self.story.reopen(by=by, reason=reason)

    @move(
        sources=WAITING,
        target=Status.DISMISSED,
        permission="submissions.decide_appeal",
        label=_("Dismiss…"),
        reason=True,
        key="d",
        weight="danger",
        letter=True,
    )
    def dismiss(self, *, by: User, reason: str) -> None:
        """Let the decision stand; it is final."""
        self.story.tell("appeal_dismissed", reason=reason)


def last_day(decided: datetime) -> date:
    """The last day of the six months after a decision: the same day of the month, or the month's last."""
    day = timezone.localdate(decided)
    year, month = day.year + (day.month + 5) // 12, (day.month + 5) % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
