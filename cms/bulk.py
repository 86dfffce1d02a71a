"""One move on many items: each in its own transaction, on the version that was seen, with a report at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.desk import PAGE, kinds, status_name
from cms.desk_filters import Filters
from cms.moves import Conflict, Move

if TYPE_CHECKING:
    from cms.models import User
    from cms.workflow import DeskItem


@dataclass
class Chosen:
    """An item that was ticked, the version that was seen, and what became of it."""

    item: DeskItem
    seen: int
    done: str = ""
    refused: str = ""

    @property
    def key(self) -> str:
        """As `Row.key`."""
        return f"{self.item.kind()}:{self.item.pk}:{self.seen}"


def bulk(request: HttpRequest) -> HttpResponse:
    """Ask which move, then make it. POST `item` (kind:pk:version, at most a page), then `move` and its details too."""
    user: Any = request.user
    keys = list(dict.fromkeys(request.POST.getlist("item")))
    if len(keys) > PAGE:
        messages.error(request, _("Choose at most %(number)s items at a time.") % {"number": PAGE})
        return HttpResponseRedirect(reverse("admin:desk"))
    chosen = _chosen(user, keys)
    if not chosen:
        messages.error(request, _("Tick what you want to move first."))
        return HttpResponseRedirect(reverse("admin:desk") + _query(request))
    moves, rules = shared_moves(user, [one.item for one in chosen]), _citable(chosen)
    move = next((move for move in moves if move.name == request.POST.get("move")), None)
    fault = _fault(request, move, user)
    if move and not fault:
        for one in chosen:
            _make(one, move, user, request.POST.get("reason", ""), _cited(request, rules[_under(one.item)]))
        return _report(request, move, chosen)
    context = {
        "title": _("Move several at once"),
        "chosen": chosen,
        "moves": moves,
        "rules": {rule.number: rule for found in rules.values() for rule in found}.values(),
        "asks": any(move.reason for move in moves),
        "cites": any(move.rules for move in moves),
        "typed": request.POST,
        "fault": fault,
        "cited": request.POST.getlist("rules"),
    }
    return _page(request, "admin/desk_bulk.html", context, status=422 if fault else 200)


def _fault(request: HttpRequest, move: Move | None, user: User) -> str:
    """What is missing before the move can be made; "" where nothing is, or nothing was asked for yet."""
    if move is None:
        return _("Choose what is to be done.") if "made" in request.POST else ""
    try:
        move.check(user, request.POST.get("reason", ""))
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _report(request: HttpRequest, move: Move, chosen: list[Chosen]) -> HttpResponse:
    """What was done and what was refused, and why."""
    done = sum(1 for one in chosen if one.done)
    context = {
        "title": _("What was done"),
        "chosen": chosen,
        "move": move,
        "done": done,
        "refused": len(chosen) - done,
    }
    return _page(request, "admin/desk_report.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    around = admin.site.each_context(request) | {"query": _query(request)}
    return render(request, template, around | context, status=status)


def _query(request: HttpRequest) -> str:
    """The filters of the list to go back to."""
    return Filters.read(dict(parse_qsl(request.POST.get("query", "").removeprefix("?")))).url()


def _chosen(user: User, keys: list[str]) -> list[Chosen]:
    """The items that were ticked and that `user` may look at, in the order of the list; one query a kind."""
    seen: dict[str, dict[int, int]] = {}
    for key in keys:
        kind, *numbers = key.split(":")
        if len(numbers) == 2 and all(number.isdecimal() and len(number) < 18 for number in numbers):
            seen.setdefault(kind, {})[int(numbers[0])] = int(numbers[1])
    found = {
        f"{model.kind()}:{item.pk}": Chosen(item, seen[model.kind()][item.pk])
        for model in kinds(user)
        if model.kind() in seen
        for item in model._base_manager.filter(pk__in=seen[model.kind()])
    }
    return [found[place] for key in keys if (place := key.rpartition(":")[0]) in found]


def shared_moves(user: User, items: list[DeskItem]) -> list[Move]:
    """The moves with a button that every kind among the items has under one name, for what waits, and `user` may make.

    Of the kinds' own declarations the one that asks for most is shown.
    """
    of_each = [
        {
            move.name: move
            for move in model.moves()
            if move.label
            and not move.colleague
            and move.allowed_to(user)
            and set(move.sources or ()) & set(model.WAITING)
        }
        for model in {type(item) for item in items}
    ]
    names = [name for name in of_each[0] if all(name in moves for moves in of_each)]
    return [max((moves[name] for moves in of_each), key=lambda move: (move.reason, move.rules)) for name in names]


def _under(item: DeskItem) -> tuple[str, Any]:
    """What decides which rules may be cited: the version of the guidelines, where a kind knows one."""
    return item.kind(), getattr(item, "guidelines_id", None)


def _citable(chosen: list[Chosen]) -> dict[tuple[str, Any], list[Any]]:
    """The rules that may be cited, read once for each kind and version of the guidelines."""
    examples = {_under(one.item): one.item for one in chosen}
    return {under: item.citable_rules() for under, item in examples.items()}


def _cited(request: HttpRequest, rules: list[Any]) -> list[str]:
    picked = set(request.POST.getlist("rules"))
    return [rule.number for rule in rules if rule.number in picked]


def _make(one: Chosen, move: Move, by: User, reason: str, rules: list[str]) -> None:
    """Make the move on one item, and note what became of it. Nothing that is refused stops the others."""
    try:
        getattr(one.item, move.name)(by=by, reason=reason, rules=rules, seen=one.seen)
        one.done = status_name(one.item)
    except Conflict as conflict:
        one.done, one.refused = _after(conflict, by, move)
    except ValidationError as error:
        one.refused = " ".join(error.messages)
    except PermissionDenied as error:
        one.refused = str(error)


def _after(conflict: Conflict, by: User, move: Move) -> tuple[str, str]:
    """What to say of an item that has moved on: that it is done already, by oneself, or who did what."""
    last = conflict.last
    if last and (last.actor_id, last.move) == (by.pk, move.name):
        return _("done before: not done again"), ""
    status = status_name(conflict.item)
    if last is None:
        return "", _("It has changed since you looked. It is now: %(status)s.") % {"status": status}
    words = {"name": last.actor_name, "status": status}
    return "", _("%(name)s was faster. It is now: %(status)s.") % words
