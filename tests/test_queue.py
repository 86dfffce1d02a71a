"""The queue: due dates, filters that count, saved views, the digest and escalations."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from cms import digest
from cms.jobs import set_clocks
from cms.models import DeskDigest, Letter, SavedView
from cms.page_cache import pages
from submissions.jobs import mark_newcomers
from submissions.models import Story
from tests.factories import make_article, make_editor, make_mail, make_report, make_section, make_story

pytestmark = pytest.mark.django_db
DESK = "/admin/desk/"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


def late(item, now=None, **ago):
    type(item).objects.filter(pk=item.pk).update(due=(now or timezone.now()) - timedelta(**ago))
    pages.clear()
    return item


def counts(page):
    return {
        (group["heading"], str(entry["label"])): entry["count"]
        for group in page.context["groups"]
        for entry in group["entries"]
    }


def test_a_story_is_due_to_be_claimed_then_to_be_decided_and_then_no_more(editor):
    story = make_story(waiting_since=MONDAY)
    assert story.due == MONDAY.replace(day=24, hour=10)  # eight hours until six, one more on Tuesday
    story.claim(by=editor)
    story.refresh_from_db()
    assert story.due == MONDAY.replace(day=30)  # five working days of nine hours
    story.decline(by=editor, reason="No.")
    story.refresh_from_db()
    assert story.due is None


def test_the_settings_change_how_long_a_kind_may_wait(settings):
    settings.DESK_TRIAGE_HOURS = {"submissions.story": 1}
    assert make_story(waiting_since=MONDAY).due == MONDAY + timedelta(hours=1)


def test_an_edit_does_not_put_the_deadline_off(editor):
    article = make_article(published=False, waiting_since=MONDAY)
    due = article.due
    article.amend(by=editor, headline="Another")
    article.refresh_from_db()
    assert article.due == due


def test_a_row_that_came_past_the_workflow_gets_its_clock_from_the_worker():
    story = make_story(waiting_since=MONDAY)
    due = story.due
    Story.objects.update(due=None)
    assert set_clocks() == 1
    assert Story.objects.get().due == due
    assert set_clocks() == 0


def test_what_is_overdue_says_so_in_words(desk):
    late(make_story(), hours=5)
    assert "overdue for 5 h" in desk.get(DESK).content.decode()


def test_every_filter_shows_what_its_count_says_alone_and_together(desk, editor):
    make_story(section=make_section("technology"), language="zh-hans").claim(by=editor)
    late(make_story(email="new@example.org"), hours=1)
    late(make_report(), hours=2)
    make_article(published=False, section=make_section("technology"))
    make_mail()
    while mark_newcomers():
        pass
    pages.clear()
    todo, seen = [""], set()
    while todo and len(seen) < 150:
        query = todo.pop()
        page = desk.get(DESK + query)
        for group in page.context["groups"]:
            for entry in group["entries"]:
                if entry["current"]:
                    assert entry["count"] == len(page.context["rows"]), (query, entry)
                if entry["url"] not in seen:
                    seen.add(entry["url"])
                    todo.append(entry["url"])
    assert len(seen) > 50


def test_a_count_changes_when_something_becomes_overdue_without_any_decision(desk):
    story = make_story()
    Story.objects.filter(pk=story.pk).update(due=timezone.now() + timedelta(seconds=4))
    pages.clear()
    assert counts(desk.get(DESK))["Only", "Overdue"] == 0
    while timezone.now() < Story.objects.get().due:
        time.sleep(0.1)
    assert counts(desk.get(DESK))["Only", "Overdue"] == 1


def test_a_first_story_is_told_from_a_second_of_the_same_address_whatever_its_case():
    first, second = make_story(email="Ann@example.org"), make_story(email="ann@EXAMPLE.org")
    nameless = make_story(email="")
    mark_newcomers()
    found = dict(Story.objects.values_list("pk", "newcomer"))
    assert found == {first.pk: True, second.pk: False, nameless.pk: False}


@pytest.mark.parametrize(
    ("words", "found"), [("FERRY", 1), ("lindqvist", 1), ("ines@", 1), ("brandt", 1), ("100%", 0), ("渡轮", 1), ("", 4)]
)
def test_the_search_looks_into_titles_and_names(desk, words, found):
    make_story()
    make_story(headline="会等待的渡轮", byline="")
    make_report()
    make_mail()
    assert len(desk.get(DESK, {"q": words}).context["rows"]) == found


@pytest.mark.parametrize("query", ["section=99999999999", "section=٣", "q=%00", "overdue=x", "q=" + "x" * 5000])
def test_made_up_filters_break_nothing(desk, query):
    make_story()
    assert desk.get(f"{DESK}?{query}").status_code == 200


def test_all_filters_together_stay_within_the_budget(desk, django_assert_max_num_queries):
    for _number in range(60):
        make_story(email="")
    pages.clear()
    with django_assert_max_num_queries(12):
        desk.get(DESK + "?language=en&whose=unclaimed&overdue=1&newcomer=1&section=1&q=ferry")


def test_a_view_is_saved_used_replaced_and_deleted(desk, editor):
    for query in ("?whose=mine", "?overdue=1&next=//evil.example"):
        assert desk.post(DESK + "views/", {"name": " Morning ", "query": query}).status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("Morning", "?overdue=1", False)
    assert "?overdue=1" in desk.get(DESK).content.decode()
    other = Client()
    other.force_login(make_editor())
    assert "Morning" not in other.get(DESK).content.decode()
    other.post(DESK + "views/", {"delete": view.pk})
    assert SavedView.objects.count() == 1
    desk.post(DESK + "views/", {"delete": view.pk, "query": ""})
    assert not SavedView.objects.exists()


def test_only_who_may_share_shares_a_view():
    for permissions, shared in ((("view_story",), False), (("view_story", "share_savedview"), True)):
        client = Client()
        client.force_login(make_editor(*permissions))
        client.post(DESK + "views/", {"name": "Ours", "query": "", "shared": "1"})
        assert SavedView.objects.last().shared is shared


def test_the_digest_is_written_once_a_working_day_to_who_works_at_the_desk():
    make_editor(email="editor@example.org")
    make_editor("view_letter", email="nodesk@example.org")
    late(make_story(headline="The late <ferry>"), MONDAY, hours=40)
    assert digest.write_digest(MONDAY.replace(hour=7)) == 0
    assert digest.write_digest(MONDAY - timedelta(days=1)) == 0
    assert digest.write_digest(MONDAY) == 1
    assert digest.write_digest(MONDAY + timedelta(hours=3)) == 0
    letter = Letter.objects.get(name="desk_digest")
    assert letter.to == "editor@example.org"
    assert "1 waiting" in letter.subject
    assert "The late <ferry>" in letter.body_text
    assert "The late &lt;ferry&gt;" in letter.body_html
    assert digest.write_digest(MONDAY + timedelta(days=1)) == 1
    assert DeskDigest.objects.count() == 2


def test_the_digest_goes_to_the_addresses_of_the_setting(settings):
    settings.DESK_DIGEST_TO = ["a@example.org", "b@example.org", "a@example.org"]
    assert digest.write_digest(MONDAY) == 2


def test_what_is_long_overdue_is_escalated_once_and_marked(desk, settings):
    chief = make_editor("view_story", "receive_escalations", email="chief@example.org")
    make_editor("view_story", email="other@example.org")
    story, report = late(make_story(), days=9), late(make_report(), days=9)
    late(make_story(headline="Only just"), hours=1)
    assert digest.escalate() == 1
    assert digest.escalate() == 0
    letter = Letter.objects.get(name="desk_escalation")
    assert letter.to == chief.email
    assert f"/story/{story.pk}/" in letter.body_text
    report.refresh_from_db()
    assert report.escalated is None  # the chief may not see reports: nobody was told
    assert "a chief was told" in desk.get(DESK).content.decode()


def test_a_weekend_does_not_escalate_anything(settings):
    settings.DESK_ESCALATE_TO = ["chief@example.org"]
    story = make_story()
    friday = MONDAY.replace(day=20, hour=17)
    Story.objects.filter(pk=story.pk).update(due=friday)
    assert digest.escalate(MONDAY) == 0
    assert digest.escalate(MONDAY.replace(day=25, hour=12)) == 1


@pytest.mark.parametrize("query", ["", "?whose=unclaimed", "?overdue=1", "?section=1"])
def test_the_list_of_each_filter_walks_the_index_and_sorts_nothing_of_its_kind(editor, query):
    from cms.desk_filters import Filters

    for number in range(30):
        make_story(email="", headline=f"Story {number}")
    here = Filters.read(dict([pair.split("=") for pair in query.lstrip("?").split("&") if pair]))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        sql, params = here.upon(Story, editor).due_first().values_list("pk")[:51].query.sql_with_params()
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, params)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "story_waiting" in plan
    assert "TEMP B-TREE" not in plan
