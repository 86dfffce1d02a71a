"""What shared caches may keep, and how they are told to drop it, by a real server on loopback."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms import front_door
from cms.page_cache import pages, site_changed
from cms.purging import purge
from tests.factories import make_article
from tests.loopback import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(settings):
    """A shared cache that is told of changes."""
    with listening() as server:
        settings.PURGE_URL, settings.PURGE_HEADER = server.url, "Fastly-Key: a key: of ours"
        yield server


def test_a_shared_cache_is_told_once_of_each_change(shared):
    site_changed()
    assert purge() == 1
    assert purge() == 0
    assert shared.told[0].headers["Surrogate-Key"] == "site"
    assert shared.told[0].headers["Fastly-Key"] == "a key: of ours"
    site_changed()
    assert purge() == 1


def test_a_shared_cache_that_did_not_answer_is_told_again(shared):
    site_changed()
    shared.status = 503
    with pytest.raises(OSError, match="503"):
        purge()
    shared.status = 200
    assert purge() == 1


def test_nobody_is_told_where_there_is_no_shared_cache(settings):
    site_changed()
    assert purge() == 0


def test_pages_name_their_lifetimes_and_key(client, shared, settings):
    article = make_article()
    response = client.get(article.get_absolute_url())
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=300, stale-while-revalidate=10"
    assert response["Surrogate-Key"] == "site"
    settings.PURGE_URL = ""
    again = client.get(article.get_absolute_url())
    assert again["Cache-Control"] == "public, max-age=0, s-maxage=10, stale-while-revalidate=10"


def test_no_shared_cache_keeps_a_page_beyond_the_moment_at_which_an_article_appears(client, shared):
    make_article(published_at=timezone.now() + timedelta(seconds=40))
    for _turn in range(2):  # made, then kept
        said = client.get("/en/")["Cache-Control"]
        assert "stale-while-revalidate" not in said
        assert 30 <= int(said.split("s-maxage=")[1].split(",")[0]) <= 40


def test_a_kept_page_is_answered_before_anything_else_and_byte_for_byte_the_same(client, django_assert_num_queries):
    url = make_article().get_absolute_url()
    first = client.get(url)
    with django_assert_num_queries(0):
        second = client.get(url)
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.head(url)["ETag"] == first["ETag"]


def test_an_older_page_of_a_list_is_kept_at_the_front_door_by_its_link_alone(client, django_assert_num_queries):
    for number in range(23):
        make_article(slug=f"story-{number}")
    older = client.get("/en/section/business/").context["older_url"]
    first = client.get(older)
    with django_assert_num_queries(0):
        assert dict(client.get(older).items()) == dict(first.items())
    at_the_door = {key for key in pages._cache if "answer:" in key}
    for made_up in (f"{older}&utm_source=x", f"{older}&before=2-2", older.replace("before", "%62efore")):
        assert client.get(made_up).status_code in {200, 404}
    assert {key for key in pages._cache if "answer:" in key} == at_the_door
    assert client.get(f"{older}&utm_source=x").content == first.content


def test_what_is_for_one_person_is_never_given_to_another(client, admin_client):
    answers = []
    for path in ("/en/submit/", "/en/receipt/", "/en/news/none/", "/admin/", "/en/copyright/report/"):
        client.get(path)
        answers += [key for key in pages._cache if "answer:" in key]
    assert answers == []


def test_a_page_made_for_one_scheme_or_host_is_not_given_to_another(client, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    url = make_article().get_absolute_url()
    client.get(url)
    keys = {key for key in pages._cache if "answer:" in key}
    client.get(url, headers={"Host": "other.example"})
    assert len({key for key in pages._cache if "answer:" in key}) == len(keys) + 1
    assert client.get(url, headers={"Host": "evil.example"}).status_code == 400


def test_a_page_that_was_read_before_a_change_is_not_kept_for_after_it(client, monkeypatch):
    article = make_article(headline="Old words")
    url, real = article.get_absolute_url(), front_door.seconds_to_keep

    def changed_meanwhile(*args):
        site_changed()
        return real(*args)

    monkeypatch.setattr(front_door, "seconds_to_keep", changed_meanwhile)
    client.get(url)
    monkeypatch.undo()
    type(article).objects.filter(pk=article.pk).update(headline="New words")
    assert b"New words" in client.get(url).content
