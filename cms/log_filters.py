"""Which lines of the log are asked for: the filters of the site-wide log, which are all in the address."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.log import DecisionQuerySet
from cms.models import Decision, User
from cms.templatetags.desk import STEPS
from cms.workflow import DeskItem

PAGE = 50
WITHOUT_BUTTON = {
    **{
        name: STEPS[name]
        for name in ("edit", "delete", "appeal", "withhold", "lift", "escalate", "restore", "change_again", "erase")
    },
    "receive": _("received"),
    "draft": _("drafted"),
    "import": _("imported"),
    "send_again": pgettext_lazy("log", "sent again"),
    "answer": pgettext_lazy("log", "answered instead of changed"),
    "withdraw": pgettext_lazy("log", "withdrawn"),
    "lapse": pgettext_lazy("log", "closed without an answer"),
    "reopen": pgettext_lazy("log", "taken up again after an appeal"),
    "lapse_claim": pgettext_lazy("log", "claim lapsed"),
    "open": pgettext_lazy("log", "another version changed"),
    "settle": pgettext_lazy("log", "brought up to date by a sign-off"),
    "drop": pgettext_lazy("log", "closed with its translation"),
    "run_out": pgettext_lazy("log", "ended: every article is back"),
    "restore_in_time": pgettext_lazy("log", "restored by the clock of the law"),
    "alarm": pgettext_lazy("log", "put on the desk: not restored in time"),
    "close": pgettext_lazy("log", "closed: nothing is left to decide"),
    "begin": pgettext_lazy("log", "recipients written down"),
    "finish": pgettext_lazy("log", "sent to everybody"),
    "doubt": pgettext_lazy("log", "sent, some copies in doubt"),
}
"""What the log calls the lines that no button makes: ways in, edits, and what contributors and the clock do."""


def kinds() -> list[type[DeskItem]]:
    """Every kind that the log may tell of."""
    return [model for model in apps.get_models() if issubclass(model, DeskItem)]


def move_names() -> dict[str, str]:
    """What each move is called in the log: as in WITHOUT_BUTTON, or by its button without the "…"."""
    names = {name: str(label) for name, label in WITHOUT_BUTTON.items()}
    for kind in kinds():
        for move in kind.moves():
            names.setdefault(move.name, str(move.label).rstrip("….") or move.name)
    return names


class LogFilters(forms.Form):
    """The filters as they are typed; `lines` is what they leave of the log."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    move = forms.ChoiceField(label=_("Move"), required=False)
    by = forms.ChoiceField(label=_("By"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    rule = forms.CharField(label=_("Rule cited"), required=False, max_length=20)
    item = forms.UUIDField(label=_("Item (its identifier)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        users = [(str(user.pk), user.byline()) for user in User.objects.filter(is_system=False).order_by("username")]
        named = sorted(move_names().items(), key=lambda row: row[1].casefold())
        choices: dict[str, list[Any]] = {
            "kind": [(kind.kind(), capfirst(str(kind._meta.verbose_name))) for kind in kinds()],
            "move": [(name, capfirst(label)) for name, label in named],
            "by": [("people", _("People")), ("system", _("The system")), *users],
        }
        for name, rows in choices.items():
            field: Any = self.fields[name]
            field.choices = [("", _("All")), *rows]

    def clean_rule(self) -> str:
        """The number of a rule: figures parted by points."""
        rule: str = self.cleaned_data["rule"].strip()
        if rule and not re.fullmatch(r"[\w.-]+", rule):
            raise ValidationError(_("Type the number of a rule, such as 4.2."))
        return rule

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins."""
        chosen = super().clean() or self.cleaned_data
        if chosen.get("since") and chosen.get("until") and chosen["until"] < chosen["since"]:
            self.add_error("until", _("The last day lies before the first: choose a later one."))
        return chosen

    def lines(self) -> DecisionQuerySet:
        """The lines that the filters leave, in no order yet."""
        chosen = self.cleaned_data
        exact = {name: chosen[name] for name in ("kind", "move", "item") if chosen[name]}
        lines = Decision.objects.filter(**exact)
        if chosen["by"] == "people":
            lines = lines.exclude(actor__is_system=True)
        elif chosen["by"]:
            who = User.objects.system().pk if chosen["by"] == "system" else int(chosen["by"])
            lines = lines.filter(actor=who)
        return _between(lines, chosen["since"], chosen["until"])

    def page(self, before: int | None) -> list[Decision]:
        """The page of lines below the number `before` (None: the latest), the latest first, and one line more."""
        lines, chosen = self.lines(), self.cleaned_data
        if before is not None:
            lines = lines.filter(number__lt=before)
        if chosen["rule"]:
            below = {"citations__decision__lt": before} if before is not None else {}
            lines = lines.filter(citations__rule=chosen["rule"], **below).order_by("-citations__decision_id")
        elif chosen["by"] == "people":
            lines = Decision.objects.filter(number__in=_of_people(lines)).order_by("-number")
        else:
            lines = lines.order_by("-number")
        return list(lines[: PAGE + 1])

    def after(self, number: int, most: int) -> list[Decision]:
        """The next lines above `number`, the oldest first, at most `most`: what an export reads by."""
        lines = self.lines().filter(number__gt=number)
        if self.cleaned_data["rule"]:
            mine = {"citations__rule": self.cleaned_data["rule"], "citations__decision__gt": number}
            return list(lines.filter(**mine).order_by("citations__decision_id")[:most])
        return list(lines.order_by("number")[:most])


def _between(lines: DecisionQuerySet, since: date | None, until: date | None) -> DecisionQuerySet:
    """Cut a range of days out by numbers: they rise with the time, and every page is walked to by number."""
    if since:
        first = Decision.objects.filter(created__gte=_midnight(since)).order_by("created").values_list("number")[:1]
        number = next(iter(first), None)
        lines = lines.filter(number__gte=number[0]) if number else lines.none()
    if until and until < date.max:
        later = _midnight(until + timedelta(days=1))
        number = next(
            iter(Decision.objects.filter(created__gte=later).order_by("created").values_list("number")[:1]), None
        )
        lines = lines.filter(number__lt=number[0]) if number else lines
    return lines


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  (made aware in its own zone)


def _of_people(lines: DecisionQuerySet) -> list[int]:
    """The latest numbers of a page that people wrote: the latest of each person, and of those the latest.

    Passing over the system's lines instead would read all of an import of a million.
    """
    people = User.objects.filter(is_system=False).values_list("pk", flat=True)
    arms = [
        lines.filter(actor=pk).order_by("-number").values_list("number")[: PAGE + 1].query.sql_with_params()
        for pk in people
    ]
    numbers: list[int] = []
    for start in range(0, len(arms), 100):  # a statement has a limit of arms
        some = arms[start : start + 100]
        # Every part was compiled by the ORM; what people typed is in the parameters.
        union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS arm{place}" for place, (sql, _) in enumerate(some))  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(union, [value for _, params in some for value in params])
            numbers += [row[0] for row in cursor.fetchall()]
    return sorted(numbers, reverse=True)[: PAGE + 1]
