"""Newsletter issues: written, approved by another, sent once to everybody who wants them, kept on the web."""

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.letters import send_due as send_letters
from cms.models import Decision, Letter, User
from cms.workflow import NotPermitted
from newsletter.issues import sender
from newsletter.issues.ledger import BACKOFF
from newsletter.issues.mime import Edition
from newsletter.issues.plain import text_of
from newsletter.models import Delivery, Issue
from tests.factories import (
    approved_issue,
    make_article,
    make_editor,
    make_issue,
    make_member,
    make_report,
    make_subscriber,
)

pytestmark = pytest.mark.django_db


class Mailbox:
    """A real SMTP server. `answers` maps an address to what RCPT is told; `after` is called with each mail's reader."""

    def __init__(self):
        self.mails, self.raw, self.answers, self.after = [], [], {}, lambda reader: None
        self.mail_answer = self.data_answer = "250 OK"
        self.hang_up_on, self.pipelining = "", True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelining else []), responses[-1]]

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.mail_answer.startswith("250"):
            envelope.mail_from = address
        return self.mail_answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.raw.append(envelope.content)
        if mail["To"] == self.hang_up_on:
            self.hang_up_on = ""
            server.transport.abort()
        await server.loop.run_in_executor(None, self.after, mail["To"])
        return self.data_answer

    def readers(self):
        return Counter(mail["To"] for mail in self.mails)


@pytest.fixture
def mailbox(settings):
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield handler
    controller.stop()


@pytest.fixture
def writer(db):
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


def test_an_issue_is_written_submitted_approved_by_another_and_read_on_the_web(writer, settings, mailbox, client):
    settings.FOUR_EYES = True
    reader, first, second = make_subscriber(), make_article(headline="First"), make_article(headline="Second")
    own = browser(writer)
    assert own.post("/admin/newsletter/issue/add/", typed(articles=[second, first])).status_code == 302
    issue = Issue.objects.get()
    assert (issue.status, issue.intro) == ("draft", "<p>Good morning.</p>")
    assert press(own, issue, "submit").status_code == 302
    assert press(own, issue, "approve").status_code == 409
    assert "You wrote this issue" in own.get(page_of(issue)).content.decode()
    assert client.get(issue.get_absolute_url()).status_code == 404
    chief = browser(make_member("chief-editor"))
    assert "What May brought" in chief.get("/admin/desk/").content.decode()
    assert press(chief, issue, "approve").status_code == 302
    assert send_all(issue) == "sent"
    assert mailbox.readers() == {reader.email: 1}
    page = client.get(issue.get_absolute_url()).content.decode()
    assert page.index("Second") < page.index("First")
    assert "What May brought" in client.get("/en/newsletter/issues/").content.decode()
    assert [line.move for line in issue.decisions()] == ["draft", "submit", "approve", "begin", "finish"]
    assert issue.decisions().last().details == {"sent": 1}


def test_without_four_eyes_the_writer_may_approve(writer):
    issue = make_issue(by=writer)
    issue.submit(by=writer)
    issue.approve(by=writer)
    assert issue.status == "sending"


def test_who_edited_it_may_not_approve_it_either_where_four_eyes_are_set(writer, settings):
    settings.FOUR_EYES = True
    issue, other = make_issue(), make_member("newsletter")
    issue.amend(by=writer, headline="Another subject")
    issue.submit(by=other)
    for person in (writer, other):
        with pytest.raises(NotPermitted):
            issue.approve(by=person)


def test_changes_are_asked_for_with_a_reason_and_the_draft_can_be_edited_again(writer):
    issue, own = make_issue(), browser(writer)
    issue.submit(by=writer)
    assert own.post(page_of(issue), typed(issue, headline="Changed")).status_code == 403
    assert press(own, issue, "ask_changes").status_code == 422
    assert press(own, issue, "ask_changes", reason="Too long.").status_code == 302
    issue.refresh_from_db()
    sent = typed(issue, headline="Changed") | {"rows-INITIAL_FORMS": 1, "rows-TOTAL_FORMS": 1}
    row = issue.rows.get()
    sent |= {"rows-0-id": row.pk, "rows-0-issue": issue.pk, "rows-0-article": row.article_id, "rows-0-position": 7}
    assert own.post(page_of(issue), sent).status_code == 302
    issue.refresh_from_db()
    assert (issue.status, issue.headline, issue.rows.get().position) == ("draft", "Changed", 7)
    assert {"articles", "headline"} <= set(issue.decisions().last().details["fields"])
    assert own.post(page_of(issue), sent).status_code == 409  # somebody's older version
    assert press(own, issue, "decline", reason="Not this month.").status_code == 302
    assert press(own, issue, "revive").status_code == 302


