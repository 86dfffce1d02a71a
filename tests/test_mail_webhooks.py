"""Mail that a service hands over by HTTP: it becomes what mail by the pipe becomes, once, and nothing is lost."""

import base64
import hashlib
import hmac
import io
import json
import logging
import os
import sys
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cms.models import Letter
from submissions.conversation import Message
from submissions.copyright.forms import STATEMENTS
from submissions.copyright.models import CopyrightReport
from submissions.mail import spool, webhooks
from submissions.mail.addresses import reply_address
from submissions.mail.intake import take
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.mail.parse import MAX_BYTES
from submissions.mail.payloads import MOST_BYTES
from submissions.mail.spool import deliver_left_behind
from submissions.models import Story
from tests.factories import make_article, make_guidelines, make_section, make_story, picture_bytes

pytestmark = pytest.mark.django_db
STORIES, COPYRIGHT, REPLIES = "stories@news.example", "copyright@news.example", "reply@news.example"
SECRET, KEY = "postmark:a-long-enough-password", "key-of-our-mailgun-account"
POSTMARK, MAILGUN = "/anymail/postmark/inbound/", "/anymail/mailgun/inbound_mime/"
TEXT = "The last ferry used to leave at ten.\n\nNow it waits, says https://example.org/timetable.\n"


@pytest.fixture(autouse=True)
def newsroom(db, settings, tmp_path):
    settings.MAIL_STORIES, settings.MAIL_COPYRIGHT, settings.MAIL_REPLIES = STORIES, COPYRIGHT, REPLIES
    settings.MAIL_SPOOL = tmp_path / "mail"
    settings.MAIL_WEBHOOKS = ["postmark", "mailgun", "sparkpost", "mailjet", "mandrill", "mailersend"]
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": [SECRET],
        "MAILGUN_WEBHOOK_SIGNING_KEY": KEY,
        "MANDRILL_WEBHOOK_KEY": KEY,
        "MAILERSEND_INBOUND_SECRET": KEY,
    }
    make_section()
    make_guidelines()


def mail(text=TEXT, *, picture=False, **headers):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Mara Lindqvist <mara@example.org>", STORIES, "The ferry that waits"
    made["Message-ID"] = headers.pop("message_id", f"<{os.urandom(6).hex()}@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if picture:
        made.add_attachment(picture_bytes(), maintype="image", subtype="jpeg", filename="渡船.jpg")
    return made


def authorization(secret=SECRET):
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark_event(made, *, raw=True, recipient=STORIES, sender="mara@example.org", **fields):
    """What Postmark posts: the message in pieces, and whole where its setting asks for that."""
    body, attachments = made.get_body(("plain",)), list(made.iter_attachments())
    kept = [name for name in made if name not in {"From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding"}]
    event = {
        "FromName": "Mara Lindqvist",
        "MessageStream": "inbound",
        "From": "mara@example.org",
        "FromFull": {"Email": "mara@example.org", "Name": "Mara Lindqvist", "MailboxHash": ""},
        "To": recipient,
        "ToFull": [{"Email": STORIES, "Name": "", "MailboxHash": ""}],
        "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [],
        "OriginalRecipient": recipient,
        "Subject": made["Subject"],
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "ReplyTo": "", "MailboxHash": "", "Tag": "",
        "Date": "Mon, 23 Nov 2026 10:00:00 +0100",
        "TextBody": body.get_content() if body else "", "HtmlBody": "", "StrippedTextReply": "",
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{sender}>"},
            {"Name": "Received", "Value": "from mx.example.org by p-pm-inbound01a.aws-us-east-1 (Postfix) with ESMTPS"},
            {"Name": "X-Spam-Status", "Value": "No"},
            {"Name": "X-Spam-Score", "Value": "-0.1"},
            *({"Name": name, "Value": made[name]} for name in kept),
        ],
        "Attachments": [
            {
                "Name": part.get_filename(), "Content": base64.b64encode(part.get_content()).decode(),
                "ContentType": part.get_content_type(), "ContentLength": len(part.get_content()), "ContentID": "",
            }
            for part in attachments
        ],
    }  # fmt: skip
    for attachment in event["Attachments"]:
        del attachment["ContentID"]  # Postmark names it for inline parts only
    return event | ({"RawEmail": made.as_bytes().decode()} if raw else {}) | fields


