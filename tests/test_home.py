"""The front page: what editors put first, and what appears by itself."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, HomePlace
from cms.page_cache import pages, seconds_to_keep, site_changed
from tests.factories import make_article, make_editor, make_report

pytestmark = pytest.mark.django_db


def headlines(client, language="en"):
    site_changed()
    context = client.get(f"/{language}/").context
    return [context["lead"].headline, *(article.headline for article in context["latest"])]


def test_what_editors_put_first_leads_and_stands_once(client):
    first, second, _third = (make_article(headline=name) for name in ("One", "Two", "Three"))
    assert headlines(client) == ["Three", "Two", "One"]
    HomePlace.objects.create(article=first, position=1)
    HomePlace.objects.create(article=second, position=2)
    assert headlines(client) == ["One", "Two", "Three"]


def test_a_place_ends_at_its_time_and_never_shows_what_readers_may_not_read(client):
    over, withheld, draft = (
        make_article(headline="Over"),
        make_article(headline="Withheld"),
        make_article(published=False),
    )
    make_article(headline="Newest")
    HomePlace.objects.create(article=over, until=timezone.now() - timedelta(minutes=1))
    HomePlace.objects.create(article=withheld)
    HomePlace.objects.create(article=draft)
    make_report(withheld).uphold(by=make_editor(), reason="Theirs.")
    assert headlines(client) == ["Newest", "Over"]


def test_a_place_is_of_its_articles_language_alone(client):
    chinese = make_article(headline="起重机", language="zh-hans")
    make_article(headline="Cranes")
    HomePlace.objects.create(article=chinese)
    assert headlines(client) == ["Cranes"]
    assert headlines(client, "zh-hans") == ["起重机"]


def test_an_editor_orders_the_home_page_in_the_list(desk, client):
    places = [HomePlace.objects.create(article=make_article(headline=name)) for name in ("One", "Two")]
    fields = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for number, place in enumerate(places):
        fields |= {f"form-{number}-id": str(place.pk), f"form-{number}-position": str(2 - number)}
        fields |= {f"form-{number}-until_0": "", f"form-{number}-until_1": ""}
    answer = desk.post(reverse("admin:articles_homeplace_changelist"), fields)
    assert answer.status_code == 302
    assert headlines(client) == ["Two", "One"]


def test_the_home_page_takes_four_queries(client, django_assert_max_num_queries):
    for number in range(9):
        article = make_article()
        if number % 3 == 0:
            HomePlace.objects.create(article=article)
    client.get("/zh-hans/")
    with django_assert_max_num_queries(4):
        client.get("/en/")


def test_no_page_is_kept_past_the_moment_at_which_something_appears(client):
    assert seconds_to_keep() == 60
    later = make_article(headline="Later", published_at=timezone.now() + timedelta(seconds=40))
    site_changed()
    assert 30 <= seconds_to_keep() <= 40
    make_article(headline="Soon", published_at=timezone.now() + timedelta(seconds=0.9))
    site_changed()
    assert seconds_to_keep() == 0
    assert "Soon" not in client.get("/en/").content.decode()
    Article.objects.filter(headline="Soon").update(published_at=timezone.now())
    assert "Soon" in client.get("/en/").content.decode(), "a page was kept past its time"
    HomePlace.objects.create(article=later, until=timezone.now() + timedelta(seconds=20))
    pages.clear()
    assert seconds_to_keep() <= 20
