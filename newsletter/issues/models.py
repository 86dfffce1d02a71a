"""An issue of the newsletter, and the articles in it. What became of each copy is in the ledger (ledger.py)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from cms.text import clean_html, clean_line, plain_text
from cms.workflow import DESK_INDEX, DeskQuerySet
from newsletter.issues.mime import LARGEST, Edition
from newsletter.issues.moves import IssueMoves, Status

if TYPE_CHECKING:
    from newsletter.issues.ledger import DeliveryQuerySet

SLUG_LENGTH = 80


class IssueQuerySet(DeskQuerySet["Issue"]):
    """Issues by who may see them and by what the sender has to do with them."""

    def public(self) -> IssueQuerySet:
        """Those that readers may open on the web: approved, their time come, and not cancelled."""
        return self.filter(status__in=Issue.PUBLIC, public_at__lte=timezone.now())

    def newest_first(self) -> IssueQuerySet:
        """In the order of the list of past issues, which is the key of its pages."""
        return self.order_by("-public_at", "-pk")

    def going_out(self) -> IssueQuerySet:
        """Those whose time to be sent has come."""
        return self.filter(status=Status.SENDING, public_at__lte=timezone.now()).order_by("public_at", "pk")


class Issue(IssueMoves):
    """One issue in one language. Editions of it in other languages have the same slug."""

    Status = Status
    WAITING = (Status.WAITING, Status.IN_DOUBT)
    PUBLIC = (Status.SENDING, Status.PAUSED, Status.IN_DOUBT, Status.SENT)
    DECIDE = "newsletter.approve_issue"
    DESK_NAME = _("Newsletter issues")
    IN_MASTHEAD = True
    DESK_SEARCH = ("headline",)
    TRIAGE_HOURS = 0
    DECIDE_HOURS = 9

    headline = models.CharField(
        _("subject"), max_length=200, help_text=_("The subject of the mail, and the headline of the page on the web.")
    )
    intro = models.TextField(_("introduction"), blank=True, help_text=_("Stands above the articles."))
    articles = models.ManyToManyField(Article, through="IssueArticle", verbose_name=_("articles"))
    slug = models.SlugField(
        _("slug"),
        max_length=120,
        allow_unicode=True,
        blank=True,
        db_index=False,
        help_text=_("The end of its address. An edition in the other language has the same one. Empty: we make one."),
    )
    send_at = models.DateTimeField(
        _("send at"), null=True, blank=True, help_text=_("Empty: as soon as it is approved.")
    )
    public_at = models.DateTimeField(_("goes out"), null=True, blank=True, editable=False)
    begun_at = models.DateTimeField(_("recipients fixed"), null=True, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()  # type: ignore[misc]
    if TYPE_CHECKING:
        deliveries: DeliveryQuerySet

    class Meta:
        verbose_name = _("newsletter issue")
        verbose_name_plural = _("newsletter issues")
        ordering = ["-id"]
        permissions = [("approve_issue", _("Can approve newsletter issues, pause and cancel them"))]
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="one_issue_per_slug")]
        indexes = [
            models.Index(
                fields=DESK_INDEX, name="issue_waiting", condition=models.Q(status__in=["waiting", "in_doubt"])
            ),
            models.Index(fields=["language", "-public_at", "-id"], name="issue_public"),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, **kwargs: Any) -> None:
        """Save, with the texts cleaned and an address given."""
        self.tidy()
        super().save(**kwargs)

    def tidy(self) -> None:
        """Clean the texts and set the slug. Doing it twice changes nothing."""
        self.headline, self.intro = clean_line(self.headline), clean_html(self.intro)
        if not self.slug:
            words = slugify(self.headline, allow_unicode=True)[:SLUG_LENGTH].strip("-")
            self.slug = f"{words}-{secrets.token_hex(3)}".strip("-")

    def get_absolute_url(self) -> str:
        """The issue's page on the web, in its own language."""
        with translation.override(self.language):
            return reverse("newsletter:issue", args=[self.slug])

    def permalink(self) -> str:
        """The absolute address of that page."""
        return settings.SITE_URL + self.get_absolute_url()

    def readable_articles(self) -> list[Article]:
        """Its articles in their order, as far as readers may see them now: asked anew each time. One query."""
        found = Article.objects.published().filter(in_issues__issue=self)
        return list(found.for_cards().order_by("in_issues__position", "in_issues__pk"))

    def editions(self) -> dict[str, str]:
        """The addresses of its public editions in other languages, by language."""
        others = Issue.objects.public().filter(slug=self.slug).exclude(pk=self.pk)
        return {issue.language: issue.get_absolute_url() for issue in others}

    def check_ready(self) -> None:
        """Refuse what cannot go out; raises ValidationError that names each fault and its remedy."""
        faults: dict[str, Any] = {}
        if not self.headline:
            faults["headline"] = _("An issue needs a subject.")
        chosen = list(self.rows.select_related("article").order_by("position", "pk"))
        readable = {article.pk for article in self.readable_articles()}
        if not readable and not plain_text(self.intro):
            faults["intro"] = _("Write an introduction, or choose an article.")
        unread = [row.article.headline for row in chosen if row.article_id not in readable]
        if unread:
            text = _("Readers cannot open these articles; take them out: %(articles)s")
            faults["articles"] = text % {"articles": ", ".join(unread)}
        if not faults and (size := len(Edition(self, self.readable_articles()).html.encode())) > LARGEST:
            text = _("The HTML of the mail has %(size)s KB; mail programs cut it off at 100 KB. Shorten it.")
            faults["intro"] = text % {"size": size // 1024 + 1}
        if faults:
            raise ValidationError(faults)


class IssueArticle(models.Model):
    """An article's place in an issue."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="rows", db_index=False, verbose_name=_("issue"))
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        related_name="in_issues",
        limit_choices_to={"status": "published"},
        verbose_name=_("article"),
    )
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["issue", "article"], name="article_once_in_issue")]

    def __str__(self) -> str:
        return f"{self.position} {self.article}"
