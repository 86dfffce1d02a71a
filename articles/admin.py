"""Articles, sections, tags and pictures in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Picture, Section, Tag
from cms.admin import DeskAdmin, PublicAdmin, SeenForm
from cms.editor import BodyWidget
from cms.page_cache import site_changed
from cms.text import rich_text


class ArticleForm(SeenForm):
    """An article's fields; the body in the editor, its picture by upload."""

    upload = forms.FileField(
        label=_("New cover picture"), required=False, help_text=_("Replaces the cover when you save.")
    )
    upload_source_type = Picture._meta.get_field("source_type").formfield(label=_("Its origin"))

    class Meta:
        widgets = {"body": BodyWidget(attrs={"rows": 20}), "dek": forms.Textarea(attrs={"rows": 2})}

    def clean_body(self) -> str:
        """The one sanitiser, for editors too."""
        return rich_text(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        """Take a new cover in; its origin has to be declared with it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("upload") and not data.get("upload_source_type"):
            self.add_error("upload_source_type", _("Say where the picture comes from."))
        elif data.get("upload"):
            try:
                data["cover"] = Picture.objects.take_in(data["upload"], source_type=data["upload_source_type"])
            except forms.ValidationError as error:
                self.add_error("upload", error)
        if self.instance.status == Article.Status.PUBLISHED:
            self._check_still_printable(data)
        return data

    def _check_still_printable(self, data: dict[str, Any]) -> None:
        """What readers see may be changed, not emptied."""
        wanted = Article(**{name: data.get(name) for name in ("headline", "body", "cover", "cover_alt")})
        try:
            wanted.check_printable()
        except forms.ValidationError as error:
            self.add_error(None, error)
        if not data.get("published_at"):
            self.add_error("published_at", _("A published article keeps its time. To take it off, kill it."))


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    """Articles: edited here, moved by the buttons."""

    form = ArticleForm
    review_template = "articles/review.html"
    list_display = ["headline", "language", "section", "status", "published_at", "origin"]
    list_filter = ["status", "language", "section", "origin"]
    list_select_related = ["section"]
    search_fields = ["headline", "byline"]
    search_whole = (*DeskAdmin.search_whole, ("slug", None, _("slug")), ("external_id", None, _("id")))
    nothing_yet = _("There is no article yet. Accept a story, add an article here, or import some.")
    autocomplete_fields = ["tags", "cover"]
    fields = [
        "seen", "headline", "dek", "byline", "body", ("language", "section"), "tags",
        ("cover", "cover_alt"), ("upload", "upload_source_type"), ("slug", "published_at"), "series",
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The address of a published article stays: other sites link to it."""
        return ("slug", "language") if obj and obj.status == Article.Status.PUBLISHED else ()

    def begin(self, obj: Any) -> None:
        """An article begins as a draft."""
        obj.status = Article.Status.DRAFT

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new upload becomes the cover."""
        if form.cleaned_data.get("upload"):
            form.changed_data.append("cover")
            obj.cover = form.cleaned_data["cover"]
        for name in ("upload", "upload_source_type"):
            if name in form.changed_data:
                form.changed_data.remove(name)
        super().save_model(request, obj, form, change)
        if {"tags", "section", "headline"} & set(form.changed_data):
            Article.objects.filter(pk=obj.pk).update(related_at=None)


@admin.register(Section)
class SectionAdmin(PublicAdmin):
    """Sections."""

    few = True
    nothing_yet = _("There is no section yet. Add one: stories and articles need it.")
    list_display = ["name_en", "name_zh_hans", "slug", "position"]
    search_fields = ["name_en", "name_zh_hans", "slug"]


@admin.register(Tag)
class TagAdmin(PublicAdmin):
    """Tags."""

    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    search_whole = (("slug", None, _("slug")),)
    nothing_yet = _("There is no tag yet. Add one here; an import brings its own.")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A tag goes, its articles stay: they are not listed, for there may be a great many."""
        return [str(tag) for tag in objs], {}, set(), []


@admin.register(Picture)
class PictureAdmin(PublicAdmin):
    """Pictures: their origin and credit."""

    list_display = ["uid", "source_type", "width", "height", "credit", "created"]
    list_filter = ["source_type"]
    search_fields = ["credit", "sha256"]
    search_whole = (("uid", None, _("identifier")),)
    nothing_yet = _("There is no picture yet. They come in with stories and articles.")
    fields = ["source_type", "credit", "width", "height", "sha256", "declared", "rendered"]
    readonly_fields = ["width", "height", "sha256", "declared", "rendered"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pictures come in with stories and articles."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The worker forgets pictures that nothing uses."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A changed origin goes into the bytes of every copy too."""
        wanted = obj.source_type
        fresh = Picture.objects.get(pk=obj.pk)
        fresh.declare(wanted)
        Picture.objects.filter(pk=obj.pk).update(credit=obj.credit)
        transaction.on_commit(site_changed)
        if fresh.source_type != wanted:
            messages.warning(request, _("The file itself says that it is computer-generated: its origin stays."))
