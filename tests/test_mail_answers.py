"""Mail that comes twice, answers by itself or answers us: taken once, never in a loop, in its conversation."""

import pytest

from cms.letters import message, send_due
from cms.models import Letter
from submissions.conversation import Message
from submissions.mail.addresses import reply_address
from submissions.mail.models import ANSWERS_A_DAY, ReceivedMail, TakenMail
from submissions.mail.parse import parse
from submissions.mail.words import answer_of, body_of
from submissions.models import Story
from tests.factories import make_story
from tests.mailing import COPYRIGHT, REPLIES, STORIES, mail, newsroom, taken, waiting  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


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
