"""Letters: rows before they are mail, sent by the worker, lost by nobody."""

import email
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from cms.letters import BACKOFF, message, post, send_due
from cms.models import Letter
from tests.factories import make_story
from tests.mailbox import smtp_server

pytestmark = pytest.mark.django_db


class Mailbox:
    """A real SMTP server that keeps what it is given, and may be told to answer otherwise."""

    def __init__(self):
        self.messages, self.answer, self.pause = [], None, 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(email.message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    with smtp_server(Mailbox(), settings) as handler:
        yield handler


def test_a_story_with_an_address_gets_a_receipt_by_mail(mailbox):
    story = make_story(language="zh-hans", email="duzhe@example.org")
    send_due()
    [received] = mailbox.messages
    assert received["To"] == "duzhe@example.org"
    assert received["Auto-Submitted"] == "auto-generated"
    text = received.get_payload(0).get_payload(decode=True).decode()
    assert story.receipt_url() in text
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts) == ("sent", 1)


def test_a_receipt_carries_none_of_the_senders_words():
    story = make_story(headline="Buy cheap watches", byline="Spam", dek="http://evil.example")
    letter = Letter.objects.get()
    for words in (story.headline, story.byline, story.dek):
        assert words not in letter.subject + letter.body_text + letter.body_html


def test_the_private_code_does_not_stay_at_rest(mailbox):
    story = make_story()
    assert story.code not in Letter.objects.get().body_text
    send_due()
    letter = Letter.objects.get()
    assert letter.private == {}
    assert story.code not in letter.body_text + letter.body_html


def test_a_letter_of_a_failed_transaction_is_never_written(monkeypatch):
    monkeypatch.setattr("submissions.story.Story.enter", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_story()
    assert not Letter.objects.exists()


def test_a_server_that_is_away_makes_the_letter_wait_longer_each_time(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_story()
    for attempt, pause in enumerate(BACKOFF[:3], 1):
        before = timezone.now()
        assert send_due() == 1
        letter = Letter.objects.get()
        assert (letter.status, letter.attempts) == ("queued", attempt)
        assert letter.next_attempt >= before + pause
        assert send_due() == 0
        Letter.objects.update(next_attempt=timezone.now())


def test_after_the_last_pause_a_letter_is_given_up_and_says_why(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_story()
    Letter.objects.update(attempts=len(BACKOFF))
    send_due()
    letter = Letter.objects.get()
    assert letter.status == "failed"
    assert "refused" in letter.result.lower()


@pytest.mark.parametrize(("answer", "status"), [("550 no such mailbox", "failed"), ("450 try later", "queued")])
def test_a_permanent_refusal_ends_it_and_a_passing_one_does_not(mailbox, answer, status):
    mailbox.answer = answer
    make_story()
    send_due()
    letter = Letter.objects.get()
    assert letter.status == status
    assert answer[:3] in letter.result


def test_every_attempt_has_the_same_message_id():
    make_story()
    first, second = (message(Letter.objects.get()).message()["Message-ID"] for _attempt in range(2))
    assert first == second


def test_a_letter_that_a_living_worker_holds_is_not_sent_by_another():
    make_story()
    Letter.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert send_due() == 0
    Letter.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert send_due() == 1


def test_without_a_mail_server_letters_are_files_that_a_page_shows(settings, client):
    settings.EMAIL_BACKEND = "cms.outbox.OutboxBackend"
    story = make_story()
    send_due()
    page = client.get("/outbox/")
    assert b"reader@example.org" in page.content
    [path] = settings.OUTBOX.glob("*.eml")
    assert story.receipt_url() in client.get(f"/outbox/{path.name}/").content.decode()
    html = client.get(f"/outbox/{path.name}/html/")
    assert "script-src 'none'" in html["Content-Security-Policy"]
    assert client.get("/outbox/..%2Fsecret.key/").status_code == 404


def test_a_header_cannot_be_smuggled_through_a_subject():
    letter = post("newsletter_confirm", "a@example.org", language="en", private={"confirm_url": "https://x.example/"})
    letter.subject = "Hello\r\nBcc: victim@example.org"
    letter.save()
    send_due()
    letter.refresh_from_db()
    assert letter.status == "failed"
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_moment_loses_no_letter(tmp_path):
    """kill -9 a real worker again and again while it sends; in the end every letter is in the outbox."""
    for number in range(30):
        make_story(email=f"reader{number}@example.org")
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    environment = os.environ | {"DATABASE_URL": url, "COPYDESK_DATA": str(tmp_path)}
    command = [sys.executable, "manage.py", "worker", "--once"]
    for _ in range(4):
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        before = len(list(tmp_path.glob("outbox/*.eml")))
        while worker.poll() is None and time.monotonic() < deadline:
            if len(list(tmp_path.glob("outbox/*.eml"))) > before + 3:
                break
            time.sleep(0.005)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        Letter.objects.filter(status="queued").update(leased_until=None)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert set(Letter.objects.values_list("status", flat=True)) == {"sent"}
    ids = {path.name.split("-", 1)[1] for path in tmp_path.glob("outbox/*.eml")}
    assert len(ids) == 30
