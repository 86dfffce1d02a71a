"""Intake by mail: what comes in becomes a story or a copyright report, or waits."""

import pytest

from cms.models import Letter
from submissions.conversation import Message
from submissions.copyright.forms import STATEMENTS
from submissions.copyright.models import CopyrightReport
from submissions.mail.models import ReceivedMail
from submissions.models import Story
from tests.factories import make_article, picture_bytes
from tests.mailing import COPYRIGHT, TEXT, mail, newsroom, taken, waiting  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


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
