"""What stands first on the home page, because an editor put it there."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HomePlace(models.Model):
    """An article's place before the newest ones, on the home page of its language: the first is the lead."""

    article = models.OneToOneField(
        "articles.Article", models.CASCADE, related_name="home_place", verbose_name=_("article")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1, help_text=_("1 is the lead story."))
    until = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until somebody ends it."))

    class Meta:
        verbose_name = _("place on the home page")
        verbose_name_plural = _("places on the home page")
        ordering = ["position", "-pk"]

    def __str__(self) -> str:
        return f"{self.position}: {self.article}"
