"""The article: what was accepted or written, edited, and published."""

from __future__ import annotations

import functools
import secrets
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from articles.models.article_queryset import ArticleQuerySet
from articles.models.corrected import Corrected
from articles.models.cover_gate import CoverGate, cover_faults
from articles.models.history import Remembered
from articles.models.preview import Previewed
from articles.models.scheduled import Scheduled
from articles.models.withholding import Withholding
from articles.reading_time import reading_minutes
from cms.claims import Claimable, claim_index
from cms.text import clean_html, clean_line, plain_text
from cms.workflow import DESK_INDEX, move

if TYPE_CHECKING:
    from cms.models import User

SLUG_LENGTH = 80


def address_of(language: str, slug: str) -> str:
    """The path of the article of this slug. A page has many: the part before the slug is made once a language."""
    return f"{_before_slugs(language, get_script_prefix())}{quote(slug)}/"


@functools.cache
def _before_slugs(language: str, _prefix: str) -> str:
    with translation.override(language):
        return reverse("articles:article", args=["-"]).removesuffix("-/")


class Article(Previewed, Scheduled, CoverGate, Corrected, Remembered, Claimable):
    """A text in one language. Its translations share its `series`."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        SPIKED = "spiked", _("spiked")
        KILLED = "killed", _("killed")

    class Origin(models.TextChoices):
        STAFF = "staff", _("written by the newsroom")
        READER = "reader", _("sent in by a reader")

    WAITING = (Status.DRAFT,)
    DECIDE = "articles.publish_article"
    BEFORE_READERS = (Status.PUBLISHED, Status.KILLED)
    DESK_NAME = _("Drafts")
    IN_MASTHEAD = True
    TRIAGE_HOURS = 0

    external_id = models.CharField(_("id"), max_length=100, unique=True, editable=False)
    series = models.UUIDField(_("series of translations"), default=uuid.uuid4, db_index=True)
    section = models.ForeignKey("articles.Section", models.PROTECT, verbose_name=_("section"))
    tags = models.ManyToManyField("articles.Tag", blank=True, verbose_name=_("tags"))
    authors = models.ManyToManyField(
        "articles.Author",
        blank=True,
        verbose_name=_("authors"),
        help_text=_("Printed in place of the byline, each with a link to their page."),
    )
    headline = models.CharField(_("headline"), max_length=255)
    dek = models.TextField(_("dek"), blank=True, max_length=1000)
    byline = models.CharField(_("byline"), max_length=255, blank=True)
    body = models.TextField(_("body"), blank=True)
    slug = models.SlugField(_("slug"), max_length=120, allow_unicode=True, blank=True, db_index=False)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    cover = models.ForeignKey("articles.Picture", models.PROTECT, null=True, blank=True, verbose_name=_("cover"))
    cover_alt = models.CharField(_("what the cover shows"), max_length=500, blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.STAFF)
    guidelines_number = models.PositiveSmallIntegerField(_("guidelines version"), null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    related = models.JSONField(default=list, editable=False)
    related_at = models.DateTimeField(null=True, editable=False)
    reading_minutes = models.PositiveSmallIntegerField(_("minutes to read"), default=1, editable=False)

    objects = ArticleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-id"]
        permissions = [
            ("publish_article", _("Can publish and spike articles")),
            ("kill_article", _("Can kill published articles")),
            ("correct_article", _("Can publish corrections")),
            ("withhold_article", _("Can withhold articles and lift it")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="one_slug_per_language"),
            models.UniqueConstraint(fields=["series", "language"], name="one_version_per_language"),
        ]
        indexes = [
            models.Index(
                fields=["language", "-published_at", "-id"],
                name="article_published",
                condition=models.Q(status="published"),
            ),
            models.Index(
                fields=["section", "language", "-published_at", "-id"],
                name="article_in_section",
                condition=models.Q(status="published"),
            ),
            # Which of a tag's or an author's articles are in a language, without a look at them.
            models.Index(
                fields=["id", "language", "published_at"],
                name="article_in_language",
                condition=models.Q(status="published"),
            ),
            models.Index(fields=[*DESK_INDEX, "section"], name="article_waiting", condition=models.Q(status="draft")),
            claim_index("article_claimed"),
            models.Index(
                fields=["language", "-published_at"], name="article_killed", condition=models.Q(status="killed")
            ),
            models.Index(
                fields=["id"],
                name="article_unrelated",
                condition=models.Q(related_at=None, status="published"),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, **kwargs: Any) -> None:
        """Save, with the texts cleaned and what follows from them (slug, reading time) kept right."""
        fields = kwargs.get("update_fields")
        self.tidy()
        if fields is not None:
            follows = {"reading_minutes"} if {"body", "language"} & set(fields) else set()
            kwargs["update_fields"] = {*fields, *follows}
        super().save(**kwargs)

    def save_changed(self) -> None:
        """Clean what was changed before anything compares or keeps it: what the cleaning undoes is no change."""
        if self.changed():
            self.tidy()
        super().save_changed()

    def has_run(self) -> bool:
        """Whether readers have ever been able to see it."""
        return self.published_at is not None and self.published_at <= timezone.now()

    def tidy(self) -> None:
        """Clean the texts and set what is derived from them. Doing it twice changes nothing."""
        self.headline, self.byline = clean_line(self.headline), clean_line(self.byline)
        self.dek, self.cover_alt = clean_line(self.dek), clean_line(self.cover_alt)
        self.cover_caption = clean_line(self.cover_caption)
        self.body = clean_html(self.body)
        self.slug = self.slug or self.suggested_slug()
        self.external_id = self.external_id or self.uid.hex
        self.reading_minutes = reading_minutes(plain_text(self.body), self.language)

    def suggested_slug(self) -> str:
        """A readable slug of the headline, with a few random characters so that it is nobody else's."""
        words = slugify(self.headline, allow_unicode=True)[:SLUG_LENGTH].strip("-")
        return f"{words}-{secrets.token_hex(3)}".strip("-")

    def get_absolute_url(self) -> str:
        """The article's page, always in its own language."""
        return address_of(self.language, self.slug)

    def permalink(self) -> str:
        """The absolute URL of the article's page."""
        return settings.SITE_URL + self.get_absolute_url()

    def translations(self) -> list[dict[str, str]]:
        """The readable versions in other languages, of an article read by `with_translations()`."""
        found = []
        for code, _name in settings.LANGUAGES:
            slug = getattr(self, f"slug_in_{code.replace('-', '_')}")
            if code != self.language and slug:
                url = address_of(code, slug)
                found.append({"language": code, "name": translation.get_language_info(code)["name_local"], "url": url})
        return found

    def versions(self) -> dict[str, str]:
        """The absolute URLs of the readable versions by language, of an article read by `with_translations()`."""
        others = {row["language"]: settings.SITE_URL + row["url"] for row in self.translations()}
        return {self.language: self.permalink(), **others}

    def is_withheld(self) -> bool:
        """Whether any withholding is active."""
        return self.withholdings.active().exists()

    def check_printable(self) -> None:
        """Refuse to publish what is not ready; raises ValidationError that names each fault and its remedy."""
        faults = {}
        if not self.headline:
            faults["headline"] = _("An article needs a headline.")
        if not plain_text(self.body):
            faults["body"] = _("An article needs a body.")
        faults |= cover_faults(self.cover, self.cover_alt)
        if faults:
            raise ValidationError(faults)

    @move(
        sources=[Status.DRAFT],
        target=Status.PUBLISHED,
        permission="articles.publish_article",
        label=_("Publish"),
        key="p",
        weight="primary",
    )
    def publish(self, *, by: User, reason: str) -> None:
        """Put the article before its readers, now or at the time that is set, and say who answers for it."""
        self.check_printable()
        self.published_at = self.published_at or timezone.now()
        self.related_at = None
        self.answer_for(by)

    @move(
        sources=[Status.DRAFT],
        target=Status.SPIKED,
        permission="articles.publish_article",
        label=_("Spike…"),
        reason=True,
        key="s",
        weight="danger",
    )
    def spike(self, *, by: User, reason: str) -> None:
        """Decide that the draft never runs."""

    @move(
        sources=[Status.SPIKED],
        target=Status.DRAFT,
        permission="articles.publish_article",
        label=_("Take up again"),
    )
    def revive(self, *, by: User, reason: str) -> None:
        """Take a spiked draft up again."""

    @move(
        sources=[Status.PUBLISHED],
        target=Status.KILLED,
        permission="articles.kill_article",
        label=_("Kill…"),
        reason=True,
        weight="danger",
    )
    def kill(self, *, by: User, reason: str) -> None:
        """Take the article off for good: its address answers 410."""

    @move(
        sources=[Status.PUBLISHED],
        target=None,
        permission="articles.withhold_article",
        label="",
        reason=True,
    )
    def withhold(
        self, *, by: User, reason: str, reference: uuid.UUID, law: str, claimant: str, is_person: bool = True
    ) -> None:
        """Take the article off while it is in question: its address answers 451 (RFC 7725)."""
        Withholding.objects.create(
            article=self, reference=reference, law=law, claimant=claimant, claimant_is_person=is_person
        )
        self.note(report=str(reference))

    @move(
        sources=[Status.PUBLISHED, Status.KILLED],
        target=None,
        permission="articles.withhold_article",
        label="",
        reason=True,
    )
    def lift(self, *, by: User, reason: str, reference: uuid.UUID) -> None:
        """End what one report withheld; the article is back when no other report holds it."""
        self.withholdings.active().filter(reference=reference).update(lifted=timezone.now())
        self.note(report=str(reference))