def post_postmark(client, made, secret=SECRET, **options):
    event = made if isinstance(made, (dict, list, str)) else postmark_event(made, **options)
    data = event if isinstance(event, str) else json.dumps(event)
    return client.post(POSTMARK, data, content_type="application/json", headers=authorization(secret) if secret else {})


def signed(fields, key=KEY):
    token, timestamp = "0ce9c4cf9b5b3d4c4e1b6c4c6f6a0d6fb8d1b6e0f7a8e2c5d4", "1795428000"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return fields | {"token": token, "timestamp": timestamp, "signature": signature}


def mailgun_event(made, *, recipient=STORIES, sender="mara@example.org", key=KEY):
    """What Mailgun posts to an address that ends with "mime"."""
    raw = made if isinstance(made, str) else made.as_bytes().decode()
    return signed(
        {
            "recipient": recipient, "sender": sender, "from": "Mara Lindqvist <mara@example.org>",
            "subject": "The ferry that waits", "body-mime": raw,
        },
        key,
    )  # fmt: skip


def post_mailgun(client, made, *, form="multipart", **options):
    event, headers = mailgun_event(made, **options), authorization()
    if form == "multipart":
        return client.post(MAILGUN, event, headers=headers)
    encoded = urlencode(event)
    return client.post(MAILGUN, encoded, content_type="application/x-www-form-urlencoded", headers=headers)


def by_pipe(made, monkeypatch, recipient=STORIES):
    stdin = type("Stdin", (), {"buffer": io.BytesIO(made.as_bytes())})
    monkeypatch.setattr(sys, "stdin", stdin)
    call_command("receive_mail", recipient=recipient)


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


# --- Who may post ------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "postmark:wrong", "x", "ä:ö"])
def test_without_the_secret_nothing_is_taken_and_nothing_of_it_is_in_the_log(client, caplog, secret):
    caplog.set_level(logging.DEBUG)
    answer = post_postmark(client, mail("Confidential words."), secret=secret)
    assert answer.status_code == 400
    assert not TakenMail.objects.exists()
    for words in ("Confidential", "mara", "password", SECRET):
        assert words not in caplog.text + answer.content.decode()


def test_a_signature_with_another_key_is_refused(client):
    assert post_mailgun(client, mail(), key="another").status_code == 400
    assert client.post(MAILGUN, {"body-mime": "x"}, headers=authorization()).status_code == 400
    assert client.post(MAILGUN, mailgun_event(mail())).status_code == 400  # basic authentication is missing
    assert not TakenMail.objects.exists()


def test_there_is_no_address_for_a_service_that_is_not_named_or_has_no_secret(client, settings):
    settings.MAIL_WEBHOOKS = ["postmark"]
    assert post_mailgun(client, mail()).status_code == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": []}
    assert post_postmark(client, mail()).status_code == 404
    settings.MAIL_WEBHOOKS = []
    assert post_postmark(client, mail()).status_code == 404
    for path in ("/anymail/resend/inbound/", "/anymail/postmark/tracking/", "/anymail/"):
        assert client.post(path).status_code == 404


def test_only_head_and_post_are_answered(client):
    assert client.head(POSTMARK).status_code == 200
    assert client.get(POSTMARK).status_code == 405


@pytest.mark.parametrize(
    ("named", "keys", "fault"),
    [
        (["postmark"], {}, "mail.E002"),
        (["postmark"], {"WEBHOOK_SECRET": ["short:er"]}, "mail.E003"),
        (["mailgun"], {"WEBHOOK_SECRET": [SECRET]}, "mail.E002"),
        (["smoke-signal"], {}, "mail.E001"),
    ],
)
def test_the_check_of_the_settings_names_what_is_missing(settings, named, keys, fault):
    settings.MAIL_WEBHOOKS, settings.ANYMAIL = named, keys
    with pytest.raises(SystemCheckError, match=fault):
        call_command("check")


def test_the_check_of_the_settings_is_content_without_and_with_services(settings):
    call_command("check")
    settings.MAIL_WEBHOOKS, settings.ANYMAIL = [], {}
    call_command("check")


# --- What goes wrong ---------------------------------------------------------------------------------


def test_while_the_database_is_away_the_service_is_asked_to_come_again_and_the_message_is_kept(client, monkeypatch):
    def away(raw, *, recipient):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "take", away)
        assert post_postmark(client, mail(message_id="<a@example.org>")).status_code == 503
    [path] = spool.settings.MAIL_SPOOL.glob("*.eml")
    os.utime(path, (0, 0))
    deliver_left_behind()
    assert post_postmark(client, mail(message_id="<a@example.org>")).status_code == 200
    assert Story.objects.count() == 1


