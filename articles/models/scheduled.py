"""An article whose time lies ahead: published for the newsroom, and seen by nobody before that time.

`published()` compares times, so nothing has to run for it to appear; until then it can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.desk import status_name
from cms.moves import Move
from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from cms.models import User

PUBLISHED, DRAFT = "published", "draft"


class Scheduled(DeskItem):
    """An article's time: what the desk says of it, and the way back before it has come."""

    if TYPE_CHECKING:  # an article's own
        published_at: datetime | None
        editor_name: str
        signed_sha256: str
        has_run: Callable[[], bool]

    class Meta:
        abstract = True

    def is_scheduled(self) -> bool:
        """Whether it is published, and its time has not come."""
        return self.status == PUBLISHED and not self.has_run()

    def status_words(self) -> str:
        """What the desk calls its status: that of a scheduled article says the time, in the newsroom's zone."""
        if not self.is_scheduled() or not self.published_at:
            return status_name(type(self), self.status)
        moment = date_format(timezone.localtime(self.published_at), gettext("j M Y, H:i"))
        return gettext("scheduled for %(time)s") % {"time": moment}

    @move(sources=[PUBLISHED], target=DRAFT, permission="articles.publish_article", label=_("Take back to the drafts"))
    def unschedule(self, *, by: User, reason: str) -> None:
        """Make a scheduled article a draft again; its time stays in the form.

        Raises ValidationError where that time has come.
        """
        if self.has_run():
            raise ValidationError(_("Its time has come: readers have seen it. Correct it, or kill it."))
        self.editor_name = self.signed_sha256 = ""  # nobody answers for a draft
        self.note(published_at=self.published_at.isoformat() if self.published_at else "")

    def _open_to(self, user: User) -> list[Move]:
        """Without taking back what readers have seen."""
        return [spec for spec in super()._open_to(user) if spec.name != "unschedule" or self.is_scheduled()]
