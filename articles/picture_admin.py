"""Pictures in the admin: where they come from, what must never be cut off, who made them, and where they are used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from articles.crops import SHAPES
from articles.licences import NEED_CREDIT
from articles.models import Article, Picture
from articles.provenance import settle
from cms.admin import PublicAdmin
from cms.page_cache import site_changed
from cms.workflow import DeskItem

SEARCHED = 20_000  # the latest articles, whose headlines a search looks into
FOUND = 500  # of them, whose covers it shows
_FOCUS: Any = forms.Script("focus.js", defer=True)  # Any: the stubs know scripts by their paths only


def users_of_pictures() -> list[models.ForeignObjectRel]:
    """The relations by which desk items use pictures; what people have not sent yet is nobody's to see."""
    related = Picture._meta.related_objects
    return [relation for relation in related if issubclass(relation.related_model, DeskItem)]


class PictureForm(forms.ModelForm):
    """A picture's words; its origin may be changed, not taken away."""

    def clean_source_type(self) -> str:
        """Readers must be able to tell where a picture comes from."""
        wanted: str = self.cleaned_data["source_type"]
        if not wanted and self.instance.source_type:
            raise forms.ValidationError(_("Choose an origin: it can be changed, not taken away."))
        return wanted

    def clean(self) -> dict[str, Any]:
        """A licence that asks for a name needs one, and one that is not in the list needs words."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("licence") in NEED_CREDIT and not data.get("credit"):
            self.add_error("credit", _("This licence asks for the name of who made the picture."))
        if data.get("licence") == "other" and not (data.get("licence_note") or data.get("licence_url")):
            self.add_error("licence_note", _("Say which licence it is, or give its address below."))
        return data


@admin.register(Picture)
class PictureAdmin(PublicAdmin):
    """Pictures come in with stories and articles; the worker forgets those that nothing uses."""

    form = PictureForm
    list_display = ["thumbnail", "said", "size", "credit", "used", "created"]
    list_filter = ["source_type", "licence"]
    search_fields = ["credit", "licence_note", "sha256"]
    search_whole = (("uid", None, _("identifier")),)
    nothing_yet = _("There is no picture yet. They come in with stories and articles.")
    list_per_page = 50
    fields = [
        "shown", ("focus_x", "focus_y"), "source_type", "origin", "credit", "licence", "licence_note", "licence_url",
        "used", "sha256", "rendered",
    ]  # fmt: skip
    readonly_fields = ["shown", "origin", "used", "sha256", "rendered"]
    show_full_result_count = False

    class Media:
        js = [_FOCUS]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Pictures come in with stories and articles."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The worker forgets pictures that nothing uses."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        """Pictures, with what a line says of the items that use them: a query more for each kind."""
        uses = [
            Prefetch(str(relation.get_accessor_name()), relation.related_model._base_manager.only("headline", "cover"))
            for relation in users_of_pictures()
        ]
        return super().get_queryset(request).prefetch_related(*uses)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Picture], search_term: str
    ) -> tuple[QuerySet[Picture], bool]:
        """Also the covers of the latest articles whose headline has the words."""
        found, doubled = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            latest = Article.objects.order_by("-pk").values("pk")[:SEARCHED]
            named = Article.objects.filter(pk__in=latest, headline__icontains=search_term.strip()).exclude(cover=None)
            covers = named.order_by("-pk").values_list("cover", flat=True)[:FOUND]
            found |= queryset.filter(pk__in=list(covers))
        return found, doubled

    @admin.display(description=_("picture"))
    def thumbnail(self, picture: Picture) -> SafeString:
        """A small copy; the line's link."""
        height = round(96 * picture.height / picture.width)
        return format_html(
            '<img class="thumbnail" src="{}" width="96" height="{}" alt="{}" loading="lazy">',
            picture.thumbnail_url, height, _("Picture %(number)s") % {"number": picture.pk},
        )  # fmt: skip

    @admin.display(description=_("origin"), ordering="source_type")
    def said(self, picture: Picture) -> str:
        """The origin that is printed, and whether an editor has still to decide on it."""
        doubt = format_html(' <span class="pill">{}</span>', _("in doubt")) if picture.is_in_doubt else ""
        return format_html("{}{}", picture.get_source_type_display() or "–", doubt)

    @admin.display(description=_("size"))
    def size(self, picture: Picture) -> str:
        """Width and height in pixels."""
        return f"{picture.width} × {picture.height}"

    @admin.display(description=_("used in"))
    def used(self, picture: Picture) -> str:
        """The articles and stories that have it, each a link."""
        items = [item for use in users_of_pictures() for item in getattr(picture, str(use.get_accessor_name())).all()]
        links = [(reverse(f"admin:{i._meta.app_label}_{i._meta.model_name}_change", args=[i.pk]), i) for i in items]
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or str(_("nothing"))

    @admin.display(description=_("picture"))
    def shown(self, picture: Picture) -> str:
        """The picture with its focal point, and how it is cut."""
        return render_to_string("admin/focal_point.html", {"picture": picture, "shapes": SHAPES})

    @admin.display(description=_("what is said of it"))
    def origin(self, picture: Picture) -> str:
        """What people and the file itself say of its origin."""
        return render_to_string("admin/picture_origin.html", {"picture": picture})

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        """Save what was changed. A new origin goes into the bytes of every copy, a new focal point into the crops.

        Who chooses an origin here in spite of what the file says has decided it.
        """
        changed = set(form.changed_data)
        fresh = Picture.objects.get(pk=obj.pk)
        if "source_type" in changed and settle(obj.source_type, fresh.declared)[0] != obj.source_type:
            messages.warning(request, _("The file itself says that it is computer-generated: its origin stays."))
        elif "source_type" in changed:
            fresh.declare(obj.source_type)
            if fresh.is_in_doubt:
                fresh.stand_by_origin()
        values = {name: getattr(obj, name) for name in changed - {"source_type"}}
        if {"focus_x", "focus_y"} & changed:
            values["rendered"] = None  # the crops are cut anew; until then pages show those there are
        if values:
            Picture.objects.filter(pk=obj.pk).update(**values)
        transaction.on_commit(site_changed)
