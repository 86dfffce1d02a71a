"""What several tests of intake by mail share: a newsroom with addresses, a mail to it, and its taking."""

import os
from email.message import EmailMessage

import pytest

from submissions.mail.intake import take
from submissions.mail.models import ReceivedMail
from tests.factories import make_guidelines, make_section

STORIES, COPYRIGHT, REPLIES = "stories@news.example", "copyright@news.example", "reply@news.example"
TEXT = "The last ferry used to leave at ten.\n\nNow it waits, says https://example.org/timetable.\n"


@pytest.fixture(autouse=True)
def newsroom(db, settings, tmp_path):
    settings.MAIL_STORIES, settings.MAIL_COPYRIGHT, settings.MAIL_REPLIES = STORIES, COPYRIGHT, REPLIES
    settings.MAIL_SPOOL = tmp_path / "mail"
    make_section()
    make_guidelines()


def mail(text=TEXT, *, subject="The ferry that waits", sender="Mara Lindqvist <mara@example.org>", **headers):
    made = EmailMessage()
    made["From"], made["To"] = sender, STORIES
    if subject is not None:
        made["Subject"] = subject
    made["Message-ID"] = headers.pop("message_id", f"<{os.urandom(6).hex()}@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if text is not None:
        made.set_content(text)
    return made


def taken(made, recipient=STORIES):
    return take(made if isinstance(made, bytes) else made.as_bytes(), recipient=recipient)


def waiting():
    return ReceivedMail.objects.get()
