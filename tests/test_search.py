"""Finding articles: what somebody types, what must be found, and what the page says."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, SearchEntry
from articles.search.forms import SearchForm
from articles.search.views import KEPT
from cms.worker import run_until_idle
from tests.factories import make_article, make_report, make_section
from tests.searching import _nothing_is_kept, found, html_of  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
TEXT = (
    "<p>国产AI芯片在城市里卖得很好，价格上涨了３．５％。“市场”需要时间。</p>"
    "<p>The state-of-the-art harbour doesn’t wait; Straße and CAFÉ grew by 3.5% in 2024.09.</p>"
)


@pytest.mark.parametrize(
    "query",
    [
        "城市", "城", "AI芯片", "ai芯片", "ＡＩ芯片", "AI 芯片",
        "国产AI芯片在城市里卖得很好", "「市场」", "“市场”", "市场需要时间",
        "3.5%", "３．５％", "state of the art", "STATE-OF-THE-ART", '"harbour doesn\'t wait"', "doesn't",
        "strasse", "café", "harbour 城市", '"grew by" 芯片', "2024", "很好，价格上涨", "里", '"the state',
    ],
)  # fmt: skip
def test_what_an_article_says_finds_it(client, query):
    make_article(headline="One", body=TEXT)
    make_article(headline="Another", body="<p>Nothing of the kind. 没有这样的事。</p>")
    assert found(client, query) == ["One"]


@pytest.mark.parametrize("query", ["市城", "harbours", "arbour", '"harbour wait"', "芯片AI", "harbour zeppelin", "5.3"])
def test_what_no_article_says_finds_nothing(client, query):
    make_article(headline="One", body=TEXT.replace("harbour", "harbour"))
    run_until_idle()
    page = client.get("/en/search/", {"q": query}).context["page"]
    assert page.results == [] or page.instead


def test_headlines_come_before_deks_and_bodies_and_of_equals_the_newest_first(client):
    now = timezone.now()
    make_article(headline="Body", body="<p>The zeppelin.</p>", published_at=now - timedelta(days=1))
    make_article(headline="Dek", dek="A zeppelin.", published_at=now - timedelta(days=4))
    make_article(headline="Old zeppelin", published_at=now - timedelta(days=9))
    make_article(headline="New zeppelin", published_at=now - timedelta(days=5), body="<p>zeppelin</p>")
    assert found(client, "zeppelin") == ["New zeppelin", "Old zeppelin", "Dek", "Body"]


def test_words_that_stand_together_come_before_words_that_stand_apart(client):
    make_article(headline="Apart", body="<p>The grain was late. The market waits.</p>")
    make_article(headline="Together", body="<p>A grain market.</p>", published_at=timezone.now() - timedelta(days=99))
    make_article(headline="Only one", body="<p>The grain was late.</p>")
    assert found(client, "grain market") == ["Together", "Apart"]


def test_results_are_narrowed_by_language_section_and_day(client):
    markets = make_section("markets")
    make_article(headline="English ferry", section=markets, published_at=timezone.now() - timedelta(days=30))
    make_article(headline="渡轮 ferry", language="zh-hans", slug="渡轮")
    assert sorted(found(client, "ferry")) == ["English ferry", "渡轮 ferry"]
    assert found(client, "ferry", language="zh-hans") == ["渡轮 ferry"]
    assert found(client, "ferry", section="markets") == ["English ferry"]
    day = (timezone.now() - timedelta(days=30)).date()
    assert found(client, "ferry", until=day.isoformat()) == ["English ferry"]
    assert found(client, "ferry", since=day.isoformat(), until=day.isoformat()) == ["English ferry"]
    assert found(client, "ferry", since=(day + timedelta(days=1)).isoformat()) == ["渡轮 ferry"]


def test_pages_follow_each_other_by_key_through_all_tiers_and_miss_nothing(client):
    for number in range(34):
        where = ("headline", "dek", "body")[number % 3]
        texts = {"headline": f"Story {number}"}
        texts[where] = f"Story {number}" + (" gannet" if where == "headline" else " the gannet")
        make_article(**{"headline": f"Story {number}"} | texts, published_at=timezone.now() - timedelta(hours=number))
    headlines = found(client, "gannet")
    assert len(headlines) == len(set(headlines)) == 34


def test_what_is_withheld_or_killed_is_not_found_from_that_moment_on(client, editor):
    held, killed = make_article(headline="A held ferry"), make_article(headline="A killed ferry")
    later = make_article(headline="A later ferry", published_at=timezone.now() + timedelta(hours=1))
    assert found(client, "ferry") == [killed.headline, held.headline]
    report = make_report(held)
    report.uphold(by=editor, reason="Theirs.")
    killed.kill(by=editor, reason="No.")
    page = client.get("/en/search/", {"q": "ferry"}).content.decode()
    assert held.headline not in page
    assert killed.headline not in page
    run_until_idle()
    assert set(SearchEntry.objects.values_list("article", flat=True)) == {held.pk, later.pk}
    Article.objects.filter(pk=later.pk).update(published_at=timezone.now())
    KEPT.clear()
    assert found(client, "ferry") == [later.headline]


def test_an_edit_is_found_by_its_new_words_and_no_longer_by_the_old_ones(client, editor):
    article = make_article(headline="The ferry")
    assert found(client, "ferry") == ["The ferry"]
    article.amend(by=editor, headline="The tram")
    assert found(client, "tram") == ["The tram"]
    assert found(client, "ferry") == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("habour", "harbour"), ("harbuor", "harbour"), ("hxrbour", "harbour"), ("harbours", "harbour"),
     ("harbbuor", "harbour"),     ('"old habour" cranes', '"old harbour" cranes')],
)  # fmt: skip
def test_a_mistyped_word_is_read_as_what_was_meant(client, typed, meant):
    make_article(headline="Cranes of the old harbour")
    html = html_of(client, typed)
    assert "Showing results for" in html
    assert f"<b>{meant.replace(chr(34), '&quot;')}</b>" in html
    assert "<mark>" in html
    assert "Showing results for" not in html_of(client, "harbour")


def test_what_was_found_is_marked_and_nothing_else_is_let_through(client):
    make_article(
        headline="Harbour <script>alert(1)</script> & harbours",
        dek="",
        body="<p>At the ＨＡＲＢＯＵＲ &lt;img src=x&gt;.</p>",
    )
    html = html_of(client, "harbour")
    assert "<mark>Harbour</mark> &lt;script&gt;" in html
    assert "harbours</a>" in html
    assert "<mark>ＨＡＲＢＯＵＲ</mark> &lt;img" in html
    assert "<script>alert" not in html


HOSTILE = [
    "a" * 10_000, "word " * 2000, "AND OR NOT", '"', '""""', "*", "((((", "NEAR(a b)", "head:x", "x' OR 1=1 --",
    "a\0b", "\0", "\u202eferry", "-ferry", "ferry*", "^ferry", "{a b}: c", "'", "%", "_", "\\", "<script>",
    "🛳️", "\ud800", "é" * 200, "…" * 200, "一" * 200, "a b " * 50, "“”「」", "&|!():*", "%s %(x)s",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_breaks_the_search(client, query):
    make_article(headline="The ferry waits")
    run_until_idle()
    page = client.get("/en/search/", {"q": query.encode("utf-8", "surrogatepass")})
    assert page.status_code in {200, 422}
    if page.status_code == 422:
        assert "summary" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"q": "a" * 201}, "200 characters at most, and yours has 201"),
        ({"q": "!!! ???"}, "There is no letter and no digit"),
        ({"q": "x", "since": "yesterday"}, "Write the first day as year"),
        ({"q": "x", "since": "2026-02-02", "until": "2026-01-01"}, "The last day is before the first"),
        ({"q": "x", "language": "fr"}, "Choose one of the languages"),
        ({"q": "x", "section": "none"}, "Choose one of the sections"),
    ],
)
def test_a_fault_is_named_with_its_remedy_and_what_was_typed_is_kept(client, asked, told):
    page = client.get("/en/search/", asked)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert f'value="{asked["q"]}"' in page.content.decode()


