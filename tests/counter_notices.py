"""What several tests of counter-notices share: the worked example's clock, the private link and what its form takes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CounterLink, CounterNotice

CHECKED = "Every part is there."
RECEIVED = datetime(2026, 11, 16, 15, tzinfo=UTC)
Status = CounterNotice.Status


@pytest.fixture(name="clock")
def clock_fixture(monkeypatch):
    """Sets what time it is: the worked example's Monday, until told otherwise."""

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(RECEIVED)
    return at


def on(day):
    """The noon of a day."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=12)


def form_fields(**changes):
    fields = {
        "material": "The article “The ferry that waits”, at its address.",
        "explanation": "The photographs are mine.",
        "name": "Mara Lindqvist",
        "address": "7 Ferry Row\nPortland, OR 97201",
        "phone": "+1 503 555 0147",
        "signature": "Mara Lindqvist",
    } | dict.fromkeys(STATEMENTS, "on")
    return {name: value for name, value in (fields | changes).items() if value is not None}


def link_of(story):
    return CounterLink.objects.get(story=story)


def path_of(story, language="en"):
    return f"/{language}/copyright/counter/{link_of(story).code}/"
