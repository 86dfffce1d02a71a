"""Finding articles: what somebody types, and what must be found."""

import re
import unicodedata
from datetime import datetime, time, timedelta

import hypothesis
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st

from articles.models import Article, SearchEntry
from articles.search import entries, filters, spelling, tokens
from articles.search.engine import Document, Search, engine
from articles.search.filters import Filters
from articles.search.forms import SearchForm
from articles.search.query import parse
from articles.search.views import KEPT
from cms.worker import run_until_idle
from tests.factories import make_article, make_report, make_section
from tests.searching import find

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_is_kept():
    KEPT.clear()
    yield
    KEPT.clear()


def found(client, query, **filters):
    """The headlines that a search shows, on all its pages."""
    run_until_idle()
    headlines, page = [], client.get("/en/search/", {"q": query, **filters})
    while True:
        assert page.status_code == 200, page.content.decode()
        headlines += [result.article.headline for result in page.context["page"].results]
        if "older_url" not in page.context:
            return headlines
        page = client.get(page.context["older_url"])


def html_of(client, query, **filters):
    run_until_idle()
    return client.get("/en/search/", {"q": query, **filters}).content.decode()


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


def test_reindex_writes_what_is_missing_and_can_run_again(client, capsys):
    articles = [make_article(headline=f"The ferry {number}") for number in range(3)]
    make_article(headline="The draft ferry", published=False)
    call_command("reindex")
    assert "3 entries changed" in capsys.readouterr().out
    Article.objects.filter(pk=articles[0].pk).update(headline="The tram")
    call_command("reindex")
    assert "1 entries changed" in capsys.readouterr().out
    call_command("reindex")
    assert "0 entries changed" in capsys.readouterr().out
    call_command("reindex", "--from-scratch")
    assert "3 entries changed" in capsys.readouterr().out
    assert found(client, "tram") == ["The tram"]


def test_reindex_does_not_undo_what_was_edited_while_it_wrote(client, monkeypatch):
    article = make_article(headline="The ferry")
    call_command("reindex")
    Article.objects.filter(pk=article.pk).update(dek="It waits.")  # so that there is something to write
    write = entries._write_again

    def edited_before(*read):
        Article.objects.filter(pk=article.pk).update(headline="The tram", version=article.version + 1)
        return write(*read)

    monkeypatch.setattr(entries, "_write_again", edited_before)
    call_command("reindex")
    assert found(client, "tram") == ["The tram"]


def test_reindex_goes_on_where_it_was_stopped(monkeypatch):
    monkeypatch.setattr(entries, "BATCH", 2)
    articles = [make_article(headline=f"The ferry {number}") for number in range(5)]
    for reached, _changes in entries.reindex():
        assert reached == articles[1].pk
        break
    assert SearchEntry.objects.count() == 2
    assert [reached for reached, _changes in entries.reindex()] == [articles[3].pk, articles[4].pk]
    assert SearchEntry.objects.count() == 5


def test_a_query_is_read_into_units():
    units = [unit.words for unit in parse("中国 “rise of” AI芯片 rise").units]
    assert units == [("中", "国"), ("rise", "of"), ("ai", "芯", "片"), ("rise",)]


LETTERS = st.text("abc", max_size=5)


@hypothesis.settings(deadline=None, database=None)
@hypothesis.given(LETTERS, LETTERS, LETTERS, LETTERS)
def test_the_faults_between_two_words_are_those_where_they_differ(one, other, begin, end):
    assert spelling.distance(begin + one + end, begin + other + end) == faults(one, other)


