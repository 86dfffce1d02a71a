"""Suspected abuse: a mark on an item, after which the decisions that harm somebody take two people.

A report may be made to silence an article, a story to plant one (Regulation (EU) 2022/2065, Article 23). Whoever thinks
so marks the item. From then on one person proposes and another decides, until somebody clears the mark; who clears it
has not become a second person by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.claims import Claimable
from cms.models import Decision, User
from cms.moves import Move
from cms.workflow import move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_EVENTS = ("suspect", "clear_suspicion", "propose")


class Suspectable(Claimable):
    """A kind that can be suspected; it names in `TAKES_TWO` the moves that then take two people."""

    class Suspicion(models.TextChoices):
        NONE = "", _("none")
        SUSPECTED = "suspected", _("suspected")
        CLEARED = "cleared", _("cleared")

    TAKES_TWO: ClassVar[frozenset[str]] = frozenset()

    suspicion = models.CharField(
        _("suspected abuse"), max_length=10, choices=Suspicion, blank=True, default="", db_default="", editable=False
    )
    flagged = models.BooleanField(_("flagged"), null=True, editable=False)

    class Meta:
        abstract = True

    @move(sources=None, target=None, permission=None, label=_("Suspect abuse…"), quiet=True, reason=True)
    def suspect(self, *, by: User, reason: str) -> None:
        """Mark the item: what decides on it now takes two people."""
        self.suspicion, self.flagged = self.Suspicion.SUSPECTED, True

    @move(sources=None, target=None, permission=None, label=_("Clear the suspicion…"), quiet=True, reason=True)
    def clear_suspicion(self, *, by: User, reason: str) -> None:
        """Take the mark away; what else flags the item is looked at anew."""
        self.suspicion, self.flagged = self.Suspicion.CLEARED, None

    @move(sources=None, target=None, permission=None, label=_("Propose a decision…"), quiet=True, reason=True)
    def propose(self, *, by: User, reason: str) -> None:
        """Say how the item should be decided; another person then decides."""

    def _open_to(self, user: User) -> list[Move]:
        """Without the moves that have no use now."""
        suspected = self.suspicion == self.Suspicion.SUSPECTED
        useless = {"suspect"} if suspected else {"clear_suspicion", "propose"}
        return [spec for spec in super()._open_to(user) if spec.name not in useless]

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Nobody decides alone on what was suspected, not even after having cleared it."""
        bar = super().barred(by, move)
        if not bar and self.suspicion and move in self.TAKES_TWO and not by.is_system and not self._has_second(by):
            return _("Abuse was suspected, so this takes two people: one proposes what to do, another one does it.")
        return bar

    def _has_second(self, by: User) -> bool:
        """Whether somebody else has proposed or cleared since the last suspicion."""
        lines = Decision.objects.about(self).filter(move__in=_EVENTS).order_by("-number").values_list("move", "actor")
        for event, actor in lines:
            if event == "suspect":
                return False
            if actor != by.pk:
                return True
        return False
