"""The private link by which a contributor objects to the withholding of what came of a story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles.models import Law
from cms import codes

if TYPE_CHECKING:
    from submissions.copyright.counter_notice import CounterNotice
    from submissions.copyright.models import CopyrightReport
    from submissions.story import Story


class CounterLinkQuerySet(models.QuerySet["CounterLink"]):
    """Finds links, and gives one to whom the law allows a counter-notice."""

    def offer(self, report: CopyrightReport, story: Story) -> CounterLink | None:
        """The contributor's link against this report, made when first asked for; None under another law."""
        if report.basis != Law.DMCA:
            return None
        seed = codes.new_seed()
        fresh = {"seed": seed, "code_hash": codes.hash_of(codes.code_of(seed, use="counter"))}
        return self.get_or_create(report=report, story=story, defaults=fresh)[0]

    def with_code(self, code: str) -> CounterLink | None:
        """The link of this code, as typed, with what its page shows."""
        found = self.filter(code_hash=codes.hash_of(code))
        return found.select_related("report", "story__article").first()


class CounterLink(models.Model):
    """Opens the form of a counter-notice for one contributor against one report: a code as a receipt's.

    It is good while the article is withheld for that report and, beyond, as long as what was sent by it is kept.
    """

    report = models.ForeignKey("copyright.CopyrightReport", models.PROTECT, related_name="counter_links")
    story = models.ForeignKey("submissions.Story", models.PROTECT, related_name="counter_links")
    seed = models.CharField(max_length=32, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    created = models.DateTimeField(default=timezone.now, editable=False)

    objects = CounterLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a counter-notice")
        verbose_name_plural = _("links to counter-notices")
        constraints = [models.UniqueConstraint(fields=["report", "story"], name="one_counter_link")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.story_id}"

    @property
    def code(self) -> str:
        """The private code, derived anew; "" where the key by which it was derived is gone."""
        return codes.known_code(self.seed, use="counter", known_hash=self.code_hash)

    def url(self) -> str:
        """The absolute address of the form; "" where the code is not known any more."""
        with translation.override(self.story.language):
            return settings.SITE_URL + reverse("copyright:counter", args=[self.code]) if self.code else ""

    def last_notice(self) -> CounterNotice | None:
        """What was sent by it last."""
        return self.notices.order_by("-pk").select_related("article").first()

    def withholds(self) -> bool:
        """Whether the article is off, and this report keeps it off."""
        article = self.story.article
        if article is None or article.status != article.Status.PUBLISHED:
            return False
        return article.withholdings.active().filter(reference=self.report.uid).exists()

    def may_send(self) -> bool:
        """Whether a counter-notice can be sent now: the first, or another after one that was not accepted."""
        last = self.last_notice()
        return self.withholds() and (last is None or last.status == last.Status.REJECTED)
