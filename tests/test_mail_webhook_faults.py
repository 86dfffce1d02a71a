"""What a service may not post and what goes wrong while it does: refused in words, and nothing is lost."""

import base64
import logging
import os

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from submissions.mail import spool, webhooks
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.mail.parse import MAX_BYTES
from submissions.mail.payloads import MOST_BYTES
from submissions.mail.spool import deliver_left_behind
from submissions.models import Story
from tests.mail_services import (  # noqa: F401
    MAILGUN,
    POSTMARK,
    SECRET,
    authorization,
    mail,
    mailgun_event,
    newsroom,
    post_mailgun,
    post_postmark,
    postmark_event,
)
from tests.mailing import STORIES

pytestmark = pytest.mark.django_db


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
