"""What the desk itself keeps: views that people saved, and the days whose digest was written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """The desk's filters under a name: one person's, or shown to everybody."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_views", verbose_name=_("saved by")
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=500, blank=True)
    shared = models.BooleanField(_("shown to everybody"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        permissions = [("share_savedview", _("Can show saved views to everybody"))]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name


class DeskDigest(models.Model):
    """A day whose digest was written: a row made together with the letters, so that there are no second ones."""

    day = models.DateField(_("day"), unique=True)
    written = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("digest of the desk")
        verbose_name_plural = _("digests of the desk")
        permissions = [("receive_escalations", _("Is told of what is long overdue"))]

    def __str__(self) -> str:
        return self.day.isoformat()
