"""Corrections: what was wrong in a published article and what is right now, with the date, for good."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = 2000  # characters of a correction


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Corrections by who may read them."""

    def public(self, *, until: datetime | None = None) -> Self:
        """Those of articles that readers may see now. `until` leaves out what is newer."""
        from articles.models.article import Article

        readable = Article.objects.published().filter(pk=OuterRef("article_id"))
        return self.filter(Exists(readable), made__lte=until or timezone.now())

    def newest_first(self) -> Self:
        """In the order of the list: `made`, then id, both falling (the key of its pages)."""
        return self.order_by("-made", "-pk")


class Correction(models.Model):
    """One correction of one article. It is never edited: a wrong one is put right by the next one.

    It is made by the article's move `correct`, and the article keeps a copy (`Article.corrections`), so that its page
    needs no query more.
    """

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="correction_rows", verbose_name=_("article"), editable=False
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, editable=False)
    text = models.TextField(_("text"), editable=False)
    made = models.DateTimeField(_("made"), editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made", "-id"]
        indexes = [models.Index(fields=["language", "-made", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return self.text[:80]
