"""The desk's pages: the list with its filters, and what has changed since it was shown."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.desk import PAGE, After, Row, kinds, waiting_rows
from cms.desk_filters import SEARCHED, Filters, side_column, total, waiting_for
from cms.desk_models import SavedView
from cms.generations import generation
from cms.models import Decision
from cms.workflow import DeskItem

_AFTER = re.compile(r"([0-9T:.+-]{19,32})_([0-9T:.+-]{19,32})_([0-9a-f]{32})")
MOST_NEW = 100  # new items that are counted; beyond, "more than"


def _cursor_of(text: str) -> After | None:
    """Read the `after` parameter: when the last row is due, since when it waits, its uid; None where there is none.

    Raises Http404 for anything else.
    """
    if not text:
        return None
    match = _AFTER.fullmatch(text)
    try:
        due, since = (parse_datetime(part) for part in match.groups()[:2]) if match else (None, None)
    except ValueError:
        due = since = None
    if match is None or due is None or since is None or due.tzinfo is None or since.tzinfo is None:
        raise Http404
    return due, since, uuid.UUID(match[3])


def address_after(row: Row | DeskItem) -> str:
    """The `after` parameter of the page that follows a row; "" for one whose clock is not set yet."""
    return f"{row.due.isoformat()}_{row.waiting_since.isoformat()}_{row.uid.hex}" if row.due else ""


def desk(request: HttpRequest) -> HttpResponse:
    """What waits, what is due first at the top. Filters are in the address; `after` pages."""
    user: Any = request.user
    here, shown_at = Filters.read(request.GET.dict()), timezone.now()
    rows = waiting_rows(here.querysets(user), _cursor_of(request.GET.get("after", "")))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    counts = waiting_for(user)
    views = SavedView.objects.filter(Q(user=user) | Q(shared=True)).select_related("user")[:100]
    context = {
        **admin.site.each_context(request),
        "title": _("Desk"),
        "here": here,
        "query": here.url(),
        "shown_at": shown_at.isoformat(),
        "rows": rows[:PAGE],
        "next_url": last and (after := address_after(last)) and here.url(after=after),
        "groups": side_column(here, user),
        "searched_in_part": SEARCHED if here.q and total(counts, Filters()) > SEARCHED else 0,
        "views": views,
        "may_share": user.has_perm("cms.share_savedview"),
    }
    return render(request, "admin/desk.html", context)


def news(request: HttpRequest) -> HttpResponse:
    """What has changed since a list was shown: {"fresh": text, "gone": {row: text}}; 304 where nothing has.

    `since` is when the list was shown, `row` each of its rows. The ETag is the site's generation, so an answer that
    nothing was decided costs no query beside that of the session.
    """
    place = f"{generation()}|{get_language()}|{request.user.pk}|{request.get_full_path()}"
    etag = f'"{hashlib.sha256(place.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    user: Any = request.user
    try:
        since = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        raise Http404
    found = Filters.read(request.GET.dict()).querysets(user)
    fresh = sum(waiting.filter(waiting_since__gt=since)[: MOST_NEW + 1].count() for waiting in found)
    answer = {"fresh": min(fresh, MOST_NEW), "gone": _gone(user, request.GET.getlist("row")[:PAGE])}
    return JsonResponse(answer, headers={"ETag": etag})


def _gone(user: Any, keys: list[str]) -> dict[str, str]:
    """Who has moved which of the rows since they were shown, in one query a kind and one of the log."""
    seen: dict[str, dict[int, str]] = {}
    for key in keys:
        kind, _colon, rest = key.partition(":")
        pk, _colon, version = rest.partition(":")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 18:
            seen.setdefault(kind, {})[int(pk)] = version
    moved: dict[uuid.UUID, str] = {}
    for model in kinds(user):
        shown = seen.get(model.kind(), {})
        rows = model._base_manager.filter(pk__in=shown).exclude(claimed_by=user).only("pk", "uid", "version")
        for item in rows if shown else []:
            if str(item.version) != shown[item.pk]:
                moved[item.uid] = f"{model.kind()}:{item.pk}:{shown[item.pk]}"
    lines = Decision.objects.filter(item__in=moved).order_by("number") if moved else []
    return {moved[line.item]: _("Meanwhile moved by %(name)s") % {"name": line.actor_name} for line in lines}
