"""Lists of the admin that stay fast beside a million rows: never counted, walked by key, searched in parts.

Such a list is the latest first, by primary key, and has no other order. A page begins below the key of the last row
shown (`before`). Where a filter or a search narrows it, one page looks through at most WINDOW rows and offers to look
further back, so that words that stand nowhere cost no more than those that stand everywhere. What an index finds (an
identifier, an address: `search_whole`) is found among all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import CharField, Func, QuerySet, Value
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cms.fields import IN_ADMIN
from cms.numbers import whole_number
from cms.odd_keys import OddKeys
from cms.unseen import visible

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WINDOW = 20_000  # rows that one page of a narrowed list looks through
MOST_FOUND = 200  # rows that are found by a whole value
BEFORE = "before"
Fold = Callable[[Any], Any]


class UncountedPage(Page):
    """A page that knows whether another one follows, not how many do."""

    def __init__(self, rows: Sequence[Any], number: int, paginator: Paginator, *, more: bool) -> None:
        super().__init__(rows, number, paginator)
        self.more = more

    def has_next(self) -> bool:
        """Whether a row was read beyond this page."""
        return self.more


class UncountedPaginator(Paginator):
    """Pages by number without COUNT, for what asks for them so (autocomplete): one row more than a page is read."""

    def page(self, number: Any) -> UncountedPage:
        """The page of this number. Raises EmptyPage for numbers beyond what anybody scrolls to."""
        if not 1 <= int(number) <= 50:
            raise EmptyPage
        start = (int(number) - 1) * self.per_page
        rows = list(self.object_list[start : start + self.per_page + 1])
        return UncountedPage(rows[: self.per_page], int(number), self, more=len(rows) > self.per_page)


class BigChangeList(ChangeList):
    """The list itself. `next_before` leads to what follows, `looked_back` says that only a part was looked through."""

    model_admin: BigListAdmin
    next_before: int | None = None
    looked_back = False
    exact: list[Any]
    before: int | None

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows that the filters and the search leave; what was typed whole is looked up instead of searched."""
        typed, self.exact = self.query, []
        self.filter_params.pop(BEFORE, None)  # the page's key is no filter, and no link keeps it
        self.before = _key(self.params.pop(BEFORE, ""))
        if typed:
            self.exact = self.model_admin.find_whole(self.root_queryset, typed)
        self.query = "" if self.exact else typed
        try:
            found = super().get_queryset(request, exclude_parameters)
        finally:
            self.query = typed
        return found.filter(pk__in=self.exact) if self.exact else found

    def get_results(self, request: HttpRequest) -> None:
        """Read one page, below the key that the address names."""
        before, found = self.before, self.queryset.order_by("-pk")
        lowest = None
        if (self.query and not self.exact) or self.get_filters_params():
            latest = self.root_queryset.order_by("-pk").values_list("pk", flat=True).first() or 0
            top = latest + 1 if before is None else min(before, latest + 1)
            before, lowest = top, top - WINDOW
            found = found.filter(pk__gte=lowest)
        if before is not None:
            found = found.filter(pk__lt=before)
        rows = list(found[: self.list_per_page + 1])
        self.result_list = rows[: self.list_per_page]
        if len(rows) > self.list_per_page:
            self.next_before = self.result_list[-1].pk
        elif lowest is not None and self.root_queryset.filter(pk__lt=lowest).order_by("pk").exists():
            self.next_before, self.looked_back = lowest, True
        self._say_nothing_of_counts()

    def _say_nothing_of_counts(self) -> None:
        self.result_count, self.full_result_count = len(self.result_list), None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = bool(self.result_list)
        self.paginator = UncountedPaginator(self.result_list, self.list_per_page)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter leaves rows out."""
        return bool(self.query or self.get_filters_params())

    @property
    def first_url(self) -> str:
        """The first page; "" where this is it."""
        return self.get_query_string() if self.before is not None else ""

    @property
    def next_url(self) -> str:
        """The page that follows; "" where none does."""
        return self.get_query_string({BEFORE: self.next_before}) if self.next_before is not None else ""


def _key(typed: str) -> int | None:
    """The key of the address, or None. Raises IncorrectLookupParameters for what is none."""
    if not typed:
        return None
    if (key := whole_number(typed)) is None:
        raise IncorrectLookupParameters
    return key


class ValueFilter(admin.SimpleListFilter):
    """A filter by a column whose values the code knows: no DISTINCT over the table finds them out."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """The rows of the chosen value."""
        return queryset.filter(**{str(self.parameter_name): self.value()}) if self.value() else None


class StatusFilter(ValueFilter):
    """By status, of a kind that declares a `Status`."""

    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The statuses of the kind."""
        return list(model_admin.model.Status.choices)


