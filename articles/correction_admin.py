"""Corrections in the admin: those published, what readers report, stale translations, and what an edit is asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Correction, CorrectionRequest, StaleTranslation
from articles.models.correction import LONGEST
from articles.models.stale_translation import FOLLOWED, TEXTS
from cms.admin import DeskAdmin, ReadOnlyAdmin, SeenForm
from cms.fields import LinesField

ASKED = ("correction", "one_language")
"""What the form of a published article asks besides its fields."""


class CorrectedForm(SeenForm):
    """What somebody who changes a published text is asked: whether readers are owed a correction, and who else is."""

    correction = LinesField(
        label=_("Correction for readers"),
        required=False,
        max_length=LONGEST,
        widget=AdminTextareaWidget(attrs={"rows": 3}),
        help_text=_(
            "If the text told readers something wrong, say here what was wrong and what is right now: it is published "
            "with this save, with today's date. Leave it empty where only wording or spelling changes."
        ),
    )
    one_language = forms.BooleanField(
        label=_("This concerns this language alone"),
        required=False,
        help_text=_("Spelling or style: the other versions need not be looked at. Otherwise they wait on the desk."),
    )


def asked(request: HttpRequest, article: Article | None) -> tuple[str, ...]:
    """Which of the questions the form of this article asks this person."""
    if article is None or not article.is_out() or not request.user.has_perm("articles.correct_article"):
        return ()
    return ASKED if others_of(article).exists() else ASKED[:1]


def others_of(article: Article) -> Any:
    """The other versions of an article that are kept up to date with it."""
    return Article.objects.filter(series=article.series, status__in=FOLLOWED).exclude(pk=article.pk)


def waiting_of(article: Article) -> dict[int, StaleTranslation]:
    """The rows of its other versions that wait, by their keys."""
    rows = StaleTranslation.objects.waiting().filter(translation__in=others_of(article))
    return {row.pk: row for row in rows}


def after_edit(request: HttpRequest, article: Article, form: Any, waited: dict[int, StaleTranslation]) -> None:
    """Publish the correction that came with an edit, settle what concerns one language alone, and ask for what is owed.

    `waited` are the rows of the other versions that waited before the edit. Raises NotPermitted.
    """
    user: Any = request.user
    correction = form.cleaned_data.get("correction", "")
    if correction:
        article.correct(by=user, reason=correction)
    if form.cleaned_data.get("one_language"):
        for pk, row in waiting_of(article).items():
            if pk not in waited:
                row.leave(by=user, reason=gettext("Said with the edit: it concerns the other language alone."))
    if set(TEXTS) & set(form.changed_data) and not correction and article.is_out():
        words = gettext(
            "Readers see the new text. If the old one told them something wrong, they are owed a correction:"
        )
        ask = format_html('{} <a href="#move-correct">{}</a>', words, gettext("Publish a correction"))
        messages.info(request, ask)


def check_correction(data: dict[str, Any], article: Article) -> None:
    """Refuse a correction of what nobody has seen. Raises ValidationError."""
    if data.get("correction") and not article.is_out():
        raise ValidationError(_("Readers have not seen this article yet: edit it, and no more."))


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """The corrections, as readers see them. A wrong one is put right by another one, from the article's page."""

    list_display = ["made", "language", "article", "text"]
    list_filter = ["language"]
    list_select_related = ["article"]
    search_fields = ["text", "article__headline"]
    fields = ["article", "language", "text", "made"]


class FromOutside(DeskAdmin):
    """A kind that nobody writes in the admin."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from readers, or from an edit."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row stays as it came; moves decide on it."""
        return False


@admin.register(CorrectionRequest)
class CorrectionRequestAdmin(FromOutside):
    """Errors that readers report: compared with the article, and settled by the buttons."""

    review_template = "articles/request_review.html"
    list_display = ["article", "language", "status", "created", "claimed_by"]
    list_filter = ["status", "language"]
    list_select_related = ["article", "claimed_by"]
    search_fields = ["article__headline", "wrong", "right"]
    readonly_fields = ("email", "created")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The reader's address is for those who may read letters."""
        return ("email", "created") if request.user.has_perm("cms.view_letter") else ("created",)


@admin.register(StaleTranslation)
class StaleTranslationAdmin(FromOutside):
    """Translations whose original has changed: what changed, beside the translation."""

    change_form_template = "articles/stale_page.html"
    review_template = "articles/stale_review.html"
    list_display = ["translation", "language", "original", "status", "changed_at", "claimed_by"]
    list_filter = ["status", "language"]
    list_select_related = ["translation", "original", "claimed_by"]
    search_fields = ["translation__headline", "original__headline"]
    readonly_fields = fields = ("translation", "original", "created", "changed_at")
