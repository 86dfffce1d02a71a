"""The page of one chapter in the admin, where its rules are written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from cms.desk import change_url
from cms.fields import IN_ADMIN
from cms.odd_keys import OddKeys
from cms.workflow import Conflict
from submissions.guidelines.admin import TEXT, PartInline, amend, is_stale, may_read, may_write, touched
from submissions.guidelines.faults import checks_serving
from submissions.guidelines.models import Guidelines
from submissions.guidelines.rules import Rule


class RuleForm(forms.ModelForm):
    """One rule of a draft."""

    class Meta:
        widgets = {"number": forms.TextInput(attrs={"size": 6}), "text_en": TEXT, "text_zh_hans": TEXT}


class RuleInline(PartInline, admin.StackedInline):
    """A chapter's rules, with the checks that serve them."""

    model = Rule
    form = RuleForm
    fields = (("number", "key", "reason_code"), "text_en", "text_zh_hans", "served_by")
    readonly_fields = ("served_by",)

    @admin.display(description=gettext_lazy("automatic checks"))
    def served_by(self, rule: Rule) -> str:
        """The checks that serve the rule: they name it by its reason code."""
        return ", ".join(str(check.label) for check in checks_serving(rule.reason_code)) or "-"


class ChapterForm(forms.ModelForm):
    """A chapter's titles, on the version of the draft that was seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.guidelines.version


class ChapterAdmin(OddKeys):
    """One chapter of a version with its rules; reached from the version's page."""

    form = ChapterForm
    formfield_overrides = IN_ADMIN
    change_form_template = "submissions/guidelines_chapter.html"
    fields = ("seen", "number", "title_en", "title_zh_hans")
    readonly_fields = ("number",)
    inlines = (RuleInline,)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Chapters are found on their version's page."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see versions, and who writes them."""
        return may_read(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A chapter is added on its version's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only."""
        return may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A chapter is deleted on its version's page."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Chapters have no list of their own."""
        raise Http404

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The chapter's page. A save of a draft that somebody has changed meanwhile is a conflict."""
        chapter: Any = self.get_object(request, object_id)
        desk: Any = self.admin_site._registry[Guidelines]
        if chapter is not None and is_stale(request, chapter.guidelines):
            return desk.conflict(request, Conflict(chapter.guidelines))
        shown = {"version": chapter and chapter.guidelines, "title": str(chapter)}
        try:
            return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})
        except Conflict as conflict:
            return desk.conflict(request, conflict)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """It is saved with its rules, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save titles and rules as one edit of the draft, on the version that was seen."""
        chapter = form.instance
        own = {"title_en", "title_zh_hans"} & set(form.changed_data)
        amend(request, form, chapter.guidelines, parts=bool(own) or touched(formsets))
        chapter.save()
        super().save_related(request, form, formsets, change)

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the version."""
        return HttpResponseRedirect(change_url(Guidelines, obj.guidelines_id))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The log of decisions has it already."""
