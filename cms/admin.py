"""The admin of desk items: the review page, its buttons, and edits that lose nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cms.desk import change_url, status_name
from cms.models import Decision, Letter, User
from cms.page_cache import site_changed
from cms.templatetags.desk import STEPS
from cms.workflow import Conflict, DeskItem, Move

if TYPE_CHECKING:
    DeskModelAdmin = admin.ModelAdmin[DeskItem]
else:
    DeskModelAdmin = admin.ModelAdmin


class SeenForm(forms.ModelForm):
    """A form that knows which version of the item its user looks at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.version


class DeskAdmin(DeskModelAdmin):
    """A kind of desk item: buttons are the legal moves, edits save changed fields only, everything is logged."""

    form = SeenForm
    change_form_template = "admin/review.html"
    review_template = ""
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False

    def get_urls(self) -> list[URLPattern]:
        """Add the address that the buttons post to."""
        meta = self.model._meta
        view = self.admin_site.admin_view(self.move_view)
        name = f"{meta.app_label}_{meta.model_name}_move"
        return [path("<int:pk>/move/<slug:move>/", view, name=name), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing on the desk is deleted: it is declined, spiked or killed."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The review page. A save of a version that somebody else has moved answers 409 and keeps what was typed."""
        item = self.get_object(request, object_id)
        try:
            return super().change_view(
                request, object_id, form_url, {**self.review_context(request, item), **(extra_context or {})}
            )
        except Conflict as conflict:
            return self.conflict(request, conflict)

    def review_context(self, request: HttpRequest, item: DeskItem | None) -> dict[str, Any]:
        """What the review page shows beside the form: the item as printed, its moves and its log."""
        if item is None:
            return {}
        user: Any = request.user
        return {
            "item": item,
            "moves": [move for move in item.moves_for(user) if move.label],
            "bars": item.bars_for(user),
            "citable_rules": item.citable_rules(),
            "cited": request.POST.getlist("rules"),
            "decisions": item.decisions(),
            "letters": Letter.objects.filter(item=item.uid).order_by("created"),
            "review_template": self.review_template,
            "move_url": self._move_url(item, "MOVE").replace("/MOVE/", "/"),
        }

    def _move_url(self, item: DeskItem, move: str) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_move", args=[item.pk, move])

    def move_view(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """Make one move and lead on: to what became of it, or back to the desk."""
        item = self.get_object(request, str(pk))
        spec = next((spec for spec in self.model.moves() if spec.name == move and spec.label), None)
        if item is None or spec is None:
            raise Http404
        if request.method != "POST":  # a page that was reloaded, or a sign-in that came in between
            return HttpResponseRedirect(change_url(self.model, pk))
        seen = request.POST.get("seen", "")
        try:
            if not seen.isdecimal():
                raise Conflict(item)  # nobody can decide on what nobody has seen
            result = getattr(item, move)(
                by=request.user,
                reason=request.POST.get("reason", ""),
                rules=[rule.number for rule in item.citable_rules() if rule.number in request.POST.getlist("rules")],
                seen=int(seen),
            )
        except ValidationError as error:
            return self._refused(request, item, spec, error)
        except Conflict as conflict:
            last = conflict.last
            if last is None or (last.actor, last.move, last.item) != (request.user, move, item.uid):
                return self.conflict(request, conflict)
            item, result = conflict.item, None  # the second click of a double click: it is done
        messages.success(request, _("%(item)s: %(status)s.") % {"item": item, "status": status_name(item)})
        return HttpResponseRedirect(self._after(request, item, result))

    def _after(self, request: HttpRequest, item: DeskItem, result: Any) -> str:
        """Where the editor goes next: to what the move made, on with a claimed item, else back to the desk."""
        if isinstance(result, DeskItem) and self.admin_site._registry[type(result)].has_view_permission(request):
            return change_url(type(result), result.pk)
        if item.status in item.WAITING:
            return change_url(type(item), item.pk)
        return reverse("admin:desk")

    def _refused(self, request: HttpRequest, item: DeskItem, move: Move, error: ValidationError) -> HttpResponse:
        """Show the review page again with what is missing, and with the reason as it was typed."""
        shown = {
            "refused": move.name,
            "faults": error.messages,
            "typed_reason": request.POST.get("reason", ""),
        }
        request.method = "GET"
        response = self.change_view(request, str(item.pk), change_url(type(item), item.pk), extra_context=shown)
        response.status_code = 422
        return response

    def conflict(self, request: HttpRequest, conflict: Conflict) -> HttpResponse:
        """Say who moved the item meanwhile, and give back everything that was typed. Nothing was changed or mailed."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Somebody was faster"),
            "item": conflict.item,
            "last": conflict.last,
            "status": status_name(conflict.item),
            "typed": self.typed(request),
            "item_url": change_url(type(conflict.item), conflict.item.pk),
        }
        return render(request, "admin/conflict.html", context, status=409)

    def typed(self, request: HttpRequest) -> list[dict[str, str]]:
        """Everything that was sent with a form: rows of {"name", "value"}."""
        hidden = {"csrfmiddlewaretoken", "seen"}
        return [
            {"name": self._label(name), "value": value}
            for name in request.POST
            if name not in hidden and not name.startswith("_")
            for value in request.POST.getlist(name)
            if value
        ]

    def _label(self, name: str) -> str:
        names = {
            field.name: field.verbose_name for field in self.model._meta.get_fields() if hasattr(field, "verbose_name")
        }
        return str(names.get(name, _("reason") if name == "reason" else name))

    def save_model(self, request: HttpRequest, obj: DeskItem, form: Any, change: bool) -> None:
        """Save the fields that were changed, on the version that was seen; log it. Never writes the rest back."""
        user: Any = request.user
        if not change:
            self.begin(obj)
            obj.enter(by=user, move="draft")
            return
        many = {field.name for field in obj._meta.many_to_many}
        changed = {name: form.cleaned_data[name] for name in form.changed_data if name != "seen"}
        columns = {name: value for name, value in changed.items() if name not in many}
        fresh = type(obj)._base_manager.get(pk=obj.pk)
        if changed:
            fresh.amend(by=user, seen=form.cleaned_data.get("seen"), also=sorted(many & set(changed)), **columns)

    def begin(self, obj: DeskItem) -> None:
        """Set the first status of an item that is made in the admin."""
        raise PermissionDenied

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The log of decisions has it already."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The log of decisions has it already."""


class PublicAdmin(admin.ModelAdmin):
    """What readers see but no move changes (sections, tags): a change drops the kept pages."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and show it to readers."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(site_changed)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and show it to readers."""
        super().delete_model(request, obj)
        transaction.on_commit(site_changed)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete many, and show it to readers."""
        super().delete_queryset(request, queryset)
        transaction.on_commit(site_changed)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table that is looked at, never typed into."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from the system alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not deleted."""
        return False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The log."""

    list_display = ["number", "created", "actor_name", "what", "step", "reason"]
    list_filter = ["kind", "move"]
    search_fields = ["item", "reason"]
    ordering = ["-number"]

    @admin.display(description=_lazy("kind"), ordering="kind")
    def what(self, decision: Decision) -> str:
        """The kind in plain words."""
        return str(apps.get_model(decision.kind)._meta.verbose_name)

    @admin.display(description=_lazy("move"), ordering="move")
    def step(self, decision: Decision) -> str:
        """What became of the item, in plain words."""
        if decision.source == decision.target and decision.move in STEPS:
            return str(STEPS[decision.move]) % decision.details
        return status_name(apps.get_model(decision.kind), decision.target)


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Every letter, as it was sent, with its result."""

    list_display = ["created", "name", "to", "subject", "status", "attempts", "sent"]
    list_filter = ["status", "name", "language"]
    search_fields = ["to", "subject"]
    fields = [
        "name", "to", "language", "subject", "body_text", "status", "attempts", "next_attempt", "result", "created",
        "sent",
    ]  # fmt: skip


@admin.register(User)
class StaffAdmin(UserAdmin):
    """The newsroom's people."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Everybody but the system itself."""
        return super().get_queryset(request).filter(is_system=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has decided stays in the log: people are made inactive instead."""
        return False
