"""An editor corrects an article, in the open: everybody can read what was wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Correction
from cms.page_cache import pages
from cms.worker import run_until_idle
from tests.corrections import WORDS, make, review, texts
from tests.factories import make_article, make_editor, make_report

pytestmark = pytest.mark.django_db


# --- The correction ---------------------------------------------------------------------------------


def test_a_correction_stands_on_the_page_in_the_list_and_in_the_log(client, desk, editor):
    article = make_article()
    client.get(article.get_absolute_url())
    assert "Nothing had to be corrected" in client.get("/en/corrections/").content.decode()
    assert make(desk, article, "correct", reason=f"{WORDS}\u202e\n<b>Sorry.</b>").status_code == 302
    found = Correction.objects.get()
    for path in (article.get_absolute_url(), "/en/corrections/"):
        page = client.get(path).content.decode()
        assert WORDS in page, path
        assert "\u202e" not in page, path
        assert "&lt;b&gt;Sorry.&lt;/b&gt;" in page, path
        assert f'<time datetime="{found.made:%Y-%m-%dT%H:%M:%S}+00:00"' in page, path
    assert WORDS not in client.get("/en/").content.decode()
    assert WORDS not in client.get("/zh-hans/corrections/").content.decode()
    line = article.decisions().last()
    assert (line.move, line.actor) == ("correct", editor)
    assert line.reason.startswith(WORDS)
    assert "correction published" in desk.get(review(article)).content.decode()


def test_the_newest_correction_comes_first_and_moves_the_time_of_the_last_change(editor):
    article = make_article()
    assert article.modified() == article.published_at
    article.correct(by=editor, reason=WORDS)
    article.correct(by=editor, reason="Lines, not buses.")
    article.refresh_from_db()
    (newest, made), (oldest, before) = article.corrections()
    assert (newest, oldest) == ("Lines, not buses.", WORDS)
    assert made > before
    assert article.modified() >= made
    assert [row.text for row in article.correction_rows.all()] == [newest, oldest]


@pytest.mark.parametrize("reason", ["", " \n ", "\u200b", "x" * 2001])
def test_a_correction_says_something_and_not_too_much(desk, reason):
    article = make_article()
    answer = make(desk, article, "correct", reason=reason)
    assert answer.status_code == 422
    assert reason.strip() in answer.content.decode()
    assert not Correction.objects.exists()


def test_what_nobody_has_seen_is_edited_not_corrected(desk, editor):
    later = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert "correct" not in {move.name for move in later.moves_for(editor)}
    assert make(desk, later, "correct", reason=WORDS).status_code == 422
    answer = desk.post(review(later), texts(later, headline="Before anybody", correction=WORDS))
    assert "Readers have not seen" in answer.content.decode()
    assert not Correction.objects.exists()


def test_a_withheld_or_killed_articles_correction_is_shown_nowhere(client, editor):
    withheld, killed = make_article(), make_article()
    for article in (withheld, killed):
        article.correct(by=editor, reason=f"{WORDS} {article.pk}")
    assert client.get("/en/corrections/").content.decode().count(WORDS) == 2
    held = make_report(withheld)
    held.uphold(by=editor, reason="Theirs.")
    killed.kill(by=editor, reason="Invented.")
    for path in ("/en/corrections/", withheld.get_absolute_url(), killed.get_absolute_url()):
        assert WORDS not in client.get(path).content.decode()
    held.reverse(by=editor, reason="Not theirs.")
    assert f"{WORDS} {withheld.pk}" in client.get("/en/corrections/").content.decode()


def test_the_list_of_corrections_pages_by_key_and_misses_nothing(client):
    article, moment = make_article(), timezone.now()
    Correction.objects.bulk_create(
        Correction(article=article, language="en", text=f"No. {n}", made=moment - timedelta(minutes=n // 3))
        for n in range(45)
    )
    seen, url = [], "/en/corrections/"
    while url:
        page = client.get(url)
        seen += [row.text for row in page.context["corrections"]]
        url = page.context["older_url"]
    assert len(seen) == len(set(seen)) == 45
    assert client.get("/en/corrections/?before=x").status_code == 404


def test_an_article_and_the_list_take_no_more_queries_for_corrections(client, django_assert_max_num_queries, editor):
    article = make_article()
    for number in range(3):
        article.correct(by=editor, reason=f"{WORDS} {number}")
    run_until_idle()
    client.get("/en/")
    with django_assert_max_num_queries(3):
        assert "3 corrections" in client.get(article.get_absolute_url()).content.decode()
    pages.clear()
    with django_assert_max_num_queries(4):
        client.get("/en/corrections/")
    with django_assert_max_num_queries(0):
        client.get("/en/corrections/")


# --- Never a silent edit -----------------------------------------------------------------------------


def test_an_edit_of_a_published_text_carries_its_correction_in_the_same_save(client, desk):
    article = make_article()
    assert "Correction for readers" in desk.get(review(article)).content.decode()
    answer = desk.post(review(article), texts(article, body="<p>Four lines run all night.</p>", correction=WORDS))
    assert answer.status_code == 302
    assert [line.move for line in article.decisions()] == ["import", "edit", "correct"]
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Four lines run all night." in page
    assert WORDS in page


def test_an_edit_without_a_correction_is_asked_for_it_once_more(desk):
    article = make_article()
    page = desk.post(review(article), texts(article, dek="What runs after one."), follow=True).content.decode()
    assert "they are owed a correction" in page
    assert 'href="#move-correct"' in page
    assert article.decisions().last().details["fields"] == ["dek"]


def test_a_draft_and_an_editor_who_may_not_correct_are_not_asked(desk, client):
    assert "Correction for readers" not in desk.get(review(make_article(published=False))).content.decode()
    article = make_article()
    client.force_login(make_editor("view_article", "change_article"))
    assert "Correction for readers" not in client.get(review(article)).content.decode()
    answer = client.post(review(article), texts(article, dek="Other.", correction=WORDS))
    assert answer.status_code == 403
    article.refresh_from_db()
    assert article.dek != "Other.", "the edit came with a correction that was refused: neither was made"


def test_an_edit_that_meets_another_ones_gives_the_correction_back(desk):
    article = make_article()
    Article.objects.get().amend(by=make_editor(), dek="Theirs.")
    answer = desk.post(review(article), texts(article, dek="Mine.", correction=WORDS))
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()
    assert not Correction.objects.exists()
