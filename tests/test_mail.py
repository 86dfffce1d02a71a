"""Intake by mail: what comes in becomes something or waits; nothing is lost, nothing is taken twice."""

import io
import os
import sys
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.letters import message, send_due
from cms.models import Letter
from cms.worker import run_until_idle
from submissions.conversation import Message
from submissions.copyright.forms import STATEMENTS
from submissions.copyright.models import CopyrightReport
from submissions.mail.addresses import reply_address
from submissions.mail.intake import take
from submissions.mail.models import ANSWERS_A_DAY, ReceivedMail, TakenMail
from submissions.mail.parse import MAX_BYTES, parse
from submissions.mail.words import answer_of, body_of, headline_of
from submissions.models import Story
from tests.factories import make_article, make_guidelines, make_section, make_story, picture_bytes

pytestmark = pytest.mark.django_db
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


# --- Stories -----------------------------------------------------------------------------------------


def test_a_mail_becomes_a_story_and_its_sender_gets_the_receipt(client):
    row = taken(mail())
    story = Story.objects.get()
    assert (story.headline, story.email, story.language, story.arrived_by) == (
        "The ferry that waits", "mara@example.org", "en", "mail",
    )  # fmt: skip
    assert "<p>The last ferry used to leave at ten.</p>" in story.body
    assert story.sources == ["https://example.org/timetable"]
    assert (story.anonymous, story.byline) == (True, "Mara Lindqvist")
    assert (row.became, row.item) == ("submissions.story", story.uid)
    assert bytes(row.raw).endswith(b"timetable.\n")
    [letter] = Letter.objects.all()
    assert (letter.name, letter.to) == ("story_received_by_mail", "mara@example.org")
    for words in (story.headline, "ferry", "Lindqvist", "example.org/timetable"):
        assert words not in letter.subject + letter.body_text + letter.body_html
    assert client.get(f"/en/receipt/{story.code}/").status_code == 200


def test_chinese_mail_in_its_old_encodings_is_read_and_answered_in_chinese():
    head = b"From: =?gb2312?B?1cXI/Q==?= <zhang@example.org>\r\nSubject: =?gb2312?B?xKm54LbJ?=\r\n"
    body = "末班渡船原定十点开出。\r\n\r\n现在它会等人。\r\n".encode("gb18030")
    taken(head + b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body)
    story = Story.objects.get()
    assert story.language == "zh-hans"
    assert story.byline == "张三"
    assert story.body == "<p>末班渡船原定十点开出。</p>\n<p>现在它会等人。</p>"
    assert Letter.objects.get().language == "zh-hans"


def test_the_first_usable_picture_is_the_cover_and_the_others_are_named_on_the_receipt_only(client, desk):
    made = mail()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="secret name.pdf")
    made.add_attachment(b"GIF89a...", maintype="image", subtype="gif", filename="../../logo.gif")
    made.add_attachment(picture_bytes(), maintype="image", subtype="jpeg", filename="渡船.jpg")
    made.add_attachment(picture_bytes(), maintype="image", subtype="jpeg", filename="second.jpg")
    made.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    taken(made)
    story = Story.objects.get()
    assert (story.cover.width, story.cover_source_type) == (1200, "")
    note = Message.objects.get()
    assert (note.story, note.sender) == (story, "house")
    names = [line.partition(":")[0] for line in note.text.splitlines()[1:]]
    assert names == ["secret name.pdf", "logo.gif", "second.jpg", "winmail.dat"]
    letter = Letter.objects.get()
    assert "secret name" not in letter.body_text + letter.body_html
    assert "winmail.dat" in client.get(f"/en/receipt/{story.code}/").content.decode()
    page = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "winmail.dat" in page
    assert "sent by mail, no box was ticked" in page


