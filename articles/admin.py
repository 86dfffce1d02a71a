"""Articles, sections, tags and pictures in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Page, Picture, Section, Tag
from cms.admin import DeskAdmin, PublicAdmin, SeenForm
from cms.editor import BodyWidget
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
        self._take_in(data)
        if self.instance.status == Article.Status.PUBLISHED:
            self._check_still_printable(data)
        return data

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


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    """Articles: edited here, moved by the buttons."""

    form = ArticleForm
    review_template = "articles/review.html"
    list_display = ["headline", "language", "section", "status", "published_at", "origin"]
    list_filter = ["status", "language", "section", "origin"]
    list_select_related = ["section"]
    search_fields = ["headline", "slug", "external_id"]
    autocomplete_fields = ["tags"]
    raw_id_fields = ["cover"]
    fields = [
        "seen", "headline", "dek", "byline", "body", ("language", "section"), "tags",
        ("cover", "cover_alt"), "cover_caption", ("upload", "upload_source_type"), ("slug", "published_at"), "series",
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

    list_display = ["name_en", "name_zh_hans", "slug", "position"]
    search_fields = ["name_en", "name_zh_hans", "slug"]


@admin.register(Tag)
class TagAdmin(PublicAdmin):
    """Tags."""

    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]


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
    fields = [("key", "language"), "title", "body"]


import articles.picture_admin  # noqa: E402, F401  (it registers the pictures)
