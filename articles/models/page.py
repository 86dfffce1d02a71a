"""The pages on which a newsroom says who it is: what readers, and search engines, judge its word by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cms.text import clean_html, clean_line


class PageQuerySet(models.QuerySet["Page"]):
    """Pages by who may read them."""

    def in_language(self, language: str) -> PageQuerySet:
        """Pages of one language, in the order of the footer."""
        order = models.Case(*(models.When(key=key, then=place) for place, key in enumerate(Page.Key.values)))
        return self.filter(language=language).order_by(order)

    def versions(self) -> list[dict[str, str]]:
        """For each key that is written in any language: language -> absolute URL."""
        found: dict[str, dict[str, str]] = {}
        for page in self.only("key", "language").order_by("key", "language"):
            found.setdefault(page.key, {})[page.language] = settings.SITE_URL + page.get_absolute_url()
        return list(found.values())


class Page(models.Model):
    """One such page in one language. There is none until the newsroom has written it: nobody can write it for them."""

    class Key(models.TextChoices):
        ABOUT = "about", _("About us")
        MASTHEAD = "masthead", _("Masthead")
        ETHICS = "ethics", _("Ethics")
        CORRECTIONS = "corrections", _("Corrections policy")
        FACT_CHECKING = "fact-checking", _("Fact-checking")
        OWNERSHIP = "ownership", _("Ownership and funding")
        CONTACT = "contact", _("Contact")
        PRIVACY = "privacy", _("Privacy")

    key = models.CharField(_("which page"), max_length=20, choices=Key)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("body"))
    updated = models.DateTimeField(_("updated"), auto_now=True, editable=False)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page about the newsroom")
        verbose_name_plural = _("pages about the newsroom")
        ordering = ["key", "language"]
        constraints = [models.UniqueConstraint(fields=["key", "language"], name="one_page_per_language")]

    def __str__(self) -> str:
        return self.title

    def save(self, **kwargs: Any) -> None:
        """Save, through the one sanitiser."""
        self.title, self.body = clean_line(self.title), clean_html(self.body)
        super().save(**kwargs)

    def get_absolute_url(self) -> str:
        """The page's address, in its own language."""
        with translation.override(self.language):
            return reverse("articles:page", args=[self.key])
