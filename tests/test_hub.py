"""The hub hears of every article that appears, through a real server on loopback."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from articles.discovery.hub import tell_hub
from articles.models import Article
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub(settings):
    """A hub that keeps what it is told and answers with `hub.status`."""

    class Hub(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(server.status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.end_headers()

        def log_message(self, *args):
            pass

    told: list[dict] = []
    server = HTTPServer(("127.0.0.1", 0), Hub)
    server.told, server.status = told, 204
    Thread(target=server.serve_forever, daemon=True).start()
    settings.WEBSUB_HUB = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


def test_the_hub_is_told_once_of_each_article_in_its_language(hub):
    make_article(headline="One")
    assert tell_hub() == 1
    assert tell_hub() == 0
    [said] = hub.told
    assert said["hub.mode"] == ["publish"]
    assert "http://testserver/en/feed.atom" in said["hub.url"]
    assert "http://testserver/en/section/business/feed.json" in said["hub.url"]
    make_article(headline="二", language="zh-hans")
    assert tell_hub() == 1
    assert "http://testserver/zh-hans/feed.rss" in hub.told[-1]["hub.url"]


def test_the_feeds_of_every_section_in_which_something_appeared_are_named(hub):
    make_article()
    tell_hub()
    make_article(section=make_section("markets"))
    make_article(section=make_section("technology"))
    assert tell_hub() == 1
    named = " ".join(hub.told[-1]["hub.url"])
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
    assert len(hub.told) == 2


def test_without_a_hub_nobody_is_asked(settings, django_assert_num_queries):
    settings.WEBSUB_HUB = ""
    with django_assert_num_queries(0):
        assert tell_hub() == 0
