"""What the admin's pages need beyond Django's own tags: ages, the log in words, places to go, the editor's nonce."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django import template
from django.db import models
from django.forms import Media
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from js_asset import Media as NoncedMedia

from cms import desk
from cms.models import Decision, Letter
from cms.workflow import DeskItem

register = template.Library()

STEPS = {
    "claim": pgettext_lazy("log", "claimed"),
    "release": pgettext_lazy("log", "released"),
    "hand_over": pgettext_lazy("log", "handed over to %(to)s"),
    "take_over": pgettext_lazy("log", "taken over from %(holder)s"),
    "lapse_claim": pgettext_lazy("log", "claim of %(holder)s lapsed"),
    "escalate": pgettext_lazy("log", "a chief was told"),
    "suspect": pgettext_lazy("log", "suspected of abuse"),
    "clear_suspicion": pgettext_lazy("log", "suspicion cleared"),
    "propose": pgettext_lazy("log", "decision proposed"),
    "edit": pgettext_lazy("log", "edited"),
    "write": pgettext_lazy("log", "written to"),
    "appeal": pgettext_lazy("log", "appealed"),
    "erase": pgettext_lazy("log", "erased"),
    "delete": pgettext_lazy("log", "deleted"),
    "restore": pgettext_lazy("log", "earlier text brought back"),
    "sign_off": pgettext_lazy("log", "signed off"),
    "correct": pgettext_lazy("log", "correction published"),
    "change_again": pgettext_lazy("log", "the original changed again"),
    "propose_kill": pgettext_lazy("log", "proposed to kill"),
    "open_preview": pgettext_lazy("log", "preview link made"),
    "close_preview": pgettext_lazy("log", "preview link revoked"),
    "stand_by_origin": pgettext_lazy("log", "stood by the cover's origin"),
    "draw_cover": pgettext_lazy("log", "cover drawn"),
    "withhold": pgettext_lazy("log", "withheld"),
    "lift": pgettext_lazy("log", "restored"),
}
"""What the log says of a step that leaves the status as it is; names come from its details."""


@register.filter
def age(moment: datetime) -> str:
    """How long ago, in one unit: "12 min", "3 h", "2 d"."""
    minutes = max(0, int((timezone.now() - moment).total_seconds() // 60))
    if minutes < 60:
        return _("%(number)s min") % {"number": minutes}
    if minutes < 24 * 60:
        return _("%(number)s h") % {"number": minutes // 60}
    return _("%(number)s d") % {"number": minutes // (24 * 60)}


@register.filter
def until(moment: datetime) -> str:
    """In how long, in one unit, as `age`: "12 min", "3 h", "2 d"."""
    now = timezone.now()
    return age(now - (moment - now))


@register.filter
def span(length: timedelta) -> str:
    """A length of time in one unit, rounded up: "40 minutes", "3 hours", "2 days"."""
    minutes = max(1, ceil(length.total_seconds() / 60))
    if minutes < 90:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    hours = ceil(minutes / 60)
    if hours < 36:
        return ngettext("%(number)s hour", "%(number)s hours", hours) % {"number": hours}
    days = ceil(hours / 24)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


@register.filter
def stamp(moment: datetime) -> str:
    """A moment of the log: day, month, year, hours and minutes, in the order of the page's language."""
    return date_format(timezone.localtime(moment), _("j M Y, H:i"))


@register.filter
def change_url(row: models.Model) -> str:
    """The address of a row's page in the admin."""
    return desk.change_url(type(row), row.pk)


@register.filter
def list_url(row: models.Model) -> str:
    """The address of the list that a row is in."""
    return _list_url(type(row))


@register.filter
def kind_name(kind: type[DeskItem] | DeskItem) -> str:
    """What one item of a kind is called: "Story"."""
    return capfirst(str(kind._meta.verbose_name))


@register.filter
def status_name(item: DeskItem) -> str:
    """The item's status in plain words."""
    return desk.status_name(item)


@register.filter
def without_ellipsis(label: Any) -> str:
    """The name of a move whose label announces, by "…", that a reason will be asked for."""
    return str(label).rstrip("….")


@register.filter
def with_nonce(media: Media, nonce: Any) -> Media:
    """A form's scripts and styles, allowed to run: an import map is an inline script, and ours need a nonce."""
    return NoncedMedia.from_media(media, nonce=nonce)


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[dict[str, Any]]:
    """The places in the admin's masthead that its user may go to: rows of {"label", "url", "current"}."""
    request = context["request"]
    rows = [(_("Desk"), reverse("admin:desk"))]
    shown = [kind for kind in desk.kinds(request.user) if kind.IN_MASTHEAD]
    rows += [(capfirst(str(kind._meta.verbose_name_plural)), _list_url(kind)) for kind in shown]
    for model, label in ((Letter, _("Letters")), (Decision, _("Log"))):
        if request.user.has_perm(f"cms.view_{model._meta.model_name}"):
            rows.append((label, _list_url(model)))
    if request.user.has_perm("cms.view_decision"):
        rows.append((_("Figures"), reverse("admin:figures")))
    found = [{"label": label, "url": url, "current": request.path.startswith(url)} for label, url in rows]
    index = reverse("admin:index")
    return [*found, {"label": _("More"), "url": index, "current": request.path == index}]


def _list_url(model: type[models.Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@register.simple_tag
def log_lines(item: DeskItem, decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """The item's log in plain words: rows of {"when", "who", "what", "fields", "reason"}."""
    return [
        {
            "when": decision.created,
            "who": decision.actor_name,
            "what": _step(item, decision),
            "fields": _field_names(item, decision.details.get("fields", [])),
            "reason": decision.reason,
        }
        for decision in decisions
    ]


@register.simple_tag
def last_step(item: DeskItem, decision: Decision) -> str:
    """What one decision did, in a word."""
    return _step(item, decision)


def _step(item: DeskItem, decision: Decision) -> str:
    """Name a decision by the status it led to or, where that stayed, by the step itself."""
    if decision.source == decision.target and decision.move in STEPS:
        return str(STEPS[decision.move]) % decision.details
    return desk.status_name(item, decision.target)


def _field_names(item: DeskItem, names: Iterable[str]) -> list[str]:
    fields = {getattr(field, "attname", field.name): field for field in item._meta.get_fields()}
    fields |= {field.name: field for field in item._meta.get_fields()}
    return [_field_name(fields.get(name), name) for name in names]


def _field_name(field: Any, name: str) -> str:
    """A field's name in plain words; rows that belong to the item (chapters) have that of their kind."""
    kind = getattr(field, "related_model", None)
    return str(getattr(field, "verbose_name", kind._meta.verbose_name_plural if kind else name))
