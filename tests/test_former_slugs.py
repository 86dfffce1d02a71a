"""Addresses of sections, tags and authors that were changed: links and feed readers find them anew."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Author, FormerSlug, Section, Tag
from cms.page_cache import site_changed
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db


def make(model, slug):
    names = {"name": "Ports"} if model is Tag else {"name_en": "Ports", "name_zh_hans": "港口"}
    return model.objects.create(slug=slug, **names)


@pytest.fixture(params=[Section, Tag, Author], ids=lambda model: model._meta.model_name)
def listing(request):
    return make(request.param, "ports")


def path(listing, slug, rest="", language="en"):
    return f"/{language}/{listing._meta.model_name}/{slug}/{rest}"


def rename(listing, slug):
    listing.slug = slug
    listing.save()
    site_changed()  # as the admin does


@pytest.mark.parametrize("rest", ["", "feed.rss", "feed.atom", "feed.json", "?before=some-place"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_former_address_leads_to_the_present_one_for_good_and_in_one_step(client, listing, language, rest):
    rename(listing, "harbours")
    rename(listing, "docks")
    for former in ("ports", "harbours"):
        answer = client.get(path(listing, former, rest, language))
        assert answer.status_code == 301
        assert answer.url == path(listing, "docks", rest, language)


def test_who_has_a_slug_now_comes_before_who_had_it(client, listing):
    rename(listing, "harbours")
    other = make(type(listing), "ports")
    make_article(section=other) if isinstance(other, Section) else None
    assert client.get(path(listing, "ports")).status_code == 200
    rename(other, "docks")
    assert client.get(path(listing, "ports")).url == path(listing, "docks")


def test_a_slug_that_comes_back_leads_nowhere_else(client, listing):
    rename(listing, "harbours")
    rename(listing, "ports")
    assert client.get(path(listing, "ports")).status_code == 200
    assert client.get(path(listing, "harbours")).url == path(listing, "ports")


def test_what_is_gone_is_gone_at_its_former_address_too(client, listing):
    rename(listing, "harbours")
    listing.delete()
    assert client.get(path(listing, "ports")).status_code == 404


def test_a_former_slug_of_one_kind_is_none_of_another(client):
    rename(make(Tag, "ports"), "harbours")
    assert client.get("/en/section/ports/").status_code == 404


def test_an_editor_changes_it_in_the_admin(client, desk):
    section = make_section(slug="trade")
    form = {"slug": "commerce", "name_en": "Trade", "name_zh_hans": "贸易", "position": 1}
    assert desk.post(f"/admin/articles/section/{section.pk}/change/", form).status_code == 302
    assert client.get("/en/section/trade/").url == "/en/section/commerce/"


def test_saving_without_a_change_of_the_slug_notes_nothing(listing):
    listing.save()
    assert not FormerSlug.objects.exists()


def test_a_page_at_its_present_address_asks_for_no_former_one(client, listing):
    client.get(path(listing, "ports"))
    rename(listing, "harbours")
    with CaptureQueriesContext(connection) as queries:
        client.get(path(listing, "harbours"))
    assert not [query for query in queries if "formerslug" in query["sql"]]
