"""The guidelines are drafted in the admin, by chiefs, and nobody sees a draft who need not."""

import pytest
from django.test import Client
from django.utils import timezone

from cms.models import Decision
from cms.workflow import Conflict, NotPermitted
from submissions.checks import all_checks
from submissions.models import Chapter, Guidelines, Rule
from tests.factories import make_editor, make_guidelines
from tests.guidelines import FIRST_SHA256, LIST, chapter_page, make_draft, move, page_of, rule_of, save, sent

pytestmark = pytest.mark.django_db


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
