"""The admin of desk items: the review page, its buttons, and edits that lose nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cms import desk, presence
from cms.big_lists import BigListAdmin
from cms.claims import Claimable, still_seen
from cms.differences import text_changes
from cms.models import Letter, User
from cms.move_views import MoveViews
from cms.workflow import Conflict, DeskItem

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

TEXTS = ("headline", "dek", "body")
EDIT_SHOWN = 15 * 60  # seconds in which the page shows what one's own last save changed


class SeenForm(forms.ModelForm):
    """A form that knows which version of the item its user looks at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.version


class DeskAdmin(MoveViews, BigListAdmin):
    """A kind of desk item: buttons are the legal moves, edits save changed fields only, everything is logged."""

    form = SeenForm
    change_form_template = "admin/review.html"
    review_template = ""
    save_on_top = False
    search_whole: Any = (("uid", None, _("the identifier that the log tells")),)
    nothing_yet = _("Nothing is here yet. What comes in stands on the desk first.")

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns, the status in words."""
        return ["status_in_words" if name == "status" else name for name in super().get_list_display(request)]

    @admin.display(description=_("status"))
    def status_in_words(self, item: DeskItem) -> str:
        """The item's status as the desk calls it."""
        return desk.status_name(item)

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
        moves = [move for move in item.moves_for(user) if move.label]
        names = {move.name for move in moves}
        return {
            "item": item,
            "moves": moves,
            "opens": "claim" in names and item.status in item.WAITING,
            "colleagues": item.colleagues(user) if isinstance(item, Claimable) and "hand_over" in names else [],
            "others": presence.look(item, user),
            "looking_url": self.address(item, "looking"),
            "this_edit": self._this_edit(user, item),
            "bars": item.bars_for(user),
            "citable_rules": item.citable_rules(),
            "cited": request.POST.getlist("rules"),
            "decisions": item.decisions(),
            "letters": Letter.objects.filter(item=item.uid).order_by("created"),
            "review_template": self.review_template,
            "move_url": self.address(item, "move", "MOVE").replace("/MOVE/", "/"),
            "letter_url": self.address(item, "letter", "MOVE").replace("/MOVE/", "/"),
        }

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
            before = {name: getattr(fresh, name) for name in TEXTS if name in columns}
            seen = form.cleaned_data.get("seen")
            seen = seen and still_seen(fresh, seen, user)
            fresh.amend(by=user, seen=seen, also=sorted(many & set(changed)), **columns)
            if before:
                cache.set(_edit_key(user, fresh), (fresh.version, before), EDIT_SHOWN)

    def _this_edit(self, user: User, item: DeskItem) -> dict[str, SafeString]:
        """What the save that led to this page has changed: marked texts by name."""
        version, before = cache.get(_edit_key(user, item)) or (None, {})
        if version != item.version:
            return {}
        now = {name: getattr(item, name) for name in TEXTS if hasattr(item, name)}
        return text_changes(SimpleNamespace(**{**now, **before}), SimpleNamespace(**now)) if before else {}

    def begin(self, obj: DeskItem) -> None:
        """Set the first status of an item that is made in the admin."""
        raise PermissionDenied

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The log of decisions has it already."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The log of decisions has it already."""


def _edit_key(user: User, item: DeskItem) -> str:
    return f"edit:{user.pk}:{item.uid}"