def test_html_only_mail_is_sanitised():
    made = mail(None)
    made.set_content(
        '<style>p{}</style><script>alert(1)</script><div onclick="x()">One <b>bold</b> word.</div><img src=x>',
        subtype="html",
    )
    taken(made)
    body = Story.objects.get().body
    assert body == "<p>One <strong>bold</strong> word.</p>"


def test_a_mail_without_subject_is_headed_by_its_first_line():
    taken(mail(subject=None))
    assert Story.objects.get().headline == "The last ferry used to leave at ten."


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (mail("   \n"), "empty"),
        (mail("字" * 60_001), "too_long"),
        (mail("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"), "sealed"),
        (mail(None, Content_Type="application/pkcs7-mime; smime-type=enveloped-data"), "sealed"),
        (mail(None, Content_Type='multipart/encrypted; boundary="x"'), "sealed"),
        (mail(List_Id="<press.example.org>"), "list"),
        (mail(Precedence="bulk"), "list"),
    ],
    ids=["empty", "too long", "pgp", "smime", "pgp-mime", "list", "bulk"],
)
def test_what_cannot_be_a_story_waits_on_the_desk_and_says_why(made, why, desk):
    taken(made)
    assert not Story.objects.exists()
    item = waiting()
    assert (item.status, item.why) == ("waiting", why)
    assert Letter.objects.filter(name="mail_waiting").exists() == (why != "list")
    assert item.subject in desk.get("/admin/desk/").content.decode()
    page = desk.get(f"/admin/submissions/receivedmail/{item.pk}/change/").content.decode()
    assert str(item.get_why_display()) in page
    raw = desk.get(f"/admin/submissions/receivedmail/{item.pk}/original.eml")
    assert raw.content == made.as_bytes()
    assert raw["Content-Type"] == "application/octet-stream"


def test_an_editor_takes_a_waiting_mail_as_a_story_or_files_it_away(desk, editor):
    taken(mail(List_Id="<press.example.org>"))
    item = waiting()
    answer = desk.post(f"/admin/submissions/receivedmail/{item.pk}/move/take_as_story/", {"seen": item.version})
    story = Story.objects.get()
    assert answer["Location"] == f"/admin/submissions/story/{story.pk}/change/"
    assert [line.move for line in story.decisions()] == ["receive"]
    assert not Letter.objects.exists()
    taken(mail("", subject="Nothing"))
    empty = ReceivedMail.objects.get(why="empty")
    url = f"/admin/submissions/receivedmail/{empty.pk}/move/"
    assert desk.post(f"{url}take_as_story/", {"seen": empty.version}).status_code == 422
    assert desk.post(f"{url}file_away/", {"seen": empty.version}).status_code == 422
    assert desk.post(f"{url}file_away/", {"seen": empty.version, "reason": "A test."}).status_code == 302
    empty.refresh_from_db()
    assert empty.status == "filed"


