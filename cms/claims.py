"""Claims: who is working on an item that waits, for how long, and how it gets into other hands.

A claim lasts for `CLAIM_LASTS`, counted from when it was taken or from its holder's last step on the item (an edit, a
message). The worker ends those that have lapsed; until then they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cms.letters import post
from cms.models import User
from cms.workflow import Conflict, DeskItem, NotPermitted, move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LEAVES_THE_PAGE = frozenset({"release", "hand_over"})
"""Moves after which the one who made them has no business with the item."""
_HOLDERS = frozenset({"release", "hand_over"})
_SAME_TEXT = frozenset({"claim", "lapse_claim"})


class Claimable(DeskItem):
    """A kind that one person at a time decides on; it names the permission for that in `DECIDE`."""

    class Meta:
        abstract = True

    @move(sources=None, target=None, permission=None, label=_("Claim"), key="c", quiet=True)
    def claim(self, *, by: User, reason: str) -> None:
        """Take the item on, so that no two people work on it at once."""
        self._give_to(by)
        self.taken_on()

    @move(sources=None, target=None, permission=None, label=_("Release"), key="x", quiet=True)
    def release(self, *, by: User, reason: str) -> None:
        """Let go of the item: it is there for everybody again."""
        self.claimed_by = self.claimed_at = None

    @move(
        sources=None, target=None, permission=None, label=_("Hand over…"), key="h", quiet=True, colleague=True,
    )  # fmt: skip
    def hand_over(self, *, by: User, reason: str, to: User | None = None) -> None:
        """Give the claim to a colleague, who gets a letter. Raises ValidationError for who may not decide here."""
        if to is None or to == by or not self.decidable_by(to):
            raise ValidationError({"to": _("Choose a colleague who may decide on this.")})
        self._give_to(to)
        self.note(to=to.byline())
        self._tell_staff("claim_handed_over", to, by=by, reason=reason)

    @move(sources=None, target=None, permission=None, label=_("Take it over…"), key="t", quiet=True, reason=True)
    def take_over(self, *, by: User, reason: str) -> None:
        """Take the claim from whoever has it, and tell them why by letter."""
        holder = self.claimed_by
        if holder is None:
            raise NotPermitted(_now("Nobody has claimed it."))
        self._give_to(by)
        self.note(holder=holder.byline())
        self._tell_staff("claim_taken_over", holder, by=by, reason=reason)

    @move(sources=None, target=None, permission="cms.lapse_claim", label="")
    def lapse_claim(self, *, by: User, reason: str) -> None:
        """End a claim whose time is over. The system alone does this."""
        self.note(holder=self.claimed_by.byline() if self.claimed_by else "")
        self.claimed_by = self.claimed_at = None

    def taken_on(self) -> None:
        """Tell whom it concerns that somebody has claimed the item; by default nobody."""

    def decidable_by(self, user: User) -> bool:
        """Whether `user` could decide on this item if they had claimed it."""
        able = user.is_active and user.is_staff and user.has_perm(self.DECIDE)
        holder, self.claimed_by = self.claimed_by, user
        try:
            return able and not self.barred(user, "release")
        finally:
            self.claimed_by = holder

    def colleagues(self, user: User) -> list[User]:
        """To whom `user` may hand the item over, by name. One query, and those of their permissions."""
        able = User.objects.with_perm(self.DECIDE, backend="django.contrib.auth.backends.ModelBackend")
        found = able.filter(is_staff=True, is_system=False).exclude(pk=user.pk)
        return sorted((one for one in found if self.decidable_by(one)), key=lambda one: one.byline().casefold())

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """What somebody else has claimed is theirs to decide on. The system, acting for contributors, is no rival."""
        holder = self.claimed_by
        if move == "lapse_claim" and not by.is_system:
            return _("A claim lapses by itself: take the item over and say why.")
        if move in {"take_over", "lapse_claim"}:
            return "" if holder and holder != by else _("There is nobody to take it over from.")
        if move in _HOLDERS and holder != by:
            return _("You have not claimed it.")
        if move == "claim" and holder == by:
            return _("You have claimed it already.")
        if holder is None or holder == by or by.is_system:
            return super().barred(by, move)
        bar = _("%(name)s has claimed it. To decide on it yourself, take it over and say why.")
        return bar % {"name": holder.byline()}

    def _give_to(self, user: User) -> None:
        self.claimed_by, self.claimed_at = user, timezone.now()

    def _tell_staff(self, letter: str, to: User, *, by: User, reason: str) -> None:
        """Write to a colleague who left an address; who left none sees it in the log and on the page."""
        if to.email:
            post(letter, to.email, language=settings.LANGUAGE_CODE, about=self, who=by.byline(), reason=reason.strip())


def claim_index(name: str) -> models.Index:
    """The index by which the worker finds claims that have lapsed: every claimable kind has one."""
    return models.Index(fields=["claimed_at"], name=name, condition=models.Q(claimed_at__isnull=False))


def claimable_kinds() -> list[type[Claimable]]:
    """Every kind that can be claimed."""
    return [kind for kind in apps.get_models() if issubclass(kind, Claimable)]


def lapse_claims(limit: int = 50) -> int:
    """End up to `limit` lapsed claims of each kind; return how many. Who acts in the same moment keeps theirs."""
    ended, system = 0, User.objects.system()
    for kind in claimable_kinds():
        old = kind._base_manager.filter(claimed_at__lt=timezone.now() - settings.CLAIM_LASTS)
        for item in old.order_by("claimed_at")[:limit]:
            try:
                item.lapse_claim(by=system)
            except (Conflict, NotPermitted):
                continue
            ended += 1
    return ended


def still_seen(item: DeskItem, seen: int, user: User) -> int:
    """The item's present version, where nothing but claims by `user` and by time came after `seen`; else `seen`.

    Opening an item claims it by script: a button that was pressed in the same moment shall not be a conflict with
    oneself.
    """
    present = type(item)._base_manager.get(pk=item.pk)
    later = list(present.decisions().filter(version__gt=seen)[:5])
    own = all(line.move in _SAME_TEXT and (line.actor == user or line.actor.is_system) for line in later)
    return present.version if later and own and later[-1].version == present.version else seen
