"""The guidelines in the admin: a new version is drafted here, chapter by chapter, and put in force by a button."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.admin import DeskAdmin, SeenForm
from cms.desk import change_url
from cms.fields import IN_ADMIN
from cms.workflow import Conflict, DeskItem
from submissions.guidelines.changes import Changes
from submissions.guidelines.faults import faults_of
from submissions.guidelines.models import PUBLISH, Guidelines
from submissions.guidelines.rules import Chapter, Rule

TEXT = AdminTextareaWidget(attrs={"rows": 3})


def _version_of(row: Any) -> Guidelines | None:
    return row.guidelines if isinstance(row, Chapter) else row


def may_write(request: HttpRequest, row: Any = None) -> bool:
    """Whether the user writes guidelines and, where a version or chapter is named, whether it is a draft."""
    user: Any = request.user
    version = _version_of(row)
    return user.has_perm(PUBLISH) and (version is None or version.status == Guidelines.Status.DRAFT)


def may_read(request: HttpRequest) -> bool:
    """Whether the user may see versions, drafts too."""
    user: Any = request.user
    return any(user.has_perm(name) for name in (PUBLISH, "submissions.view_guidelines"))


def is_stale(request: HttpRequest, version: Guidelines | None) -> bool:
    """Whether a form was sent of a version that somebody has changed since; its rows may be gone already."""
    return version is not None and request.method == "POST" and request.POST.get("seen") != str(version.version)


class PartInline(admin.options.InlineModelAdmin):
    """Rows of a draft: who may write the guidelines may write them."""

    extra = 1
    formfield_overrides = IN_ADMIN

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see the version."""
        return may_read(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        return may_write(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        return may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        return may_write(request, obj)


class ChapterInline(PartInline, admin.TabularInline):
    """A version's chapters; each leads to the page of its rules."""

    model = Chapter
    fields = ("number", "title_en", "title_zh_hans", "to_rules")
    readonly_fields = ("to_rules",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """The chapters with the number of their rules, in one query."""
        return super().get_queryset(request).annotate(rule_count=Count("rules"))

    @admin.display(description=gettext_lazy("rules"))
    def to_rules(self, chapter: Any) -> str:
        """The way to the page of the chapter's rules; a chapter that is not saved yet has none."""
        if not chapter.pk:
            return "-"
        return format_html('<a href="{}">{} ›</a>', change_url(Chapter, chapter.pk), self._rules(chapter.rule_count))

    @staticmethod
    def _rules(count: int) -> str:
        return ngettext("%(count)s rule", "%(count)s rules", count) % {"count": count}


class GuidelinesForm(SeenForm):
    """What is said of a version as a whole."""

    class Meta:
        widgets = {"changelog_en": TEXT, "changelog_zh_hans": TEXT}


class GuidelinesAdmin(DeskAdmin):
    """Versions of the guidelines: drafts are edited, those in force are read."""

    form = GuidelinesForm
    change_form_template = "submissions/guidelines_admin.html"
    review_template = "submissions/guidelines_review.html"
    few = True
    list_display = ["__str__", "status", "effective", "updated"]
    list_filter = ["status"]
    fields = ("seen", "effective", "changelog_en", "changelog_zh_hans")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see versions, and who writes them."""
        return may_read(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same people find them on the index."""
        return may_read(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new version needs one in force, as it begins as its copy."""
        return may_write(request) and Guidelines.objects.effective().exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only: what is in force stays as it was accepted."""
        return may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only, one at a time."""
        return obj is not None and may_write(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The chapters come with the copy."""
        return [ChapterInline] if obj else []

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A save of what somebody has changed meanwhile is a conflict before its rows are looked at."""
        version: Any = self.get_object(request, object_id)
        if is_stale(request, version):
            return self.conflict(request, Conflict(version))
        return super().change_view(request, object_id, form_url, extra_context)

    def review_context(self, request: HttpRequest, item: DeskItem | None) -> dict[str, Any]:
        """Add what is new in this version and, of a draft, what it still lacks."""
        context = super().review_context(request, item)
        if isinstance(item, Guidelines):
            before = item.before()
            context["before"] = before
            context["changes"] = Changes(before, item) if before else None
            context["lacking"] = faults_of(item, before) if item.status == Guidelines.Status.DRAFT else []
        return context

    def typed(self, request: HttpRequest) -> list[dict[str, str]]:
        """What was typed into the draft's own fields and into the rows of its chapters and rules."""
        return [field for field in super().typed(request) if field["name"]]

    def _label(self, name: str) -> str:
        prefix, _dash, rest = name.partition("-")
        if not rest:
            return super()._label(name)
        place, _dash, field = rest.partition("-")
        model = {"chapters": Chapter, "rules": Rule}[prefix]
        columns = {column.name: column for column in model._meta.concrete_fields if not column.is_relation}
        if not place.isdecimal() or field not in columns or field == "id":
            return ""  # the form's own bookkeeping
        return f"{model._meta.verbose_name} {int(place) + 1}: {columns[field].verbose_name}"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new version is a copy of the one in force; an old one is saved with its chapters, below."""
        user: Any = request.user
        if not change:
            obj.draft(by=user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what was changed on the version that was seen, the chapters with it, as one edit of the log."""
        if change:
            columns = {name: form.cleaned_data[name] for name in form.changed_data if name != "seen"}
            amend(request, form, form.instance, parts=touched(formsets), **columns)
        super().save_related(request, form, formsets, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Lead to the copy."""
        messages.success(request, _("%(version)s is a draft now. Readers do not see it.") % {"version": obj})
        return HttpResponseRedirect(change_url(Guidelines, obj.pk))

    def _after(self, request: HttpRequest, item: DeskItem, result: Any) -> str:
        return change_url(Guidelines, item.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft's chapters and rules go with it; nobody deletes them apart from an edit."""
        rows, counts, _needed, kept = super().get_deleted_objects(objs, request)
        return rows, counts, set(), kept

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Delete a draft, unless somebody has put it in force meanwhile."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Conflict as conflict:
            return self.conflict(request, conflict)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a draft, and log it."""
        obj.discard(by=request.user)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The log of decisions has it already."""


def amend(request: HttpRequest, form: Any, version: Guidelines, *, parts: bool, **columns: Any) -> None:
    """Count the version up and log which of its columns, and whether its chapters, were changed. Raises Conflict."""
    user: Any = request.user
    fresh = Guidelines.objects.get(pk=version.pk)
    fresh.amend(by=user, seen=form.cleaned_data["seen"], also=["chapters"] if parts else [], **columns)


def touched(formsets: Any) -> bool:
    """Whether any row was added, changed or deleted."""
    return any(found.has_changed() for found in formsets)
