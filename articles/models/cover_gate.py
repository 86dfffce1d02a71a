"""What stands between a cover and its readers: its origin, its description, and no open contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.picture import Picture
from cms.moves import Move
from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from articles.models.article import Article
    from cms.models import User

DRAFT, PUBLISHED = "draft", "published"
GATED = frozenset({"cover", "cover_alt"})


def cover_faults(cover: Picture | None, alt: str) -> dict[str, _StrPromise]:
    """What keeps a cover from its readers: field -> what is wrong, and the remedy. {} for an article without one."""
    faults: dict[str, _StrPromise] = {}
    if cover and not cover.source_type:
        faults["cover"] = _("Say where the cover comes from (a photograph, drawn by code …) before publishing.")
    elif cover and cover.is_in_doubt:
        faults["cover"] = _(
            "The cover's file contradicts the origin that was declared. Change its origin, take another picture, or "
            "decide by “Stand by the cover's origin…”."
        )
    if cover and not alt:
        faults["cover_alt"] = _("Describe the cover for readers who cannot see it.")
    return faults


class CoverGate(DeskItem):
    """An article's cover: no way leads to its readers but through `cover_faults`."""

    if TYPE_CHECKING:  # an article's own
        cover: models.ForeignKey[Picture | None, Picture | None]
        cover_alt: models.CharField[str, str]

    cover_caption = models.CharField(
        _("caption of the cover"), max_length=500, blank=True, default="", db_default="",
        help_text=_("Printed under the cover, before its origin and its credit."),
    )  # fmt: skip

    class Meta:
        abstract = True

    def amend(self, *, by: User, seen: int | None = None, **fields: Any) -> list[str]:
        """As every item, but what readers see keeps a cover that may be shown.

        Raises ValidationError too, which names the field and the remedy.
        """
        if self.status == PUBLISHED and GATED & fields.keys():
            self._refuse_faults(fields)
        return super().amend(by=by, seen=seen, **fields)

    def _refuse_faults(self, fields: Mapping[str, Any]) -> None:
        if faults := cover_faults(fields.get("cover", self.cover), fields.get("cover_alt", self.cover_alt)):
            raise ValidationError(dict(faults))

    @move(
        sources=[DRAFT, PUBLISHED],
        target=None,
        permission="articles.publish_article",
        label=_("Stand by the cover's origin…"),
        reason=True,
    )
    def stand_by_origin(self, *, by: User, reason: str) -> None:
        """Decide that the cover is what it is declared to be, whatever its file or its sender says."""
        if self.cover:
            self.cover.stand_by_origin()
            self.note(picture=self.cover.uid.hex, origin=self.cover.source_type)

    @move(sources=[DRAFT, PUBLISHED], target=None, permission="articles.publish_article", label=_("Have a cover drawn"))
    def draw_cover(self, *, by: User, reason: str) -> Self:
        """Give an article without a picture one that is drawn by code, and lead back to the article, which shows it."""
        if self.cover:
            raise ValidationError(_("It has a cover. Remove that first to have one drawn."))
        self.note(picture=Picture.objects.draw_cover(cast("Article", self)).uid.hex)
        return self

    def _open_to(self, user: User) -> list[Move]:
        """Without moves that have no use now: where nothing is in doubt, and where there is a cover."""
        settled = self.cover is None or not self.cover.is_in_doubt
        useless = {"stand_by_origin"} if settled else set()
        useless |= {"draw_cover"} if self.cover else set()
        return [spec for spec in super()._open_to(user) if spec.name not in useless]
