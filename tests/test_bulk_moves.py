"""Several are moved at once, each by its own decision, and the desk hears what others have moved meanwhile."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from cms.models import Decision, Letter
from submissions.models import Story
from tests.factories import make_editor, make_mail, make_report, make_story
from tests.test_queue import DESK

pytestmark = pytest.mark.django_db


def key(item, seen=None):
    return f"{item.kind()}:{item.pk}:{seen or item.version}"


def test_a_move_on_several_is_one_decision_and_one_letter_each_and_the_rest_is_reported(desk, editor):
    stories = [make_story(headline=f"Story {number}") for number in range(3)]
    items = [key(story) for story in stories]
    Story.objects.get(pk=stories[1].pk).decline(by=make_editor(first_name="Rosa", last_name="Osei"), reason="Theirs.")
    page = desk.post(DESK + "bulk/", {"item": items})
    assert "has changed since you looked" in page.content.decode()
    done = {"item": items, "move": "decline", "reason": "Not news.", "rules": ["4.2", "99"], "made": "1"}
    report = desk.post(DESK + "bulk/", done)
    assert "done 2, refused 1" in report.content.decode()
    assert "Rosa Osei was faster" in report.content.decode()
    mine = Decision.objects.filter(actor=editor, move="decline")
    assert [(line.reason, line.rules) for line in mine] == [("Not news.", ["4.2"])] * 2
    assert Letter.objects.filter(name="story_declined").count() == 3
    again = desk.post(DESK + "bulk/", done)
    assert "done before" in again.content.decode()
    assert mine.count() == 2
    assert Letter.objects.filter(name="story_declined").count() == 3


def test_only_moves_that_all_chosen_kinds_share_are_offered(desk):
    story, report, mail = make_story(), make_report(), make_mail()
    page = desk.post(DESK + "bulk/", {"item": [key(story), key(report)]})
    assert {"claim", "decline"} <= {move.name for move in page.context["moves"]}
    page = desk.post(DESK + "bulk/", {"item": [key(story), key(report), key(mail)]})
    assert {move.name for move in page.context["moves"]} == {"claim", "release", "take_over"}
    report = desk.post(DESK + "bulk/", {"item": [key(story), key(report), key(mail)], "move": "claim", "made": "1"})
    assert report.context["done"] == 3
    assert desk.get(DESK + "?whose=mine").context["rows"][2:]


def test_a_bulk_move_without_its_reason_or_without_a_move_keeps_the_page(desk):
    story = make_story()
    for fields in ({}, {"move": "decline", "reason": " "}, {"move": "receive"}, {"move": "lapse"}):
        page = desk.post(DESK + "bulk/", {"item": key(story), "made": "1"} | fields)
        assert page.status_code == 422
    assert Story.objects.get().status == "received"


@pytest.mark.parametrize("items", [[], ["x"], ["submissions.story:1"], ["no.such:1:1"], ["submissions.story:٣:1"]])
def test_nothing_or_nonsense_ticked_leads_back_to_the_desk(desk, items):
    answer = desk.post(DESK + "bulk/", {"item": items, "query": "//evil.example/?whose=mine"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(DESK)


def test_more_than_a_page_is_not_moved_at_once(desk):
    items = [f"submissions.story:{number}:1" for number in range(1, 52)]
    assert desk.post(DESK + "bulk/", {"item": items, "move": "claim", "made": "1"})["Location"] == DESK


def test_who_may_only_look_is_offered_no_move_and_makes_none():
    story, client = make_story(), Client()
    client.force_login(make_editor("view_story"))
    page = client.post(DESK + "bulk/", {"item": key(story), "move": "decline", "reason": "x", "made": "1"})
    assert page.context["moves"] == []
    assert Story.objects.get().status == "received"
    client.force_login(make_editor("view_article"))
    assert client.post(DESK + "bulk/", {"item": key(story)}).status_code == 302


def test_somebody_who_is_barred_is_told_why_and_the_others_go_through(desk, editor):
    story, other = make_story(), make_story()
    for declined, by in ((story, editor), (other, make_editor())):
        declined.decline(by=by, reason="No.")
    from submissions.appeal import Appeal

    appeals = []
    for declined in (story, other):
        from cms.models import User

        appeals.append(Appeal.of(declined, grounds="Look again.").enter(by=User.objects.system(), move="appeal"))
    fields = {"item": [key(appeal) for appeal in appeals], "move": "dismiss", "reason": "It stands.", "made": "1"}
    report = desk.post(DESK + "bulk/", fields)
    assert (report.context["done"], report.context["refused"]) == (1, 1)
    assert "another editor decides" in report.content.decode()


def test_the_news_count_what_came_and_name_who_moved_what_and_answer_304_meanwhile(desk):
    story = make_story()
    page = desk.get(DESK)
    url = f"{DESK}news/?" + urlencode({"since": page.context["shown_at"], "row": key(story)})
    first = desk.get(url)
    assert first.json() == {"fresh": 0, "gone": {}}
    assert desk.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    make_story()
    Story.objects.get(pk=story.pk).decline(by=make_editor(first_name="Rosa", last_name="Osei"), reason="No.")
    second = desk.get(url, headers={"If-None-Match": first["ETag"]})
    assert second.json() == {"fresh": 1, "gone": {key(story): "Meanwhile moved by Rosa Osei"}}


def test_the_news_of_nothing_are_not_found_and_strangers_hear_none(desk):
    assert desk.get(DESK + "news/").status_code == 404
    assert desk.get(DESK + "news/?since=2026-99-99T00:00:00").status_code == 404
    assert Client().get(DESK + "news/").status_code == 302


def test_a_304_costs_no_query_of_the_desk(desk, django_assert_max_num_queries):
    url = f"{DESK}news/?" + urlencode({"since": timezone.now().isoformat()})
    etag = desk.get(url)["ETag"]
    with django_assert_max_num_queries(2):
        assert desk.get(url, headers={"If-None-Match": etag}).status_code == 304
