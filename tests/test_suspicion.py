"""Suspected abuse, what is flagged, and letters to staff in their own language."""

import re

import pytest
from django.urls import reverse

from cms.models import Decision, Letter, User
from cms.page_cache import pages
from cms.worker import run_until_idle
from cms.workflow import NotPermitted
from submissions.models import Story
from tests.factories import make_article, make_editor, make_report, make_story

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "decide"), [(make_story, "accept"), (make_report, "uphold"), (make_report, "decline")]
)
def test_what_is_suspected_takes_two_people_until_somebody_else_has_proposed_or_cleared(make, decide):
    item, rosa, chen = make(), make_editor(), make_editor()
    item.suspect(by=rosa, reason="The same claim came yesterday under another name.")
    for person in (rosa, chen):
        with pytest.raises(NotPermitted, match="two people"):
            getattr(item, decide)(by=person, reason="Alone.")
    item.propose(by=rosa, reason="It is in order.")
    with pytest.raises(NotPermitted, match="two people"):
        getattr(item, decide)(by=rosa, reason="Alone.")
    getattr(item, decide)(by=chen, reason="Agreed.")
    assert [line.move for line in Decision.objects.about(item)][-3:] == ["suspect", "propose", decide]


def test_who_clears_a_suspicion_has_not_become_a_second_person_by_it():
    report, rosa, chen = make_report(), make_editor(), make_editor()
    report.suspect(by=rosa, reason="Odd.")
    report.clear_suspicion(by=chen, reason="I know them.")
    with pytest.raises(NotPermitted, match="two people"):
        report.uphold(by=chen, reason="Theirs.")
    report.uphold(by=rosa, reason="Theirs.")


def test_a_new_suspicion_asks_for_a_new_second_person():
    report, rosa, chen = make_report(), make_editor(), make_editor()
    report.suspect(by=rosa, reason="Odd.")
    report.propose(by=rosa, reason="Decline.")
    report.clear_suspicion(by=rosa, reason="Not so odd.")
    report.suspect(by=chen, reason="Very odd.")
    with pytest.raises(NotPermitted, match="two people"):
        report.decline(by=chen, reason="No.")


def test_the_review_page_offers_the_mark_then_says_what_it_takes(desk):
    story = make_story()
    url = reverse("admin:submissions_story_change", args=[story.pk])
    page = desk.get(url).content.decode()
    assert 'id="move-suspect"' in page
    assert 'id="move-propose"' not in page
    answer = desk.post(url.replace("change", "move/suspect"), {"seen": story.version, "reason": "A copy, I think."})
    assert answer.status_code == 302
    page = desk.get(url).content.decode()
    assert "Abuse was suspected, so this takes two people" in page
    assert 'id="move-accept"' not in page
    assert 'id="move-propose"' in page
    assert 'id="move-suspect"' not in page


def flagged_on(desk) -> list[str]:
    pages.clear()
    page = desk.get("/admin/desk/?flagged=1").content.decode()
    return re.findall(r'<a href="/admin/[^"]+change/" lang="en">([^<]+)</a>', page)


def test_the_desk_finds_what_is_flagged_whatever_flagged_it(desk, editor):
    struck = make_story(headline="Struck", email="often@example.org")
    struck.accept(by=editor, reason="")
    article = Story.objects.get(pk=struck.pk).article
    article.publish(by=editor, reason="")
    make_report(article, work="A photograph").uphold(by=editor, reason="Theirs.")
    make_story(headline="By the same hand", email="often@example.org", body="<p>Something else altogether.</p>")
    make_story(headline="A card", body="<p>My card is 4111 1111 1111 1111, valid until May.</p>", email="a@example.org")
    make_story(headline="A warned one", email="b@example.org", hook_verdict={"verdicts": [{"level": "stop"}]})
    own = {"dek": "Who counted the boats?", "sources": ["https://example.org/boats"]}
    suspected = make_story(headline="Suspected", email="c@example.org", body="<p>Nine boats came home.</p>", **own)
    own = {"dek": "A bakery pins its payroll to the wall.", "sources": ["https://example.org/payroll"]}
    make_story(headline="Harmless", email="d@example.org", body="<p>Bread is baked at four in the morning.</p>", **own)
    report = make_report(make_article(), work="Suspected report")
    for item in (suspected, report):
        item.suspect(by=editor, reason="Odd.")
    run_until_idle()
    expected = {"By the same hand", "A card", "A warned one", "Suspected", "Suspected report"}
    assert set(flagged_on(desk)) == expected
    assert re.search(r"Flagged\D+5\b", re.sub(r"<[^>]*>", " ", desk.get("/admin/desk/").content.decode()))
    Story.objects.get(pk=suspected.pk).clear_suspicion(by=editor, reason="I was wrong.")
    run_until_idle()
    assert set(flagged_on(desk)) == expected - {"Suspected"}


def test_the_language_that_somebody_chose_in_the_admin_is_that_of_their_letters(desk, editor):
    User.objects.filter(pk=editor.pk).update(email="chief@example.org")
    desk.post("/language/", {"language": "zh-hans", "next": "/admin/desk/"})
    assert User.objects.get(pk=editor.pk).letter_language() == "zh-hans"
    story = make_story()
    story.claim(by=make_editor(first_name="Rosa"))
    story.hand_over(by=story.claimed_by, reason="", to=User.objects.get(pk=editor.pk))
    assert Letter.objects.get(name="claim_handed_over").language == "zh-hans"
    desk.post("/language/", {"language": "xx", "next": "/admin/desk/"})
    assert User.objects.get(pk=editor.pk).language == "zh-hans"
