"""Keys that are none, in an address or a field of the admin: Django's own admin trips over some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db import DataError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from cms.numbers import whole_number
from cms.unseen import visible

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


MOST_WORDS = 30  # each is a condition on every column that is searched, and SQLite takes a thousand in all


def _keys(typed: Iterable[Any]) -> list[Any]:
    return [key for key in typed if whole_number(str(key)) is not None]


class KeySelect(AutocompleteSelect):
    """Finds one row by a part of its name."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        """The choice that is shown; what is no key has none, and the field says so."""
        return super().optgroups(name, _keys(value), attrs)


class KeysSelect(AutocompleteSelectMultiple):
    """Finds several rows."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> Any:
        """As for one."""
        return super().optgroups(name, _keys(value), attrs)


class OddKeys(ModelAdmin):
    """An admin that takes keys which are none for what they are."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row of a key; an empty name of a field is none."""
        return super().get_object(request, object_id, from_field or None)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; without its filters where their values are none that a column can have."""
        try:
            return super().changelist_view(request, extra_context)
        except (OverflowError, DataError):
            if request.method != "GET" or ERROR_FLAG in request.GET:
                raise
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")  # as Django does where a filter is unknown

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """What is found by the first words that can be seen: further ones would hardly make the rows fewer."""
        return super().get_search_results(request, queryset, " ".join(visible(search_term).split()[:MOST_WORDS]))

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> Any:
        """What an action does with those of the ticked rows that can be there."""
        sent: Any = request.POST.copy()
        sent.setlist(helpers.ACTION_CHECKBOX_NAME, _keys(sent.getlist(helpers.ACTION_CHECKBOX_NAME)))
        request.POST = sent
        return super().response_action(request, queryset, *args)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A field that is searched has a widget which knows keys."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """As for one row."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeysSelect(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
