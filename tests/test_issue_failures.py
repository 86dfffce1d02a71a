"""Mail servers that refuse, break off or never answer, and a sender that dies: no reader gets an issue twice."""

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.db import connection
from django.utils import timezone

from cms.models import User
from newsletter.issues import sender
from newsletter.issues.ledger import BACKOFF
from newsletter.models import Delivery
from tests.factories import approved_issue, make_subscriber
from tests.issuing import browser, page_of, press, send_all, states, writer_fixture  # noqa: F401  (a fixture)
from tests.mailbox import mailbox_fixture  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lot", [1, 3])
@pytest.mark.parametrize("pipelining", [True, False])
def test_a_reader_who_is_refused_for_good_is_listed_and_one_for_now_is_tried_again(
    mailbox, writer, settings, pipelining, lot
):
    mailbox.pipelining, settings.NEWSLETTER_LOT = pipelining, lot
    gone, good, full = (make_subscriber().email for _reader in range(3))
    mailbox.answers = {gone: "550 5.1.1 no such mailbox", full: "452 4.2.2 mailbox full"}
    issue = approved_issue()
    before = timezone.now()
    assert send_all(issue) == "sending"
    assert mailbox.readers() == {good: 1}
    assert states() == {"sent": 1, "failed": 1, "pending": 1}
    waiting = Delivery.objects.get(state="pending")
    assert (waiting.folded, waiting.attempts) == (full, 1)
    assert waiting.next_attempt >= before + BACKOFF[0]
    own = browser(writer)
    page = own.get(page_of(issue)).content.decode()
    [url] = re.findall(r'href="([^"]+state__exact=failed)"', page)
    listed = own.get(url.replace("&amp;", "&")).content.decode()
    assert gone in listed
    assert "no such mailbox" in listed
    assert full not in listed
    mailbox.answers = {}
    Delivery.objects.filter(state="pending").update(next_attempt=timezone.now())
    assert send_all(issue) == "sent"
    assert mailbox.readers() == {good: 1, full: 1}


def test_after_the_last_pause_a_copy_has_failed(mailbox):
    mailbox.answers = {make_subscriber().email: "450 later"}
    issue = approved_issue()
    issue.begin(by=User.objects.system())
    Delivery.objects.update(attempts=len(BACKOFF))
    assert send_all(issue) == "sent"
    assert states() == {"failed": 1}


def test_a_server_that_refuses_our_own_address_pauses_the_issue_and_fails_no_reader(mailbox):
    make_subscriber()
    mailbox.mail_answer = "550 5.7.1 not authorised"
    issue = approved_issue()
    assert send_all(issue) == "paused"
    assert states() == {"pending": 1}
    assert "not authorised" in issue.decisions().last().reason


def test_a_server_that_is_away_costs_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    make_subscriber()
    approved_issue()
    with pytest.raises(OSError, match="refused"):
        sender.send_due()
    assert list(Delivery.objects.values_list("state", "attempts")) == [("pending", 0)]


def test_a_copy_whose_answer_never_came_is_uncertain_and_waits_for_an_editor(mailbox, writer, settings):
    settings.NEWSLETTER_LOT = 3
    readers = [make_subscriber().email for _reader in range(3)]
    mailbox.hang_up_on = readers[0]
    issue = approved_issue()
    with pytest.raises(SMTPServerDisconnected):
        sender.send_due()
    assert states() == {"uncertain": 1, "pending": 2}  # the others were never handed over
    mailbox.mails = []
    assert send_all(issue) == "in_doubt"
    assert states() == {"uncertain": 1, "sent": 2}
    own = browser(writer)
    assert "What May brought" in own.get("/admin/desk/").content.decode()
    assert "Of the uncertain copies nobody knows" in own.get(page_of(issue)).content.decode()
    assert press(own, issue, "resend", reason="The log has no trace of it.").status_code == 302
    assert send_all(issue) == "sent"
    assert mailbox.readers() == dict.fromkeys(readers, 1)


def test_a_server_that_closes_the_connection_makes_all_wait_and_only_the_copy_that_it_answered_counts_it(
    mailbox, settings
):
    settings.NEWSLETTER_LOT = 3
    for _reader in range(3):
        make_subscriber()
    approved_issue()
    mailbox.mail_answer = "421 come back later"
    with pytest.raises(SMTPServerDisconnected):
        sender.send_due()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}
    mailbox.mail_answer, mailbox.data_answer = "250 OK", "421 closing"
    with pytest.raises(SMTPServerDisconnected):
        sender.send_due()
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [("pending", 0), ("pending", 0), ("pending", 1)]


def test_uncertain_copies_may_be_left(mailbox, writer):
    issue = approved_issue()
    make_subscriber()
    issue.begin(by=User.objects.system())
    Delivery.objects.update(state="uncertain")
    assert send_all(issue) == "in_doubt"
    assert press(browser(writer), issue, "leave").status_code == 302
    assert (send_all(issue), mailbox.mails, states()) == ("sent", [], {"uncertain": 1})


@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_in_the_middle_sends_nothing_twice_and_loses_nothing_but_what_it_names(mailbox, tmp_path):
    """kill -9 a real worker again and again, in the very moment in which the server has taken a mail."""
    readers = {make_subscriber().email for _reader in range(40)}
    issue = approved_issue()
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    from django.conf import settings

    server = f"smtp://127.0.0.1:{settings.EMAIL_PORT}"
    environment = os.environ | {"DATABASE_URL": url, "COPYDESK_DATA": str(tmp_path)}
    environment |= {"EMAIL_URL": server, "NEWSLETTER_LOT": "3"}
    command = [sys.executable, "manage.py", "worker", "--once"]
    for enough in (5, 17):
        worker = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        # Killed before the server answers: whether this mail counts as sent, no client can know.
        mailbox.after = lambda reader, worker=worker, enough=enough: (
            worker.send_signal(signal.SIGKILL) if len(mailbox.mails) >= enough else None
        )
        worker.wait(timeout=60)
        assert worker.returncode == -signal.SIGKILL
        mailbox.after = lambda reader: None
        Delivery.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
    got, uncertain = mailbox.readers(), set(Delivery.objects.uncertain().values_list("folded", flat=True))
    assert max(got.values()) == 1
    assert readers - set(got) <= uncertain
    assert 2 <= len(uncertain) <= 6
    assert states() == {"sent": 40 - len(uncertain), "uncertain": len(uncertain)}
    issue.refresh_from_db()
    assert issue.status == "in_doubt"
