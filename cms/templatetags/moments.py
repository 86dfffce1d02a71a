"""Moments for machines, in every template without being loaded."""

from __future__ import annotations

from datetime import datetime

from django import template

register = template.Library()


@register.filter(expects_localtime=True)
def iso(moment: datetime | None) -> str:
    """A moment for the `datetime` attribute, to the second: HTML knows three digits of a second, databases six."""
    return moment.isoformat(timespec="seconds") if moment else ""