def test_what_is_not_ready_is_named_and_not_submitted(writer):
    draft = make_article(published=False, headline="Never run")
    issue = make_issue(draft, by=writer)
    answer = press(browser(writer), issue, "submit")
    assert answer.status_code == 422
    assert "Never run" in answer.content.decode()
    empty = make_issue(intro="")
    empty.rows.all().delete()
    with pytest.raises(ValidationError) as refused:
        empty.submit(by=writer)
    assert set(refused.value.message_dict) == {"intro"}
    long = make_issue(intro="<p>" + "word " * 30_000 + "</p>")
    with pytest.raises(ValidationError, match="100 KB"):
        long.submit(by=writer)


def test_only_published_articles_are_offered(writer):
    make_article(headline="Buses by night"), make_article(published=False, headline="Buses unfinished")
    where = {"app_label": "newsletter", "model_name": "issuearticle", "field_name": "article", "term": "Buses"}
    found = browser(writer).get("/admin/autocomplete/", where).json()["results"]
    assert [row["text"] for row in found] == ["Buses by night"]


@pytest.mark.parametrize("pipelining", [True, False])
def test_every_confirmed_subscriber_of_the_language_gets_exactly_one(mailbox, settings, pipelining):
    mailbox.pipelining, settings.NEWSLETTER_LOT = pipelining, 4
    readers = [make_subscriber().email for _reader in range(10)]
    make_subscriber(language="zh-hans")
    make_subscriber().unsubscribe(page="/u/…")
    issue = approved_issue()
    assert send_all(issue) == "sent"
    assert mailbox.readers() == dict.fromkeys(readers, 1)
    assert states() == {"sent": 10}
    make_subscriber()
    assert sender.send_due() == 0


def test_a_copy_has_the_headers_and_both_texts_that_mail_programs_want(mailbox, settings, client):
    settings.POSTAL_ADDRESS = "1 Harbour Street\nPort Example"
    reader = make_subscriber(language="zh-hans")
    article = make_article(headline="夜间公交 <三条> & 更多", language="zh-hans", slug="夜间公交")
    intro = f'<p>{"早" * 700}。</p><p>.句点</p><ul><li><a href="/zh-hans/">首页</a></li></ul>'
    issue = approved_issue(article, headline="五月刊：夜里 & 白天", intro=intro, language="zh-hans")
    send_all(issue)
    [mail], [raw] = mailbox.mails, mailbox.raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 200
    assert mail.defects == []
    assert mail["Subject"] == issue.headline
    assert mail["Message-ID"] == f"<{issue.uid.hex}.{Delivery.objects.get().pk}@testserver>"
    assert abs(mail["Date"].datetime - timezone.now()) < timedelta(minutes=1)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<newsletter.zh-hans.testserver>"
    [link, by_mail] = re.findall("<([^>]+)>", mail["List-Unsubscribe"])
    assert by_mail.startswith("mailto:desk@testserver?subject=unsubscribe")
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert link in text
    assert f'href="{link}"' in html
    for body in (text, html):
        assert issue.permalink() in body
        assert "http://testserver/zh-hans/" in body
        assert article.permalink() in body
        assert "Port Example" in body
    assert "\n.句点\n" in text.replace("\r\n", "\n")
    assert "夜间公交 <三条> & 更多" in text
    assert "夜间公交 &lt;三条&gt; &amp; 更多" in html
    assert 'lang="zh-hans"' in html
    assert html.count("<table") == html.count('role="presentation"')
    client.post(link.removeprefix("http://testserver"), "List-Unsubscribe=One-Click", content_type="text/plain")
    reader.refresh_from_db()
    assert reader.status == "unsubscribed"


def test_the_text_is_made_from_the_structure():
    html = (
        '<h2>Head</h2><p>A <a href="https://x.example/">link</a><br>and</p><ol start="3"><li>c<ul><li>d</li></ul></li>'
    )
    html += "<li>e</li></ol><blockquote><p>One</p><p>Two</p></blockquote><pre>x\n  y</pre><hr><p>End &amp; done</p>"
    assert text_of(html) == (
        "Head\n\nA link <https://x.example/>\nand\n\n3. c\n  - d\n\n4. e\n\n> One\n\n> Two\n\nx\n  y\n\n———"
        "\n\nEnd & done"
    )


