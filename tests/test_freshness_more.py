"""What changes beside the articles' words shows on the next request too: pictures, rules, issues, figures, erasures."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from articles.jobs import make_renditions
from articles.models import Picture
from cms.figures.follow import follow
from cms.models import User
from newsletter.issues.sender import send_due
from tests.factories import approved_issue, make_article, make_editor, make_guidelines, make_picture, make_story
from tests.factories import make_subscriber as subscribe
from tests.guidelines import make_draft, rule_of
from tests.test_freshness import save

pytestmark = pytest.mark.django_db


def kept(client, *urls):
    """Ask for each page twice, the second time of what was kept; return what they show."""
    pages = {}
    for url in urls:
        pages[url] = client.get(url).content.decode()
        assert client.get(url).content.decode() == pages[url]
    return pages


def at(monkeypatch, moment):
    """Let it be that moment, for the database's columns and for the cache."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    monkeypatch.setattr("time.time", moment.timestamp)


@pytest.fixture
def covered(db):
    """An article with a cover whose renditions are not made yet."""
    return make_article(headline="Night buses", cover=make_picture(), cover_alt="A bus.", tags=("ferries",))


def test_a_cover_s_renditions_reach_every_page_that_shows_it_once_the_worker_has_made_them(client, covered):
    pages = ("/en/", "/en/section/business/", "/en/tag/ferries/", covered.get_absolute_url())
    assert not any("image/avif" in page for page in kept(client, *pages).values())
    assert make_renditions() == 1
    assert all("image/avif" in client.get(url).content.decode() for url in pages)


def test_a_focal_point_that_is_moved_in_the_admin_moves_on_every_card(client, desk, covered):
    make_renditions()
    pages = ("/en/", "/en/section/business/", "/en/tag/ferries/")
    assert not any("fx-2" in page for page in kept(client, *pages).values())
    save(desk, Picture.objects.get(), focus_x=20, focus_y=80)
    assert all("fx-2 fy-8" in client.get(url).content.decode() for url in pages)


def test_tag_feeds_in_json_show_what_is_published_renamed_and_killed(client):
    make_article(tags=("ferries",))
    url, editor = "/en/tag/ferries/feed.json", make_editor()
    assert "Crossings" not in kept(client, url)[url]
    new = make_article(headline="Crossings", published=False, tags=("ferries",))
    kept(client, url)
    new.publish(by=editor)
    assert "Crossings" in kept(client, url)[url]
    new.amend(by=editor, headline="Harbours")
    assert "Harbours" in kept(client, url)[url]
    new.kill(by=editor, reason="Invented.")
    assert "Harbours" not in client.get(url).content.decode()


def new_rules(editor, **fields):
    """Put a version in force whose rule of headlines says something else."""
    draft = make_draft(editor, **fields)
    rule = rule_of(draft, "headline")
    rule.text_en = "Headlines are written in verse."
    rule.save()
    draft.put_in_force(by=editor)


def test_changed_guidelines_are_what_readers_see_next(client, editor):
    make_guidelines()
    pages = ("/en/guidelines/", "/en/guidelines/v1/")
    assert not any("in verse" in page for page in kept(client, *pages).values())
    new_rules(editor)
    assert "in verse" in client.get("/en/guidelines/").content.decode()
    assert "in verse" not in client.get("/en/guidelines/v1/").content.decode()
    assert "/en/guidelines/v2/" in client.get("/en/guidelines/v1/").content.decode()


def test_guidelines_that_were_announced_hold_from_midnight(client, editor, monkeypatch):
    make_guidelines()
    tomorrow = timezone.localdate() + timedelta(days=1)
    new_rules(editor, effective=tomorrow)
    midnight = datetime.combine(tomorrow, time.min, UTC)
    at(monkeypatch, midnight - timedelta(seconds=30))
    assert "in verse" not in kept(client, "/en/guidelines/")["/en/guidelines/"]
    at(monkeypatch, midnight + timedelta(seconds=1))
    assert "in verse" in client.get("/en/guidelines/").content.decode()


def test_an_issue_is_on_the_web_when_it_is_approved_and_gone_when_it_is_cancelled(client, editor):
    url = "/en/newsletter/issues/"
    assert "What May brought" not in kept(client, url)[url]
    subscribe()
    issue = approved_issue()
    own = issue.get_absolute_url()
    assert "What May brought" in kept(client, url, own)[url]
    issue.cancel(by=User.objects.system(), reason="Wrong month.")
    assert "What May brought" not in client.get(url).content.decode()
    assert client.get(own).status_code == 404


def test_an_issue_that_was_sent_stays_and_loses_the_article_that_is_killed(client):
    subscribe()
    issue = approved_issue(make_article(headline="Stays"), gone := make_article(headline="Goes away"))
    own = issue.get_absolute_url()
    while send_due():
        pass
    assert "Goes away" in kept(client, own, "/en/newsletter/issues/")[own]
    gone.kill(by=make_editor(), reason="Invented.")
    page = client.get(own).content.decode()
    assert "Stays" in page
    assert "Goes away" not in page


def test_an_issue_appears_among_the_past_ones_when_the_worker_begins_to_send_it(client, monkeypatch):
    approved_issue(send_at=timezone.now() + timedelta(seconds=30))
    url = "/en/newsletter/issues/"
    assert "What May brought" not in kept(client, url)[url]
    at(monkeypatch, timezone.now() + timedelta(seconds=31))
    send_due()
    assert "What May brought" in client.get(url).content.decode()


def test_the_transparency_figures_follow_a_decision_and_an_erasure(client, editor):
    url = "/en/transparency/"
    story = make_story()
    while follow():
        pass
    shown = [kept(client, url)[url]]
    story.decline(by=editor, reason="Known.", rules=["4.2"])
    kept(client, url)  # asked for before the worker has counted
    while follow():
        pass
    shown.append(kept(client, url)[url])
    story.erase(by=User.objects.system(), reason="Its time is over.")
    kept(client, url)
    while follow():
        pass
    shown.append(client.get(url).content.decode())
    assert len({re.sub(r"\s+", " ", page) for page in shown}) == 3
