"""The story: what a reader sent, until an editor has decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles.provenance import SOURCE_TYPES
from articles.reading_time import reading_minutes
from cms import codes
from cms.claims import claim_index
from cms.letters import enough_for_today, post
from cms.log import logged
from cms.models import Letter, LetterQuerySet, User
from cms.text import clean_html, clean_line, plain_text
from cms.workflow import DESK_INDEX
from submissions.appeal import Appeal, last_day
from submissions.checks.ai import AI_USE
from submissions.contributor_moves import ContributorMoves
from submissions.editor_moves import EditorMoves
from submissions.mail.addresses import reply_address
from submissions.story_status import UNDECIDED, StoryStatus

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.utils.functional import _StrPromise

RECEIPTS = ("story_received", "story_received_by_mail")


class Story(ContributorMoves, EditorMoves):
    """A reader's story. Its own text stays as it was sent; editors edit the article that becomes of it."""

    Status = StoryStatus

    class ArrivedBy(models.TextChoices):
        FORM = "form", _("by the form")
        MAIL = "mail", _("by mail")

    WAITING = (Status.RECEIVED,)
    UNDECIDED = UNDECIDED
    DESK_NAME = _("Stories")
    IN_MASTHEAD = True
    TAKES_TWO = frozenset({"accept", "decline"})

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
    told_edited = models.DateTimeField(null=True, editable=False)
    told_spiked = models.DateTimeField(null=True, editable=False)
    arrived_by = models.CharField(
        _("came"), max_length=10, choices=ArrivedBy, default=ArrivedBy.FORM, db_default=ArrivedBy.FORM.value
    )
    hook_verdict = models.JSONField(null=True, editable=False)
    newcomer = models.BooleanField(_("first story of this address"), null=True, editable=False)
    erased = models.DateTimeField(_("erased"), null=True, editable=False)

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-id"]
        permissions = [
            ("decide_story", _("Can decide on stories")),
            ("write_story", _("Can write to contributors")),
            ("erase_story", _("Can erase the personal data of stories")),
        ]
        indexes = [
            models.Index(
                fields=[*DESK_INDEX, "section", "newcomer", "flagged"],
                name="story_waiting",
                condition=models.Q(status="received"),
            ),
            claim_index("story_claimed"),
            models.Index(Lower("email"), "id", name="story_email"),
            models.Index(fields=["byline", "id"], name="story_byline"),
            models.Index(
                fields=["id"],
                name="story_untold",
                condition=models.Q(status="accepted", told_published=None),
            ),
            models.Index(fields=["status", "waiting_since"], name="story_unerased", condition=models.Q(erased=None)),
        ]

    def __str__(self) -> str:
        return self.headline or str(_("erased story"))

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

    def tell(self, letter: str, *, private: dict[str, str] | None = None, **context: Any) -> None:
        """Write a letter to the contributor in the story's language, where there is an address.

        `private` are further texts that nobody else may read.
        A story whose receipt was held back gets no other letter either: the address may be a stranger's.
        """
        if self.email and (letter in RECEIPTS or self.letters().exists()):
            link = {"receipt_url": self.receipt_url(), "code": codes.printable(self.code)} | (private or {})
            reply_to = reply_address(self)
            post(letter, self.email, language=self.language, about=self, private=link, reply_to=reply_to, **context)

    def barred(self, by: User, move: str) -> str | _StrPromise:
        """A story that is being read stays as it is; one whose article is before its readers is not withdrawn."""
        if move == "send_again" and self.status == self.Status.RECEIVED and self.claimed_by_id:
            return _("An editor is reading your story. Write to the editor below instead.")
        if move == "withdraw" and self.article and self.article.status in self.article.BEFORE_READERS:
            return _("The article is published. Write to us and give your reason.")
        if move == "appeal":
            return self.appeal_bar()
        if move in {"erase", "reopen"} and self.erased:
            return _("What was sent was erased.")
        return super().barred(by, move)

    def barred_for_contributor(self, move: str) -> str:
        """Why the contributor may not make a move now; "" for one that may be made."""
        return str(self.barred(User.objects.system(), move))

    def letters(self) -> LetterQuerySet:
        """Every letter that was written about this story."""
        return Letter.objects.filter(item=self.uid)

    def appeal_until(self) -> date:
        """The last day on which a declined story's contributor may appeal."""
        return last_day(self.waiting_since)

    def appeal_from_today(self) -> date | None:
        """The last day for an appeal against a decline of today; None where there was one before."""
        return None if Appeal.objects.filter(story=self).exists() else last_day(timezone.now())

    def appeal_bar(self) -> str | _StrPromise:
        """Why there can be no appeal against a decline; "" where there can."""
        if Appeal.objects.filter(story=self).exists():
            return _("You have appealed before: the decision on an appeal is final.")
        if self.erased:
            return _("What was sent was erased.")
        return "" if timezone.localdate() <= self.appeal_until() else _("The six months for an appeal are over.")

    def erased_from(self) -> datetime:
        """When the worker erases the personal data of a declined or withdrawn story (guidelines, rule 12.4).

        Counted from the decision, or from that on the appeal.
        """
        appeal = Appeal.objects.filter(story=self).first()
        return max(self.waiting_since, appeal.waiting_since if appeal else self.waiting_since) + settings.RETENTION