def test_who_unsubscribes_while_it_is_sent_gets_none(mailbox):
    readers = [make_subscriber() for _reader in range(5)]
    mailbox.after = lambda reader: None
    issue = approved_issue()
    issue.begin(by=User.objects.system())
    readers[2].unsubscribe(page="/u/…")
    readers[3].suppress(page="/…")
    send_all(issue)
    assert mailbox.readers() == {readers[place].email: 1 for place in (0, 1, 4)}
    assert states() == {"sent": 3, "skipped": 2}
    assert Delivery.objects.get(subscriber=readers[2]).result == "no longer subscribed"


def lots(monkeypatch, after_first):
    """Let something happen between the first lot and the second."""
    original, told = sender.Sender._lot, []

    def lot(self):
        if told == [1]:
            after_first()
        taken = original(self)
        told.append(1)
        return taken

    monkeypatch.setattr(sender.Sender, "_lot", lot)


def test_an_article_that_is_withheld_drops_out_of_the_mails_not_yet_sent_and_of_the_web(
    mailbox, monkeypatch, settings, client
):
    settings.NEWSLETTER_LOT = 1
    for _reader in range(4):
        make_subscriber()
    kept, gone = make_article(headline="Stays"), make_article(headline="Goes away")
    issue = approved_issue(kept, gone)
    assert "Goes away" in client.get(issue.get_absolute_url()).content.decode()
    lots(monkeypatch, lambda: make_report(gone).uphold(by=User.objects.system(), reason="Copied."))
    send_all(issue)
    texts = [mail.get_body(("plain",)).get_content() for mail in mailbox.mails]
    assert ["Goes away" in text for text in texts] == [True, False, False, False]
    assert all("Stays" in text for text in texts)
    page = client.get(issue.get_absolute_url()).content.decode()
    assert "Stays" in page
    assert "Goes away" not in page


def test_an_issue_of_which_nothing_can_be_read_any_more_is_paused(mailbox):
    make_subscriber()
    article = make_article()
    issue = approved_issue(article)
    article.kill(by=User.objects.system(), reason="Invented.")
    assert send_all(issue) == "paused"
    assert mailbox.mails == []
    assert states() == {"pending": 1}


def test_pausing_takes_effect_within_a_lot_and_it_goes_on_where_it_was(mailbox, monkeypatch, settings, writer):
    settings.NEWSLETTER_LOT = 2
    readers = [make_subscriber().email for _reader in range(6)]
    issue = approved_issue()
    lots(monkeypatch, lambda: Issue.objects.get().pause(by=writer, reason="A wrong figure."))
    assert send_all(issue) == "paused"
    assert states() == {"sent": 2, "pending": 4}
    issue.resume(by=writer)
    assert send_all(issue) == "sent"
    assert mailbox.readers() == dict.fromkeys(readers, 1)


