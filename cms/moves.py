"""What a move declares, and how one is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from cms.models import Decision, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from cms.workflow import DeskItem

WHY = _("Why")


class Conflict(Exception):  # noqa: N818  (the newsroom's word)
    """Somebody moved or edited the item after the person who acts looked at it. Nothing was changed or mailed."""

    def __init__(self, item: DeskItem) -> None:
        self.item = item
        self.last = Decision.objects.about(item).last()
        super().__init__(f"{item.kind()} {item.uid} is at version {item.version}, {item.status}")


class NotPermitted(PermissionDenied):
    """The person who acts may not make this move."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """What a move's decorator declares; the desk's buttons, the tests and the docs are drawn from it.

    `label` is the button's text ("" for none), `key` its key on the desk, `weight` "primary" or "danger" its look.
    `reason=True` refuses an empty reason, `asks` is what its field is called; a `confidential` one is left to the
    body, which keeps it with the item: the log never forgets. `rules=True` hands the rules that were cited to the body.
    `colleague=True` asks for one of the item's `colleagues`, the body's `to`. `letter=True` lets the desk show the
    letters of the move before they go. `more` is a template of further fields; the kind's admin hands them to the body
    (`MoveViews.more_of`). A `quiet` one is not offered where it is barred, and no word is said about it.
    Where `sources` or `permissions` are None, they are the kind's own (`of`).
    """

    name: str
    label: str | _StrPromise
    sources: frozenset[str] | None
    target: str | None
    permissions: tuple[str, ...] | None
    reason: bool = False
    rules: bool = False
    key: str = ""
    weight: str = ""
    asks: str | _StrPromise = WHY
    confidential: bool = False
    colleague: bool = False
    letter: bool = False
    more: str = ""
    quiet: bool = False

    def of(self, kind: type[DeskItem]) -> Move:
        """The move as this kind has it: from where it waits, by who may decide on it."""
        if self.sources is not None and self.permissions is not None:
            return self
        sources = frozenset(kind.WAITING) if self.sources is None else self.sources
        return replace(self, sources=sources, permissions=self.permissions or (kind.DECIDE,))

    def check(self, by: User, reason: str) -> None:
        """Refuse who may not, and a move without the reason it needs.

        Raises NotPermitted or ValidationError (for the field `reason`).
        """
        if not self.allowed_to(by):
            raise NotPermitted(f"{by.username} lacks one of {', '.join(self.permissions or ())}")
        if self.reason and not reason.strip():
            raise ValidationError({"reason": _("Say why: the reason goes into the log and the letter.")})

    def allowed_to(self, user: User) -> bool:
        """Whether `user` has every permission that the move asks for."""
        return bool(self.permissions) and all(user.has_perm(permission) for permission in self.permissions or ())

    def open_to(self, item: DeskItem) -> bool:
        """Whether the item stands where this move starts."""
        return item.status in (self.sources or ())
