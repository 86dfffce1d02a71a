"""Lists of articles: page after page by key, in few queries, however many articles a section or a tag has."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from articles.pages import FEW, are_few
from cms.page_cache import pages, site_changed
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


def test_pages_of_a_section_follow_each_other_by_key_and_miss_nothing(client):
    moment = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(headline=f"Story {number:02d}", published_at=moment - timedelta(minutes=number // 3))
    seen, url = [], "/en/section/business/"
    while url:
        page = client.get(url)
        seen += [article.headline for article in page.context["articles"]]
        html = page.content.decode()
        assert f'<link rel="canonical" href="{settings.SITE_URL}{url}">' in html, "each is a page of its own"
        assert ('hreflang="x-default"' in html) is ("before" not in url), "only the first has a counterpart"
        url = page.context["older_url"]
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "9" * 18 + "-1", "1-" + "9" * 19, "1_1"])
def test_a_made_up_cursor_is_not_found(client, cursor):
    make_section()
    answer = client.get("/en/section/business/", {"before": cursor})
    assert answer.status_code in {200, 404}


@pytest.mark.parametrize("count", [1, 25])
@pytest.mark.parametrize("path", ["/en/", "/en/section/business/", "/en/tag/buses/"])
def test_lists_take_four_queries_however_long(client, django_assert_max_num_queries, path, count):
    for _ in range(count):
        make_article(tags=("buses",), cover=None)
    pages.clear()
    client.get("/en/corrections/")  # what is asked once: sections, pages about the newsroom, what appears by itself
    with django_assert_max_num_queries(4):
        client.get(path)


@pytest.mark.parametrize("most", [0, FEW])
def test_a_tag_s_pages_are_the_same_whether_its_articles_are_few_or_many(client, monkeypatch, most):
    monkeypatch.setattr("articles.pages.FEW", most)
    morning = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(slug=f"story-{number}", tags=("ferries",), published_at=morning + timedelta(minutes=number % 7))
    make_article(slug="other", tags=("harbours",))
    make_article(slug="qi-ta", tags=("ferries",), language="zh-hans")
    found, url = [], "/en/tag/ferries/"
    while url:
        page = client.get(url)
        found += [article.slug for article in page.context["articles"]]
        url = page.context["older_url"]
    tagged = Article.objects.filter(tags__slug="ferries", language="en")
    assert found == [article.slug for article in tagged.newest_first()]


def test_a_tag_has_few_articles_in_a_language_where_it_has_many_in_the_other(monkeypatch):
    monkeypatch.setattr("articles.pages.FEW", 3)
    for number in range(4):
        make_article(slug=f"story-{number}", tags=("ferries",), language="zh-hans")
    tagged = Article.objects.filter(tags__slug="ferries")
    assert are_few(tagged.in_language("en"))
    assert not are_few(tagged.in_language("zh-hans"))


def test_how_many_articles_a_tag_has_is_counted_once_and_not_after_each_move(client):
    make_article(tags=("ferries",))
    client.get("/en/tag/ferries/")
    site_changed()
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/en/tag/ferries/").status_code == 200
    assert not [query for query in queries if "COUNT" in query["sql"]]
