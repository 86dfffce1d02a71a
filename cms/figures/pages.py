"""The figures as pages: the newsroom's, with plots, and the public one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from cms.desk import status_name
from cms.figures import counts
from cms.figures.counts import Loaded
from cms.figures.models import Figures
from cms.figures.plots import bands, bars, lines, spark
from cms.figures.replay import quantile
from cms.log_filters import kinds
from cms.models import User
from cms.page_cache import kept, public_page

PERIODS = (30, 90, 365)


def figures(request: HttpRequest) -> HttpResponse:
    """`/admin/figures/`: a period's plots; `days` (30, 90, 365), `kind` and `language` are in the address."""
    user: Any = request.user
    if not user.has_perm("cms.view_decision"):
        raise PermissionDenied
    days, kind, language = _chosen(request)
    chief = user.has_perm("cms.view_editor_figures")
    key = f"figures:{days}:{timezone.localdate()}:{timezone.get_current_timezone_name()}"
    loaded = kept(key, lambda: counts.load(days))
    context = {
        **admin.site.each_context(request),
        "title": _("Figures"),
        "periods": [(period, period == days) for period in PERIODS],
        "kinds": [(found.kind(), _kind_name(found.kind()), found.kind() == kind) for found in kinds()],
        "languages": [(code, _language_name(code), code == language) for code, _name in settings.LANGUAGES],
        "kind": kind,
        "counted": loaded.counted,
        **_shown(loaded.of(kind, language), kind, chief),
    }
    return render(request, "admin/figures.html", context)


def _chosen(request: HttpRequest) -> tuple[int, str, str]:
    """The period, kind and language of the address. Raises Http404 for what is none."""
    days = request.GET.get("days", str(PERIODS[0]))
    kind, language = request.GET.get("kind", ""), request.GET.get("language", "")
    known = {"", *(found.kind() for found in kinds())}
    if days not in map(str, PERIODS) or kind not in known or language not in {"", *dict(settings.LANGUAGES)}:
        raise Http404
    return int(days), kind, language


def _shown(loaded: Loaded, kind: str, chief: bool) -> dict[str, Any]:
    by_day, ages, whole = loaded.by_day(), counts.backlog(loaded), loaded.total()
    came = [numbers["in"] for numbers in by_day]
    left = [sum(counts.outs(numbers).values()) for numbers in by_day]
    statuses = sorted(counts.outs(whole)) if kind else []
    outcomes = counts.columns(by_day, [f"out:{status}" for status in statuses])
    oldest = counts.oldest(loaded)
    return {
        "flow": lines(loaded.dates, came, left),
        "flow_heads": [_("came"), _("left"), *(_status_name(kind, status) for status in statuses)],
        "flow_rows": _rows(loaded, [came, left, *outcomes]),
        "outcomes": [_kind(name, loaded.of(name)) for name in loaded.kinds()],
        "by_language": [_language(code, loaded.of(language=code)) for code in loaded.languages()] if whole else [],
        "ages": bars([(str(name), number) for (_least, name), number in zip(counts.AGES, ages[-1], strict=True)]),
        "waiting": loaded.waiting(),
        "oldest": oldest and (loaded.dates[-1] - oldest).days,
        "backlog": bands(loaded.dates, ages),
        "backlog_heads": [name for _least, name in counts.AGES],
        "backlog_rows": _rows(loaded, list(zip(*ages, strict=True))),
        "rules": bars(counts.rules(whole)),
        "people": _people(loaded) if chief else None,
    }


def _rows(loaded: Loaded, columns: list[Any]) -> list[Any]:
    """A table's rows, the last day first: the day and its numbers."""
    return [(day, numbers) for day, numbers in zip(loaded.dates, zip(*columns, strict=True), strict=True)][::-1]


