"""What a reader says is wrong in an article. It waits on the desk; accepted, it becomes a public correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.claims import Claimable, claim_index
from cms.letters import enough_for_today, post
from cms.log import logged
from cms.text import clean_line, clean_lines
from cms.workflow import DESK_INDEX, move

if TYPE_CHECKING:
    from cms.models import User


class CorrectionRequest(Claimable):
    """A reader's report of an error in one article; without an account, and without an address if they like."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        CORRECTED = "corrected", _("corrected")
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("declined")

    WAITING = (Status.RECEIVED,)
    DECIDE = "articles.decide_correctionrequest"
    DESK_TITLE = "article__headline"
    DESK_NAME = _("Reported errors")
    DESK_SEARCH = ("article__headline", "wrong", "right")
    TRIAGE_HOURS, DECIDE_HOURS = 4, 18

    article = models.ForeignKey(
        "articles.Article", models.PROTECT, related_name="requests", editable=False, verbose_name=_("article")
    )
    wrong = models.TextField(_("what is wrong"), blank=True, editable=False)
    right = models.TextField(_("what would be right"), blank=True, editable=False)
    source_url = models.CharField(_("source"), max_length=2000, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True, editable=False)
    seed = models.CharField(max_length=32, unique=True, editable=False)
    erased = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("reported error")
        verbose_name_plural = _("reported errors")
        ordering = ["-id"]
        permissions = [
            ("decide_correctionrequest", _("Can decide on errors that readers report")),
            ("erase_correctionrequest", _("Can erase who reported an error")),
        ]
        indexes = [
            models.Index(fields=DESK_INDEX, name="reported_waiting", condition=models.Q(status="received")),
            models.Index(
                fields=["waiting_since"],
                name="reported_to_erase",
                condition=models.Q(status__in=["corrected", "answered", "declined"], erased=None),
            ),
            claim_index("reported_claimed"),
        ]

    def __str__(self) -> str:
        return self.article.headline

    def receive(self, *, by: User) -> CorrectionRequest:
        """Save a report that has just come, log it and, where an address was given, write its receipt."""
        self.status, self.language = self.Status.RECEIVED, self.article.language
        self.wrong, self.right = clean_lines(self.wrong), clean_lines(self.right)
        self.source_url = clean_line(self.source_url)
        with logged():
            self.enter(by=by, move="receive", article=str(self.article.uid))
            if self.email and not enough_for_today("correction_received", self.email):
                self.tell("correction_received")
        return self

    def tell(self, letter: str, **context: Any) -> None:
        """Write a letter to the reader, in the language of the article, where an address was given."""
        if self.email:
            page = self.article.permalink()
            post(letter, self.email, language=self.language, about=self, article=self.article, page=page, **context)

    def others(self) -> models.QuerySet[CorrectionRequest]:
        """What other readers said of the same article: what waits first, then the newest."""
        waits = models.Case(models.When(status=self.Status.RECEIVED, then=0), default=1)
        same = CorrectionRequest.objects.filter(article=self.article_id).exclude(pk=self.pk)
        return same.order_by(waits, "-pk")[:20]

    @move(
        sources=WAITING,
        target=Status.CORRECTED,
        permission=["articles.decide_correctionrequest", "articles.correct_article"],
        label=_("Publish a correction…"),
        reason=True,
        key="a",
        weight="primary",
        asks=_("What was wrong, and what is right now (public, in the language of the article)"),
        letter=True,
    )
    def correct(self, *, by: User, reason: str) -> None:
        """Publish a correction in the editor's words and tell the reader; the same words are published once only."""
        article = self.article
        if clean_lines(reason) not in [text for text, _made in article.corrections()]:
            article.correct(by=by, reason=reason, request=self.uid)
        self.tell("correction_published", reason=reason)

    @move(
        sources=WAITING,
        target=Status.ANSWERED,
        permission="articles.decide_correctionrequest",
        label=_("Answer without a correction…"),
        reason=True,
        key="r",
        asks=_("Your answer (a slip of the pen that was put right, a question, a report that came before)"),
        letter=True,
    )
    def reply(self, *, by: User, reason: str) -> None:
        """Settle what no reader has to be told: a slip that was put right, or what was corrected before."""
        self.tell("correction_answered", reason=reason)

    @move(
        sources=WAITING,
        target=Status.DECLINED,
        permission="articles.decide_correctionrequest",
        label=_("Decline…"),
        reason=True,
        key="d",
        weight="danger",
        letter=True,
    )
    def decline(self, *, by: User, reason: str) -> None:
        """Leave the article as it is and tell the reader why."""
        self.tell("correction_declined", reason=reason)

    @move(
        sources=[Status.CORRECTED, Status.ANSWERED, Status.DECLINED],
        target=None,
        permission="articles.erase_correctionrequest",
        label=_("Erase personal data…"),
        reason=True,
        weight="danger",
    )
    def erase(self, *, by: User, reason: str) -> None:
        """Erase who reported the error and in which words; that it was reported, and what was decided, stays."""
        from articles.erasure import erase

        erase(self)