def test_signed_mail_is_read_and_the_seal_is_no_attachment():
    made = mail(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{TEXT}-----BEGIN PGP SIGNATURE-----\n\nabc\n")
    made.add_attachment(b"x", maintype="application", subtype="pgp-signature", filename="signature.asc")
    taken(made)
    assert "PGP" not in Story.objects.get().body
    assert not Message.objects.exists()


# --- Once, and never in a loop -----------------------------------------------------------------------


def test_a_message_is_taken_once_however_it_is_delivered():
    made = mail()
    first = taken(made)
    later = b"Received: from mx2 by mx1\r\n" + made.as_bytes().replace(b"\n", b"\r\n")
    assert taken(later) == first
    assert Story.objects.count() == Letter.objects.count() == 1


def test_without_message_id_the_same_words_are_taken_once():
    made = mail(Date="Mon, 23 Nov 2026 10:00:00 +0000")
    del made["Message-ID"]
    assert taken(made) == taken(b"Received: from mx2\n" + made.as_bytes())
    del made["Date"]
    made["Date"] = "Mon, 23 Nov 2026 10:00:01 +0000"
    taken(made)
    assert Story.objects.count() == 2


def test_nobody_can_suppress_a_mail_by_using_its_message_id_first():
    taken(mail("Something else.", message_id="<1@example.org>"))
    taken(mail(message_id="<1@example.org>"))
    assert Story.objects.count() == 1
    assert waiting().why == "same_id"
    taken(mail(message_id="<1@example.org>"))
    assert ReceivedMail.objects.count() == 1


def test_one_mail_to_two_addresses_is_two_errands():
    made = mail()
    taken(made, STORIES)
    taken(made, COPYRIGHT)
    assert {row.became for row in TakenMail.objects.all()} == {"submissions.story", "submissions.receivedmail"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "auto-generated"},
        {"Return_Path": "<>"},
        {"Return_Path": "<MAILER-DAEMON@mx.example.org>"},
        {"sender": "MAILER-DAEMON@mx.example.org"},
        {"X_Autoreply": "yes"},
        {"sender": STORIES},
        {"sender": f"Us <{REPLIES.replace('@', '+1.x@')}>"},
    ],
    ids=str,
)
def test_automatic_mail_gets_no_answer_and_is_filed(headers):
    taken(mail(**headers))
    item = waiting()
    assert (item.why, item.status) == ("automatic", "filed")
    assert not Story.objects.exists()
    assert not Letter.objects.exists()


def test_a_letter_of_ours_that_comes_back_is_known():
    make_story(email="a@example.org")
    own = message(Letter.objects.get()).message()["Message-ID"]
    taken(mail(message_id=own))
    assert waiting().why == "automatic"


def test_auto_submitted_no_is_a_person():
    taken(mail(Auto_Submitted="no"))
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("suppress", ["All", "OOF, AutoReply"])
def test_who_asks_for_no_automatic_answer_gets_none(suppress):
    taken(mail(X_Auto_Response_Suppress=suppress))
    assert Story.objects.get().email == ""
    assert not Letter.objects.exists()


def test_nobody_can_be_bombed_with_receipts():
    for number in range(ANSWERS_A_DAY + 4):
        taken(mail(sender=f"victim{'+x' * number}@example.org"))
    assert Letter.objects.count() == ANSWERS_A_DAY
    assert Story.objects.count() == ANSWERS_A_DAY + 4


# --- Answers -----------------------------------------------------------------------------------------


def test_an_answer_to_a_letter_joins_the_conversation(client, desk):
    story = make_story()
    send_due()
    from django.core import mail as outbox

    [letter] = outbox.outbox
    [address] = letter.message().get_all("Reply-To")
    assert address == reply_address(story)
    assert story.code not in address
    assert reply_address(story) not in str(Letter.objects.values().get())
    row = taken(
        mail("Yes, please.\n\nOn Mon, 23 Nov 2026, Copydesk <d@x.example> wrote:\n> Agreed?\n"), address.upper()
    )
    said = Message.objects.get()
    assert (said.story, said.sender, said.text, said.mail) == (story, "contributor", "Yes, please.", row)
    assert not ReceivedMail.objects.exists()
    for page in (
        client.get(f"/en/receipt/{story.code}/"),
        desk.get(f"/admin/submissions/story/{story.pk}/change/"),
    ):
        assert "Yes, please." in page.content.decode()


def test_an_answer_that_nobody_waits_for_waits_on_the_desk_too(editor):
    story = make_story()
    story.decline(by=editor, reason="No.")
    taken(mail("Why?"), reply_address(story))
    assert Message.objects.get().text == "Why?"
    assert (waiting().why, waiting().story) == ("reply", story)


