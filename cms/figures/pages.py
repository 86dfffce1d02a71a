"""The figures as pages: the newsroom's, with plots, and the public one."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms.desk import status_name
from cms.figures.follow import age_at_end, oldest_waits
from cms.figures.models import Figures
from cms.figures.plots import bars, lines
from cms.figures.replay import quantile
from cms.models import User
from cms.page_cache import kept, public_page

PERIODS = (30, 90, 365)
Days = dict[str, dict[date, Counter[str]]]


def _sum(rows: Any) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in rows:
        total.update({key: number for key, number in row.items() if key != "oldest"})
    return total


def _outs(numbers: Counter[str]) -> dict[str, int]:
    return {key.removeprefix("out:"): number for key, number in numbers.items() if key.startswith("out:")}


def figures(request: HttpRequest) -> HttpResponse:
    """`/admin/figures/`: a period's plots; `days` (30, 90, 365) is in the address."""
    user: Any = request.user
    if not user.has_perm("cms.view_decision"):
        raise PermissionDenied
    typed = request.GET.get("days", str(PERIODS[0]))
    if typed not in map(str, PERIODS):
        raise Http404
    period = int(typed)
    chief = user.has_perm("cms.view_editor_figures")
    shown = kept(
        f"figures:{period}:{timezone.localdate()}:{timezone.get_current_timezone_name()}", lambda: _load(period)
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Figures"),
        "periods": [{"days": days, "current": days == period} for days in PERIODS],
        **_shown(shown, period, chief),
    }
    return render(request, "admin/figures.html", context)


def _load(period: int) -> dict[str, Any]:
    """What the page needs of the database: a row a day and kind, and what waits now. None of it is the log."""
    today = timezone.localdate()
    first = today - timedelta(days=period - 1)
    days: Days = {}
    for row in Figures.objects.filter(span="day", begins__gte=first).order_by("begins"):
        days.setdefault(row.kind, {})[row.begins] = Counter(row.numbers)
    ever = Counter[str]()
    for row in Figures.objects.filter(span="ever"):
        ever.update(row.numbers)
    waits = ever["in"] - sum(_outs(ever).values())
    return {"days": days, "waits": waits, "oldest": oldest_waits(), "first": first, "today": today}


def _shown(loaded: dict[str, Any], period: int, chief: bool) -> dict[str, Any]:
    days: Days = loaded["days"]
    dates = [loaded["first"] + timedelta(days=number) for number in range(period)]
    by_day = [_sum(rows[day] for rows in days.values() if day in rows) for day in dates]
    came = [numbers["in"] for numbers in by_day]
    left = [sum(_outs(numbers).values()) for numbers in by_day]
    backlog, ages = _backlog(loaded["waits"], came, left), _ages(loaded, dates)
    totals = {kind: _sum(rows.values()) for kind, rows in days.items()}
    whole = _sum(totals.values())
    return {
        "flow": lines(dates, came, left),
        "flow_rows": list(zip(dates, came, left, strict=True))[::-1],
        "kinds": [_kind(kind, numbers) for kind, numbers in sorted(totals.items())],
        "backlog": lines(dates, backlog, ages),
        "backlog_rows": list(zip(dates, backlog, ages, strict=True))[::-1],
        "rules": bars(_rules(whole)),
        "people": _people(whole) if chief else None,
    }


def _backlog(waits: int, came: list[int], left: list[int]) -> list[int]:
    """How many waited at the end of each day: what waits now, less what has come since and more what has left."""
    backlog = []
    for arrived, decided in zip(reversed(came), reversed(left), strict=True):
        backlog.append(waits)
        waits -= arrived - decided
    return backlog[::-1]


def _ages(loaded: dict[str, Any], dates: list[date]) -> list[int]:
    """The age in days of the longest wait at the end of each day; days after the last line follow from what waits."""
    days: Days = loaded["days"]
    last = max((day for rows in days.values() for day, row in rows.items() if set(row) - {"oldest"}), default=date.min)
    ages = []
    for day in dates:
        if day < last:
            hours = [rows[day]["oldest"] for rows in days.values() if day in rows]
        else:
            hours = [age_at_end(day, since) for since in loaded["oldest"].values()]
        ages.append(max(hours, default=0) // 24)
    return ages


def _kind(kind: str, numbers: Counter[str]) -> dict[str, Any]:
    model = _model(kind)
    outs = sorted(_outs(numbers).items(), key=lambda row: -row[1])
    return {
        "name": capfirst(str(model._meta.verbose_name_plural)) if model else kind,
        "received": numbers["received"],
        "outcomes": [(status_name(model, target) if model else target, number) for target, number in outs],
        "median": quantile(numbers, "hours", 0.5),
        "slow": quantile(numbers, "hours", 0.9),
    }


def _model(kind: str) -> Any:
    try:
        return apps.get_model(kind)
    except LookupError:
        return None


def _rules(numbers: Counter[str], status: str = "") -> list[tuple[str, int]]:
    """How often each rule was cited, the most cited first."""
    cited: Counter[str] = Counter()
    for key, number in numbers.items():
        if key.startswith(f"rule:{status}"):
            cited[key.split(":", 2)[2]] += number
    return cited.most_common(20)


def _people(numbers: Counter[str]) -> list[tuple[str, int]]:
    """How many decisions each person made."""
    made: Counter[int] = Counter()
    for key, number in numbers.items():
        if key.startswith("by:"):
            made[int(key.split(":")[1])] += number
    names = {user.pk: user.byline() for user in User.objects.filter(pk__in=made, is_system=False)}
    return bars([(names[pk], number) for pk, number in made.most_common() if pk in names])


STORY, APPEAL, REPORT = "submissions.story", "submissions.appeal", "copyright.copyrightreport"
PUBLIC = (
    (STORY, "received"), (STORY, "out:accepted"), (STORY, "move:decline:declined"), (APPEAL, "out:granted"),
    (APPEAL, "out:dismissed"), (REPORT, "received"), (REPORT, "out:upheld"), (REPORT, "out:declined"),
    (REPORT, "move:reverse:reversed"), (STORY, "move:erase:*"),
)  # fmt: skip


@public_page()
def transparency(request: HttpRequest) -> HttpResponse:
    """`/<lang>/transparency/`: what came and what was decided, in the last twelve months and in all. No names."""
    month = timezone.localdate().replace(day=1)
    months = [month]
    while len(months) < 12:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    spans: dict[Any, dict[str, Counter[str]]] = {}
    for row in Figures.objects.filter(span="month", begins__gte=months[-1]):
        spans.setdefault(row.begins, {})[row.kind] = Counter(row.numbers)
    ever = {row.kind: Counter(row.numbers) for row in Figures.objects.filter(span="ever")}
    context = {
        "months": [{"begins": begins, **_public(spans.get(begins, {}))} for begins in months],
        "ever": _public(ever),
        "rules": _rules(ever.get(STORY, Counter()), "declined"),
    }
    return render(request, "transparency.html", context)


def _public(kinds: dict[str, Counter[str]]) -> dict[str, Any]:
    empty: Counter[str] = Counter()
    cells = [_number(kinds.get(kind, empty), key) for kind, key in PUBLIC]
    return {"cells": cells, "median": quantile(kinds.get(STORY, empty), "first", 0.5)}


def _number(numbers: Counter[str], key: str) -> int:
    if not key.endswith("*"):
        return numbers[key]
    return sum(number for name, number in numbers.items() if name.startswith(key.removesuffix("*")))
