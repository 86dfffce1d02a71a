"""The hub hears of every article that appears, through a real server on loopback."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from articles.discovery.hub import tell_hub
from articles.models import Article
from tests.factories import make_article, make_section
from tests.loopback import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(settings):
    """A hub that is told of news."""
    with listening() as server:
        settings.WEBSUB_HUB = server.url
        yield server


def said_to(hub):
    """What the hub was told, one form after the other."""
    return [parse_qs(posted.body.decode()) for posted in hub.told]


def test_the_hub_is_told_once_of_each_article_in_its_language(hub):
    make_article(headline="One")
    assert tell_hub() == 1
    assert tell_hub() == 0
    [said] = said_to(hub)
    assert said["hub.mode"] == ["publish"]
    assert "http://testserver/en/feed.atom" in said["hub.url"]
    assert "http://testserver/en/section/business/feed.json" in said["hub.url"]
    make_article(headline="二", language="zh-hans")
    assert tell_hub() == 1
    assert "http://testserver/zh-hans/feed.rss" in said_to(hub)[-1]["hub.url"]


def test_the_feeds_of_every_section_in_which_something_appeared_are_named(hub):
    make_article()
    tell_hub()
    make_article(section=make_section("markets"))
    make_article(section=make_section("technology"))
    assert tell_hub() == 1
    named = " ".join(said_to(hub)[-1]["hub.url"])
    assert "/section/markets/" in named
    assert "/section/technology/" in named
    assert "/section/business/" not in named


def test_a_scheduled_article_is_told_of_when_its_time_has_come(hub):
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert tell_hub() == 0
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now())
    assert tell_hub() == 1


@pytest.mark.parametrize("status", [500, 302])
def test_what_the_hub_did_not_take_is_told_again_and_nobody_is_sent_elsewhere(hub, status):
    make_article()
    hub.status = status
    with pytest.raises(OSError, match=str(status)):
        tell_hub()
    hub.status = 204
    assert tell_hub() == 1
    assert len(said_to(hub)) == 2


def test_without_a_hub_nobody_is_asked(settings, django_assert_num_queries):
    settings.WEBSUB_HUB = ""
    with django_assert_num_queries(0):
        assert tell_hub() == 0