def test_a_full_disk_makes_the_service_come_again(client, monkeypatch):
    def full(raw, recipient):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(webhooks, "keep", full)
    assert post_postmark(client, mail()).status_code == 503


def test_a_request_or_a_message_that_is_too_large_is_told_so(client):
    headers = authorization() | {"Content-Length": str(MOST_BYTES + 1)}
    answer = client.post(POSTMARK, "{}", content_type="application/json", headers=headers)
    assert answer.status_code == 413
    assert b"25 MB" in answer.content
    huge = mail().as_bytes().decode() + ("a" * 76 + "\n") * (MAX_BYTES // 77 + 1)
    assert post_mailgun(client, huge).status_code == 413
    assert not TakenMail.objects.exists()


@pytest.mark.parametrize("form", ["multipart", "urlencoded"])
def test_a_message_larger_than_what_people_may_type_is_taken(client, form):
    made = mail()
    made.add_attachment(os.urandom(6_000_000), maintype="application", subtype="pdf", filename="a.pdf")
    assert post_mailgun(client, made, form=form).status_code == 200
    assert Story.objects.count() == 1


def nested(depth):
    head = "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
    return head + "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))


BOMBS = {
    "nested": nested(20_000),
    "parts": 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\n" * 100_000,
    "header": "Content-Type: text/plain; " + "; ".join(f"a{n}=b" for n in range(40_000)) + "\n\nx",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("post", [post_postmark, post_mailgun], ids=["postmark", "mailgun"])
def test_a_bomb_is_not_opened_and_waits_on_the_desk(client, post, bomb):
    made = bomb if post is post_mailgun else postmark_event(mail(), RawEmail=bomb)
    assert post(client, made).status_code == 200
    waiting = ReceivedMail.objects.get()
    assert (waiting.why, waiting.taken.recipient) == ("bomb", STORIES)
    assert bytes(waiting.taken.raw) == bomb.encode()


@pytest.mark.parametrize(
    "fields",
    [
        {"Subject": "((((" * 20_000},
        {"ToFull": [{"Email": "a@example.org", "Name": ""}] * 20_000},
        {"Headers": [{"Name": "To", "Value": "(" * 5_000}]},
        {"Attachments": [{"Name": "a", "ContentType": "message/rfc822", "Content": base64.b64encode(nested(9_000).encode()).decode()}]},  # noqa: E501
        {"Attachments": [{}]},
    ],
)  # fmt: skip
def test_a_message_in_pieces_on_which_the_library_stumbles_waits_with_its_words(client, fields):
    assert post_postmark(client, postmark_event(mail(), raw=False, **fields)).status_code == 200
    waiting = ReceivedMail.objects.get()
    assert b"The last ferry used to leave at ten." in bytes(waiting.taken.raw)
    assert waiting.taken.recipient == STORIES


@pytest.mark.parametrize(
    "data",
    ["", "{", "[]", "1", "null", '"x"', "{}", "[" * 100_000, "\ud800", '{"a": ' * 5_000, '{"RecordType": "Bounce"}'],
)
def test_what_is_no_message_is_refused(client, data):
    answer = client.post(
        POSTMARK, data.encode("utf-8", "surrogatepass"), content_type="application/json", headers=authorization()
    )
    assert answer.status_code == 400
    assert not TakenMail.objects.exists()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted(postmark_event(mail()))


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=6))
def test_nothing_that_a_service_could_post_is_a_server_error(client, fields):
    for event in (postmark_event(mail(), raw=False) | fields, fields):
        assert post_postmark(client, event).status_code in {200, 400}


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300), st.sampled_from(["application/json", "multipart/form-data; boundary=x", "x/y", ""]))
def test_no_bytes_are_a_server_error(client, data, kind):
    for path in (POSTMARK, MAILGUN, "/anymail/mandrill/inbound/", "/anymail/mailersend/inbound/"):
        body = b"--x\r\n" + data + b"\r\n--x--\r\n" if kind.startswith("multipart") else data
        answer = client.generic("POST", path, body, content_type=kind, headers=authorization())
        assert answer.status_code == 400


def test_taking_a_story_costs_as_many_queries_as_by_the_pipe(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as by_http:
        post_postmark(client, mail())
    with django_assert_max_num_queries(len(by_http)):
        take(mail().as_bytes(), recipient=STORIES)
