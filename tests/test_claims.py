"""Who works on what: claims, how they end, and how they change hands."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cms.claims import lapse_claims
from cms.models import Decision, Letter, User
from cms.worker import run_until_idle
from cms.workflow import NotPermitted
from submissions.models import Appeal, Story
from tests.factories import make_article, make_editor, make_report, make_story

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(hours=3)


def review(item):
    return f"/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/change/"


def make(desk, item, move, **fields):
    return desk.post(review(item).replace("change", f"move/{move}"), {"seen": item.version} | fields)


def appeal():
    story = make_story()
    story.decline(by=make_editor(), reason="No.")
    return story.appeal(by=User.objects.system(), reason="You overlooked the second source.")


KINDS = [make_story, lambda: make_article(published=False), make_report, appeal]
DECIDE = ["decline", "spike", "uphold", "dismiss"]


@pytest.mark.parametrize(("make_item", "decide"), list(zip(KINDS, DECIDE, strict=True)))
def test_what_somebody_else_has_claimed_is_theirs_to_decide_until_it_is_taken_over(editor, make_item, decide):
    item, rosa = make_item(), make_editor(first_name="Rosa", last_name="Osei", email="rosa@example.org")
    item.claim(by=rosa)
    before = Decision.objects.count(), Letter.objects.count()
    for refused in (decide, "claim", "release", "hand_over"):
        with pytest.raises((NotPermitted, ValidationError)):
            getattr(item, refused)(by=editor, reason="Mine.")
    assert (Decision.objects.count(), Letter.objects.count()) == before
    with pytest.raises(ValidationError):
        item.take_over(by=editor, reason=" ")
    item.take_over(by=editor, reason="Rosa is on holiday.")
    letter = Letter.objects.get(name="claim_taken_over")
    assert letter.to == "rosa@example.org"
    assert "Rosa is on holiday." in letter.body_text
    getattr(item, decide)(by=editor, reason="Decided.")
    assert item.claimed_by is None


@pytest.mark.parametrize("make_item", KINDS)
def test_a_claim_can_be_released_and_what_nobody_has_claimed_can_be_decided_by_anybody(editor, make_item):
    item = make_item()
    item.claim(by=editor)
    item.release(by=editor)
    assert (item.claimed_by, item.claimed_at) == (None, None)
    assert {"claim"} <= {move.name for move in item.moves_for(editor)}
    assert not {"release", "hand_over", "take_over"} & {move.name for move in item.moves_for(editor)}


def test_an_item_is_handed_to_a_colleague_who_may_decide_it_and_is_told(editor):
    story, story_editor = make_story(), make_editor("decide_story", "view_story", email="ana@example.org")
    visitor = make_editor("view_story")
    story.claim(by=editor)
    for wrong in (None, editor, visitor, User.objects.system()):
        with pytest.raises(ValidationError):
            story.hand_over(by=editor, to=wrong)
    assert story_editor in story.colleagues(editor)
    assert visitor not in story.colleagues(editor)
    story.hand_over(by=editor, to=story_editor)
    assert Story.objects.get().claimed_by == story_editor
    assert Letter.objects.get(name="claim_handed_over").to == "ana@example.org"
    with pytest.raises(NotPermitted):
        story.accept(by=editor)
    story.accept(by=story_editor)


def test_an_appeal_is_not_handed_to_who_declined_the_story(editor):
    item = appeal()
    item.claim(by=editor)
    assert item.declined_by not in item.colleagues(editor)
    with pytest.raises(ValidationError):
        item.hand_over(by=editor, to=item.declined_by)


def test_a_claim_lapses_after_its_time_and_not_before(editor, settings):
    story, fresh, report = make_story(), make_story(), make_report()
    for item in (story, fresh, report):
        item.claim(by=editor)
    for item in (story, report):
        type(item).objects.filter(pk=item.pk).update(claimed_at=timezone.now() - LONG_AGO)
    run_until_idle()
    assert list(Story.objects.filter(claimed_by=editor)) == [fresh]
    line = story.decisions().last()
    assert (line.move, line.actor.is_system, line.details) == ("lapse_claim", True, {"holder": editor.byline()})
    assert lapse_claims() == 0
    settings.CLAIM_LASTS = timedelta(0)
    assert lapse_claims() == 1


def test_a_lapsed_claim_on_an_appeal_ends_also_where_the_clock_had_closed_the_story(editor):
    story = make_story()
    story.ask_changes(by=editor, reason="Which source?")
    story.lapse(by=User.objects.system())
    item = story.appeal(by=User.objects.system(), reason="I was ill.")
    item.claim(by=editor)
    Appeal.objects.update(claimed_at=timezone.now() - LONG_AGO)
    assert lapse_claims() == 1


def test_what_its_holder_does_makes_a_claim_last_and_what_others_do_does_not(editor):
    article = make_article(published=False)
    article.claim(by=editor)
    old = timezone.now() - LONG_AGO
    type(article).objects.update(claimed_at=old)
    article.refresh_from_db()
    article.amend(by=make_editor(), headline="By a colleague")
    assert article.claimed_at == old
    article.amend(by=editor, headline="By the holder")
    assert timezone.now() - article.claimed_at < timedelta(minutes=1)
    assert article.decisions().last().details == {"fields": ["headline"]}


def test_a_contributor_may_change_and_withdraw_again_once_a_claim_has_lapsed(editor):
    story, system = make_story(), User.objects.system()
    story.claim(by=editor)
    with pytest.raises(NotPermitted):
        story.send_again(by=system, headline="Changed")
    Story.objects.update(claimed_at=timezone.now() - LONG_AGO)
    lapse_claims()
    Story.objects.get().send_again(by=system, headline="Changed")
    assert Story.objects.get().headline == "Changed"


def test_a_contributor_withdraws_also_what_an_editor_has_claimed(editor):
    story = make_story()
    story.accept(by=editor)
    story.article.claim(by=editor)
    Story.objects.get().withdraw(by=User.objects.system())
    assert Story.objects.get().article.status == "spiked"


def test_looking_claims_nothing_and_who_may_only_look_is_offered_nothing(editor):
    story, client = make_story(), Client()
    client.force_login(make_editor("view_story"))
    page = client.get(review(story)).content.decode()
    assert "data-opens" not in page
    assert "move/claim" not in page
    assert make(client, story, "claim").status_code == 403
    assert Story.objects.get().claimed_by is None


def test_a_claim_that_only_took_a_story_from_the_desk_is_no_edit_to_tell_of(editor):
    story = make_story()
    article = story.accept(by=editor)
    article.claim(by=editor)
    type(article).objects.update(updated=timezone.now() - LONG_AGO)
    run_until_idle()
    assert Story.objects.get().told_edited is None
    assert not Letter.objects.filter(name="story_edited").exists()
