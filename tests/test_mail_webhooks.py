"""Mail that a service hands over by HTTP: it becomes what mail by the pipe becomes, and once."""

import base64
import io
import json

import pytest

from cms.models import Letter
from submissions.conversation import Message
from submissions.copyright.forms import STATEMENTS
from submissions.copyright.models import CopyrightReport
from submissions.mail import spool
from submissions.mail.addresses import reply_address
from submissions.mail.intake import take
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.models import Story
from tests.factories import make_article, make_story, picture_bytes
from tests.mail_services import (  # noqa: F401
    authorization,
    by_pipe,
    mail,
    newsroom,
    post_mailgun,
    post_postmark,
    postmark_event,
    signed,
)
from tests.mailing import COPYRIGHT, STORIES

pytestmark = pytest.mark.django_db


# --- What becomes of a message -----------------------------------------------------------------------


@pytest.mark.parametrize("raw", [True, False])
def test_a_message_from_postmark_becomes_a_story_with_its_picture_and_the_sender_gets_the_receipt(client, raw):
    answer = post_postmark(client, mail(picture=True), raw=raw)
    assert (answer.status_code, answer.content) == (200, b"")
    story = Story.objects.get()
    assert (story.headline, story.email, story.arrived_by) == ("The ferry that waits", "mara@example.org", "mail")
    assert story.body.startswith("<p>The last ferry used to leave at ten.</p>")
    assert (story.cover.width, story.sources) == (1200, ["https://example.org/timetable"])
    assert Letter.objects.get().name == "story_received_by_mail"
    kept = bytes(TakenMail.objects.get().raw)
    assert kept.startswith(b"Return-Path: <mara@example.org>\n")
    assert b"The ferry that waits" in kept
    assert not [*spool.settings.MAIL_SPOOL.glob("*.eml")]
    assert not client.cookies


@pytest.mark.parametrize("form", ["multipart", "urlencoded"])
def test_a_whole_message_from_mailgun_becomes_a_story(client, form):
    assert post_mailgun(client, mail(picture=True), form=form).status_code == 200
    assert Story.objects.get().cover.width == 1200


def test_a_message_that_mailgun_took_apart_becomes_a_story(client):
    headers = [
        ["From", "Mara Lindqvist <mara@example.org>"], ["To", STORIES], ["Subject", "末班渡船"],
        ["Message-Id", "<a@example.org>"], ["X-Mailgun-Sflag", "No"], ["X-Mailgun-Sscore", "0.3"],
    ]  # fmt: skip
    fields = {
        "recipient": STORIES, "sender": "mara@example.org", "message-headers": json.dumps(headers),
        "body-plain": "末班渡船原定十点开出。\r\n\r\n现在它会等人。\r\n",
        "attachment-count": "1", "content-id-map": "{}",
    }  # fmt: skip
    picture = io.BytesIO(picture_bytes())
    picture.name = "渡船.jpg"
    answer = client.post(
        "/anymail/mailgun/inbound/", signed(fields) | {"attachment-1": picture}, headers=authorization()
    )
    assert answer.status_code == 200
    story = Story.objects.get()
    assert (story.headline, story.language, story.cover.width) == ("末班渡船", "zh-hans", 1200)


def test_a_message_from_sparkpost_in_base64_becomes_a_story(client):
    content = {"email_rfc822": base64.b64encode(mail().as_bytes()).decode(), "email_rfc822_is_base64": True}
    relayed = {"content": content, "msg_from": "mara@example.org", "rcpt_to": STORIES, "protocol": "smtp"}
    event = [{"msys": {"relay_message": relayed}}]
    data, headers = json.dumps(event), authorization()
    answer = client.post("/anymail/sparkpost/inbound/", data, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert Story.objects.get().headline == "The ferry that waits"


def test_an_answer_joins_its_conversation_by_the_address_that_it_was_delivered_to(client):
    story = make_story()
    post_postmark(client, mail("It waits ten minutes."), recipient=reply_address(story))
    assert (Message.objects.get().story, Message.objects.get().text) == (story, "It waits ten minutes.")
    assert Story.objects.get() == story


def test_a_complete_copyright_report_becomes_one(client):
    lines = [
        "Work: My photographs", "Explanation: The second picture is mine.", "Name: Ilse Brandt",
        "Address: Hafenstr. 1, Kiel", "Phone: +49 431 1", "Signature: Ilse Brandt",
        make_article().permalink(), *(str(words) for words in STATEMENTS.values()),
    ]  # fmt: skip
    post_mailgun(client, mail("\n\n".join(lines)), recipient=COPYRIGHT)
    assert CopyrightReport.objects.count() == 1


def test_a_bounce_is_known_by_its_empty_sender_and_never_answered(client):
    post_mailgun(client, mail(), sender="")
    post_postmark(client, mail(), sender="")
    assert {(row.why, row.status) for row in ReceivedMail.objects.all()} == {("automatic", "filed")}
    assert not Story.objects.exists()
    assert not Letter.objects.exists()


def test_what_was_delivered_to_none_of_our_addresses_waits(client):
    post_postmark(client, mail(), recipient="b1946ac92@inbound.postmarkapp.com")
    assert ReceivedMail.objects.get().why == "nowhere"


@pytest.mark.parametrize("header", [{"X_Spam_Status": "Yes, score=9.1"}, {"X_Mailgun_Sflag": "Yes"}, {}])
def test_what_a_service_calls_spam_is_told_to_the_editor_and_decides_nothing(client, desk, header):
    post_postmark(client, mail(**header), recipient="else@news.example")
    post_mailgun(client, mail(**header))
    html = desk.get(f"/admin/submissions/receivedmail/{ReceivedMail.objects.get().pk}/change/").content.decode()
    assert ("called it spam" in html) == bool(header)
    assert Story.objects.count() == 1


# --- Once --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [True, False])
@pytest.mark.parametrize("picture", [True, False])
def test_a_message_that_comes_by_the_pipe_and_by_two_services_is_one_story(client, monkeypatch, raw, picture):
    made = mail(picture=picture)
    by_pipe(made, monkeypatch)
    assert post_postmark(client, made, raw=raw).status_code == 200
    assert post_postmark(client, made, raw=raw).status_code == 200
    assert post_mailgun(client, made).status_code == 200
    assert (Story.objects.count(), TakenMail.objects.count(), ReceivedMail.objects.count()) == (1, 1, 0)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"message_id": ""}])
def test_a_message_in_pieces_that_is_posted_again_is_one_story(client, headers):
    event = postmark_event(mail(picture=True, **headers), raw=False)
    for _time in range(3):
        assert post_postmark(client, event).status_code == 200
    assert (Story.objects.count(), ReceivedMail.objects.count()) == (1, 0)


def test_nobody_can_suppress_a_mail_by_using_its_id_first(client):
    post_postmark(client, mail("Nothing to see.", message_id="<a@example.org>"), raw=False)
    post_postmark(client, mail(message_id="<a@example.org>"), raw=False)
    assert Story.objects.count() == 1
    assert ReceivedMail.objects.get().why == "same_id"


def test_taking_a_story_costs_as_many_queries_as_by_the_pipe(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as by_http:
        post_postmark(client, mail())
    with django_assert_max_num_queries(len(by_http)):
        take(mail().as_bytes(), recipient=STORIES)
