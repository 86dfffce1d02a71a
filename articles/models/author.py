"""Who writes here under their name: members of the newsroom and regular contributors who agreed to a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models.former_slug import Listing
from cms.text import clean_line


class AuthorQuerySet(models.QuerySet["Author"]):
    """Authors by what they are called."""

    def called(self, bylines: Iterable[str]) -> dict[str, Author]:
        """The authors whose name in some language is one of these bylines, by the byline; one query."""
        wanted = {byline for byline in bylines if byline}
        found = self.filter(Q(name_en__in=wanted) | Q(name_zh_hans__in=wanted)) if wanted else self.none()
        return {name: author for author in found for name in (author.name_en, author.name_zh_hans) if name in wanted}


class Author(Listing):
    """A person with a page. Nobody gets one by sending a story: contributors have no accounts, and may be anonymous."""

    name_en = models.CharField(_("name in English"), max_length=120)
    name_zh_hans = models.CharField(_("name in Chinese"), max_length=120, blank=True)
    about_en = models.TextField(_("about, in English"), max_length=1000, blank=True)
    about_zh_hans = models.TextField(_("about, in Chinese"), max_length=1000, blank=True)
    link = models.URLField(_("own page elsewhere"), blank=True)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name_en", "pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save, with lines that show what is stored."""
        self.name_en, self.name_zh_hans = clean_line(self.name_en), clean_line(self.name_zh_hans)
        self.about_en, self.about_zh_hans = clean_line(self.about_en), clean_line(self.about_zh_hans)
        super().save(**kwargs)

    def clean(self) -> None:
        """Refuse a link that is not https: it is printed on a public page."""
        if self.link and not self.link.startswith("https://"):
            raise ValidationError({"link": _("Give an address that begins with https://.")})

    @property
    def name(self) -> str:
        """The name in the language of the page; the other one where there is none."""
        return (self.name_zh_hans if get_language() == "zh-hans" else "") or self.name_en

    @property
    def about(self) -> str:
        """What is said of the author in the language of the page."""
        return self.about_zh_hans if get_language() == "zh-hans" else self.about_en

    def get_absolute_url(self) -> str:
        """The author's page in the language of the page."""
        return reverse("articles:author", args=[self.slug])
