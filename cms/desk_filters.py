"""The desk's filters: read from the address, put upon every kind, and counted so that every combination is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.db.models import BigIntegerField, BooleanField, Case, Count, F, Field, Min, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from cms import desk
from cms.generations import generation
from cms.page_cache import pages

if TYPE_CHECKING:
    from cms.models import User
    from cms.workflow import DeskItem, DeskQuerySet

SEARCHED = 20_000  # items of each kind, those due first, that a search looks through
LONGEST_SEARCH = 100
ONLY_OF_SOME = ("section", "newcomer", "flagged")
"""Filters by a column that not every kind has: under them, kinds without it show nothing."""
_TYPES: dict[str, Field[Any, Any]] = {
    "section": BigIntegerField(), "newcomer": BooleanField(), "flagged": BooleanField(),
}  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What an address of the desk asks for; an empty part asks for nothing."""

    kind: str = ""
    language: str = ""
    section: str = ""
    whose: str = ""
    overdue: str = ""
    newcomer: str = ""
    flagged: str = ""
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """Read them from a query; a value that cannot be meant is left out."""
        given = {field.name: query.get(field.name, "").replace("\0", "").strip() for field in fields(cls)}
        given["language"] = given["language"] if given["language"] in dict(settings.LANGUAGES) else ""
        given["whose"] = given["whose"] if given["whose"] in {"mine", "unclaimed"} else ""
        given["section"] = given["section"] if given["section"].isascii() and given["section"].isdigit() else ""
        given["section"] = given["section"][:9]
        given |= {name: "1" if given[name] else "" for name in ("overdue", "newcomer", "flagged")}
        return cls(**given | {"q": given["q"][:LONGEST_SEARCH]})

    def url(self, **changes: str) -> str:
        """The query of an address with these filters, and `changes` upon them."""
        return "?" + urlencode({name: value for name, value in ({**vars(self)} | changes).items() if value})

    def hidden(self) -> list[tuple[str, str]]:
        """What a form that searches carries along."""
        return [(name, value) for name, value in vars(self).items() if value and name != "q"]

    def any(self) -> bool:
        """Whether anything is left out."""
        return any(vars(self).values())

    def querysets(self, user: User) -> list[DeskQuerySet[Any]]:
        """The items that wait under these filters, one queryset for each kind that can have any."""
        return [self.upon(model, user) for model in desk.kinds(user) if self.fit(model)]

    def fit(self, model: type[DeskItem]) -> bool:
        """Whether items of this kind can stand under the filters at all."""
        return self.kind in {"", model.kind()} and all(
            desk.has(model, name) for name in ONLY_OF_SOME if getattr(self, name)
        )

    def upon(self, model: type[DeskItem], user: User) -> DeskQuerySet[Any]:
        """The items of one kind that wait under these filters."""
        found = Q(language=self.language) if self.language else Q()
        found &= {"mine": Q(claimed_by=user), "unclaimed": Q(claimed_by=None)}.get(self.whose, Q())
        if self.overdue:
            found &= Q(due__lt=timezone.now())
        for name in ("newcomer", "flagged"):
            if getattr(self, name):
                found &= Q(**{name: True})
        waiting: DeskQuerySet[Any] = model.objects.waiting().filter(found)
        if self.section:  # the sum keeps SQLite from walking every story of the section, decided ones too
            waiting = waiting.alias(of_section=F("section_id") + 0).filter(of_section=int(self.section))
        if not self.q:
            return waiting
        words = Q()
        for name in model.DESK_SEARCH:
            words |= Q(**{f"{name}__icontains": self.q})
        return waiting.filter(words, pk__in=model.objects.waiting().due_first().values("pk")[:SEARCHED])


def waiting_for(user: User) -> list[dict[str, Any]]:
    """How much waits, by everything that can be filtered by: rows of {"kind", "language", …, "count"}.

    Whatever changes them begins a new generation, but for the time: they are kept until the next item is overdue.
    """
    key = f"waiting-for:{user.pk}:{generation()}"
    found: tuple[datetime | None, list[dict[str, Any]]] | None = pages.get(key)
    if found is None or (found[0] is not None and found[0] <= timezone.now()):
        found = _count(user)
        pages.set(key, found, settings.PAGE_CACHE_SECONDS)
    return found[1]


def _count(user: User) -> tuple[datetime | None, list[dict[str, Any]]]:
    """Count in one query, however many kinds there are; return also when the next item will be overdue."""
    kinds = {kind.kind(): kind for kind in desk.kinds(user)}
    if not kinds:
        return None, []
    now = timezone.now()
    first, *more = (_groups(kind, user, now) for kind in kinds.values())
    rows = list(first.union(*more, all=True))
    soonest = [row.pop("next") for row in rows]
    return min(filter(None, soonest), default=None), [row | {"kind": kinds[row["kind"]]} for row in rows]


