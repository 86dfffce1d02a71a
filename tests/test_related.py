"""Related articles: those that share telling words with one, and that readers may have."""

import pytest

from articles.search import spelling
from cms.worker import run_until_idle
from tests.factories import make_article, make_report
from tests.searching import _nothing_is_kept  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


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
