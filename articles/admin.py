"""Articles, sections, tags and pictures in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from articles import correction_admin, translation_admin
from articles.history_admin import HistoryViews
from articles.models import Article, Author, HomePlace, Page, Picture, Section, Tag
from articles.models.history import address_is_taken
from cms.admin import DeskAdmin, PublicAdmin
from cms.editor import BodyWidget
from cms.log import logged
from cms.models import User
from cms.text import rich_text
from cms.workflow import Conflict


class ArticleForm(translation_admin.TranslatedForm, correction_admin.CorrectedForm):
    """An article's fields; the body in the editor, its picture by upload."""

    upload = forms.FileField(
        label=_("New cover picture"), required=False, help_text=_("Replaces the cover when you save.")
    )
    upload_source_type = Picture._meta.get_field("source_type").formfield(label=_("Its origin"))

    class Meta:
        widgets = {"body": BodyWidget(attrs={"rows": 20}), "dek": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "published_at": format_lazy(
                _(
                    "Empty: the moment of “Publish”. A time ahead is an embargo: after “Publish”, readers see the "
                    "article then and not before. Time zone: {zone}."
                ),
                zone=settings.TIME_ZONE,
            )
        }

    def clean_body(self) -> str:
        """The one sanitiser, for editors too."""
        return rich_text(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        """Take a new cover in; its origin has to be declared with it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._take_in(data)
        self._check_address(data)
        self.check_series(data)
        if self.instance.status == Article.Status.PUBLISHED:
            self._check_still_printable(data)
        correction_admin.check_correction(data, self.instance)
        return data

    def _check_address(self, data: dict[str, Any]) -> None:
        """An address is one article's for good: where it led once, it leads on."""
        data["slug"] = slug = data.get("slug") or self.instance.slug  # emptied: it stays
        language = data.get("language", self.instance.language)
        other = address_is_taken(self.instance, slug, language) if slug else ""
        if other:
            words = _("This is or was the address of “%(headline)s”. Choose another.")
            self.add_error("slug", words % {"headline": other})

    def _take_in(self, data: dict[str, Any]) -> None:
        """Make the upload the cover, in the form too: whatever else is wrong, nobody has to choose the file again."""
        origin, cover = data.get("upload_source_type", ""), data.get("cover")
        try:
            if data.get("upload"):
                data["cover"] = cover = Picture.objects.take_in(data["upload"], source_type=origin)
                sent: Any = self.data
                self.data = sent = sent.copy()
                sent["cover"] = str(cover.pk)
            elif cover and origin and not cover.source_type:
                cover.declare(origin)
        except forms.ValidationError as error:
            self.add_error("upload", error)
            return
        if data.get("upload") and cover and not cover.source_type:
            self.add_error("upload_source_type", _("Say where the picture comes from."))

    def _check_still_printable(self, data: dict[str, Any]) -> None:
        """What readers see may be changed, not emptied."""
        wanted = Article(**{name: data.get(name) for name in ("headline", "body", "cover", "cover_alt")})
        try:
            wanted.check_printable()
        except forms.ValidationError as error:
            self.add_error(None, error)
        if not data.get("published_at"):
            self.add_error("published_at", _("A published article keeps its time. To take it off, kill it."))
        elif self.instance.has_run() and data["published_at"] > timezone.now():
            self.add_error("published_at", _("Readers have seen this article: its time cannot lie ahead."))


@admin.register(Article)
class ArticleAdmin(translation_admin.TranslatedAdmin, HistoryViews):
    """Articles: edited here, moved by the buttons."""

    form = ArticleForm
    review_template = "articles/review.html"
    list_display = ["headline", "language", "section", "status", "published_at", "origin"]
    list_filter = ["status", "language", "section", "origin"]
    list_select_related = ["section"]
    search_fields = ["headline", "byline"]
    search_whole = (*DeskAdmin.search_whole, ("slug", None, _("slug")), ("external_id", None, _("id")))
    nothing_yet = _("There is no article yet. Accept a story, add an article here, or import some.")
    autocomplete_fields = ["tags", "authors", "cover"]
    fields = [
        "seen", "headline", "dek", "byline", "authors", "body", ("language", "section"),
        translation_admin.FIELD, "tags",
        ("cover", "cover_alt"), "cover_caption", ("upload", "upload_source_type"), ("slug", "published_at"),
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A published article keeps its language; another slug leaves a redirect."""
        return ("language",) if obj and obj.status == Article.Status.PUBLISHED else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever edits what readers have seen is asked whether they are owed a correction."""
        fields = list(self.fields or [])
        after = fields.index("body") + 1
        return [*fields[:after], *correction_admin.asked(request, obj), *fields[after:]]

    def review_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Beside the form stand its time, its preview and its versions, what readers report, what it has to follow."""
        shared = item is not None and request.user.has_perm("articles.share_preview")
        return super().review_context(request, item) | {
            "side_template": "articles/side_article.html",
            "preview": item.live_preview() if shared else None,
            "other_version": translation_admin.other_version(item) if item else None,
            "zone": settings.TIME_ZONE,
        }

    def begin(self, obj: Any) -> None:
        """An article begins as a draft."""
        obj.status = Article.Status.DRAFT

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new upload becomes the cover; the article that this one translates gives its series."""
        if form.cleaned_data.get("upload"):
            form.changed_data.append("cover")
            obj.cover = form.cleaned_data["cover"]
        for name in ("upload", "upload_source_type", translation_admin.FIELD, *correction_admin.ASKED):
            if name in form.changed_data:
                form.changed_data.remove(name)
        moved = translation_admin.take_series(form, obj, change)
        with logged():
            waited = correction_admin.waiting_of(obj)
            try:
                super().save_model(request, obj, form, change)
            except IntegrityError:  # somebody else took the address, or the place in the series, this moment
                if not change:
                    raise
                raise Conflict(Article.objects.get(pk=obj.pk)) from None
            if moved:
                translation_admin.leave_series(obj, by=User.objects.system())
            correction_admin.after_edit(request, Article.objects.get(pk=obj.pk), form, waited)
        if {"tags", "section", "headline"} & set(form.changed_data):
            Article.objects.filter(pk=obj.pk).update(related_at=None)


@admin.register(Section)
class SectionAdmin(PublicAdmin):
    """Sections."""

    few = True
    nothing_yet = _("There is no section yet. Add one: stories and articles need it.")
    list_display = ["name_en", "name_zh_hans", "slug", "position"]
    search_fields = ["name_en", "name_zh_hans", "slug"]


class OfManyAdmin(PublicAdmin):
    """What stands on articles, and can be taken off all of them."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """It goes, its articles stay: they are not listed, for there may be a great many."""
        return [str(found) for found in objs], {}, set(), []


@admin.register(Author)
class AuthorAdmin(OfManyAdmin):
    """Authors with a page of their own."""

    list_display = ["name_en", "name_zh_hans", "slug"]
    search_fields = ["name_en", "name_zh_hans", "slug"]
    nothing_yet = _("There is no author yet. Add one here, then choose them in an article.")
    prepopulated_fields = {"slug": ["name_en"]}


class HomePlaceForm(forms.ModelForm):
    """One line of the list of places: its inputs have no label beside them, so they say themselves what they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
            field.help_text = ""  # a list prints none, and what is described by it would point nowhere


@admin.register(HomePlace)
class HomePlaceAdmin(PublicAdmin):
    """What stands first on the home pages."""

    few = True
    list_display = ["article", "position", "until"]
    list_editable = ["position", "until"]
    list_select_related = ["article"]
    autocomplete_fields = ["article"]
    nothing_yet = _("The home pages begin with the newest article. Add a place to put another one first.")

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> Any:
        """The lines' own form."""
        return super().get_changelist_form(request, form=HomePlaceForm, **options)


@admin.register(Tag)
class TagAdmin(OfManyAdmin):
    """Tags."""

    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    search_whole = (("slug", None, _("slug")),)
    nothing_yet = _("There is no tag yet. Add one here; an import brings its own.")


class PageForm(forms.ModelForm):
    """A page's text, in the editor."""

    class Meta:
        widgets = {"body": BodyWidget(attrs={"rows": 20})}

    def clean_body(self) -> str:
        """The one sanitiser, for editors too."""
        return rich_text(self.cleaned_data["body"])


@admin.register(Page)
class PageAdmin(PublicAdmin):
    """The pages on which the newsroom says who it is."""

    form = PageForm
    list_display = ["title", "key", "language", "updated"]
    list_filter = ["language"]
    search_fields = ["title", "body"]
    few = True
    nothing_yet = _("Nothing is said about the newsroom yet. Add a page: readers find it at the foot of every page.")
    fields = [("key", "language"), "title", "body"]


import articles.picture_admin  # noqa: E402, F401  (it registers the pictures)
