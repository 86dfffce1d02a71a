"""The site-wide log in the admin: filters in the address, pages by number, and the whole of it as a file."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.admin import ReadOnlyAdmin
from cms.desk import change_url
from cms.log_export import FORMATS
from cms.log_filters import PAGE, LogFilters, move_names
from cms.models import Decision
from cms.numbers import whole_number
from cms.templatetags.desk import kind_name, log_lines


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The log."""

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the files."""
        export = self.admin_site.admin_view(self.export_view)
        return [path("export.<slug:form>", export, name="cms_decision_export"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A page of the log, the latest first; `before` is the number that the page lies below."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        filters = LogFilters(request.GET)
        found = filters.page(_before(request)) if filters.is_valid() else []
        shown = found[:PAGE]
        query = request.GET.copy()
        query.pop("before", None)
        here = query.urlencode()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Log"),
            "filters": filters,
            "lines": _in_words(request.user, shown),
            "filtered": any(request.GET.get(name) for name in filters.fields),
            "here": here,
            "first_url": f"?{here}" if "before" in request.GET else "",
            "next_url": f"?{here}{'&' if here else ''}before={shown[-1].number}" if len(found) > PAGE else "",
            "formats": list(FORMATS),
        }
        return render(request, "admin/log.html", context, status=200 if filters.is_valid() else 422)

    def export_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """The filtered log as a file, oldest first, written as it is read."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        filters = LogFilters(request.GET)
        if form not in FORMATS or not filters.is_valid():
            raise Http404
        content_type, write = FORMATS[form]
        response = StreamingHttpResponse(write(filters.after), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="log-{timezone.localdate()}.{form}"'
        return response


def _before(request: HttpRequest) -> int | None:
    """The `before` parameter. Raises Http404 where it is no number."""
    typed = request.GET.get("before", "")
    if not typed:
        return None
    if (number := whole_number(typed)) is None:
        raise Http404
    return number


def _in_words(user: Any, decisions: list[Decision]) -> list[dict[str, Any]]:
    """Each line with its kind, its item (where the user may see it) and its step in plain words."""
    items, moves = _items(user, decisions), move_names()
    rows = []
    for decision in decisions:
        try:
            model = apps.get_model(decision.kind)
        except LookupError:  # a kind that the house no longer has
            model = None
        words = log_lines(cast("Any", model), [decision])[0] if model else {"what": decision.target, "fields": []}
        title, url = items.get(decision.item, ("", ""))
        rows.append(
            {
                "decision": decision,
                "kind": kind_name(model) if model else decision.kind,
                "move": moves.get(decision.move, decision.move),
                "title": title,
                "url": url,
                **words,
            }
        )
    return rows


def _items(user: Any, decisions: list[Decision]) -> dict[uuid.UUID, tuple[str, str]]:
    """What the items of a page are called and where they are, one query a kind; only of kinds that `user` may see."""
    found: dict[uuid.UUID, tuple[str, str]] = {}
    for kind in {decision.kind for decision in decisions}:
        try:
            model = apps.get_model(kind)
        except LookupError:
            continue
        if not user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
            continue
        uids = {decision.item for decision in decisions if decision.kind == kind}
        for uid, pk, title in model._base_manager.filter(uid__in=uids).values_list("uid", "pk", model.DESK_TITLE):
            found[uid] = (str(title).strip(), change_url(model, pk))
    return found
