"""The one door to a status."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from articles.models import Article
from cms.desk import kinds
from cms.models import Decision, Letter, User
from cms.workflow import Conflict, NotPermitted
from submissions.models import Story
from tests.factories import make_article, make_editor, make_report, make_story

pytestmark = pytest.mark.django_db


def test_an_accepted_story_becomes_a_draft_with_everything_the_reader_sent(editor):
    story = make_story()
    article = story.accept(by=editor)
    assert (article.headline, article.dek, article.byline) == (story.headline, story.dek, story.byline)
    assert (article.status, article.origin, article.guidelines_number) == ("draft", "reader", 1)
    assert article.cover.source_type == "algorithmicMedia"
    assert story.status == Story.Status.ACCEPTED
    assert Story.objects.get().article == article


def test_a_move_writes_its_decision_and_its_letter_in_one_go(editor):
    story = make_story()
    story.decline(by=editor, reason="It rests on one unnamed source.", rules=["4.2"])
    decision = story.decisions().last()
    assert (decision.move, decision.source, decision.target) == ("decline", "received", "declined")
    assert (decision.actor, decision.reason, decision.rules) == (
        editor,
        "It rests on one unnamed source.",
        ["4.2"],
    )
    letter = Letter.objects.get(name="story_declined")
    assert "It rests on one unnamed source." in letter.body_text


def test_who_lacks_the_permission_is_refused_and_nothing_happens():
    story, visitor = make_story(), make_editor("view_story")
    before = Decision.objects.count(), Letter.objects.count()
    with pytest.raises(NotPermitted):
        story.accept(by=visitor)
    assert Story.objects.get().status == "received"
    assert (Decision.objects.count(), Letter.objects.count()) == before


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_move_that_needs_a_reason_is_refused_without_one(editor, reason):
    story = make_story()
    with pytest.raises(ValidationError) as refusal:
        story.decline(by=editor, reason=reason)
    assert "reason" in refusal.value.message_dict
    assert Story.objects.get().status == "received"


def test_the_slower_of_two_editors_is_told_and_nothing_is_mailed(editor):
    mine, theirs = make_story(), Story.objects.get()
    theirs.decline(by=make_editor(), reason="No.")
    letters = Letter.objects.count()
    with pytest.raises(Conflict) as conflict:
        mine.accept(by=editor)
    assert conflict.value.last.move == "decline"
    assert Letter.objects.count() == letters
    assert not Article.objects.exists()


def test_a_move_on_a_version_that_was_edited_since_is_a_conflict(editor):
    article = make_article(published=False)
    seen = article.version
    Article.objects.get().amend(by=make_editor(), headline="A better headline")
    with pytest.raises(Conflict):
        article.publish(by=editor, seen=seen)
    assert Article.objects.get().status == "draft"


def test_a_move_from_the_wrong_status_is_a_conflict(editor):
    article = make_article()
    with pytest.raises(Conflict):
        article.publish(by=editor)


def test_the_buttons_are_the_moves_that_are_legal_for_this_person_now(editor):
    story = make_story()
    assert {move.name for move in story.moves_for(editor)} >= {"claim", "accept", "decline", "ask_changes"}
    assert story.moves_for(make_editor("view_story")) == []
    story.decline(by=editor, reason="No.")
    assert [move.name for move in story.moves_for(editor) if move.label] == ["erase"]


def test_a_move_saves_the_columns_that_it_changed_and_no_others(editor, django_assert_num_queries):
    story = make_story(email="")
    Story.objects.filter(pk=story.pk).update(dek="Changed behind the instance's back")
    story.claim(by=editor)
    assert Story.objects.get().dek == "Changed behind the instance's back"
    assert Story.objects.get().claimed_by == editor


def test_a_claim_ends_when_the_item_leaves_the_desk(editor):
    story = make_story()
    story.claim(by=editor)
    story.decline(by=editor, reason="No.")
    assert Story.objects.get().claimed_by is None


def test_a_stale_instance_cannot_put_a_withheld_article_back(editor):
    article = make_article()
    stale = Article.objects.get()
    make_report(article).uphold(by=editor, reason="It is theirs.")
    with pytest.raises(Conflict):
        stale.amend(by=editor, headline="Changed")
    assert not Article.objects.published().exists()


def test_when_the_body_of_a_move_fails_nothing_of_it_remains(editor, monkeypatch):
    story = make_story()
    before = Decision.objects.count()

    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(Story, "tell", fail)
    with pytest.raises(RuntimeError):
        story.accept(by=editor)
    assert Story.objects.get().status == "received"
    assert not Article.objects.exists()
    assert Decision.objects.count() == before
    assert Decision.objects.first_altered() == (None, before)


def test_every_kind_of_desk_item_is_found_without_being_registered(editor):
    assert {kind.kind() for kind in kinds(editor)} == {
        "articles.article",
        "articles.correctionrequest",
        "articles.staletranslation",
        "copyright.counternotice",
        "newsletter.issue",
        "submissions.story",
        "submissions.appeal",
        "submissions.receivedmail",
        "copyright.copyrightreport",
    }


def test_every_move_names_a_permission_that_exists_or_belongs_to_the_system_alone(editor):
    from django.contrib.auth.models import Permission

    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    for kind in kinds(editor):
        for move in kind.moves():
            assert set(move.permissions) <= known or not move.label, move


@pytest.mark.django_db(transaction=True)
def test_forty_stories_accepted_twice_at_once_give_forty_articles():
    editors = [make_editor(), make_editor()]
    stories = [make_story(email="") for _ in range(40)]
    seen = {story.pk: story.version for story in stories}

    def accept(task):
        story_pk, editor_pk = task
        try:
            Story.objects.get(pk=story_pk).accept(by=User.objects.get(pk=editor_pk), seen=seen[story_pk])
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()
        return "accepted"

    tasks = [(story.pk, editor.pk) for story in stories for editor in editors]
    with ThreadPoolExecutor(max_workers=8 if connection.vendor == "postgresql" else 2) as pool:
        results = list(pool.map(accept, tasks))
    assert (results.count("accepted"), results.count("conflict")) == (40, 40)
    assert Article.objects.count() == 40
    assert Story.objects.filter(status="accepted").values("article").distinct().count() == 40
    assert Decision.objects.first_altered()[0] is None