def test_a_cancelled_issue_sends_nothing_more_and_leaves_the_web(mailbox, writer, client):
    make_subscriber()
    issue = approved_issue()
    issue.begin(by=User.objects.system())
    assert client.get(issue.get_absolute_url()).status_code == 200
    issue.cancel(by=writer, reason="Wrong month.")
    assert (send_all(issue), mailbox.mails, states()) == ("cancelled", [], {"skipped": 1})
    assert client.get(issue.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_slow_server_gets_smaller_lots_and_every_reader_still_one_copy(mailbox, monkeypatch, pipelining):
    mailbox.pipelining = pipelining
    monkeypatch.setattr("newsletter.issues.wire.LONGEST", 0)
    readers = [make_subscriber().email for _reader in range(4)]
    issue = approved_issue()
    issue.begin(by=User.objects.system())
    slow = sender.Sender(issue)
    slow._lot()
    slow.close()
    assert states() == {"sent": 1, "pending": 3}
    assert send_all(issue) == "sent"
    assert mailbox.readers() == dict.fromkeys(readers, 1)


def test_an_issue_waits_for_its_time(mailbox, client):
    make_subscriber()
    issue = approved_issue(send_at=timezone.now() + timedelta(hours=1))
    assert (sender.send_due(), client.get(issue.get_absolute_url()).status_code) == (0, 404)
    later = make_subscriber()
    Issue.objects.update(public_at=timezone.now())
    send_all(issue)
    assert later.email in mailbox.readers()


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


def test_two_senders_share_the_work(mailbox):
    for _reader in range(4):
        make_subscriber()
    issue = approved_issue()
    one, other = sender.Sender(issue), sender.Sender(issue)
    issue.begin(by=User.objects.system())
    first = one.copies.claim("one", 2)
    second = other.copies.claim("other", 10)
    assert len(first) == len(second) == 2
    assert not set(first) & set(second)
    assert one.copies.take_off("one") == 2
    assert other.copies.held_by("other").give_back() == 2


def test_an_address_is_in_an_issue_once_however_often_recipients_are_fixed():
    make_subscriber()
    issue = approved_issue()
    assert [issue.deliveries.snapshot(issue) for _time in range(2)] == [1, 0]


def test_without_a_mail_server_copies_lie_in_the_outbox(settings, client):
    settings.EMAIL_BACKEND = "cms.outbox.OutboxBackend"
    reader, issue = make_subscriber(), approved_issue()
    assert send_all(issue) == "sent"
    assert reader.email in client.get("/outbox/").content.decode()
    [path] = settings.OUTBOX.glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = re.search(r"<(http[^>]+)>", mail["List-Unsubscribe"])[1]
    assert link in mail.get_body(("plain",)).get_content()


def test_a_copy_goes_to_oneself_before_it_is_submitted_and_to_nobody_else(writer, mailbox):
    make_subscriber()
    issue, own = make_issue(), browser(writer)
    assert own.post(f"/admin/newsletter/issue/{issue.pk}/test/").status_code == 302
    send_letters()
    [mail] = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (writer.email, "[Test] What May brought")
    assert "reader" not in (mail["List-Unsubscribe"] or "")
    assert "/u/" not in mail.get_body(("html",)).get_content()
    chief = browser(make_member("chief-editor"))
    assert chief.post(f"/admin/newsletter/issue/{issue.pk}/test/").status_code == 403
    assert Letter.objects.filter(name="newsletter_test").count() == 1


def test_the_preview_is_what_goes_out_and_runs_nothing(writer):
    issue, own = make_issue(intro="<p>Good morning.</p>"), browser(writer)
    page = own.get(f"/admin/newsletter/issue/{issue.pk}/preview/html/")
    assert "script-src 'none'" in page["Content-Security-Policy"]
    edition = Edition(issue, issue.readable_articles())
    assert page.content.decode() == edition.shown("html")
    assert own.get(f"/admin/newsletter/issue/{issue.pk}/preview/text/").content.decode() == edition.shown("text")
    assert browser(make_member("legal")).get(f"/admin/newsletter/issue/{issue.pk}/preview/text/").status_code == 403


def test_the_web_edition_asks_little_and_is_kept(client):
    issue = approved_issue(*(make_article() for _article in range(6)), slug="may")
    approved_issue(slug="may", language="zh-hans", headline="五月")
    path = issue.get_absolute_url()
    client.get("/en/")  # what is asked once: sections, pages about the newsroom, when something appears by itself
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)
    assert page.status_code == 200
    assert len(queries) <= 4
    assert 'href="/zh-hans/newsletter/issue/may/"' in page.content.decode()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers={"if-none-match": page["ETag"]}).status_code == 304
    assert len(queries) == 0
    assert not client.cookies


def test_past_issues_are_paged_by_key(client, monkeypatch):
    monkeypatch.setattr("newsletter.issues.views.PAGE", 2)
    issues = [approved_issue(headline=f"Issue {number}") for number in range(5)]
    same = timezone.now() - timedelta(minutes=1)
    Issue.objects.filter(pk__in=[issue.pk for issue in issues[1:4]]).update(public_at=same)
    Issue.objects.filter(pk=issues[0].pk).update(public_at=same - timedelta(days=1))
    seen, path = [], "/en/newsletter/issues/"
    while path:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode()
        assert len(queries) <= 4
        seen += re.findall(r">Issue (\d)<", page)
        older = re.search(r'href="([^"]+before=\d+)" rel="next"', page)
        path = older and older[1]
    assert seen == ["4", "3", "2", "1", "0"]
    assert client.get("/en/newsletter/issues/?before=x").status_code == 404
    assert "issues/" in client.get("/en/newsletter/").content.decode()


def test_the_desk_counts_issues_within_its_budget(desk):
    for _issue in range(3):
        make_issue().submit(by=User.objects.system())
    desk.get("/admin/desk/")
    Decision.objects.count()
    with CaptureQueriesContext(connection) as queries:
        page = desk.get("/admin/desk/?kind=newsletter.issue")
    assert page.content.decode().count("What May brought") >= 3
    assert len(queries) <= 12


def test_a_moved_issue_is_a_conflict_and_an_auditor_only_reads(writer):
    issue, auditor = make_issue(), browser(make_member("auditor"))
    assert auditor.get(page_of(issue)).status_code == 200
    stale = issue.version
    issue.amend(by=make_editor(), headline="Changed")
    answer = browser(writer).post(page_of(issue), typed(issue, seen=stale, headline="Mine"))
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
