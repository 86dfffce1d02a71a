"""Who answers for an article's texts, and what takes two people.

The record of a sign-off is its line in the log (`publish` or `sign_off`), which names the person, the time and the
SHA-256 of the texts, and which nobody can change. The article keeps the last one's name and hash, so that a page can
tell, without reading the log, whether the texts are still those that were signed off (EU AI Act, Art. 50(4)).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.history import texts_sha256
from cms.models import Decision
from cms.moves import Move
from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from cms.models import User

PUBLISHED = "published"


class SignedOff(DeskItem):
    """An article's editorial responsibility: given by publishing, voided by an edit, renewed by a sign-off."""

    if TYPE_CHECKING:  # an article's own
        headline: str
        dek: str
        byline: str
        body: str

        tidy: Callable[[], None]
        check_printable: Callable[[], None]

    editor_name = models.CharField(_("responsible editor"), max_length=300, blank=True, editable=False)
    signed_sha256 = models.CharField(
        _("hash of what was signed off"), max_length=64, blank=True, default="", db_default="", editable=False
    )

    class Meta:
        abstract = True

    def content_hash(self) -> str:
        """SHA-256 of the texts as they stand: what an editor signs off."""
        return texts_sha256(self)

    def is_signed_off(self) -> bool:
        """Whether the texts are those that the responsible editor signed off."""
        return bool(self.editor_name) and self.signed_sha256 == self.content_hash()

    def is_sign_off_void(self) -> bool:
        """Whether readers see texts that were changed after they were signed off."""
        return self.status == PUBLISHED and bool(self.editor_name) and not self.is_signed_off()

    def answer_for(self, by: User) -> None:
        """Make `by` the responsible editor of the texts as they stand, and name their hash in the log."""
        self.tidy()
        self.editor_name, self.signed_sha256 = by.byline(), self.content_hash()
        self.note(sha256=self.signed_sha256)

    @move(
        sources=[PUBLISHED], target=None, permission="articles.publish_article", label=_("Sign off"), weight="primary"
    )
    def sign_off(self, *, by: User, reason: str) -> None:
        """Answer for the texts as they now stand, after an edit."""
        self.check_printable()
        self.answer_for(by)

    @move(
        sources=[PUBLISHED],
        target=None,
        permission="articles.kill_article",
        label=_("Propose to kill…"),
        reason=True,
        weight="danger",
    )
    def propose_kill(self, *, by: User, reason: str) -> None:
        """Ask for a kill, which somebody else then makes: where four eyes are set, it takes two."""

    def _open_to(self, user: User) -> list[Move]:
        """Without moves that have no use now: they are not barred to anybody, so the desk says nothing of them."""
        useless = {"sign_off"} if self.is_signed_off() else set()
        useless |= set() if settings.FOUR_EYES else {"propose_kill"}
        return [spec for spec in super()._open_to(user) if spec.name not in useless]

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """Where four eyes are set, nobody publishes alone what they accepted, and nobody kills alone."""
        bar: str | _StrPromise = ""
        if settings.FOUR_EYES and not by.is_system:
            if move in {"publish", "sign_off"} and self._accepted_by() == by.pk:
                bar = _("You accepted this reader's story: another editor publishes it and signs it off.")
            elif move == "kill":
                bar = self._kill_barred(by)
        return bar or super().barred(by, move)

    def _accepted_by(self) -> int | None:
        """The key of who accepted the reader's story that this article was made of."""
        drafted = Decision.objects.about(self).filter(move="draft", details__has_key="story").first()
        return drafted.actor_id if drafted else None

    def _kill_barred(self, by: User) -> str | _StrPromise:
        proposed = Decision.objects.about(self).filter(move="propose_kill").exclude(actor=by).exists()
        return "" if proposed else _("A kill takes two people: one proposes it, another one kills.")
