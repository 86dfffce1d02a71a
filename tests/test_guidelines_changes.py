"""What has changed between versions of the guidelines, and the lasting addresses of their rules."""

import pytest
from django.utils import translation

from submissions.guidelines.changes import Changes
from submissions.models import Guidelines
from tests.factories import make_guidelines
from tests.guidelines import changed_version, make_draft, page_of, rule_of

pytestmark = pytest.mark.django_db


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
