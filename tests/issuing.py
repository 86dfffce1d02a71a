"""What writers, editors and the sender do with an issue of the newsletter."""

from collections import Counter

import pytest
from django.test import Client

from newsletter.issues import sender
from newsletter.models import Delivery
from tests.factories import make_member


@pytest.fixture(name="writer")
def writer_fixture(db):
    return make_member("newsletter", email="writer@example.org")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def send_all(issue):
    while sender.send_due():
        pass
    issue.refresh_from_db()
    return issue.status


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


def page_of(issue):
    return f"/admin/newsletter/issue/{issue.pk}/change/"


def press(client, issue, move, **fields):
    issue.refresh_from_db()
    return client.post(f"/admin/newsletter/issue/{issue.pk}/move/{move}/", {"seen": issue.version, **fields})


def typed(issue=None, articles=(), **fields):
    rows = {"rows-TOTAL_FORMS": len(articles), "rows-INITIAL_FORMS": 0}
    for place, article in enumerate(articles):
        rows |= {f"rows-{place}-position": place + 1, f"rows-{place}-article": article.pk}
    values = {"headline": "What May brought", "language": "en", "intro": "Good morning.", "slug": "", "seen": 1}
    values |= {"send_at_0": "", "send_at_1": ""}
    return values | rows | ({"seen": issue.version, "slug": issue.slug} if issue else {}) | fields