def test_a_wrong_token_opens_no_conversation():
    story = make_story()
    good = reply_address(story)
    local, host = good.split("@")
    for wrong in (f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{host}", f"reply+{story.pk}@{host}", REPLIES):
        taken(mail("Hi"), wrong)
    assert not Message.objects.exists()
    assert ReceivedMail.objects.filter(why="nowhere").count() == 3


def test_an_answers_address_survives_a_change_of_the_secret_key(settings):
    story = make_story()
    address = reply_address(story)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key of thirty-two characters"
    taken(mail("Hi"), address)
    assert Message.objects.get().story == story


def test_a_vacation_notice_is_no_answer():
    taken(mail("I am away.", Auto_Submitted="auto-replied"), reply_address(make_story()))
    assert not Message.objects.exists()
    assert waiting().status == "filed"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Top.\n\nOn Mon, Desk <d@x>\nwrote:\n> a\n>\n> b\n", "Top."),
        ("On Mon, Desk wrote:\n> a\n> b\n\nBottom.\n", "Bottom."),
        ("> Is it true?\nYes.\n> And this?\nNo.\n", "> Is it true?\nYes.\n> And this?\nNo."),
        ('好的。\n\n------------------ 原始邮件 ------------------\n发件人: "x"\n发送时间: 2026\n正文', "好的。"),
        (
            "Fine.\n\n________________________________\nFrom: Desk <d@x>\nSent: Monday\n\nold",
            "Fine.",
        ),
        ("Fine.\n-- \nMara\nFerry House", "Fine."),
        ("2026年11月23日，编辑部写道：\n> 旧\n", "2026年11月23日，编辑部写道：\n> 旧"),
        ("From: me to you, with love.\nSecond line.", "From: me to you, with love.\nSecond line."),
    ],
)
def test_quoted_mail_and_signatures_go_and_nothing_else(text, answer):
    raw = f"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
    assert answer_of(parse(raw)) == answer


def test_hard_and_flowed_lines_are_joined():
    flowed = b"Content-Type: text/plain; format=flowed\n\nOne line that \nis broken.\n\nNext.\n"
    assert body_of(parse(flowed)) == "<p>One line that is broken.</p>\n<p>Next.</p>"
    words = ("word " * 14).strip()
    assert body_of(parse(f"Subject: x\n\n{words}\n{words}\nend.\n\nNext.".encode())).count("<p>") == 2


# --- Copyright ---------------------------------------------------------------------------------------


def report_text(article, **changes):
    lines = {
        "Work": "Photographs of the night buses, 2019",
        "Explanation": "The second paragraph is mine.",
        "Signature": "Ilse Brandt",
        "Name": "Ilse Brandt",
    } | changes
    said = "\n".join(str(STATEMENTS[name]) for name in ("good_faith", "accurate"))
    return f"{article.permalink()}\n" + "\n".join(f"{k}: {v}" for k, v in lines.items() if v) + f"\n\n{said}\n"


def test_a_complete_report_by_mail_is_a_report():
    article = make_article()
    taken(mail(report_text(article), sender="ilse@example.net"), COPYRIGHT)
    report = CopyrightReport.objects.get()
    assert (report.work, report.email, report.basis) == (
        "Photographs of the night buses, 2019", "ilse@example.net", "dsa",
    )  # fmt: skip
    assert list(report.articles.all()) == [article]
    assert len(report.statements) == 2
    assert Letter.objects.get().name == "report_received"


def test_an_incomplete_report_waits_and_its_sender_is_told_what_is_missing():
    taken(mail(report_text(make_article(), Work="", Signature="")), COPYRIGHT)
    assert not CopyrightReport.objects.exists()
    item = waiting()
    assert (item.why, item.missing) == ("report", ["work", "signature"])
    letter = Letter.objects.get()
    assert "- Your work\n- Signature\n" in letter.body_text
    assert "night buses" not in letter.body_text


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}])
def test_a_notice_that_a_robot_sends_waits_but_is_not_answered(headers):
    taken(mail(report_text(make_article()), **headers), COPYRIGHT)
    assert (waiting().why, waiting().status) == ("report", "waiting")
    assert not Letter.objects.exists()


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
