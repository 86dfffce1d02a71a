"""The front door gives out what was answered before, to whom it was answered, and lets all others in."""

import pytest
from django.test import RequestFactory
from django.test.client import ClientHandler

from cms.front_door import FrontDoor
from cms.page_cache import site_changed
from tests.factories import make_article

pytestmark = pytest.mark.django_db


class House:
    """Our site behind a front door, which counts who was let in."""

    def __init__(self):
        self.let_in, self._django = 0, ClientHandler()
        self._door = FrontDoor(self._inside)

    def _inside(self, environ, start_response):
        self.let_in += 1
        response = self._django(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    def ask(self, path, **environ):
        """Return the status, the headers as a dict, and the body."""
        path, _mark, query = path.partition("?")
        asked = RequestFactory()._base_environ(PATH_INFO=path, QUERY_STRING=query, **environ)
        said = []
        body = b"".join(self._door(asked, lambda status, headers: said.append((status, dict(headers)))))
        return *said[0], body


@pytest.fixture
def house():
    return House()


@pytest.fixture
def url():
    return make_article(slug="keepers", headline="The keepers").get_absolute_url()


def test_the_second_reader_gets_what_the_first_one_got_and_is_not_let_in(house, url):
    first = house.ask(url)
    assert house.ask(url) == first
    assert first[0] == "200 OK"
    assert first[1]["Content-Length"] == str(len(first[2]))
    assert house.let_in == 1


def test_after_any_change_the_next_reader_is_let_in(house, url):
    house.ask(url)
    site_changed()
    house.ask(url)
    assert house.let_in == 2


OTHERS = {
    "asks for the head alone": {"REQUEST_METHOD": "HEAD"},
    "sends something": {"REQUEST_METHOD": "POST"},
    "has the page already": {"HTTP_IF_NONE_MATCH": '"x"'},
    "asks by a time": {"HTTP_IF_MODIFIED_SINCE": "Thu, 26 Nov 2026 10:00:00 GMT"},
    "asks another host": {"HTTP_HOST": "testserver:81"},
    "comes by https": {"wsgi.url_scheme": "https"},
}


@pytest.mark.parametrize("how", OTHERS)
def test_who_asks_otherwise_is_let_in(house, url, how):
    house.ask(url)
    house.ask(url, **OTHERS[how])
    assert house.let_in == 2


def test_a_proxy_s_word_for_https_counts_where_django_takes_it(house, url, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    house.ask(url, HTTP_X_FORWARDED_PROTO="https")
    house.ask(url, HTTP_X_FORWARDED_PROTO="https, http")
    assert house.let_in == 1
    house.ask(url, HTTP_X_FORWARDED_PROTO="http")
    assert house.let_in == 2
    settings.SECURE_PROXY_SSL_HEADER = None
    for made_up in ("https", "gopher", "x"):
        house.ask(url, HTTP_X_FORWARDED_PROTO=made_up)
    assert house.let_in == 2


@pytest.mark.parametrize("path", ["/en/submit/", "/en/receipt/", "/en/news/none/", "/admin/", "/", "/en/news/é/"])
def test_what_is_not_the_same_for_all_is_never_given_out(house, path):
    house.ask(path)
    house.ask(path)
    assert house.let_in == 2


def test_while_the_cache_is_down_everybody_is_let_in_and_told_so_by_the_house(house, url, monkeypatch):
    def down(*_args):
        raise ConnectionError("nobody answers")

    house.ask(url)
    monkeypatch.setattr("cms.front_door.pages.get", down, raising=False)
    status, _headers, page = house.ask(url)
    assert (status[:3], house.let_in) == ("500", 2)
    assert b"</html>" in page


def test_who_has_what_is_kept_is_told_so_by_the_middleware(client, url):
    etag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"x"'}).status_code == 200
