"""Guidelines in force: nothing is missing, their day has come or is announced, and they stay as they were agreed to."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from submissions.guidelines.rules import AlreadySet
from submissions.models import Chapter, Guidelines, Rule, Story
from tests.factories import make_guidelines, make_story, submission
from tests.guidelines import FIRST_SHA256, LIST, chapter_page, make_draft, move, page_of, rule_of

pytestmark = pytest.mark.django_db


def test_putting_in_force_names_everything_that_is_missing_or_wrong(desk, editor):
    draft = make_draft(editor, effective=None, changelog_zh_hans="")
    one, two = draft.contents[:2]
    Chapter.objects.filter(pk=one.pk).update(title_zh_hans=" ")
    Chapter.objects.filter(pk=two.pk).update(number=1)
    Rule.objects.filter(pk=rule_of(draft, "accuracy").pk).update(text_zh_hans="", number="3.5")
    Rule.objects.filter(pk=rule_of(draft, "quotation").pk).update(reason_code="")
    Rule.objects.filter(pk=rule_of(draft, "scope").pk).update(reason_code="sources", key="sources")
    rule_of(draft, "ai").delete()
    answer = move(desk, draft, "put_in_force")
    assert answer.status_code == 422
    html = answer.content.decode()
    for fault in (
        "Choose the day from which the version is in force.",
        "Say what is new, in Simplified Chinese too.",
        "Chapter 1 has no title in Simplified Chinese.",
        "Rule 3.5 has no text in Simplified Chinese.",
        "Two chapters have the number 1.",
        "Rule 2.1 stands in chapter 1",
        "Two rules have the number 3.5.",
        "Two rules have the lasting id “sources”: 4.2, 4.4.",
        "Two rules have the reason code “sources”: 4.2, 4.4.",
        "Rule 3.3 had the reason code “quotation”, which letters cite",
        "No rule has the reason code “ai”, which the check",
    ):
        assert fault in html, fault
    assert Guidelines.objects.get(pk=draft.pk).status == "draft"
    assert f'action="{page_of(draft)}"' in html, "a save from this page would make the move again"


@pytest.mark.parametrize(("days", "words"), [(-1, "has passed"), (0, None), (30, None)])
def test_a_version_begins_today_or_later(editor, days, words):
    draft = make_draft(editor, effective=timezone.localdate() + timedelta(days=days))
    if words:
        with pytest.raises(ValidationError, match=words):
            draft.put_in_force(by=editor)
    else:
        draft.put_in_force(by=editor)
        assert draft.status == "set"


def test_a_new_version_in_force_leaves_every_story_what_its_sender_accepted(desk, editor, client):
    story = make_story()
    accepted = (story.guidelines_id, story.guidelines_language, story.guidelines_sha256)
    draft = make_draft(editor)
    rule_of(draft, "headline").delete()
    Rule(chapter=draft.contents[3], number="4.1", reason_code="headline", text_en="New.", text_zh_hans="新。").save()
    assert move(desk, draft, "put_in_force").url == page_of(draft)
    assert Guidelines.objects.in_force() == draft
    again = Story.objects.get(pk=story.pk)
    assert (again.guidelines_id, again.guidelines_language, again.guidelines_sha256) == accepted
    assert again.guidelines.sha256("en") == FIRST_SHA256["en"] == again.guidelines_sha256
    client.post("/en/submit/", submission(headline="After the change of rules", guidelines="2"))
    newest = Story.objects.latest("pk")
    assert newest.guidelines == draft
    assert newest.guidelines_sha256 == Guidelines.objects.get(pk=draft.pk).sha256("en") != FIRST_SHA256["en"]
    assert draft.decisions().last().details["sha256_en"] == newest.guidelines_sha256


def test_who_agreed_to_the_version_before_while_the_form_was_open_is_told(client, editor):
    form = submission()
    make_draft(editor).put_in_force(by=editor)
    answer = client.post("/en/submit/", form)
    assert answer.status_code == 422
    assert "The guidelines have changed: please read version 2" in answer.content.decode()


def test_what_is_in_force_is_never_changed_by_the_models(editor):
    first = make_guidelines()
    chapter, rule = first.contents[0], first.rules[0]
    for row in (first, chapter, rule):
        with pytest.raises(AlreadySet):
            row.save()
        with pytest.raises(AlreadySet):
            row.delete()
    with pytest.raises(AlreadySet):
        Rule(chapter=chapter, number="1.9", text_en="More.", text_zh_hans="更多。").save()
    with pytest.raises(AlreadySet):
        first.amend(by=editor, changelog_en="Other.")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE submissions_rule SET text_en = 'Other.'",
        "DELETE FROM submissions_rule",
        "UPDATE submissions_chapter SET title_en = 'Other.'",
        "DELETE FROM submissions_chapter",
        "UPDATE submissions_guidelines SET status = 'draft'",
        "UPDATE submissions_guidelines SET changelog_en = 'Other.'",
        "DELETE FROM submissions_guidelines",
        """INSERT INTO submissions_chapter (guidelines_id, number, title_en, title_zh_hans)
        SELECT guidelines_id, 99, 'More', '更多' FROM submissions_chapter WHERE number = 1""",
        """INSERT INTO submissions_rule (chapter_id, position, number, key, reason_code, text_en, text_zh_hans)
        SELECT chapter_id, 9, '1.9', 'more', '', 'More', '更多' FROM submissions_rule WHERE number = '1.1'""",
    ],
)
def test_what_is_in_force_is_never_changed_by_the_database_either(sql):
    make_guidelines()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_nobody_edits_or_deletes_in_the_admin_what_is_in_force(desk):
    first = make_guidelines()
    assert desk.post(page_of(first), {"seen": "1", "changelog_en": "Other."}).status_code == 403
    assert desk.post(f"{LIST}{first.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.post(chapter_page(first.contents[0]), {"seen": "1"}).status_code == 403
    html = desk.get(page_of(first)).content.decode()
    assert "Take back" not in html
    assert desk.get(chapter_page(first.contents[0])).status_code == 200


def test_a_version_announced_for_later_is_readable_and_may_be_taken_back_until_it_begins(desk, editor, client):
    first, day = make_guidelines(), timezone.localdate() + timedelta(days=9)
    draft = make_draft(editor, effective=day)
    draft.put_in_force(by=editor)
    html = client.get("/en/guidelines/v2/").content.decode()
    assert "Version 2 holds from" in html
    assert "Until then version 1 is in force." in html
    assert 'id="4.2"' in html
    assert Guidelines.objects.in_force() == first
    assert "Version 2," in client.get("/en/guidelines/").content.decode()
    assert client.post("/en/submit/", submission(guidelines="1")).status_code == 302
    with pytest.raises(AlreadySet):
        rule_of(draft, "headline").save()
    move(desk, draft, "take_back")
    assert client.get("/en/guidelines/v2/").status_code == 404
    rule_of(draft, "headline").save()


def test_only_the_last_announced_version_is_taken_back_and_none_that_has_begun(editor):
    draft = make_draft(editor, effective=timezone.localdate() + timedelta(days=3))
    draft.put_in_force(by=editor)
    later = make_draft(editor, effective=timezone.localdate() + timedelta(days=2))
    with pytest.raises(ValidationError, match="Version 2 begins on"):
        later.put_in_force(by=editor)
    later.amend(by=editor, effective=timezone.localdate() + timedelta(days=4))
    later.put_in_force(by=editor)
    with pytest.raises(ValidationError, match="take that back first"):
        draft.take_back(by=editor)
    with pytest.raises(ValidationError, match="has begun"):
        make_guidelines().take_back(by=editor)