def _groups(kind: type[DeskItem], user: User, now: datetime) -> Any:
    """One kind's part of the counts; NULL stands for a column that it does not have."""
    places = {name: Cast(Value(None), _TYPES[name]) for name in ONLY_OF_SOME if not desk.has(kind, name)}
    groups = {
        "own": _whether(Q(claimed_by=user)),
        "free": _whether(Q(claimed_by=None)),
        "late": _whether(Q(due__lt=now)),
    }
    counted = (
        kind.objects.waiting()
        .order_by()
        .values("language", *(name for name in ONLY_OF_SOME if name not in places), **groups)
        .annotate(count=Count("*"), next=Min("due", filter=Q(due__gte=now)))
    )
    named = counted.annotate(**places, kind=Value(kind.kind(), output_field=TextField()))
    return named.values("kind", "language", *ONLY_OF_SOME, *groups, "count", "next")


def _whether(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


_MATCHES: dict[str, Callable[[dict[str, Any], str], bool]] = {
    "kind": lambda row, value: row["kind"].kind() == value,
    "language": lambda row, value: row["language"] == value,
    "section": lambda row, value: str(row["section"]) == value,
    "whose": lambda row, value: bool(row["own" if value == "mine" else "free"]),
    "overdue": lambda row, value: bool(row["late"]),
    "newcomer": lambda row, value: bool(row["newcomer"]),
    "flagged": lambda row, value: bool(row["flagged"]),
}


def total(counts: list[dict[str, Any]], here: Filters) -> int:
    """How many items wait under these filters, a search left aside."""
    chosen = {name: value for name, value in vars(here).items() if value and name != "q"}
    return sum(row["count"] for row in counts if all(_MATCHES[name](row, value) for name, value in chosen.items()))


def side_column(here: Filters, user: User) -> list[dict[str, Any]]:
    """Every group of filters: {"heading", "entries"}, each entry with its address, count and whether it is chosen.

    A count says what the list would hold after a click. Where something is searched for there are none.
    """
    counts = waiting_for(user)

    def entry(label: Any, **changes: str) -> dict[str, Any]:
        there = replace(here, **changes)
        count = None if here.q else total(counts, there)
        return {"label": label, "count": count, "url": there.url(), "current": here == there}

    def switch(label: Any, name: str) -> dict[str, Any]:
        on = entry(label, **{name: "1"})
        return on | {"url": here.url(**{name: ""}), "pressed": True} if on["current"] else on

    whose = [(_("All waiting"), ""), (_("Mine"), "mine"), (_("Unclaimed"), "unclaimed")]
    return [
        {"heading": _("Whose"), "entries": [entry(label, whose=value) for label, value in whose]},
        {"heading": _("Only"), "entries": [switch(label, name) for label, name in _switches()]},
        *(
            {"heading": heading, "entries": [entry(label, **{name: value}) for label, value in values]}
            for name, heading, values in _choices(here, counts, user)
        ),
    ]


def _switches() -> list[tuple[str, str]]:
    """The filters that are on or off: (label, name)."""
    return [(_("Overdue"), "overdue"), (_("Flagged"), "flagged"), (_("First story of its sender"), "newcomer")]


def _choices(here: Filters, counts: list[dict[str, Any]], user: User) -> list[tuple[str, str, list[tuple[Any, str]]]]:
    """The filters of which one value is chosen: (name, heading, [(label, value)])."""
    codes = sorted({row["language"] for row in counts} | ({here.language} - {""}))
    kinds = [(_("Every kind"), ""), *((kind.DESK_NAME, kind.kind()) for kind in desk.kinds(user))]
    languages = [(_("Every language"), ""), *((_own_name(code), code) for code in codes)]
    sections = [(_("Every section"), ""), *((name, str(pk)) for pk, name in _sections())]
    return [
        ("kind", _("Kind"), kinds),
        ("language", _("Language"), languages),
        ("section", _("Section"), sections),
    ]


def _own_name(code: str) -> str:
    return get_language_info(code)["name_local"].capitalize()


def _sections() -> list[tuple[int, str]]:
    """The paper's sections: the model that the kinds' `section` leads to; `cms` knows no other app by name."""
    for model in apps.get_models():
        if getattr(model, "DESK_NAME", "") and desk.has(model, "section"):
            sections: Any = model._meta.get_field("section").related_model
            return [(row.pk, str(row)) for row in sections.objects.all()]
    return []
