"""The story: what a reader sent, until an editor has decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Picture
from articles.provenance import SOURCE_TYPES
from articles.reading_time import reading_minutes
from cms import codes
from cms.letters import enough_for_today, post
from cms.log import logged
from cms.text import clean_html, clean_line, plain_text
from cms.workflow import DESK_INDEX, DeskItem, move
from submissions.checks.ai import AI_USE
from submissions.mail.addresses import reply_address

if TYPE_CHECKING:
    from cms.models import User


class Story(DeskItem):
    """A reader's story. Its own text stays as it was sent; editors edit the article that becomes of it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        CHANGES_ASKED = "changes_asked", _("changes asked")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class ArrivedBy(models.TextChoices):
        FORM = "form", _("by the form")
        MAIL = "mail", _("by mail")

    WAITING = (Status.RECEIVED,)
    UNDECIDED = (Status.RECEIVED, Status.CHANGES_ASKED)
    DESK_NAME = _("Stories")

    section = models.ForeignKey("articles.Section", models.PROTECT, verbose_name=_("section"))
    headline = models.CharField(_("headline"), max_length=255)
    dek = models.TextField(_("dek"), blank=True, max_length=1000)
    body = models.TextField(_("body"))
    sources = models.JSONField(_("sources"), default=list, blank=True)
    byline = models.CharField(_("byline"), max_length=255, blank=True)
    anonymous = models.BooleanField(_("anonymous"), default=False)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    cover = models.ForeignKey("articles.Picture", models.PROTECT, null=True, blank=True, verbose_name=_("cover"))
    cover_source_type = models.CharField(_("origin of the cover"), max_length=40, choices=SOURCE_TYPES, blank=True)
    ai_use = models.CharField(_("use of AI"), max_length=12, choices=AI_USE, blank=True, default="", db_default="")
    guidelines = models.ForeignKey("submissions.Guidelines", models.PROTECT, verbose_name=_("guidelines"))
    guidelines_language = models.CharField(max_length=10)
    guidelines_sha256 = models.CharField(max_length=64)
    seed = models.CharField(max_length=32, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    article = models.OneToOneField(
        "articles.Article", models.PROTECT, null=True, blank=True, editable=False, related_name="story"
    )
    told_published = models.DateTimeField(null=True, editable=False)
    arrived_by = models.CharField(
        _("came"), max_length=10, choices=ArrivedBy, default=ArrivedBy.FORM, db_default=ArrivedBy.FORM.value
    )
    hook_verdict = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-id"]
        permissions = [("decide_story", _("Can decide on stories"))]
        indexes = [
            models.Index(fields=DESK_INDEX, name="story_waiting", condition=models.Q(status="received")),
            models.Index(
                fields=["id"],
                name="story_untold",
                condition=models.Q(status="accepted", told_published=None),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, **kwargs: Any) -> None:
        """Save, with the texts cleaned: the one sanitiser stands before the database too."""
        self.headline, self.byline = clean_line(self.headline), clean_line(self.byline)
        self.dek, self.body = clean_line(self.dek), clean_html(self.body)
        super().save(**kwargs)

    @property
    def reading_minutes(self) -> int:
        """Minutes to read, as the article would say."""
        return reading_minutes(plain_text(self.body), self.language)

    @property
    def code(self) -> str:
        """The contributor's private code, derived anew."""
        return codes.known_code(self.seed, use="receipt", known_hash=self.code_hash)

    def receipt_url(self) -> str:
        """The absolute address of the contributor's private page; of the page that asks for the code, where the key
        by which it was derived is gone."""
        with translation.override(self.language):
            if code := self.code:
                return settings.SITE_URL + reverse("submissions:receipt", args=[code])
            return settings.SITE_URL + reverse("submissions:receipt_ask")

    def citable_rules(self) -> list[Any]:
        """The rules of the version that the contributor agreed to, as far as a letter may cite them."""
        return [rule for chapter in self.guidelines.contents for rule in chapter.rules.all() if rule.reason_code]

    def cited(self, numbers: Sequence[str]) -> list[Any]:
        """The rules of these numbers; a number that is not citable is left out."""
        return [rule for rule in self.citable_rules() if rule.number in numbers]

    def printed_byline(self) -> str:
        """The byline that readers see: empty where the contributor stays anonymous."""
        return "" if self.anonymous else self.byline

    def receive(self, *, by: User, letter: str = "story_received") -> Story:
        """Save a story that has just come, log it, and write the receipt's letter where there is an address."""
        self.status = self.Status.RECEIVED
        with logged():
            self.enter(by=by, move="receive", guidelines=self.guidelines.number, arrived_by=str(self.arrived_by))
            if letter and not enough_for_today(letter, self.email):
                self.tell(letter)
        return self

    def tell(self, letter: str, **context: Any) -> None:
        """Write a letter to the contributor in the story's language, where there is an address."""
        if self.email:
            link = {"receipt_url": self.receipt_url(), "code": codes.printable(self.code)}
            reply_to = reply_address(self)
            post(letter, self.email, language=self.language, about=self, private=link, reply_to=reply_to, **context)

    @move(sources=WAITING, target=None, permission="submissions.decide_story", label=_("Claim"), key="c")
    def claim(self, *, by: User, reason: str) -> None:
        """Take the story on, so that no two people read it at once."""
        self.claimed_by, self.claimed_at = by, timezone.now()

    @move(
        sources=UNDECIDED,
        target=Status.ACCEPTED,
        permission="submissions.decide_story",
        label=_("Accept and edit"),
        key="a",
        weight="primary",
    )
    def accept(self, *, by: User, reason: str) -> Article:
        """Make the article's draft of the story, with a cover drawn by code where none was sent."""
        article = Article(
            language=self.language,
            section=self.section,
            headline=self.headline,
            dek=self.dek,
            byline=self.printed_byline(),
            body=self.body,
            cover=self.cover,
            sources=self.sources,
            origin=Article.Origin.READER,
            guidelines_number=self.guidelines.number,
            submitted_at=self.created,
            status=Article.Status.DRAFT,
        )
        if self.cover is None:
            Picture.objects.draw_cover(article)
        self.article = article.enter(by=by, move="draft", story=str(self.uid))
        self.note(article=str(article.uid))
        self.tell("story_accepted")
        return article

    @move(
        sources=WAITING,
        target=Status.CHANGES_ASKED,
        permission="submissions.decide_story",
        label=_("Ask for changes…"),
        reason=True,
        rules=True,
        key="r",
    )
    def ask_changes(self, *, by: User, reason: str, rules: Sequence[str] = ()) -> None:
        """Send the story back with what should change; the contributor sends it again from the receipt."""
        self.tell("story_changes_asked", reason=reason, rules=self.cited(rules))

    @move(
        sources=UNDECIDED,
        target=Status.DECLINED,
        permission="submissions.decide_story",
        label=_("Decline…"),
        reason=True,
        rules=True,
        key="d",
        weight="danger",
    )
    def decline(self, *, by: User, reason: str, rules: Sequence[str] = ()) -> None:
        """Turn the story down and say why."""
        self.tell("story_declined", reason=reason, rules=self.cited(rules))

    @move(
        sources=[Status.CHANGES_ASKED],
        target=Status.RECEIVED,
        permission="submissions.answer_for_contributor",
        label="",
    )
    def send_again(self, *, by: User, reason: str, **fields: Any) -> None:
        """Take the contributor's changed story, from the receipt page."""
        for name, value in fields.items():
            setattr(self, name, value)
        if self.cover and self.cover_source_type:
            self.cover.declare(self.cover_source_type)
        self.hook_verdict = None
        self.note(fields=sorted(fields))

    @move(
        sources=UNDECIDED,
        target=Status.WITHDRAWN,
        permission="submissions.answer_for_contributor",
        label="",
    )
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take the story back, from the receipt page."""
