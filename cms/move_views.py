"""What the buttons of the review page lead to: a move, the letters before they go, who is looking, and conflicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cms import presence
from cms.claims import LEAVES_THE_PAGE, still_seen
from cms.desk import change_url, status_name
from cms.models import User
from cms.numbers import whole_number
from cms.templatetags.desk import last_step
from cms.wording import rehearse, shown, worded, wordings_of
from cms.workflow import Conflict, DeskItem, Move, NotPermitted

if TYPE_CHECKING:
    DeskModelAdmin = admin.ModelAdmin[DeskItem]
else:
    DeskModelAdmin = admin.ModelAdmin


Refusal = ValidationError | NotPermitted | Conflict


class MoveViews(DeskModelAdmin):
    """The addresses that the review page posts to."""

    def get_urls(self) -> list[URLPattern]:
        """Add an address for the moves, one for their letters, and one that says who is looking."""
        meta = self.model._meta
        views: dict[str, Callable[..., HttpResponse]] = {
            "move/<slug:move>": self.move_view,
            "letter/<slug:move>": self.letter_view,
            "looking": self.looking,
        }
        added = []
        for address, view in views.items():
            name = f"{meta.app_label}_{meta.model_name}_{address.partition('/')[0]}"
            added.append(path(f"<int:pk>/{address}/", self.admin_site.admin_view(view), name=name))
        return [*added, *super().get_urls()]

    def review_context(self, request: HttpRequest, item: DeskItem | None) -> dict[str, Any]:
        """What the review page shows beside the form; a subclass fills it."""
        raise NotImplementedError

    def address(self, item: DeskItem, what: str, *args: str) -> str:
        """The address of the item's "move", "letter" or "looking"."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}", args=[item.pk, *args])

    def _asked(self, request: HttpRequest, pk: int, move: str) -> tuple[DeskItem, Move]:
        item = self.get_object(request, str(pk))
        spec = next((spec for spec in self.model.moves() if spec.name == move and spec.label), None)
        if item is None or spec is None:
            raise Http404
        return item, spec

    def _details(self, request: HttpRequest, item: DeskItem, spec: Move) -> dict[str, Any]:
        """What was sent with a button. Raises Conflict where no version was seen."""
        user: Any = request.user
        seen = whole_number(request.POST.get("seen", ""))
        if seen is None:
            raise Conflict(item)  # nobody can decide on what nobody has seen
        details: dict[str, Any] = {"by": user, "reason": request.POST.get("reason", "")}
        details["rules"] = [
            rule.number for rule in item.citable_rules() if rule.number in request.POST.getlist("rules")
        ]
        details["seen"] = still_seen(item, seen, user)
        if spec.colleague:
            colleague = whole_number(request.POST.get("to", "")) or 0
            details["to"] = User.objects.filter(pk=colleague).first()
        return details | self.more_of(request, spec)

    def more_of(self, request: HttpRequest, spec: Move) -> dict[str, Any]:
        """The details in the further fields of a move, its `more`; a kind that has any reads them."""
        return {}

    def move_view(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """Make one move and lead on: to what became of it, or back to the desk."""
        item, spec = self._asked(request, pk, move)
        if request.method != "POST":  # a page that was reloaded, or a sign-in that came in between
            return HttpResponseRedirect(change_url(self.model, pk))
        try:
            item, result = self._make(request, item, spec)
        except (ValidationError, NotPermitted, Conflict) as refusal:
            return self._answer(request, item, spec, refusal)
        if "X-Part" in request.headers:
            return self._side(request, item)
        # A step that leaves the status as it is has a name of its own in the log.
        made = status_name(item) if spec.target else last_step(item, item.decisions().order_by("-number")[0])
        messages.success(request, _("%(item)s: %(status)s.") % {"item": item, "status": made})
        return HttpResponseRedirect(
            reverse("admin:desk") if move in LEAVES_THE_PAGE else self._after(request, item, result)
        )

    def _make(self, request: HttpRequest, item: DeskItem, spec: Move, again: bool = True) -> tuple[DeskItem, Any]:
        """Make the move; return the item as it is then, and what the move made."""
        try:
            with worded(wordings_of(request.POST) if spec.letter else []):
                return item, getattr(item, spec.name)(**self._details(request, item, spec))
        except Conflict as conflict:
            seen, user = whole_number(request.POST.get("seen", "")), request.user
            if again and seen is not None and still_seen(item, seen, cast("User", user)) == conflict.item.version:
                # The page claimed the item in the very moment between our look and the lock.
                return self._make(request, conflict.item, spec, again=False)
            last = conflict.last
            if last is None or (last.actor, last.move, last.item) != (request.user, spec.name, item.uid):
                raise
            return conflict.item, None  # the second click of a double click: it is done
        except NotPermitted:
            fresh = type(item)._base_manager.get(pk=item.pk)
            if spec.name != "claim" or fresh.claimed_by != request.user:
                raise
            return fresh, None  # the page had claimed it by itself

    def letter_view(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        """Show the letters of a move as they would go, to be worded anew. Nothing is changed, nothing is mailed."""
        item, spec = self._asked(request, pk, move)
        if request.method != "POST" or not spec.letter:
            return HttpResponseRedirect(change_url(self.model, pk))
        if "_back" in request.POST:
            return self._refused(request, item, spec, None)
        try:
            return self._letter_page(request, item, spec)
        except (ValidationError, NotPermitted, Conflict) as refusal:
            return self._answer(request, item, spec, refusal)

    def _letter_page(
        self, request: HttpRequest, item: DeskItem, spec: Move, error: ValidationError | None = None
    ) -> HttpResponse:
        details = self._details(request, item, spec)
        letters = rehearse(item, spec.name, **details)
        typed = wordings_of(request.POST) if error else []
        faults: dict[str, list[str]] = error.message_dict if error else {}
        rows = []
        for number, letter in enumerate(letters):
            kept = typed[number] if number < len(typed) else None
            rows.append({
                "letter": letter,
                "subject": kept.subject if kept else shown(letter.subject),
                "text": kept.text if kept else shown(letter.body_text),
                "subject_faults": faults.get(f"letter-{number}-subject", []),
                "text_faults": faults.get(f"letter-{number}-text", []),
            })  # fmt: skip
        context = {
            **self.admin_site.each_context(request),
            "title": _("The letter before it goes"),
            "item": item,
            "move": spec,
            "rows": rows,
            "faults": faults,
            "details": details,
            "move_url": self.address(item, "move", spec.name),
            "letter_url": self.address(item, "letter", spec.name),
        }
        return render(request, "admin/letter.html", context, status=422 if error else 200)

    def looking(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who else has the item open, and what somebody has done with it since `seen`: a piece of the page."""
        item = self.get_object(request, str(pk))
        if item is None or not self.has_view_permission(request, item):
            raise Http404
        user: Any = request.user
        seen = whole_number(request.GET.get("seen", ""))
        later = list(item.decisions().filter(version__gt=seen)[:20]) if seen is not None else []
        others = [line for line in later if line.actor != user]
        context = {"others": presence.look(item, user), "item": item, "last": others[-1] if others else None}
        return render(request, "admin/looking.html", context)

    def _side(self, request: HttpRequest, item: DeskItem) -> HttpResponse:
        """The side column anew, for a script that made a move without leaving the page."""
        context = {**self.admin_site.each_context(request), **self.review_context(request, item)}
        context["has_change_permission"] = self.has_change_permission(request, item)
        response = render(request, "admin/side.html", context)
        response["X-Version"] = str(item.version)
        return response

    def _after(self, request: HttpRequest, item: DeskItem, result: Any) -> str:
        """Where the editor goes next: to what the move made, on with a claimed item, else back to the desk."""
        if isinstance(result, DeskItem) and self.admin_site._registry[type(result)].has_view_permission(request):
            return change_url(type(result), result.pk)
        if item.status in item.WAITING:
            return change_url(type(item), item.pk)
        return reverse("admin:desk")

    def _answer(self, request: HttpRequest, item: DeskItem, move: Move, refusal: Refusal) -> HttpResponse:
        """What a person sees whose move was refused: never without what was typed."""
        if isinstance(refusal, Conflict):
            return self.conflict(request, refusal)
        if isinstance(refusal, NotPermitted):
            return self._barred(request, item, move, refusal)
        if any(name.startswith("letter-") for name in getattr(refusal, "error_dict", {})):
            try:
                return self._letter_page(request, item, move, error=refusal)
            except (ValidationError, NotPermitted, Conflict) as later:
                return self._answer(request, item, move, later)
        return self._refused(request, item, move, refusal)

    def _refused(self, request: HttpRequest, item: DeskItem, move: Move, error: ValidationError | None) -> HttpResponse:
        """Show the review page again with what is missing (if anything is), and with the reason as it was typed."""
        shown = {
            "refused": move.name,
            "faults": error.messages if error else [],
            "typed_reason": request.POST.get("reason", ""),
        }
        request.method = "GET"
        response = self.change_view(request, str(item.pk), change_url(type(item), item.pk), extra_context=shown)
        response.status_code = 422 if error else 200
        return response

    def _barred(self, request: HttpRequest, item: DeskItem, move: Move, bar: NotPermitted) -> HttpResponse:
        """Say why this person may not make this move on this item, and give back what was typed."""
        user: Any = request.user
        if not move.allowed_to(user):
            raise bar
        fresh = type(item)._base_manager.get(pk=item.pk)
        return self.conflict(request, Conflict(fresh), bar=str(bar))

    def conflict(self, request: HttpRequest, conflict: Conflict, bar: str = "") -> HttpResponse:
        """Say who moved the item meanwhile, and give back everything that was typed. Nothing was changed or mailed."""
        seen = whole_number(request.POST.get("seen", ""))
        since = conflict.item.decisions()
        since = since.filter(version__gt=seen) if seen is not None else since.none()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Claimed by somebody else") if bar else _("Somebody was faster"),
            "item": conflict.item,
            "last": None if bar else conflict.last,
            "bar": bar,
            "since": list(since[:20]),
            "status": status_name(conflict.item),
            "typed": self.typed(request),
            "item_url": change_url(type(conflict.item), conflict.item.pk),
        }
        return render(request, "admin/conflict.html", context, status=409)

    def typed(self, request: HttpRequest) -> list[dict[str, str]]:
        """Everything that was sent with a form: rows of {"name", "value"}."""
        hidden = {"csrfmiddlewaretoken", "seen", "to"}
        return [
            {"name": self._label(name), "value": value}
            for name in request.POST
            if name not in hidden and not name.startswith("_") and not name.endswith("-name")
            for value in request.POST.getlist(name)
            if value
        ]

    def _label(self, name: str) -> str:
        names = {
            field.name: field.verbose_name for field in self.model._meta.get_fields() if hasattr(field, "verbose_name")
        }
        names |= {"reason": _("reason"), "rules": _("rules cited")}
        of_letter = {"subject": _("Subject"), "text": _("Text")}
        return str(names.get(name) or of_letter.get(name.rpartition("-")[2], name))
