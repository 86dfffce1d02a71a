"""What is known about a contributor is erased when it is asked for, and when it is no longer needed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Picture
from cms.models import Decision, Letter, User
from cms.worker import run_until_idle
from submissions.mail.intake import take
from submissions.models import Appeal, ChangeRequest, EarlierText, Message, ReceivedMail, Story, TakenMail
from tests.factories import make_editor, make_picture, make_section, make_story

pytestmark = pytest.mark.django_db
SECRET = "Mara-Lindqvist-0199"


def address(story):
    return f"/en/receipt/{story.code}/"


def everything():
    """All that is known about contributors, as one text."""
    models = (Story, Message, ChangeRequest, EarlierText, ReceivedMail, TakenMail, Letter, Appeal)
    rows = [str(row) for model in models for row in model.objects.values()]
    return "\n".join([*rows, *(str(line.details) + line.reason for line in Decision.objects.all())])


def a_talkative_story(editor, **fields):
    story = make_story(headline=SECRET, byline=SECRET, email=f"{SECRET}@example.org", cover=make_picture(), **fields)
    system = User.objects.system()
    story.write(by=editor, reason=f"Dear {SECRET}")
    story.ask_changes(by=editor, reason="Which ferry?")
    story.send_again(by=system, body=f"<p>{SECRET}</p>")
    story.ask_changes(by=editor, reason="Which year?")
    story.answer(by=system, reason=SECRET)
    return story


def long_ago():
    before = timezone.now() - timedelta(days=185)
    Story.objects.update(waiting_since=before)
    Appeal.objects.update(waiting_since=before)
    TakenMail.objects.update(received=before)


def test_a_contributor_deletes_everything_at_once(client, editor):
    story = a_talkative_story(editor)
    receipt = address(story)
    assert SECRET in everything()
    answer = client.post(receipt, {"erase": "1"})
    assert "Your data is deleted" in answer.content.decode()
    assert SECRET not in everything()
    assert client.get(receipt).status_code == 404
    story = Story.objects.get()
    assert (story.status, story.cover) == ("withdrawn", None)
    assert [line.move for line in story.decisions()][-2:] == ["withdraw", "erase"]
    assert Decision.objects.first_altered()[0] is None


def test_the_pictures_files_go_with_the_story(editor):
    story = make_story(cover=make_picture())
    story.decline(by=editor, reason="No.")
    picture = story.cover
    story.erase(by=User.objects.system(), reason="Asked.")
    Picture.objects.update(created=timezone.now() - timedelta(days=3))
    run_until_idle()
    assert not Picture.objects.exists()
    assert not picture.file.storage.exists(picture.file.name)


def test_of_an_accepted_story_the_article_stays_as_it_is(client, editor):
    story = a_talkative_story(editor)
    article = story.accept(by=editor)
    article.cover_alt = "A ferry."
    article.save()
    client.post(address(story), {"erase": "1"})
    story.refresh_from_db()
    article.refresh_from_db()
    assert (story.email, story.headline, article.byline) == ("", SECRET, SECRET)
    assert not story.messages.exists()
    assert f"{SECRET}@" not in everything()


def test_an_anonymous_contributors_name_goes_even_from_an_accepted_story(client, editor):
    story = make_story(anonymous=True, byline=SECRET, email="")
    story.accept(by=editor)
    client.post(address(story), {"erase": "1"})
    assert SECRET not in everything()


def test_the_worker_erases_what_was_declined_long_ago_and_says_so_in_the_log(editor):
    story, fresh = a_talkative_story(editor), make_story()
    story.decline(by=editor, reason="No.")
    fresh.decline(by=editor, reason="No.")
    long_ago()
    Story.objects.filter(pk=fresh.pk).update(waiting_since=timezone.now() - timedelta(days=180))
    run_until_idle()
    assert SECRET not in everything()
    last = Story.objects.get(pk=story.pk).decisions().last()
    assert (last.move, last.actor.is_system, last.reason) == ("erase", True, "184 days after the decision")
    assert Story.objects.get(pk=fresh.pk).email


def test_an_appeal_puts_the_erasure_off(editor):
    story = make_story(byline=SECRET)
    story.decline(by=editor, reason="No.")
    appeal = story.appeal(by=User.objects.system(), reason=SECRET)
    long_ago()
    run_until_idle()
    assert SECRET in everything()
    appeal = Appeal.objects.get()
    appeal.dismiss(by=make_editor(), reason="No.")
    run_until_idle()
    assert SECRET in everything()
    long_ago()
    run_until_idle()
    assert SECRET not in everything()


def test_the_retention_is_never_shorter_than_the_time_for_an_appeal(settings):
    assert timedelta(days=184) <= settings.RETENTION


def test_mail_that_became_a_story_is_forgotten_with_it(settings, editor):
    settings.MAIL_STORIES = "stories@news.example"
    make_section()
    raw = (
        f"From: {SECRET} <mara@example.org>\r\nTo: stories@news.example\r\nMessage-ID: <one@example.org>\r\n"
        f"Subject: The ferry that waits\r\n\r\nThe last ferry used to leave at ten. {SECRET}\r\n"
    ).encode()
    take(raw, recipient="stories@news.example")
    story = Story.objects.get()
    story.decline(by=editor, reason="No.")
    story.erase(by=User.objects.system(), reason="Asked.")
    assert SECRET not in everything()
    assert not TakenMail.objects.get().raw
    take(raw, recipient="stories@news.example")
    assert Story.objects.count() == 1


def test_filed_mail_is_forgotten_after_a_while_and_waiting_mail_is_not(settings, editor):
    settings.MAIL_STORIES = "stories@news.example"
    for number in range(2):
        raw = f"From: a@example.org\r\nMessage-ID: <{number}@x>\r\nSubject: {SECRET}\r\n\r\n\r\n".encode()
        take(raw, recipient="stories@news.example")
    filed, waiting = ReceivedMail.objects.order_by("pk")
    filed.file_away(by=editor, reason="Empty.")
    long_ago()
    run_until_idle()
    filed.refresh_from_db()
    waiting.refresh_from_db()
    assert (filed.subject, bytes(filed.taken.raw)) == ("—", b"")
    assert waiting.subject == SECRET


def test_a_story_whose_contributor_is_silent_is_closed_with_the_rule_cited(client, editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which ferry?")
    Story.objects.update(waiting_since=timezone.now() - timedelta(days=31))
    run_until_idle()
    story.refresh_from_db()
    assert story.status == "declined"
    assert story.decisions().last().rules == ["5.4"]
    assert Letter.objects.filter(name="story_lapsed").count() == 1
    assert "heard nothing" in client.get(address(story)).content.decode()


def test_only_who_may_erases_from_the_desk(desk, editor):
    story = make_story()
    story.decline(by=editor, reason="No.")
    assert "erase" not in {move.name for move in story.moves_for(make_editor("decide_story", "view_story"))}
    move = f"/admin/submissions/story/{story.pk}/move/erase/"
    assert desk.post(move, {"reason": "Asked by mail.", "seen": str(story.version)}).status_code == 302
    page = desk.get(f"/admin/submissions/story/{story.pk}/change/")
    assert page.status_code == 200
    assert desk.get("/admin/submissions/story/").status_code == 200
