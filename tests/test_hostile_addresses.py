"""Addresses, headers and headlines that nobody sends by accident: a clear answer, and never a 500."""

from urllib.parse import quote

import pytest
from django.test import Client

from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db

HUGE = "9" * 40
HIDDEN = "\u202e\u2066\u200b\u200d\ufeff"
ADDRESSES = [
    *(f"/en/news/{quote(slug)}/" for slug in (HIDDEN, "\0", "a" * 5000, "a/b", "..", "%", "新" * 900, "\U0001f600")),
    "/en/news/%ff%fe/",
    *(f"/en/tag/{quote(slug)}/" for slug in (HIDDEN, "\0", "标签" * 500)),
    *(f"/en/section/business/?before={value}" for value in ("%00", HUGE, "1-" + "9" * 18, "9" * 17 + "-9", "-", "%ff")),
    *(f"/en/corrections/?before={value}" for value in ("%00", HUGE, "9" * 16 + "-1")),
    *(f"/en/{path}/{HUGE}/" for path in ("guidelines", "preview", "author", "about", "section")),
    f"/sitemap-{HUGE}.xml",
    f"/sitemap-{2**63}.xml",
    "/media/pictures/../../etc/passwd",
    "/media/%2e%2e/%00",
    "/u/%00",
    "/language/?language=%00",
    "/en/feed.atom?x=%00",
    "/en/submit/?" + "&".join(f"x{number}=1" for number in range(5000)),
]
QUERIES = [
    "a" * 10_000,
    "新" * 10_000,
    "a b " * 2500,
    '"" "" OR AND NOT ( ) * : - ~ ^ \\ & | ! <->',
    '"' * 5000,
    "(" * 400,
    "\0",
    HIDDEN,
    "\ufffe\uffff",
    "%",
    "_",
]
FILTERS = [
    "until=9999-12-31",
    "since=0001-01-01&until=9999-12-31",
    "since=9999-12-31&until=0001-01-01",
    "since=99999-01-01",
    "since=%00",
    "section=%00&language=%00",
    f"after={HUGE}",
    f"after=1-{HUGE}",
    "after=-1--1",
    "after=%00",
]


@pytest.fixture(autouse=True)
def _an_article():
    make_section()
    make_article(slug="first")


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: ascii(address)[:40])
def test_a_strange_address_is_answered(client, address):
    assert client.get(address).status_code in {200, 301, 302, 400, 404, 410, 413}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:20])
def test_a_strange_search_is_answered_and_keeps_what_was_typed(client, query, language):
    answer = client.get(f"/{language}/search/", {"q": query})
    assert answer.status_code in {200, 422}
    if query.isalpha():
        assert query[:100] in answer.content.decode()


@pytest.mark.parametrize("filters", FILTERS)
def test_strange_filters_of_a_search_are_answered(client, filters):
    assert client.get(f"/en/search/?q=buses&{filters}").status_code in {200, 404, 422}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-None-Match", '"' + "a" * 8000),
        ("If-None-Match", "\x80" * 500),
        ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"),
        ("Accept-Language", "zh;q=" + "9" * 4000),
        ("Accept-Language", "-" * 5000),
        ("Range", "bytes=0-," * 500),
        ("Cookie", "sessionid=\xff; django_language=%00"),
        ("Host", "evil.example"),
        ("Host", "[::1"),
        ("X-Forwarded-For", "\x80, 1" * 100),
    ],
    ids=lambda text: ascii(text)[:20],
)
@pytest.mark.parametrize("path", ["/", "/en/", "/en/news/first/", "/en/submit/"])
def test_a_strange_header_is_answered(path, name, value):
    answer = Client(raise_request_exception=False).get(path, headers={name: value})
    assert answer.status_code in {200, 302, 400}


def test_very_much_plain_typing_is_refused_before_it_is_rendered_and_kept(client):
    answer = client.post("/en/submit/", {"headline": "Night buses", "body": "&" * 500_000})
    assert answer.status_code == 422
    assert "Your story has 500000 characters" in answer.content.decode()
    assert "&amp;" * 1000 in answer.content.decode()


@pytest.mark.parametrize(
    "kind", ["articles/section", "articles/article", "articles/picture", "submissions/story", "cms/user", "auth/group"]
)
@pytest.mark.parametrize(
    "query", [f"id__exact={HUGE}", f"before={HUGE}", f"before={2**63}", "q=%00", f"section__id__exact={HUGE}"]
)
def test_strange_filters_of_the_admins_lists_lead_back_to_the_list(desk, kind, query):
    answer = desk.get(f"/admin/{kind}/?{query}", follow=True)
    assert answer.status_code == 200
