"""Where an article runs (Section) and what it is about (Tag)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models.former_slug import Listing
from cms.text import clean_line


class Section(Listing):
    """A part of the paper, with a name in every language."""

    name_en = models.CharField(_("name in English"), max_length=60)
    name_zh_hans = models.CharField(_("name in Chinese"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_zh_hans if get_language() == "zh-hans" else self.name_en

    def get_absolute_url(self) -> str:
        """The section's page in the language of the page."""
        return reverse("articles:section", args=[self.slug])


class TagManager(models.Manager["Tag"]):
    """Finds tags by what people call them."""

    def named(self, names: Iterable[str]) -> list[Tag]:
        """Return the tags of these names, in their order, making those that are new."""
        wanted = {Tag.slug_of(name): clean_line(name)[:60] for name in names if clean_line(name)}
        have = self.in_bulk(list(wanted), field_name="slug")
        fresh = [Tag(slug=slug, name=name) for slug, name in wanted.items() if slug not in have]
        if fresh:
            self.bulk_create(fresh, ignore_conflicts=True)
            have = self.in_bulk(list(wanted), field_name="slug")
        return [have[slug] for slug in wanted]


class Tag(Listing):
    """A subject in one language."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True, allow_unicode=True)
    name = models.CharField(_("name"), max_length=60)

    objects = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def slug_of(name: str) -> str:
        """The slug of a tag's name; names without a letter get one from their hash."""
        words = slugify(clean_line(name)[:60], allow_unicode=True)
        return words or hashlib.sha256(name.encode()).hexdigest()[:12]

    def get_absolute_url(self) -> str:
        """The tag's page in the language of the page."""
        return reverse("articles:tag", args=[self.slug])
