"""What the contributor sees and may do afterwards."""

import pytest

from cms import codes
from cms.models import Letter
from cms.worker import run_until_idle
from submissions.models import Story
from tests.factories import make_story, submission

pytestmark = pytest.mark.django_db


def address(story):
    return f"/en/receipt/{story.code}/"


def test_the_printed_code_opens_the_receipt_however_it_is_typed(client):
    story = make_story()
    printed = codes.printable(story.code)
    for typed in (printed, printed.lower(), printed.replace("-", " "), f"  {story.code} "):
        answer = client.post("/en/receipt/", {"code": typed})
        assert answer.status_code == 302
        assert client.get(answer["Location"]).context["story"] == story


def test_a_wrong_code_gets_the_same_answer_whatever_is_wrong(client):
    make_story()
    for code in ("x", "0" * 26, "é" * 26):
        assert client.get(f"/en/receipt/{code}/").status_code == 404
        answer = client.post("/en/receipt/", {"code": code})
        assert answer.status_code == 422
        assert "No story belongs to this code" in answer.content.decode()


def test_the_database_alone_opens_no_receipt():
    story = make_story()
    row = Story.objects.filter(pk=story.pk).values().get()
    assert story.code not in str(row)


def test_a_code_survives_a_change_of_the_secret_key(settings):
    story = make_story()
    code = story.code
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of at least thirty-two characters"
    assert Story.objects.get().code == code


def test_every_step_is_told_in_plain_words(client, editor):
    story = make_story()
    story.claim(by=editor)
    story.accept(by=editor)
    page = client.get(address(story)).content.decode()
    for words in ("We have received your story", "An editor is reading", "was accepted"):
        assert words in page
    story.article.publish(by=editor)
    page = client.get(address(story)).content.decode()
    assert story.article.get_absolute_url() in page


def test_publication_is_told_by_letter_once(editor):
    story = make_story()
    story.accept(by=editor).publish(by=editor)
    run_until_idle()
    run_until_idle()
    letter = Letter.objects.get(name="story_published")
    assert story.article.permalink() in letter.body_text


def test_a_contributor_can_withdraw_until_the_decision(client, editor):
    story = make_story()
    client.post(address(story), {"withdraw": "1"})
    assert Story.objects.get().status == "withdrawn"
    decided = make_story()
    decided.decline(by=editor, reason="No.")
    answer = client.post(address(decided), {"withdraw": "1"})
    assert answer.status_code == 409
    assert Story.objects.get(pk=decided.pk).status == "declined"


def test_asked_for_changes_the_contributor_sends_the_story_again(client, editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which ferry?")
    page = client.get(address(story))
    assert "Which ferry?" in page.content.decode()
    assert page.context["form"].initial["headline"] == story.headline
    answer = client.post(address(story), submission(headline="The night ferry waits", revise="1"))
    assert answer.status_code == 302
    again = Story.objects.get()
    assert (again.status, again.headline) == ("received", "The night ferry waits")
    assert again.email == "reader@example.org"


def test_a_faulty_change_keeps_what_was_typed(client, editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which ferry?")
    answer = client.post(address(story), submission(headline="", dek="Typed", revise="1"))
    assert answer.status_code == 422
    assert "Typed" in answer.content.decode()
    assert Story.objects.get().status == "changes_asked"


def test_a_story_can_be_changed_until_an_editor_begins_to_read_it(client, editor):
    story = make_story()
    waiting_since = story.waiting_since
    assert client.post(address(story), submission(headline="Mine, corrected", revise="1")).status_code == 302
    story = Story.objects.get()
    assert (story.headline, story.status, story.waiting_since) == ("Mine, corrected", "received", waiting_since)
    story.claim(by=editor)
    assert client.get(address(story)).context["form"] is None
    assert client.post(address(story), submission(headline="Too late", revise="1")).status_code == 409
    assert Story.objects.get().headline == "Mine, corrected"


def test_a_receipt_is_for_nobodys_index(client):
    page = client.get(address(make_story()))
    assert 'content="noindex"' in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cache-Control"] == "private, no-store"


def test_codes_do_not_reach_the_log():
    import logging

    from cms.logs import HidePrivateCodes

    record = logging.LogRecord("x", 20, "f", 1, "Not Found: %s", ("/en/receipt/abcdefgh/",), None)
    HidePrivateCodes().filter(record)
    assert record.getMessage() == "Not Found: /en/receipt/…/"


def test_a_stranger_whose_address_was_used_is_not_written_to_at_every_decision(editor):
    stories = [make_story(email="stranger@example.org") for _number in range(7)]
    for story in stories:
        story.claim(by=editor)
        story.decline(by=editor, reason="This is advertising.")
    assert Letter.objects.filter(name="story_received").count() == 5
    assert Letter.objects.filter(name="story_declined").count() == 5
