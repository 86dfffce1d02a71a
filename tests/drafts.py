"""What several tests of drafts do: one is saved, opened, and gets old."""

from datetime import timedelta

from django.utils import timezone

from articles.models import Picture
from submissions.jobs import UNSENT_PICTURES_STAY
from submissions.models import SavedDraft
from tests.factories import submission

URL = "/en/submit/"
SAVE = "/en/submit/draft/"


def save(client, url=SAVE, **fields):
    """Press the button that keeps what was typed."""
    return client.post(url, submission(**fields) | {"save": "1"})


def page_of(client, answer):
    """The draft's page, and what its form would post."""
    page = client.get(answer["Location"])
    form = page.context["form"]
    fields = {field.html_name: field.value() or "" for field in form if field.html_name != "cover"}
    return page, {name: value for name, value in fields.items() if value is not False}


def pictures_get_old():
    Picture.objects.update(created=timezone.now() - UNSENT_PICTURES_STAY - timedelta(minutes=1))


def drafts_get_old(settings):
    SavedDraft.objects.update(saved=timezone.now() - timedelta(days=settings.DRAFT_DAYS, minutes=1))