class LanguageFilter(ValueFilter):
    """By language."""

    title, parameter_name = _("language"), "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The languages of the site."""
        return list(settings.LANGUAGES)


class BigListAdmin(OddKeys):
    """What makes an admin's list a big one. `few = True` gives Django's own list back to tables of a few rows."""

    few = False
    formfield_overrides = IN_ADMIN
    list_per_page = 50
    paginator = UncountedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_whole: Sequence[tuple[str, Fold | None, str | _StrPromise]] = ()
    """What is looked up by an index when it is typed whole: the column, the database's function over which its index
    lies (or a plain one for what is stored folded), and what it is called."""
    nothing_yet: str | _StrPromise = _("Nothing is here yet.")
    """What an empty list says: how rows come into it."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that is not counted."""
        return ChangeList if self.few else BigChangeList

    def get_paginator(self, request: Any, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Paginator:
        """Pages that are not counted, but of a few rows."""
        return (Paginator if self.few else UncountedPaginator)(queryset, per_page, *args, **kwargs)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """A big list has one order, which its key has too."""
        return super().get_sortable_by(request) if self.few else ()

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The filters; those by status and language know their values."""
        own: dict[Any, Any] = {"status": StatusFilter, "language": LanguageFilter}
        return [own[name] if self._has_no_choices(name) else name for name in super().get_list_filter(request)]

    def _has_no_choices(self, name: Any) -> bool:
        if name not in ("status", "language"):
            return False
        field: Any = self.model._meta.get_field(name)
        return isinstance(field, CharField) and not field.choices

    def find_whole(self, queryset: QuerySet[Any], typed: str) -> list[Any]:
        """The keys of the rows of which one column of `search_whole` is what was typed."""
        found: list[Any] = []
        seen = visible(typed).strip()
        for name, fold, _label in self.search_whole if seen else ():
            try:
                rows = _of_value(queryset, name, fold, seen)
                found += rows.order_by("-pk").values_list("pk", flat=True)[:MOST_FOUND]
            except (ValidationError, ValueError):  # what was typed is no identifier
                continue
        return found

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """What a search finds; an autocomplete's, which has one list for all, in the latest rows."""
        found, twice = super().get_search_results(request, queryset, search_term)
        if self.few or not search_term or not request.path.endswith("/autocomplete/"):
            return found, twice
        if whole := self.find_whole(queryset, search_term):
            return queryset.filter(pk__in=whole), False
        latest = queryset.order_by("-pk").values_list("pk", flat=True).first() or 0
        return found.filter(pk__gt=latest - WINDOW), twice

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, which says what its search looks into."""
        made = super().get_changelist_instance(request)
        made.search_help_text = self._search_help() if made.search_fields and not self.few else made.search_help_text
        return made

    def _search_help(self) -> str:
        labels = [self._label(name) for name in self.search_fields]
        comma = pgettext("between the names of fields", ", ")
        said = [gettext("Looks into: %(fields)s.") % {"fields": comma.join(dict.fromkeys(labels))}]
        if whole := [str(label) for _name, _fold, label in self.search_whole]:
            said.append(gettext("Typed whole, found in every row: %(fields)s.") % {"fields": comma.join(whole)})
        return " ".join(said)

    def _label(self, lookup: str) -> str:
        field: Any = None
        model: Any = self.model
        for name in lookup.lstrip("^=@").split("__"):
            if name not in {found.name for found in model._meta.get_fields()}:
                break  # a lookup such as `startswith`
            field = model._meta.get_field(name)
            model = field.related_model or model
        return str(field.verbose_name) if field else lookup


def _of_value(queryset: QuerySet[Any], name: str, fold: Fold | None, typed: str) -> QuerySet[Any]:
    function: Any = fold
    if isinstance(fold, type) and issubclass(fold, Func):
        return queryset.alias(folded_value=function(name)).filter(folded_value=function(Value(typed)))
    return queryset.filter(**{name: function(typed) if fold else typed})
