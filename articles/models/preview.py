"""A private link by which an article is read before its readers may: made by an editor, good for some days.

An article has one such link at a time. The row has its seed and the code's hash (`cms.codes`), so that the desk can
show the link again, yet a copy of the database alone opens nothing. Who made or revoked it stands in the log.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cms import codes
from cms.moves import Move
from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from typing import Self

    from django.utils.functional import _StrPromise

    from cms.models import User

LASTS = timedelta(days=7)
UNSEEN = ("draft", "published")
"""Statuses in which an article may be one that readers have not seen yet."""
SHOWABLE = (*UNSEEN, "spiked", "killed")


class PreviewQuerySet(models.QuerySet["Preview"]):
    """Links by whether they open anything."""

    def by_code(self, code: str) -> Preview | None:
        """The link with this code, unless it is unknown, revoked or past its time."""
        return self.filter(code_hash=codes.hash_of(code), until__gt=timezone.now()).first()


class Preview(models.Model):
    """The present link to one article's preview, good `until` a time. Revoking deletes it."""

    article = models.OneToOneField("articles.Article", models.CASCADE, related_name="preview")
    seed = models.CharField(max_length=32)
    code_hash = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(_("until"))

    objects = PreviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")
        default_permissions = ()
        permissions = [("share_preview", _("Can make and revoke private links to previews of articles"))]

    def __str__(self) -> str:
        return f"{self.article} {self.until:%Y-%m-%d}"

    def url(self) -> str:
        """The absolute address; "" where SECRET_KEY has changed since, and nobody can name the code any more."""
        code = codes.known_code(self.seed, use="preview", known_hash=self.code_hash)
        with translation.override(self.article.language):
            return settings.SITE_URL + reverse("articles:preview", args=[code]) if code else ""


class Previewed(DeskItem):
    """An article's preview link: who may make one, and when one is of use."""

    if TYPE_CHECKING:  # an article's own
        preview: Preview
        is_out: Callable[[], bool]

    class Meta:
        abstract = True

    def live_preview(self) -> Preview | None:
        """The link that opens the preview now; None where there is none. One query for each instance."""
        found: Preview | None = getattr(self, "preview", None)
        return found if found and found.until > timezone.now() else None

    @move(sources=UNSEEN, target=None, permission="articles.share_preview", label=_("Make a preview link"))
    def open_preview(self, *, by: User, reason: str) -> Self:
        """Make the private link, and lead back to the article, whose page shows it.

        Raises ValidationError where readers have the article, or where a link is open already.
        """
        if self.is_out():
            raise ValidationError(_("Readers have this article: send them its address."))
        if self.live_preview():
            raise ValidationError(_("There is a preview link already. Send that one, or revoke it first."))
        seed, until = codes.new_seed(), timezone.now() + LASTS
        fresh = {"seed": seed, "code_hash": codes.hash_of(codes.code_of(seed, use="preview")), "until": until}
        Preview.objects.update_or_create(article_id=self.pk, defaults=fresh)
        self.note(until=until.isoformat())
        return self

    @move(sources=SHOWABLE, target=None, permission="articles.share_preview", label=_("Revoke the preview link"))
    def close_preview(self, *, by: User, reason: str) -> Self:
        """Let the link open nothing any more."""
        Preview.objects.filter(article_id=self.pk).delete()
        return self

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """A claim bars nobody from revoking a link that went to the wrong person."""
        return "" if move == "close_preview" else super().barred(by, move)

    def _open_to(self, user: User) -> list[Move]:
        """Without making a link that nobody needs, and without revoking where there is none."""
        found = super()._open_to(user)
        if not {"open_preview", "close_preview"} & {spec.name for spec in found}:
            return found
        live = self.live_preview() is not None
        useless = {"open_preview"} if live or self.is_out() else set()
        useless |= set() if live else {"close_preview"}
        return [spec for spec in found if spec.name not in useless]
