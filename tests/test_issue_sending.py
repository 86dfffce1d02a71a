"""An issue goes out: once to everybody who wants it, in lots that can be paused, and at the time that it waits for."""

import email
import email.policy
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from cms.models import User
from newsletter.issues import sender
from newsletter.issues.plain import text_of
from newsletter.models import Delivery, Issue
from tests.factories import approved_issue, make_article, make_report, make_subscriber
from tests.issuing import send_all, states, writer_fixture  # noqa: F401  (a fixture)
from tests.mailbox import mailbox_fixture  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


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
