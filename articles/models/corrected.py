"""What an article knows of its corrections, of when its texts last changed, and of the translations that this outdates.

No text that readers have seen changes silently: an edit is in the log, a correction is on the page as well, and the
other language versions wait on the desk until somebody has looked at them.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.correction import LONGEST, Correction
from articles.models.signed_off import PUBLISHED, SignedOff
from articles.models.stale_translation import TEXTS, StaleTranslation, follow
from cms.models import User
from cms.moves import Conflict, Move
from cms.text import clean_lines
from cms.workflow import move

if TYPE_CHECKING:
    from articles.models.correction_request import CorrectionRequest

GONE = frozenset({"spiked", "killed"})


class Corrected(SignedOff):
    """An article's corrections, and its part in keeping the versions of a series alike."""

    if TYPE_CHECKING:  # an article's own
        published_at: datetime | None
        has_run: Callable[[], bool]

    corrected = models.JSONField(null=True, editable=False)
    text_changed_at = models.DateTimeField(_("text changed"), null=True, editable=False)

    class Meta:
        abstract = True

    def corrections(self) -> list[tuple[str, datetime]]:
        """The text and time of each correction, the newest first. No query."""
        return [(row["text"], datetime.fromisoformat(row["made"])) for row in self.corrected or []]

    def modified(self) -> datetime:
        """When readers last got another text or a correction, at first the article: schema.org's `dateModified`."""
        assert self.published_at  # asked of published articles only  # noqa: S101
        return max(self.published_at, self.text_changed_at or self.published_at)

    def is_out(self) -> bool:
        """Whether its time has come, so that readers have seen it, unless it is withheld."""
        return self.status == PUBLISHED and self.has_run()

    @move(
        sources=[PUBLISHED],
        target=None,
        permission="articles.correct_article",
        label=_("Publish a correction…"),
        reason=True,
        asks=_("What was wrong, and what is right now (public, in the language of the article)"),
    )
    def correct(self, *, by: User, reason: str, request: uuid.UUID | None = None) -> None:
        """Tell readers what was wrong and what is right now; `request` is the reader's report that led to it."""
        text, made = clean_lines(reason), timezone.now()
        if not self.is_out():
            raise ValidationError({"reason": _("Readers have not seen this article yet: edit it, and no more.")})
        if not text:
            raise ValidationError({"reason": _("Say what was wrong, and what is right now.")})
        if len(text) > LONGEST:
            too_long = _(
                "A correction may have %(most)s characters: say what was wrong and what is right, and no more."
            )
            raise ValidationError({"reason": too_long % {"most": LONGEST}})
        Correction.objects.create(article_id=self.pk, language=self.language, text=text, made=made)
        self.corrected = [{"text": text, "made": made.isoformat()}, *(self.corrected or [])]
        if request:
            self.note(request=str(request))

    def _open_to(self, user: User) -> list[Move]:
        """Without the correction of what nobody has seen."""
        return [spec for spec in super()._open_to(user) if spec.name != "correct" or self.is_out()]

    def answer_for(self, by: User) -> None:
        """Make `by` the responsible editor; what the texts were still to be brought up to date with, they are."""
        super().answer_for(by)
        self.settle_stale(by=by)

    def settle_stale(self, *, by: User) -> None:
        """Close what waits for this version, where it was edited after the last change of the other one."""
        for row in StaleTranslation.objects.waiting().filter(translation=self.pk):
            if self.text_changed_at and self.text_changed_at > row.changed_at:
                with contextlib.suppress(Conflict):  # somebody has just decided on it
                    row.settle(by=by)

    def save_changed(self) -> None:
        """Save; keep the time of a change that readers see, and tell the other versions of it."""
        before = {name: self._as_read[name] for name in TEXTS}
        changed = [name for name in (*TEXTS, "corrected") if getattr(self, name) != self._as_read[name]]
        if changed:
            self.text_changed_at = timezone.now()
        super().save_changed()
        if changed and self._as_read["status"] == self.status == PUBLISHED:
            follow(self, {**before, "corrections_before": len(self._as_read["corrected"] or [])})
        if self.status in GONE and self._as_read["status"] != self.status:
            for row in StaleTranslation.objects.waiting().filter(translation=self.pk):
                with contextlib.suppress(Conflict):
                    row.drop(by=User.objects.system())

    def stale(self) -> StaleTranslation | None:
        """What waits on the desk because another version has changed; None where this one is up to date."""
        return StaleTranslation.objects.waiting().filter(translation=self.pk).select_related("original").first()

    def waiting_requests(self) -> list[CorrectionRequest]:
        """The readers' reports of errors in this article that wait, the oldest first."""
        from articles.models.correction_request import CorrectionRequest

        return list(CorrectionRequest.objects.waiting().filter(article=self.pk).order_by("pk")[:20])
