"""The guidelines: drafted in the admin, put in force for good, compared, and cited by lasting addresses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone, translation

from cms.models import Decision
from cms.workflow import Conflict, NotPermitted
from submissions.checks import all_checks
from submissions.guidelines.changes import Changes
from submissions.guidelines.rules import AlreadySet
from submissions.models import Chapter, Guidelines, Rule, Story
from tests.factories import make_editor, make_guidelines, make_story, submission

pytestmark = pytest.mark.django_db
FIRST_SHA256 = {
    "en": "863bbccb3fa2e8bb7cf9a507525109034646b7e72edd04a7c8aaaaf64c2c8cbe",
    "zh-hans": "ba4f318404b2324aa73e790e6f536aa44c75b41b4899babf6a3096682a5d96c9",
}
LIST = "/admin/submissions/guidelines/"


def make_draft(by, **fields):
    make_guidelines()
    values = {"effective": timezone.localdate(), "changelog_en": "Sources first.", "changelog_zh_hans": "来源优先。"}
    return Guidelines(**values | fields).draft(by=by)


def rule_of(version, key):
    return Rule.objects.get(chapter__guidelines=version, key=key)


def page_of(version):
    return f"{LIST}{version.pk}/change/"


def chapter_page(chapter):
    return f"/admin/submissions/chapter/{chapter.pk}/change/"


def sent(form_page):
    """What a browser would post of an admin page: every field of its form and of its rows."""
    context = form_page.context
    data = {}
    forms = [context["adminform"].form]
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            data[bound.html_name] = "" if value is None else value
    return data


def save(desk, url, **changes):
    return desk.post(url, sent(desk.get(url)) | changes)


def move(desk, version, name):
    return desk.post(f"{LIST}{version.pk}/move/{name}/", {"seen": version.version})


def test_the_first_version_says_what_it_said_before_there_were_drafts():
    first = make_guidelines()
    assert {language: first.sha256(language) for language in FIRST_SHA256} == FIRST_SHA256
    keys = [rule.key for rule in first.rules]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert rule_of(first, "anyone-may-submit-a-story").number == "1.1"


def test_a_new_version_begins_as_a_copy_that_readers_do_not_see(desk, client):
    first = make_guidelines()
    answer = desk.post(f"{LIST}add/", {"seen": "1", "effective": "", "changelog_en": "", "changelog_zh_hans": ""})
    draft = Guidelines.objects.get(status="draft")
    assert answer.url == page_of(draft)
    assert (draft.number, draft.version) == (2, 1)
    assert [(rule.number, rule.key, rule.text_en, rule.text_zh_hans, rule.reason_code) for rule in draft.rules] == [
        (rule.number, rule.key, rule.text_en, rule.text_zh_hans, rule.reason_code) for rule in first.rules
    ]
    assert client.get("/en/guidelines/v2/").status_code == 404
    assert client.get("/en/guidelines/v2/changes/").status_code == 404
    assert Guidelines.objects.in_force() == first
    assert [line.move for line in draft.decisions()] == ["draft"]


def test_a_draft_is_edited_chapter_by_chapter_and_every_edit_is_one_line_of_the_log(desk, editor):
    draft = make_draft(editor)
    chapter = draft.contents[3]
    headline = chapter.rules.get(key="headline")
    place = list(chapter.rules.all()).index(headline)
    answer = save(
        desk,
        chapter_page(chapter),
        **{
            f"rules-{place}-text_en": "A headline says what happened.",
            f"rules-{place}-number": "4.7",
            "rules-6-number": "4.1",
            "rules-6-text_en": "Begin with what is new.",
            "rules-6-text_zh_hans": "先写新情况。",
        },
    )
    assert answer.url == page_of(draft)
    headline.refresh_from_db()
    assert (headline.number, headline.text_en) == ("4.7", "A headline says what happened.")
    keys = list(Rule.objects.filter(chapter=chapter).values_list("key", flat=True))
    assert (keys[0], keys[-1]) == ("begin-with-what-is-new", "headline")
    draft.refresh_from_db()
    assert draft.version == 2
    assert draft.decisions().last().details == {"fields": ["chapters"]}


def test_a_chapter_that_moves_takes_the_numbers_of_its_rules_along(desk, editor):
    draft = make_draft(editor)
    last = draft.contents[-1]
    save(desk, page_of(draft), **{"chapters-11-number": "14", "changelog_en": "Moved."})
    draft = Guidelines.objects.get(pk=draft.pk)
    assert {rule.number.split(".")[0] for rule in draft.contents[-1].rules.all()} == {"14"}
    assert draft.contents[-1].pk == last.pk
    assert draft.decisions().last().details == {"fields": ["changelog_en", "chapters"]}
    save(desk, page_of(draft), **{"chapters-11-DELETE": "on"})
    assert not Chapter.objects.filter(pk=last.pk).exists()


def test_an_edit_of_a_draft_that_somebody_has_changed_meanwhile_is_given_back(desk, editor):
    draft = make_draft(editor)
    chapter = draft.contents[0]
    typed = sent(desk.get(chapter_page(chapter))) | {"rules-0-text_en": "Nobody may submit."}
    whole = sent(desk.get(page_of(draft))) | {"changelog_en": "Shorter."}
    draft.amend(by=make_editor(), changelog_en="Longer.")
    for url, data in [(chapter_page(chapter), typed), (page_of(draft), whole)]:
        answer = desk.post(url, data)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert data.get("changelog_en", "Nobody may submit.") in html
        assert "TOTAL_FORMS" not in html
    assert "Rule 1: text in English" in desk.post(chapter_page(chapter), typed).content.decode()
    assert Guidelines.objects.get(pk=draft.pk).changelog_en == "Longer."
    assert not Rule.objects.filter(text_en="Nobody may submit.").exists()


def test_the_page_of_a_rule_names_the_checks_that_serve_it(desk, editor):
    draft = make_draft(editor)
    html = desk.get(chapter_page(draft.contents[3])).content.decode()
    for check in all_checks():
        if rule_of(draft, check.rule).number.startswith("4."):
            assert str(check.label) in html


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


def test_a_draft_that_is_overtaken_gets_the_next_number(editor):
    slow, fast = make_draft(editor), make_draft(editor)
    assert (slow.number, fast.number) == (2, 3)
    fast.put_in_force(by=editor)
    slow.put_in_force(by=editor)
    assert slow.number == 4
    assert Guidelines.objects.in_force() == slow


def test_a_draft_is_deleted_and_the_log_remembers(desk, editor):
    draft = make_draft(editor)
    assert "Delete this draft" in desk.get(page_of(draft)).content.decode()
    assert desk.get(f"{LIST}{draft.pk}/delete/").status_code == 200
    desk.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"})
    assert not Guidelines.objects.filter(pk=draft.pk).exists()
    assert Rule.objects.count() == len(make_guidelines().rules)
    line = Decision.objects.about(draft).last()
    assert (line.move, line.details) == ("delete", {"number": 2})
    assert "deleted" in desk.get("/admin/cms/decision/").content.decode()
    stale = Guidelines(effective=timezone.localdate()).draft(by=editor)
    stale.amend(by=editor, changelog_en="Other.")
    stale.version -= 1
    with pytest.raises(Conflict):
        stale.discard(by=editor)


def test_only_chiefs_write_guidelines_and_others_may_read_drafts(editor):
    draft = make_draft(editor)
    reader, writer, nobody = (make_editor(name) for name in ("view_guidelines", "publish_guidelines", "view_story"))
    clients = {}
    for user in (reader, writer, nobody):
        clients[user] = Client()
        clients[user].force_login(user)
    assert clients[reader].get(page_of(draft)).status_code == 200
    assert clients[reader].get(f"{LIST}add/").status_code == 403
    assert clients[reader].post(page_of(draft), {"seen": "1"}).status_code == 403
    assert clients[reader].post(chapter_page(draft.contents[0]), {"seen": "1"}).status_code == 403
    assert move(clients[reader], draft, "put_in_force").status_code == 403
    assert clients[nobody].get(page_of(draft)).status_code in {302, 403}
    assert clients[nobody].get(chapter_page(draft.contents[0])).status_code in {302, 403}
    with pytest.raises(NotPermitted):
        draft.put_in_force(by=reader)
    save(clients[writer], page_of(draft), changelog_en="By the chief.")
    save(clients[writer], chapter_page(draft.contents[0]), title_en="Who, and how")
    draft.refresh_from_db()
    assert draft.changelog_en == "By the chief."
    assert Chapter.objects.get(guidelines=draft, number=1).title_en == "Who, and how"
    assert move(clients[writer], draft, "put_in_force").status_code == 302


def test_guidelines_are_not_on_the_desk(desk, editor):
    make_draft(editor)
    html = desk.get("/admin/desk/").content.decode()
    assert "submissions.guidelines" not in html
    assert desk.get("/admin/").content.decode().count(LIST) >= 1


def changed_version(editor):
    """Version 2: a rule added, one removed, two renumbered, one reworded in both languages."""
    draft = make_draft(editor)
    chapter = draft.contents[3]
    rule_of(draft, "unfinished").delete()
    Rule(
        chapter=chapter, number="4.5", reason_code="unfinished", text_en="Whole.", text_zh_hans="完整。", key="w"
    ).save()
    for key, number in [("headline", "4.2"), ("sources", "4.1")]:
        rule = rule_of(draft, key)
        rule.number = number
        rule.save()
    free = rule_of(draft, "anyone-may-submit-a-story")
    free.text_en = free.text_en.replace("free", "always free")
    free.text_zh_hans = free.text_zh_hans.replace("投稿免费", "投稿永远免费")
    free.save()
    draft.put_in_force(by=editor)
    return draft


def test_the_changes_between_versions_name_each_rule_once_by_what_became_of_it(client, editor):
    changed_version(editor)
    html = client.get("/en/guidelines/v2/changes/").content.decode()
    assert "New rules: 1. Removed: 1. Renumbered: 2. Reworded: 1." in html
    assert "submitting is <ins>always</ins> free" in html
    assert "was 4.1" in html
    assert "was 4.2" in html
    assert "Send a whole story" in html
    chinese = client.get("/zh-hans/guidelines/v2/changes/").content.decode()
    assert "投稿<ins>永远</ins>免费" in chinese
    page = client.get("/en/guidelines/v2/").content.decode()
    assert page.count('href="/en/guidelines/v2/changes/"') == 2
    assert "/v1/changes/" not in page


def test_changes_may_be_asked_for_against_any_version(client, editor):
    changed_version(editor)
    make_draft(editor).put_in_force(by=editor)
    url = "/en/guidelines/v3/changes/"
    assert "No rule was changed." in client.get(url).content.decode()
    assert "New rules: 1." in client.get(url + "?from=1").content.decode()
    assert "No rule was changed." in client.get(url).content.decode(), "the page kept for another version"
    for query in ("?from=3", "?from=4", "?from=x", "?from=1%00", "?from=-1"):
        assert client.get(url + query).status_code == 404
    assert client.get("/en/guidelines/v1/changes/").status_code == 404
    assert client.get("/en/guidelines/v1/changes/?from=3").status_code == 200


def test_the_changes_of_chapters_are_found_by_the_rules_in_them(editor):
    draft = make_draft(editor)
    with translation.override("en"):
        chapter = draft.contents[-1]
        chapter.number, chapter.title_en = 20, "Your data"
        chapter.save()
        changes = Changes(make_guidelines(), Guidelines.objects.get(pk=draft.pk))
        (part,) = changes.chapters
    assert (part.old.number, part.chapter.number) == (12, 20)
    assert "<ins>" in part.marked
    assert changes.summary["renumbered"] == len(part.rules) == 5
    assert (changes.summary["added"], changes.summary["removed"]) == (0, 0)


def test_the_pages_of_the_guidelines_take_the_same_few_queries_however_many_versions(
    client, editor, django_assert_max_num_queries
):
    for _number in range(3):
        make_draft(editor).put_in_force(by=editor)
    with django_assert_max_num_queries(6):
        client.get("/en/guidelines/v3/")
    with django_assert_max_num_queries(8):
        client.get("/en/guidelines/v4/changes/?from=1")


def test_the_old_anchors_of_rules_still_lead_to_them(client):
    make_guidelines()
    html = client.get("/en/guidelines/").content.decode()
    assert 'id="4.2"' in html
    assert 'id="rule-4.2"' in html
    assert 'href="#4.2"' in html


def test_a_draft_shows_the_desk_what_is_new_in_it(desk, editor):
    draft = make_draft(editor)
    rule = rule_of(draft, "headline")
    rule.text_en += " Please."
    rule.save()
    html = desk.get(page_of(draft)).content.decode()
    assert "<ins>" in html
    assert "Reworded: 1." in html
    assert "Still missing" not in html