@pytest.mark.parametrize("query", ["", "ferry", 'a "quoted" <b>&', "渡轮"])
def test_the_box_is_printed_as_the_form_would_print_it(query):
    form = SearchForm({"q": query})
    assert form.is_valid()
    assert form.box() == form["q"].as_widget()


def test_an_empty_search_shows_the_form_and_no_result_says_what_to_do(client):
    empty = client.get("/zh-hans/search/")
    assert empty.status_code == 200
    assert 'name="q"' in empty.content.decode()
    nothing = html_of(client, "zeppelin", language="en")
    assert "No article has “zeppelin”" in nothing
    assert 'href="/en/search/?q=zeppelin"' in nothing


@pytest.mark.parametrize("cursor", ["x", "9-1", "0-", "0-" + "9" * 19, "-1", "0-1-2"])
def test_a_made_up_cursor_is_not_found_or_empty(client, cursor):
    assert client.get("/en/search/", {"q": "ferry", "after": cursor}).status_code == 404


@pytest.mark.parametrize("query", ["ferry", "ferry waits", "fery"])
def test_a_search_takes_four_queries(client, django_assert_max_num_queries, query):
    for number in range(25):
        make_article(headline=f"The ferry waits {number}")
    run_until_idle()
    client.get("/en/search/")
    with django_assert_max_num_queries(4):
        assert len(client.get("/en/search/", {"q": query}).context["page"].results) == 10
    with django_assert_max_num_queries(0):
        client.get("/en/search/", {"q": query})


def test_a_page_that_is_not_there_offers_the_search(client):
    html = client.get("/en/nowhere/").content.decode()
    assert 'action="/en/search/"' in html


def test_a_browser_learns_to_search_here(client, settings):
    home = client.get("/zh-hans/").content.decode()
    path = re.search(r'rel="search"[^>]* href="([^"]+)"', home)[1]
    answer = client.get(path)
    assert answer["Content-Type"].startswith("application/opensearchdescription+xml")
    from xml.etree import ElementTree

    root = ElementTree.fromstring(answer.content)
    template = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url").attrib["template"]
    assert template == f"{settings.SITE_URL}/zh-hans/search/?q={{searchTerms}}"


def test_a_long_article_is_found_by_its_last_words(client):
    filler = "<p>" + "the bank of the river and the town 城市的市场 " * 3000 + "</p>"
    make_article(headline="Long", body=f"{filler}<p>At last the gannet of the bank lands. 最后的市场。</p>")
    assert found(client, '"the gannet of the bank"') == ["Long"]
    assert found(client, "最后的市场") == ["Long"]
