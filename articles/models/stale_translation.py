"""Translations whose original has changed: a kind on the desk, so that no language version is forgotten.

The rule: when a published article gets another headline, dek or body, or a correction, every other version in its
series that is a draft or published waits here, one row each. A row is closed by whoever edits the translation
afterwards and signs it off (or publishes it), or by a move. While a version waits here itself, its own changes bring
it up to date: they make no other version wait.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.claims import Claimable, claim_index
from cms.differences import text_changes
from cms.log import logged
from cms.models import User
from cms.workflow import DESK_INDEX, Conflict, move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

TEXTS = ("headline", "dek", "body")
FOLLOWED = ("draft", "published")
"""Statuses of a translation that is to say what its original says."""
_ATTEMPTS = 3


class StaleTranslation(Claimable):
    """One version of a series that may no longer say what another one says.

    `headline`, `dek` and `body` are the original's as they were before its first change, and `corrections_before` how
    many corrections it had; what it says now is compared with them. `changed_at` is its last change.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        UP_TO_DATE = "up_to_date", _("up to date")
        UNCHANGED = "unchanged", _("nothing to change")
        DROPPED = "dropped", _("translation dropped")

    WAITING = (Status.OPEN,)
    DECIDE = "articles.publish_article"
    DESK_TITLE = "translation__headline"
    DESK_NAME = _("Stale translations")
    DESK_SEARCH = ("translation__headline", "original__headline")

    translation = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="stale_rows", editable=False, verbose_name=_("translation")
    )
    original = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", editable=False, verbose_name=_("version that changed")
    )
    headline = models.CharField(max_length=255, editable=False)
    dek = models.TextField(blank=True, editable=False)
    body = models.TextField(blank=True, editable=False)
    corrections_before = models.PositiveSmallIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("stale translation")
        verbose_name_plural = _("stale translations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["translation"], condition=models.Q(status="open"), name="one_open_row_per_translation"
            ),
        ]
        indexes = [
            models.Index(fields=DESK_INDEX, name="stale_waiting", condition=models.Q(status="open")),
            claim_index("stale_claimed"),
        ]

    def __str__(self) -> str:
        return self.translation.headline

    def changes(self) -> dict[str, SafeString]:
        """What the original says otherwise than before: marked texts by name, safe to print."""
        return text_changes(self, self.original)

    def corrections_since(self) -> list[tuple[str, datetime]]:
        """The corrections that the original got since then, the newest first."""
        found = self.original.corrections()
        return found[: len(found) - self.corrections_before]

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """A claim bars nobody from signing the translation itself off."""
        return "" if move == "settle" else super().barred(by, move)

    @move(
        sources=WAITING,
        target=Status.UP_TO_DATE,
        permission="articles.publish_article",
        label=_("Brought up to date"),
        key="u",
        weight="primary",
    )
    def bring_up_to_date(self, *, by: User, reason: str) -> None:
        """Say that the translation, edited since, says again what its original says."""
        edited = self.translation.text_changed_at
        if edited is None or edited <= self.changed_at:
            raise ValidationError(
                _("Nobody has edited the translation since. Edit it first, or say why nothing is to be changed.")
            )

    @move(
        sources=WAITING,
        target=Status.UNCHANGED,
        permission="articles.publish_article",
        label=_("Nothing to change…"),
        reason=True,
        key="d",
    )
    def leave(self, *, by: User, reason: str) -> None:
        """Say why the translation stays as it is."""

    @move(sources=WAITING, target=Status.UP_TO_DATE, permission="articles.publish_article", label="")
    def settle(self, *, by: User, reason: str) -> None:
        """Close the row by signing the translation off after an edit."""

    @move(sources=WAITING, target=None, permission="articles.follow_original", label="")
    def change_again(self, *, by: User, reason: str, original: Any) -> None:
        """Note that the original has changed again, so that nobody decides on what was before. By the system alone."""
        self.changed_at = timezone.now()
        self.note(original=str(original.uid), original_version=original.version)

    @move(sources=WAITING, target=Status.DROPPED, permission="articles.follow_original", label="")
    def drop(self, *, by: User, reason: str) -> None:
        """Close the row of a translation that was spiked or killed. By the system alone."""


def follow(original: Any, before: Mapping[str, Any]) -> None:
    """Let the other versions of a series wait, in the change's transaction; `before` are the columns of a new row."""
    if StaleTranslation.objects.waiting().filter(translation=original.pk).exists():
        return
    others = type(original).objects.filter(series=original.series, status__in=FOLLOWED).exclude(pk=original.pk)
    for translation in others.only("language").order_by("pk"):
        _flag(translation, original, before)


def _flag(translation: Any, original: Any, before: Mapping[str, Any]) -> None:
    """Open the translation's row or, where it is open, note the new change; again where somebody acts this moment."""
    system, details = User.objects.system(), {"original": str(original.uid), "original_version": original.version}
    for _attempt in range(_ATTEMPTS):
        row = StaleTranslation.objects.waiting().filter(translation=translation.pk).first()
        with contextlib.suppress(Conflict, IntegrityError), logged():
            if row:
                row.change_again(by=system, original=original)
            else:
                StaleTranslation(
                    translation_id=translation.pk,
                    original_id=original.pk,
                    language=translation.language,
                    status=StaleTranslation.Status.OPEN,
                    **before,
                ).enter(by=system, move="open", **details)
            return
