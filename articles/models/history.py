"""What an article was before: its earlier texts (Revision) and its earlier addresses (Redirect).

Every change of an article, by an edit, a move or an import, passes `save_changed`. There the text that is replaced is
kept, in the transaction of the change; the text that stands is the article's own. So whoever never edits pays nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.workflow import DeskItem, move

if TYPE_CHECKING:
    from articles.models.article import Article
    from cms.models import User

TEXTS = ("headline", "dek", "byline", "body")
PUBLISHED = "published"


def texts_sha256(texts: Any) -> str:
    """SHA-256 of headline, dek, byline and body of an article or a revision."""
    return hashlib.sha256("\0".join(getattr(texts, name) for name in TEXTS).encode()).hexdigest()


class Revision(models.Model):
    """A text that an article had until it was changed. `version` is the article's own while it had it."""

    article = models.ForeignKey(
        "articles.Article", models.PROTECT, related_name="revisions", db_index=False, verbose_name=_("article")
    )
    version = models.PositiveIntegerField(_("version"))
    headline = models.CharField(_("headline"), max_length=255)
    dek = models.TextField(_("dek"), blank=True)
    byline = models.CharField(_("byline"), max_length=255, blank=True)
    body = models.TextField(_("body"), blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    replaced = models.DateTimeField(_("until"), default=timezone.now)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["article", "-version"]
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="one_text_a_version")]

    def __str__(self) -> str:
        return f"{self.version}: {self.headline}"


class RedirectQuerySet(models.QuerySet["Redirect"]):
    """Redirects by where they lead from."""

    def of(self, language: str, slug: str) -> Redirect | None:
        """The redirect from a former address, with its article; None where the address was nobody's."""
        return self.filter(language=language, slug=slug).select_related("article").first()


class Redirect(models.Model):
    """A slug that a published article had. It leads to the article, whatever its slug is by now: one hop."""

    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    slug = models.SlugField(_("slug"), max_length=120, allow_unicode=True, db_index=False)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="redirects")
    created = models.DateTimeField(default=timezone.now, editable=False)

    objects = RedirectQuerySet.as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [models.UniqueConstraint(fields=["language", "slug"], name="one_redirect_a_slug")]

    def __str__(self) -> str:
        return f"{self.language}/{self.slug}"


class Remembered(DeskItem):
    """An article's memory: what is replaced is kept before it is gone."""

    if TYPE_CHECKING:  # an article's own
        headline: str
        dek: str
        byline: str
        body: str
        slug: str
        has_run: Callable[[], bool]
        revisions: models.QuerySet[Revision]
        check_printable: Any

    class Meta:
        abstract = True

    def save_changed(self) -> None:
        """Keep the text and the address that go, then save what comes."""
        changed = set(self.changed())
        before = self._as_read
        if changed & set(TEXTS):
            kept = Revision(article_id=self.pk, version=before["version"], **{name: before[name] for name in TEXTS})
            kept.sha256 = texts_sha256(kept)
            kept.save(force_insert=True)
        if "slug" in changed and self.has_run():
            self._leave_address(before["slug"])
        super().save_changed()

    def _leave_address(self, slug: str) -> None:
        """Let the former address lead here; the new one, if it was ours before, leads nowhere else any more."""
        Redirect.objects.filter(language=self.language, slug=self.slug, article_id=self.pk).delete()
        Redirect.objects.update_or_create(language=self.language, slug=slug, defaults={"article_id": self.pk})

    @move(sources=["draft", PUBLISHED], target=None, permission="articles.change_article", label="", reason=True)
    def restore(self: Article, *, by: User, reason: str, version: int = 0) -> None:
        """Bring back an earlier text (by the version that had it). Raises ValidationError where there is none."""
        earlier = self.revisions.filter(version=version).first()
        if earlier is None:
            raise ValidationError(_("There is no such earlier text."))
        for name in TEXTS:
            setattr(self, name, getattr(earlier, name))
        self.note(restored=version)
        if self.status == PUBLISHED:
            self.check_printable()


def address_is_taken(article: Any, slug: str, language: str) -> str:
    """The headline of the other article whose address this slug is or was; "" where it is free."""
    others = type(article)._base_manager.filter(language=language).exclude(pk=article.pk)
    present = others.filter(slug=slug).values_list("headline", flat=True).first()
    if present is not None:
        return str(present)
    former = Redirect.objects.filter(language=language, slug=slug).exclude(article_id=article.pk)
    return str(former.values_list("article__headline", flat=True).first() or "")
