"""Linking translations in the admin: "Translation of" finds an article by its headline, and joins its series."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from articles.models import Article, StaleTranslation
from cms.admin import SeenForm
from cms.models import User

FIELD = "translation_of"
BESIDES = "besides"
"""The parameter by which the list of the field leaves a language out."""


class OtherVersion(AutocompleteSelect):
    """Finds articles in any language but one."""

    language = ""

    def get_url(self) -> str:
        """The address that answers what is typed."""
        return f"{super().get_url()}?{urlencode({BESIDES: self.language})}"


class TranslatedForm(SeenForm):
    """Asks for an article that this one is a translation of; `series` is what follows from the answer."""

    translation_of = forms.ModelChoiceField(
        Article.objects.all(),
        label=_("Translation of"),
        required=False,
        # Any relation to articles tells the widget where to look; this one means the same.
        widget=OtherVersion(StaleTranslation._meta.get_field("original"), admin.site),
        help_text=_("Choose the same article in the other language: each page then links to the other. Empty: none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if FIELD in self.fields:
            self.other = other_version(self.instance) if self.instance.pk else None
            self.initial.setdefault(FIELD, self.other and self.other.pk)
            self.fields[FIELD].widget.language = self.instance.language

    def check_series(self, data: dict[str, Any]) -> None:
        """Put the series that the answer leads to into `data`; refuse one that has a version in this language."""
        language = data.get("language") or self.instance.language
        data["series"] = self._series(data.get(FIELD))
        chosen = data.get(FIELD)
        if chosen is not None and chosen.language == language:
            words = _("“%(headline)s” is in %(language)s, too. Choose the article in the other language.")
            self._refuse(words, chosen)
            return
        there = Article.objects.filter(series=data["series"], language=language).exclude(pk=self.instance.pk).first()
        if there is not None:
            words = _(
                "“%(headline)s” is its version in %(language)s already. Empty this field there, or choose another."
            )
            self._refuse(words, there)

    def _series(self, chosen: Article | None) -> uuid.UUID:
        """The chosen article's; the present one where nothing was chosen anew; one of its own where it was emptied."""
        present: uuid.UUID = self.instance.series
        if FIELD not in self.fields or self.add_prefix(FIELD) not in self.data:
            return present  # a form that did not ask
        if chosen is not None:
            return chosen.series
        return uuid.uuid4() if self.instance.pk and self.other else present

    def _refuse(self, words: Any, article: Article) -> None:
        language = dict(settings.LANGUAGES)[article.language]
        self.add_error(FIELD, words % {"headline": article.headline, "language": language})


def other_version(article: Article) -> Article | None:
    """The article's version in another language, whatever its status; None where it is alone."""
    return Article.objects.filter(series=article.series).exclude(pk=article.pk).order_by("pk").first()


def take_series(form: Any, article: Article, change: bool) -> bool:
    """Let the save write the series that the form leads to; say whether an article leaves another one for it."""
    wanted = form.cleaned_data["series"]
    if wanted == article.series:
        return False
    if change:
        form.changed_data.append("series")
    else:
        article.series = wanted
    return change


def leave_series(article: Article, *, by: User) -> None:
    """Close what waited because of a version that this article is no longer one of: nobody has to follow it."""
    waiting = StaleTranslation.objects.waiting()
    for row in waiting.filter(translation=article.pk) | waiting.filter(original=article.pk):
        row.drop(by=by)


class TranslatedAdmin(admin.ModelAdmin):
    """The list of the field, and the save of its answer."""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form of a new article. Where somebody else takes its place this moment, it says so, and by whom."""
        try:
            return super().add_view(request, form_url, extra_context)
        except IntegrityError:  # the form was checked before the other one's article was there: now it is
            uploads: Any = request.FILES
            for upload in uploads.values():
                upload.seek(0)
            return super().add_view(request, form_url, extra_context)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """What is typed into the field finds no article in the language that it asks others of."""
        if request.path.endswith("/autocomplete/") and (language := request.GET.get(BESIDES)):
            queryset = queryset.exclude(language=language)
        return super().get_search_results(request, queryset, search_term)