def _kind(kind: str, mine: Loaded) -> dict[str, Any]:
    """A kind: what was received and what became of it, each with its days, and the hours to a decision."""
    by_day, whole = mine.by_day(), mine.total()
    keys = ["received", *(f"out:{status}" for status, _number in counts.outs(whole).most_common())]
    columns = [counts.grouped(column) for column in counts.columns(by_day, keys)]
    top = max(map(max, columns), default=1)
    names = [_("received"), *(_status_name(kind, key[4:]) for key in keys[1:])]
    return {
        "name": _kind_name(kind),
        "kind": kind,
        "rows": [(name, sum(days), spark(days, top)) for name, days in zip(names, columns, strict=True)],
        **_hours(whole),
    }


def _language(code: str, mine: Loaded) -> dict[str, Any]:
    whole = mine.total()
    row = {"name": _language_name(code), "received": whole["received"], "left": counts.outs(whole).total()}
    return row | {"waiting": mine.waiting()} | _hours(whole)


def _hours(numbers: Counter[str]) -> dict[str, float | None]:
    return {"median": quantile(numbers, "hours", 0.5), "slow": quantile(numbers, "hours", 0.9)}


def _model(kind: str) -> Any:
    try:
        return apps.get_model(kind)
    except LookupError:  # a kind that the house no longer has
        return None


def _kind_name(kind: str) -> str:
    model = _model(kind)
    return capfirst(str(model._meta.verbose_name_plural)) if model else kind


def _status_name(kind: str, status: str) -> str:
    model = _model(kind)
    return status_name(model, status) if model else status


def _language_name(code: str) -> str:
    return capfirst(get_language_info(code)["name_local"]) if code else _("not known")


def _people(loaded: Loaded) -> list[Any]:
    """How much each person decided, with the outcomes in words, the busiest first."""
    words: dict[int, list[str]] = {}
    sums: Counter[int] = Counter()
    for kind in loaded.kinds():
        for who, made in counts.people(loaded.of(kind).total()).items():
            sums[who] += made.total()
            words.setdefault(who, []).extend(
                f"{_kind_name(kind)}: {_status_name(kind, status)} {number}" for status, number in made.most_common()
            )
    names = {user.pk: user.byline() for user in User.objects.filter(pk__in=sums, is_system=False)}
    shown = [(pk, number) for pk, number in sums.most_common() if pk in names]
    drawn = bars([(names[pk], number) for pk, number in shown])
    return [(*bar, " · ".join(words[pk])) for bar, (pk, _number) in zip(drawn, shown, strict=True)]


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
    rows = list(Figures.objects.filter(span="month", begins__gte=months[-1]))
    ever = list(Figures.objects.filter(span="ever"))
    spans = [[row for row in rows if row.begins == begins] for begins in months]
    stories = [row for row in ever if row.kind == STORY]
    shown = [{"begins": begins, **_public(mine)} for begins, mine in zip(months, spans, strict=True)]
    context = {
        "months": shown,
        "ever": _public(ever),
        "by_language": [_public_language(row) for row in sorted(stories, key=lambda row: row.language)],
        "flow": lines(months[::-1], *([row["cells"][place] for row in shown[::-1]] for place in (0, 1))),
        "rules": counts.rules(counts.total(row.numbers for row in stories), "declined"),
    }
    return render(request, "transparency.html", context)


def _public(rows: list[Figures]) -> dict[str, Any]:
    kinds: dict[str, Counter[str]] = {}
    for row in rows:
        kinds.setdefault(row.kind, Counter()).update(row.numbers)
    empty: Counter[str] = Counter()
    story = kinds.get(STORY, empty)
    return {
        "cells": [counts.number(kinds.get(kind, empty), key) for kind, key in PUBLIC],
        "median": quantile(story, "first", 0.5),
    }


def _public_language(row: Figures) -> dict[str, Any]:
    """The stories of one language, ever."""
    numbers = Counter(row.numbers)
    cells = [counts.number(numbers, key) for kind, key in PUBLIC if kind == STORY]
    hours = {"median": quantile(numbers, "first", 0.5), "slow": quantile(numbers, "first", 0.9)}
    return {"name": _language_name(row.language), "cells": cells[:3], **hours}
