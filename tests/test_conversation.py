"""What the contributor and the editor say to each other, from both sides."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.models import Decision, Letter, User
from cms.worker import run_until_idle
from cms.workflow import Conflict, NotPermitted
from submissions.appeal import last_day
from submissions.conversation import MOST_REQUESTS, Message, parted
from submissions.models import Appeal, ReceivedMail, Story
from submissions.receipt import place_in_queue
from submissions.receipt_forms import MOST_MESSAGES
from tests.factories import make_editor, make_story, submission

pytestmark = pytest.mark.django_db


def address(story):
    return f"/en/receipt/{story.code}/"


def page(client, story):
    return client.get(address(story)).content.decode()


def letters(name):
    return Letter.objects.filter(name=name)


def test_the_editor_writes_and_the_contributor_answers_on_the_receipt(client, desk):
    story = make_story()
    move = f"/admin/submissions/story/{story.pk}/move/write/"
    assert desk.post(move, {"reason": "Who told you about the ferry?", "seen": "1"}).status_code == 302
    assert "Who told you about the ferry?" in page(client, story)
    assert "Who told you" in letters("story_message").get().body_text
    answer = client.post(address(story), {"send_message": "1", "message": "The captain did."})
    assert answer.status_code == 302
    review = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "The captain did." in review
    assert "Who told you about the ferry?" in review


def test_what_was_written_is_kept_with_the_story_and_not_in_the_log(editor):
    make_story().write(by=editor, reason="Is 555 0199 your number?")
    assert not any("0199" in line.reason for line in Decision.objects.all())
    assert Message.objects.get().sender == "editor"


def test_an_empty_message_is_refused_beside_its_field(client, editor):
    story = make_story()
    answer = client.post(address(story), {"send_message": "1", "message": "  "})
    assert answer.status_code == 422
    assert "Write your message here." in answer.content.decode()
    assert not Message.objects.exists()


def test_a_message_sent_twice_is_one(client):
    story = make_story()
    for _click in range(2):
        client.post(address(story), {"send_message": "1", "message": "One more thing."})
    assert Message.objects.count() == 1


def test_nobody_can_fill_the_desk_with_messages(client, settings):
    story = make_story()
    for number in range(MOST_MESSAGES):
        Message.objects.create(story=story, sender="contributor", text=f"{number}")
    answer = client.post(address(story), {"send_message": "1", "message": "And another."})
    assert answer.status_code == 422
    assert Message.objects.count() == MOST_MESSAGES


def test_an_answer_instead_of_changes_brings_the_story_back_to_the_desk(client, editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which ferry?")
    client.post(address(story), {"send_message": "1", "message": "There is only one."})
    story.refresh_from_db()
    assert story.status == "received"
    assert story.messages.get().text == "There is only one."
    assert "You answered the editor" in page(client, story)


def test_a_message_about_an_accepted_story_waits_on_the_desk(client, desk, editor):
    story = make_story()
    story.accept(by=editor)
    client.post(address(story), {"send_message": "1", "message": "The captain has a new name."})
    waiting = ReceivedMail.objects.waiting().get()
    review = desk.get(f"/admin/submissions/receivedmail/{waiting.pk}/change/").content.decode()
    assert "The captain has a new name." in review
    assert "Save the file" not in review
    assert (
        "The captain has a new name."
        in desk.get(f"/admin/articles/article/{story.article.pk}/change/").content.decode()
    )


def test_nothing_can_be_written_about_a_declined_story_but_an_appeal(client, editor):
    story = make_story()
    story.decline(by=editor, reason="No.")
    assert client.post(address(story), {"send_message": "1", "message": "Why?"}).status_code == 409
    assert not Message.objects.exists()


def test_each_request_is_ticked_off_and_the_editor_sees_which_are_open_and_what_changed(client, desk, editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which ferry is it?\n\nName the source.")
    shown = page(client, story)
    assert "Which ferry is it?" in shown
    first = story.requests.first()
    answer = client.post(address(story), submission(body="The last ferry, Aurora, left at ten.", addressed=[first.pk]))
    assert answer.status_code == 302, answer.context["form"].errors
    assert [request.addressed is None for request in story.requests.all()] == [False, True]
    review = desk.get(f"/admin/submissions/story/{story.pk}/change/").content.decode()
    assert "<b" in review
    assert "Open:" in review
    assert "Done:" in review
    assert "What the contributor changed since last time" in review
    assert re.search(r"<ins>[^<]*Aurora", review)
    story.refresh_from_db()
    story.ask_changes(by=editor, reason="And the year?")
    assert [r.text for r in client.get(address(story)).context["form"].fields["addressed"].queryset] == [
        "Name the source.",
        "And the year?",
    ]


def test_a_request_of_another_story_cannot_be_ticked_off(client, editor):
    story, other = make_story(), make_story()
    story.ask_changes(by=editor, reason="Which ferry?")
    other.ask_changes(by=editor, reason="Which bus?")
    answer = client.post(address(story), submission(addressed=[other.requests.get().pk]))
    assert answer.status_code == 422
    assert other.requests.get().addressed is None


@pytest.mark.parametrize(
    ("reason", "requests"),
    [
        ("Which ferry?", ["Which ferry?"]),
        ("Which ferry?\r\n\r\nWhich year?", ["Which ferry?", "Which year?"]),
        ("- Which ferry?\n- Which year?", ["Which ferry?", "Which year?"]),
        ("1、哪条渡轮？\n2、哪一年？", ["哪条渡轮？", "哪一年？"]),
        ("Two lines\nof one request.", ["Two lines\nof one request."]),
    ],
)
def test_a_reason_is_parted_into_requests_by_its_paragraphs_or_list(reason, requests):
    assert parted(reason) == requests


@given(st.text(st.sampled_from("ab-1.、 \n"), min_size=1).filter(str.strip))
def test_no_word_of_a_reason_is_lost_when_it_is_parted(reason):
    parts = parted(reason)
    assert 1 <= len(parts) <= MOST_REQUESTS
    assert all(part.strip() for part in parts)
    letters = [character for character in reason if character in "ab"]
    assert [character for part in parts for character in part if character in "ab"] == letters


def test_the_receipt_tells_the_place_in_the_queue_and_the_usual_wait(client, editor):
    for _story in range(3):
        make_story().decline(by=editor, reason="No.")
    first, second = make_story(), make_story()
    assert place_in_queue(second) == {"before": 1, "more": False}
    assert "1 story waits before yours." in page(client, second)
    assert "next one to be read" in page(client, first)
    assert "The first answer usually comes within 1 minute." in page(client, first)
    second.decline(by=editor, reason="No.")
    assert "waits before yours" not in page(client, second)


def test_what_the_editor_changed_is_shown_once_the_editing_rests(client, editor, monkeypatch):
    story = make_story()
    article = story.accept(by=editor)
    article.amend(by=editor, headline="The ferry that now waits for the last shift")
    run_until_idle()
    assert "What the editor changed" not in page(client, story)
    type(article).objects.update(updated=timezone.now() - timedelta(hours=1))
    run_until_idle()
    run_until_idle()
    assert letters("story_edited").count() == 1
    shown = page(client, story)
    assert "<ins>now</ins>" in shown or "<ins>now </ins>" in shown
    assert "An editor has edited your story" in shown


def test_a_spiked_draft_is_told_once(client, editor):
    story = make_story()
    story.accept(by=editor).spike(by=editor, reason="Overtaken by events.")
    run_until_idle()
    run_until_idle()
    assert letters("story_spiked").count() == 1
    assert "did not print your story" in page(client, story)


def test_the_claim_is_told_once_a_round(editor):
    story = make_story()
    story.claim(by=editor)
    story.release(by=editor)
    story.claim(by=make_editor())
    assert letters("story_claimed").count() == 1


def test_an_accepted_story_can_be_withdrawn_until_it_is_published(client, editor):
    story, printed = make_story(), make_story()
    article = story.accept(by=editor)
    assert client.post(address(story), {"withdraw": "1"}).status_code == 302
    article.refresh_from_db()
    assert (Story.objects.get(pk=story.pk).status, article.status) == ("withdrawn", "spiked")
    printed.accept(by=editor).publish(by=editor)
    assert client.post(address(printed), {"withdraw": "1"}).status_code == 409
    assert Story.objects.get(pk=printed.pk).status == "accepted"


def test_an_appeal_goes_to_another_editor_and_back_to_the_desk(client, desk, editor):
    story = make_story()
    story.decline(by=editor, reason="Already known.", rules=["4.2"])
    assert "Appeal against the decision" in page(client, story)
    assert client.post(address(story), {"send_appeal": "1", "appeal": "Nobody has printed it."}).status_code == 302
    appeal = Appeal.objects.waiting().get()
    assert appeal.declined_by == editor
    review = desk.get(f"/admin/submissions/appeal/{appeal.pk}/change/").content.decode()
    assert "another editor decides on the appeal" in review
    assert "Nobody has printed it." in review
    assert 'id="move-grant"' not in review
    with pytest.raises(NotPermitted):
        appeal.grant(by=editor, reason="I was right.")
    appeal.grant(by=make_editor(), reason="It is new.")
    story.refresh_from_db()
    assert story.status == "received"
    shown = page(client, story)
    assert "Your appeal was granted" in shown
    assert letters("appeal_granted").exists()


def test_an_appeal_is_dismissed_for_good(client, editor):
    story = make_story()
    story.decline(by=editor, reason="Already known.")
    story.appeal(by=User.objects.system(), reason="No.").dismiss(by=make_editor(), reason="It was in May.")
    assert "Your appeal was dismissed" in page(client, story)
    assert "It was in May." in page(client, story)
    assert "Appeal against the decision" not in page(client, story)
    answer = client.post(address(story), {"send_appeal": "1", "appeal": "Once more."})
    assert answer.status_code == 409
    assert Appeal.objects.count() == 1


def test_an_appeal_comes_within_six_months(client, editor):
    story = make_story()
    story.decline(by=editor, reason="No.")
    Story.objects.update(waiting_since=timezone.now() - timedelta(days=185))
    assert "Appeal against the decision" not in page(client, story)
    assert client.post(address(story), {"send_appeal": "1", "appeal": "Late."}).status_code == 409
    assert not Appeal.objects.exists()


def test_an_appeal_without_words_is_refused_beside_its_field(client, editor):
    story = make_story()
    story.decline(by=editor, reason="No.")
    answer = client.post(address(story), {"send_appeal": "1", "appeal": ""})
    assert answer.status_code == 422
    assert "Write what you think was overlooked." in answer.content.decode()


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        ("2026-01-15", "2026-07-15"),
        ("2026-08-31", "2027-02-28"),
        ("2026-03-31", "2026-09-30"),
        ("2026-06-30", "2026-12-30"),
    ],
)
def test_six_months_end_on_the_same_day_or_the_months_last(decided, last):
    moment = timezone.make_aware(datetime.fromisoformat(f"{decided}T12:00"))
    assert last_day(moment) == date.fromisoformat(last)


def test_a_stale_receipt_changes_nothing(editor):
    story = make_story()
    stale = Story.objects.get(pk=story.pk)
    story.accept(by=editor)
    with pytest.raises(Conflict):
        stale.answer(by=User.objects.system(), reason="Wait!")
    assert not Message.objects.exists()
