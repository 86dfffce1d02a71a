"""Behind the search: its index, its phrases and its conditions, each held against a plain reading of the articles."""

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
from articles.search.query import parse
from articles.search.views import KEPT
from cms.worker import run_until_idle
from tests.factories import make_article, make_report, make_section
from tests.searching import _nothing_is_kept, find, found  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


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
