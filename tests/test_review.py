"""The review page: who is looking, conflicts that lose nothing, and what a save changed."""

import re

import pytest
from django.test import Client

from articles.models import Article
from cms.models import Letter, User
from submissions.models import Story
from tests.factories import make_article, make_editor, make_picture, make_report, make_story
from tests.test_claims import make, review
from tests.test_desk import article_fields

pytestmark = pytest.mark.django_db


def test_others_who_look_are_seen_and_oneself_is_not(desk):
    story, other = make_story(), Client()
    other.force_login(make_editor("view_story", first_name="Chen", last_name="Xu"))
    assert "Chen Xu" not in desk.get(review(story)).content.decode()
    other.get(review(story))
    assert "Chen Xu is looking at this too" in desk.get(review(story)).content.decode()
    piece = desk.get(review(story).replace("change", "looking"), {"seen": 1}).content.decode()
    assert "Chen Xu is looking at this too" in piece
    assert Story.objects.get().version == 1


def test_an_open_page_hears_what_somebody_has_done_meanwhile(desk):
    story = make_story()
    Story.objects.get().claim(by=make_editor(first_name="Rosa", last_name="Osei"))
    looking = review(story).replace("change", "looking")
    assert "Rosa Osei acted" in desk.get(looking, {"seen": 1}).content.decode()
    assert "acted" not in desk.get(looking, {"seen": 2}).content.decode()
    for nonsense in ("", "x", "9" * 30):
        assert desk.get(looking, {"seen": nonsense}).status_code == 200
    outsider = Client()
    outsider.force_login(make_editor("view_article"))
    assert outsider.get(looking).status_code in {403, 404}


@pytest.mark.parametrize("step", ["claim", "take_over", "hand_over", "release"])
def test_a_conflict_says_who_did_what_with_a_claim_and_keeps_the_words(desk, editor, step):
    story, rosa = make_story(), make_editor(first_name="Rosa", last_name="Osei")
    if step in {"hand_over", "release"}:
        story.claim(by=rosa)
    if step == "take_over":
        story.claim(by=editor)
    seen = story.version
    to = {"to": make_editor(first_name="Ana", last_name="Ruiz")} if step == "hand_over" else {}
    getattr(Story.objects.get(), step)(by=rosa, reason="Rosa knows the harbour.", **to)
    letters = Letter.objects.count()
    answer = make(desk, story, "decline", reason="Typed for ten minutes", seen=seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Rosa Osei" in page
    assert "Typed for ten minutes" in page
    words = {"claim": "claimed", "take_over": "taken over", "hand_over": "Ana Ruiz", "release": "released"}
    assert words[step] in page
    assert Letter.objects.count() == letters


def test_deciding_on_what_somebody_has_claimed_names_the_way_out_and_keeps_the_words(desk):
    story = make_story()
    story.claim(by=make_editor(first_name="Rosa", last_name="Osei"))
    page = desk.get(review(story)).content.decode()
    assert "Rosa Osei has claimed it. To decide on it yourself, take it over" in page
    assert "move/decline" not in page
    answer = make(desk, story, "decline", reason="Typed anyway")
    assert answer.status_code == 409
    assert "take it over" in answer.content.decode()
    assert "Typed anyway" in answer.content.decode()
    assert make(desk, story, "take_over", reason="Rosa is ill.")["Location"] == review(story)


def test_a_button_pressed_while_the_page_claims_is_no_conflict_with_oneself(desk, editor):
    story = make_story()
    assert "data-opens" in desk.get(review(story)).content.decode()
    piece = desk.post(
        review(story).replace("change", "move/claim"), {"seen": story.version}, headers={"X-Part": "side"}
    )
    assert (piece.status_code, piece["X-Version"]) == (200, "2")
    assert "move/release" in piece.content.decode()
    assert make(desk, story, "claim", seen=1).status_code == 302
    assert make(desk, story, "decline", reason="No.", seen=1).status_code == 302
    assert Story.objects.get().status == "declined"


def test_a_save_while_the_page_claims_is_no_conflict_and_shows_what_it_changed(desk, editor):
    article = make_article(published=False, headline="The old headline")
    Article.objects.get().claim(by=editor)
    fields = article_fields(article, headline="The new headline", _continue="1")
    answer = desk.post(review(article), fields, follow=True)
    assert Article.objects.get().headline == "The new headline"
    page = answer.content.decode()
    assert "What your last save changed" in page
    assert re.search(r"<ins>new</ins>", page)
    other = Client()
    other.force_login(make_editor())
    assert "What your last save changed" not in other.get(review(article)).content.decode()


def test_releasing_and_handing_over_lead_back_to_the_desk(desk, editor):
    story, colleague = make_story(), make_editor()
    story.claim(by=editor)
    assert f'value="{colleague.pk}"' in desk.get(review(story)).content.decode()
    assert make(desk, story, "hand_over", to="x").status_code == 422
    assert make(desk, story, "hand_over", to=colleague.pk)["Location"] == "/admin/desk/"
    assert Story.objects.get().claimed_by == colleague


def test_a_draft_shows_what_was_changed_against_the_story(desk, editor):
    article = make_story(headline="The slow ferry").accept(by=editor)
    assert "What was changed against the story" not in desk.get(review(article)).content.decode()
    article.amend(by=editor, headline="The late ferry")
    page = desk.get(review(article)).content.decode()
    assert "What was changed against the story" in page
    assert "<del>slow</del>" in page


def test_the_contributors_record_counts_what_came_of_the_same_address(desk, editor):
    one, two, three = (make_story(email="Reader@Example.org", headline=f"Earlier {n}") for n in range(3))
    make_story(email="other@example.org")
    article = one.accept(by=editor)
    article.publish(by=editor)
    two.decline(by=editor, reason="No.")
    three.withdraw(by=User.objects.system())
    make_report(article).uphold(by=editor, reason="It is theirs.")
    make_report(article)
    page = desk.get(review(make_story(email="reader@example.ORG")))
    record = page.context["record"]
    assert (record.received, record.accepted, record.declined, record.withdrawn, record.strikes) == (3, 1, 1, 1, 1)
    html = page.content.decode()
    assert "Earlier 0" in html
    assert review(two) in html


def test_without_an_address_the_record_goes_by_the_byline_and_a_first_story_has_none(desk):
    make_story(email="", byline="Ana Ruiz", headline="By name")
    assert desk.get(review(make_story(email="", byline="Ana Ruiz"))).context["record"].received == 1
    assert desk.get(review(make_story(email="", byline="Nobody Else"))).context["record"].received == 0
    assert desk.get(review(make_story(email="", byline=""))).context["record"] is None


def test_a_picture_whose_file_contradicts_its_sender_is_flagged(desk):
    picture = make_picture("trainedAlgorithmicMedia")
    picture.declared = {"source_type": "trainedAlgorithmicMedia"}
    picture.save()
    story = make_story(cover=picture, cover_source_type="digitalCapture")
    page = desk.get(review(story)).content.decode()
    assert "The file contradicts what was declared" in page
    honest = make_story(cover=make_picture(), cover_source_type="digitalCapture")
    page = desk.get(review(honest)).content.decode()
    assert "The file contradicts" not in page
    assert "The file itself says nothing" in page


@pytest.mark.parametrize("earlier", [1, 30])
def test_the_record_costs_the_same_however_much_was_sent(desk, django_assert_max_num_queries, earlier):
    for _ in range(earlier):
        make_story(email="reader@example.org")
    story = make_story(email="reader@example.org", body="<p>Short.</p>")
    with django_assert_max_num_queries(45):
        desk.get(review(story))