def faults(one, other):
    """How many letters are left out, added, changed or swapped between two words: by the definition, and slow."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        faults(one[:-1], other) + 1,
        faults(one, other[:-1]) + 1,
        faults(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    ]
    if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
        ways.append(faults(one[:-2], other[:-2]) + 1)
    return min(ways)


WORDS = ["城市", "市场", "芯片", "的", "AI", "ai", "Ｅ-mail", "it's", "3.5%", "1,000", "café", "bank",
         "of", "the", "，", "。", "「", "」"]  # fmt: skip
texts = st.lists(st.sampled_from([*WORDS, " ", "\n"]), min_size=1, max_size=12).map("".join)


@hypothesis.settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
    database=None,
)
@hypothesis.given(st.tuples(texts, texts, texts))
def test_a_document_stands_under_the_number_of_each_key_in_the_first_zone_that_has_it(parts):
    folded, seen, numbers = list(map(tokens.fold, parts)), set(), {tokens.number_of_key("x:1", tokens.FACET)}
    for zone, text in enumerate(folded):
        numbers |= {tokens.number_of_key(key, zone) for key in tokens.keys(text) - seen}
        seen |= tokens.keys(text)
    assert tokens.numbers_of(folded, ["x:1"]) == numbers


def is_phrase_of(query, text):
    """Whether the text says just this: told without the index, letter by letter."""
    words, said = (re.findall(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+", same(part)) for part in (query, text))
    return any(said[place : place + len(words)] == words for place in range(len(said) - len(words) + 1))


def same(text):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@hypothesis.settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
    database=None,
)
@hypothesis.given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=5), st.data())
def test_every_article_that_says_a_phrase_is_found_by_it_and_no_other(written, data):
    SearchEntry.objects.all().delete()
    documents = {}
    for number, parts in enumerate(written, 1):
        folded = tuple(tokens.fold(part) for part in parts)
        row = Document(tokens.first_of_day(number) + number, number, "", folded, tokens.numbers_of(folded, []))
        documents[number] = (row, parts)
    engine().insert([row for row, _parts in documents.values()])
    whole = data.draw(st.sampled_from([part for parts in written for part in parts]))
    begin = data.draw(st.integers(0, len(whole) - 1))
    query = whole[begin : data.draw(st.integers(begin + 1, len(whole)))].split("\n")[0].replace('"', "")
    read = parse(f'"{query}"')
    if read is None:
        return
    everything = Search(read.tiers, [], ("1 = 1", []), 0, tokens.top(), 0, tokens.top(), most=99)
    hits = [hit.article for hit in find(everything)]
    lines = {number: "\n".join(parts).split("\n") for number, (_row, parts) in documents.items()}
    said = {number for number, each in lines.items() if any(is_phrase_of(query, line) for line in each)}
    assert len(hits) == len(set(hits))
    assert set(hits) == said


def readable_numbers(**narrowed):
    sql, params = Filters(**narrowed).condition()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.article_id FROM articles_searchentry AS e WHERE {sql}", params)
        return {pk for (pk,) in cursor.fetchall()}


def test_the_condition_of_a_search_lets_through_what_published_lets_through_of_the_languages_sections_and_days(editor):
    here, there, now = make_section("here"), make_section("there"), timezone.now()
    for number in range(12):
        make_article(
            headline=f"Ferry {number}",
            language=("en", "zh-hans")[number % 2],
            section=(here, there)[number // 2 % 2],
            published_at=now + timedelta(days=number // 4 - 1, seconds=-1),  # yesterday, today and tomorrow
        )
    held, killed = Article.objects.published()[:2]
    run_until_idle()
    make_report(held).uphold(by=editor, reason="Theirs.")
    killed.kill(by=editor, reason="No.")
    day = (now - timedelta(seconds=1)).date()
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    each = {
        "language": ("zh-hans", {"language": "zh-hans"}),
        "section": (here, {"section": here}),
        "since": (day, {"published_at__gte": midnight}),
        "until": (day, {"published_at__lt": midnight + timedelta(days=1)}),
    }
    for names in ([], *([name] for name in each), list(each)):
        asked = {name: each[name][0] for name in names}
        known = {key: value for name in names for key, value in each[name][1].items()}
        right = set(Article.objects.published().filter(**known).values_list("pk", flat=True))
        assert readable_numbers(**asked) == right, names
    assert len(readable_numbers()) == 6


def test_nothing_that_is_kept_of_the_condition_depends_on_the_time_at_which_it_was_compiled(monkeypatch):
    filters._published.cache_clear()
    compiled, now = filters._published(connection.vendor), timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=400))
    filters._published.cache_clear()
    assert filters._published(connection.vendor) == compiled


def shown(client):
    """The headlines of one search that is made, not kept, without any work of the worker before it."""
    KEPT.clear()
    return [result.article.headline for result in client.get("/en/search/?q=ferry").context["page"].results]


def test_what_changes_between_two_searches_is_told_by_the_second(client, editor, monkeypatch):
    article = make_article(headline="The ferry")
    later = make_article(headline="A later ferry", published_at=timezone.now() + timedelta(hours=2))
    run_until_idle()
    assert shown(client) == ["The ferry"]
    report = make_report(article)
    report.uphold(by=editor, reason="Theirs.")
    assert shown(client) == []
    article.withholdings.update(lifted=timezone.now())
    assert shown(client) == ["The ferry"]
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=3))  # no more has happened than that time passed
    assert shown(client) == ["A later ferry", "The ferry"]
    monkeypatch.undo()
    assert shown(client) == ["The ferry"]
    later.unschedule(by=editor, reason="")
    article.refresh_from_db()
    article.kill(by=editor, reason="No.")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=3))
    assert shown(client) == []


def test_a_long_article_is_found_by_its_last_words(client):
    filler = "<p>" + "the bank of the river and the town 城市的市场 " * 3000 + "</p>"
    make_article(headline="Long", body=f"{filler}<p>At last the gannet of the bank lands. 最后的市场。</p>")
    assert found(client, '"the gannet of the bank"') == ["Long"]
    assert found(client, "最后的市场") == ["Long"]


def test_related_articles_are_those_that_share_telling_words(client):
    kin = [
        make_article(
            headline=f"Salt batteries heat town {number}", body="<p>Molten salt keeps heat in the battery.</p>"
        )
        for number in range(5)
    ]
    for number in range(20):
        make_article(
            headline=f"Night buses, line {number}", body="<p>Three lines run all night and wait for trains.</p>"
        )
    article = make_article(headline="Why a town stores heat in salt", body="<p>A battery of molten salt.</p>")
    run_until_idle()
    article.refresh_from_db()
    assert set(article.related[:5]) == {other.pk for other in kin}


def test_words_are_counted_from_the_first_article_whatever_its_id(client):
    for number in range(3):
        make_article(pk=5_000_001 + number, headline=f"Salt batteries {number}", body="<p>Molten salt.</p>")
    run_until_idle()
    counts, articles = spelling.seen(["molten"])
    assert (counts["molten"], articles) == (3, 3)


def test_related_articles_in_chinese_share_pairs_of_characters_and_stay_in_their_language(client):
    close = make_article(headline="熔盐电池为小镇供暖", language="zh-hans", slug="一", body="<p>熔盐储存热量。</p>")
    english = make_article(headline="熔盐电池 in English", body="<p>熔盐电池。</p>")
    for number in range(8):
        make_article(
            headline=f"夜班公交第{number}线", language="zh-hans", slug=f"夜{number}", body="<p>公交整夜运行。</p>"
        )
    article = make_article(headline="小镇的熔盐电池", language="zh-hans", slug="二", body="<p>热量储存在熔盐里。</p>")
    run_until_idle()
    article.refresh_from_db()
    assert article.related[0] == close.pk
    assert english.pk not in article.related


def test_where_related_articles_are_withheld_or_killed_others_take_their_place(client, editor):
    articles = [make_article(headline=f"Salt battery {number}", body="<p>Molten salt.</p>") for number in range(8)]
    run_until_idle()
    url = articles[0].get_absolute_url()
    before = client.get(url).context["related"]
    make_report(before[0]).uphold(by=editor, reason="Theirs.")
    before[1].kill(by=editor, reason="No.")
    after = client.get(url).context["related"]
    assert len(before) == len(after) == 4
    assert not {before[0].pk, before[1].pk} & {other.pk for other in after}
    run_until_idle()
    articles[0].refresh_from_db()
    assert before[1].pk not in articles[0].related


def test_an_edit_of_the_text_chooses_the_related_articles_anew(client, editor):
    salt = make_article(headline="Molten salt battery", body="<p>Molten salt.</p>")
    for number in range(6):
        make_article(headline=f"Night buses {number}", body="<p>Buses run at night.</p>")
    article = make_article(headline="Buses at night", body="<p>Night buses.</p>")
    run_until_idle()
    article.refresh_from_db()
    assert article.related[0] != salt.pk
    article.amend(by=editor, headline="The salt battery", body="<p>Molten salt, again.</p>")
    run_until_idle()
    article.refresh_from_db()
    assert article.related[0] == salt.pk
