"""The copyright report, first form: received, upheld or declined; an upheld one can be reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles.models import Law, Withholding
from cms import codes
from cms.claims import claim_index
from cms.letters import enough_for_today, post
from cms.log import logged
from cms.suspicion import Suspectable
from cms.text import clean_line
from cms.workflow import DESK_INDEX, NotPermitted, move
from submissions.copyright.links import CounterLink
from submissions.story import Story

if TYPE_CHECKING:
    from articles.models import Article
    from cms.models import User


class CopyrightReport(Suspectable):
    """What a rights holder says of articles here. Nothing is withheld until a person has decided."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        UPHELD = "upheld", _("upheld")
        DECLINED = "declined", _("declined")
        REVERSED = "reversed", _("reversed")

    WAITING = (Status.RECEIVED,)
    DECIDE = "copyright.decide_report"
    DESK_TITLE = "work"
    DESK_NAME = _("Copyright reports")
    IN_MASTHEAD = True
    DESK_SEARCH = ("work", "name", "for_organisation")
    TRIAGE_HOURS, DECIDE_HOURS = 4, 18
    TAKES_TWO = frozenset({"uphold", "decline"})

    basis = models.CharField(_("legal basis"), max_length=10, choices=Law)
    name = models.CharField(_("name"), max_length=255)
    for_organisation = models.CharField(_("organisation"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254)
    address = models.TextField(_("postal address"), blank=True, max_length=1000)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    work = models.TextField(_("the work"), max_length=2000)
    urls = models.JSONField(_("addresses of the articles"), default=list)
    articles = models.ManyToManyField("articles.Article", related_name="copyright_reports", verbose_name=_("articles"))
    explanation = models.TextField(_("which part, and why"), max_length=5000)
    statements = models.JSONField(_("statements made"), default=list)
    statements_sha256 = models.CharField(max_length=64, blank=True)
    signature = models.CharField(_("signature"), max_length=255)
    seed = models.CharField(max_length=32, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("copyright report")
        verbose_name_plural = _("copyright reports")
        ordering = ["-id"]
        permissions = [("decide_report", _("Can uphold and decline copyright reports"))]
        indexes = [
            models.Index(fields=[*DESK_INDEX, "flagged"], name="report_waiting", condition=models.Q(status="received")),
            claim_index("report_claimed"),
        ]

    def __str__(self) -> str:
        return self.work[:80]

    def save(self, **kwargs: Any) -> None:
        """Save, with names in a form that shows what is stored."""
        self.name, self.for_organisation = clean_line(self.name), clean_line(self.for_organisation)
        self.signature, self.phone = clean_line(self.signature), clean_line(self.phone)
        super().save(**kwargs)

    @property
    def code(self) -> str:
        """The reporter's private code, derived anew."""
        return codes.known_code(self.seed, use="case", known_hash=self.code_hash)

    def case_url(self) -> str:
        """The absolute address of the reporter's private page; "" where the key by which it was derived is gone."""
        with translation.override(self.language):
            return settings.SITE_URL + reverse("copyright:case", args=[self.code]) if self.code else ""

    def receive(self, *, by: User, articles: list[Article]) -> CopyrightReport:
        """Save a report that has just come, log it, and write its receipt."""
        self.status = self.Status.RECEIVED
        with logged():
            self.enter(by=by, move="receive", basis=self.basis, articles=[str(found.uid) for found in articles])
            self.articles.set(articles)
            if not enough_for_today("report_received", self.email):
                self.tell("report_received")
        return self

    def private_texts(self) -> dict[str, str]:
        """What the reporter alone may read in a letter."""
        return {"case_url": self.case_url(), "code": codes.printable(self.code)}

    def tell(self, letter: str, **context: Any) -> None:
        """Write a letter to the reporter in the report's language."""
        post(letter, self.email, language=self.language, about=self, private=self.private_texts(), **context)

    def _tell_author(self, article: Article, letter: str, *, reason: str) -> None:
        """Write to the contributor whose story the article was, without a word of who reported it."""
        for story in Story.objects.filter(article=article):
            # A link is there from the decision on: who left no address finds it on the receipt page.
            link = CounterLink.objects.offer(self, story) if letter == "story_withheld" else None
            private = {"counter_url": link.url()} if link else {}
            story.tell(letter, private=private, headline=article.headline, reason=reason)

    def _each_article(self) -> list[Article]:
        """The reported articles, in the one order in which they are locked."""
        return list(self.articles.order_by("pk"))

    @move(
        sources=WAITING,
        target=Status.UPHELD,
        permission=["copyright.decide_report", "articles.withhold_article"],
        label=_("Uphold and withhold…"),
        reason=True,
        key="u",
        weight="danger",
        letter=True,
    )
    def uphold(self, *, by: User, reason: str) -> None:
        """Withhold every article that the report names and that is published; tell the reporter."""
        for article in self._each_article():
            if article.status == article.Status.PUBLISHED:
                article.withhold(
                    by=by,
                    reason=reason,
                    reference=self.uid,
                    law=self.basis,
                    claimant=self.for_organisation or self.name,
                    is_person=not self.for_organisation,
                )
                self._tell_author(article, "story_withheld", reason=reason)
        self.tell("report_upheld", reason=reason)

    @move(
        sources=WAITING,
        target=Status.DECLINED,
        permission="copyright.decide_report",
        label=_("Decline…"),
        reason=True,
        key="d",
        letter=True,
    )
    def decline(self, *, by: User, reason: str) -> None:
        """Leave the articles as they are and tell the reporter why."""
        self.tell("report_declined", reason=reason)

    @move(
        sources=[Status.UPHELD],
        target=Status.REVERSED,
        permission=["copyright.decide_report", "articles.withhold_article"],
        label=_("Reverse and restore…"),
        reason=True,
        weight="danger",
        letter=True,
    )
    def reverse(self, *, by: User, reason: str) -> None:
        """Lift what this report withheld (a retraction, a mistake, an appeal) and tell the reporter."""
        for article in self._each_article():
            if article.withholdings.active().filter(reference=self.uid).exists():
                article.lift(by=by, reason=reason, reference=self.uid)
                self._tell_author(article, "story_restored", reason=reason)
        self.tell("report_reversed", reason=reason)

    @move(
        sources=[Status.UPHELD],
        target=Status.REVERSED,
        permission=["copyright.decide_report", "articles.withhold_article"],
        label="",
        reason=True,
    )
    def run_out(self, *, by: User, reason: str) -> None:
        """End the report when counter-notices have brought back the last of its articles (17 USC 512(g)).

        Raises NotPermitted while it still withholds any.
        """
        if Withholding.objects.active().filter(reference=self.uid).exists():
            raise NotPermitted("the report still withholds an article")


from submissions.copyright.counter_notice import CounterNotice  # noqa: E402, F401  (a model of this app)
