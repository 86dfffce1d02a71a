"""An article taken off while it is in question: no status, for it is back when the last withholding ends."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WithholdingQuerySet(models.QuerySet["Withholding"]):
    """Withholdings that count."""

    def active(self) -> WithholdingQuerySet:
        """Those that hide their article now."""
        return self.filter(lifted=None)


class Law(models.TextChoices):
    """What a demand to withhold rests on."""

    DMCA = "dmca", _("United States: DMCA, 17 USC 512(c)")
    DSA = "dsa", _("European Union: Digital Services Act, Article 16")
    OTHER = "other", _("Another law")


class Withholding(models.Model):
    """Hides one article for one report, from a time until it is lifted.

    `reference` is the report's uid, `law` what it rests on and `claimant` who asked (a person's name is never shown,
    RFC 7725 asks for the body that demands it).
    """

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="withholdings")
    reference = models.UUIDField(_("report"), db_index=True)
    law = models.CharField(_("law"), max_length=10, choices=Law)
    claimant = models.CharField(_("who asked"), max_length=255)
    claimant_is_person = models.BooleanField(_("a person, not an organisation"), default=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    lifted = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = WithholdingQuerySet.as_manager()

    class Meta:
        verbose_name = _("withholding")
        verbose_name_plural = _("withholdings")
        ordering = ["-since"]
        indexes = [
            models.Index(fields=["article"], name="withholding_active", condition=models.Q(lifted=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "reference"],
                condition=models.Q(lifted=None),
                name="one_withholding_per_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.law} {self.since:%Y-%m-%d}"
