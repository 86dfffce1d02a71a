"""Where a story may stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoryStatus(models.TextChoices):
    """A story's statuses. An erased story keeps its status; its texts are gone."""

    RECEIVED = "received", _("received")
    CHANGES_ASKED = "changes_asked", _("changes asked")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


UNDECIDED = (StoryStatus.RECEIVED, StoryStatus.CHANGES_ASKED)
