"""The command that the mail server pipes to, and whatever bytes may come through it: nothing is lost."""

import io
import os
import sys
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.worker import run_until_idle
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.mail.parse import MAX_BYTES, parse
from submissions.mail.words import answer_of, body_of, headline_of
from submissions.models import Story
from tests.mailing import COPYRIGHT, STORIES, mail, newsroom, taken, waiting  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


# --- The command and the spool -----------------------------------------------------------------------


def pipe(monkeypatch, raw, *arguments):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    try:
        call_command("receive_mail", *arguments)
    except SystemExit as stop:
        return stop.code
    return 0


def test_the_command_reads_the_recipient_from_its_argument_or_the_servers_header(monkeypatch, settings):
    assert pipe(monkeypatch, mail().as_bytes(), "--recipient", STORIES) == 0
    assert pipe(monkeypatch, b"Delivered-To: " + STORIES.encode() + b"\n" + mail().as_bytes()) == 0
    assert pipe(monkeypatch, b"X-Original-To: Stories+tag@NEWS.example\n" + mail().as_bytes()) == 0
    assert Story.objects.count() == 3
    assert pipe(monkeypatch, mail().as_bytes()) == 0
    assert waiting().why == "nowhere"
    assert list(settings.MAIL_SPOOL.iterdir()) == []


def test_without_a_database_the_mail_server_keeps_the_message_and_so_do_we(monkeypatch, settings):
    def away(*args, **kwargs):
        raise OperationalError("the database is away")

    raw = mail().as_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("submissions.mail.intake.TakenMail.objects.filter", away)
        assert pipe(patch, raw, "--recipient", STORIES) == os.EX_TEMPFAIL
    [left] = settings.MAIL_SPOOL.glob("*.eml")
    assert left.read_bytes().endswith(raw)
    assert left.stat().st_mode & 0o777 == 0o600
    run_until_idle()
    assert not Story.objects.exists()  # the command might still be at it
    os.utime(left, (0, 0))
    run_until_idle()
    assert Story.objects.count() == 1
    assert not left.exists()
    assert pipe(monkeypatch, raw, "--recipient", STORIES) == 0
    assert Story.objects.count() == 1


def test_a_fault_of_ours_puts_the_message_on_the_desk(monkeypatch, caplog):
    monkeypatch.setattr("submissions.mail.stories.body_of", lambda mail: 1 / 0)
    taken(mail())
    assert waiting().why == "unreadable"


def test_nothing_and_too_much_are_refused_with_their_codes(monkeypatch, settings):
    assert pipe(monkeypatch, b"") == os.EX_NOINPUT
    assert pipe(monkeypatch, b"x" * (MAX_BYTES + 1)) == os.EX_DATAERR
    assert not settings.MAIL_SPOOL.exists()


# --- Hostile bytes -----------------------------------------------------------------------------------


def nested(depth):
    return b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(depth))


HOSTILE = {
    "deep": nested(3000),
    "enclosed": b"Content-Type: message/rfc822\n\n" * 3000,
    "parts": b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\nhello\n" * 4000,
    "many parts": b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\n" * 1_000_000,
    "headers": b"a:b\n" * 2_000_000,
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 200_000 + b"\n\nx",
    "cr parameters": b"Subject: x\rContent-Type: text/plain" + b"; a=b" * 200_000 + b"\r\rx",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_bombs_wait_unopened(raw):
    taken(raw)
    assert waiting().why == "bomb"


ODD = {
    "charset": b"Content-Type: text/plain; charset=no-such\n\nHello \xe4\xb8\xad",
    "codec": b"Content-Type: text/plain; charset=punycode\n\n" + b"a-" * 20_000,
    "not text": b"Content-Type: text/plain; charset=zip\n\nHello",
    "base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!SGVsbG8gdGhlcmU=\xff",
    "recipients": b"To: " + b",\n ".join(b"u%d@example.org" % n for n in range(10_000)) + b"\n\nHello",
    "words": b"Subject: " + b"=?utf-8?Q?=41?= " * 20_000 + b"\n\nHello",
    "mbox": b"From mara@example.org Mon Nov 23\nSubject: Hi\n\nHello",
    "rfc2231": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHello\n--b\nContent-Type: application/pdf\n"
    b"Content-Disposition: attachment; filename*0*=utf-8''%e4%b8%ad; filename*1=x.pdf\n\nx\n--b--",
    "nul": b"Subject: a\x00b\nFrom: \x00@\x00\n\nHel\x00lo",
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD.keys())
def test_odd_mail_is_still_a_story(raw):
    taken(raw)
    assert Story.objects.count() == 1


def test_a_header_cannot_be_smuggled_into_a_letter_or_a_headline():
    folded = b"From: =?utf-8?Q?a=0D=0ABcc=3A_x=40example.org?= <mara@example.org>\n"
    taken(folded + b"Subject: =?utf-8?Q?One=0D=0ABcc=3A_victim=40example.org=E2=80=AE?=\n\nHello")
    story = Story.objects.get()
    assert story.headline == "One Bcc: victim@example.org"
    assert story.email == "mara@example.org"
    assert "\n" not in story.byline


@pytest.mark.parametrize(
    "sender", ["a@b.example, c@d.example", "<a@b@c>", "a\x00@b.example", "undisclosed:;", "é@x.example", '"a b"@c', ""]
)
def test_odd_senders_are_no_error(sender):
    taken(f"From: {sender}\nSubject: x\n\nHello".encode())
    assert Story.objects.count() == 1


def test_names_of_attachments_are_read_by_either_rule():
    raw = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; "
        'name="=?utf-8?B?5Lit5paHLnBkZg==?="\n\nx\n'
        "--b\nContent-Disposition: attachment; filename*=gb18030''%D6%D0%CE%C4.doc\n\nx\n--b--\n"
    )
    assert [part.name for part in parse(raw.encode()).attachments] == ["中文.pdf", "中文.doc"]


PIECES = [
    b"From: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"text/html; charset=", b"gb2312",
    b"\n", b"\r\n", b"\n\n", b"--b\n", b"--b--", b"=?utf-8?B?", b"?=", b"Content-Transfer-Encoding: base64\n",
    b"Content-Disposition: attachment; filename*0*=", b"message/rfc822", b'"', b"<", b">", b"@", b"a@b.example", b"=",
    b'multipart/signed; boundary=""', b"uuencode", b"begin 644 x\n", b"Message-ID: <x@y>\n", b"text/plain\n\nHello ",
    b";", b"\xff", b"\x00",
]  # fmt: skip
BYTES = st.binary(max_size=400) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=40).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(raw=BYTES)
def test_no_bytes_make_the_reader_raise(raw):
    read = parse(raw)
    for value in (read.headers.subject, read.headers.sender, read.headers.name, headline_of(read), body_of(read)):
        value.encode()
    answer_of(read).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=BYTES.filter(bool), where=st.sampled_from([STORIES, COPYRIGHT, "x\x00\udcff", ""]))
def test_no_bytes_are_lost_or_taken_twice(raw, where):
    row = taken(raw, where)
    assert bytes(TakenMail.objects.get(pk=row.pk).raw) == raw or row.item is not None
    assert taken(raw, where) == row
    kinds = {"submissions.story": Story, "submissions.receivedmail": ReceivedMail}
    assert kinds[row.became].objects.filter(uid=row.item).exists()
