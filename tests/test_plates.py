"""Plates: a page is made anew where it would come out otherwise, and only there."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from articles.article_page import authors_of, readable_article, related_to
from articles.models import Article, Author, Picture
from articles.models.article_queryset import CARD
from cms.page_cache import frame_changed, site_changed
from cms.plates import plate
from tests.factories import make_article, make_picture

pytestmark = pytest.mark.django_db
LISTS = ["/en/", "/en/section/business/", "/en/tag/ferries/", "/en/author/mara/"]


@pytest.fixture
def article():
    """An article with a cover, a tag, an author and related ones, which nobody has opened yet."""
    found = make_article(headline="The keepers", slug="keepers", cover=make_picture(), tags=("ferries",))
    found.authors.add(Author.objects.create(slug="mara", name_en="Mara Lindqvist", name_zh_hans="玛拉"))
    others = [make_article(slug=f"other-{number}", cover=make_picture()) for number in range(4)]
    Article.objects.filter(pk=found.pk).update(related=[other.pk for other in others], related_at=timezone.now())
    return found


def made(client, url):
    """The names of the templates that this request had to print."""
    response = client.get(url)
    assert response.status_code == 200
    return {template.name for template in response.templates}


@pytest.mark.parametrize("url", ["/en/news/keepers/", *LISTS])
def test_after_a_move_on_something_else_a_page_is_printed_as_it_was(client, editor, article, url):
    other = make_article(slug="elsewhere", language="zh-hans")
    first = client.get(url)
    assert first.templates
    other.kill(by=editor, reason="Invented.")
    again = client.get(url)
    assert not again.templates
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]


def test_a_list_that_grew_prints_the_new_card_and_no_other(client, article):
    assert "articles/river_card.html" in made(client, "/en/section/business/")
    make_article(slug="newest", headline="The newest ferry")
    site_changed()
    page = client.get("/en/section/business/")
    assert [template.name for template in page.templates].count("articles/river_card.html") == 1
    assert "The newest ferry" in page.content.decode()


def test_two_pages_beyond_the_end_of_a_list_are_not_the_same_page(client, article):
    for cursor in ("1-1", "2-2"):
        page = client.get(f"/en/section/business/?before={cursor}").content.decode()
        assert f'/en/section/business/?before={cursor}">' in page


def test_a_new_masthead_or_footer_makes_every_page_anew(client, article):
    made(client, "/en/news/keepers/")
    frame_changed()
    assert "articles/article.html" in made(client, "/en/news/keepers/")


CHANGES = {
    "headline": "Other keepers", "dek": "Another dek.", "body": "<p>Another text.</p>",
    "reading_minutes": 77, "published_at": datetime(2026, 1, 2, tzinfo=UTC), "origin": "reader",
    "sources": ["https://example.org/another"], "cover_alt": "Another view", "cover_caption": "Another caption",
    "corrected": [{"text": "It was Tuesday.", "made": "2026-01-03T00:00:00+00:00"}],
}  # fmt: skip


@pytest.mark.parametrize("column", CHANGES)
def test_whatever_changes_in_an_article_s_row_even_past_its_moves_is_another_page(client, article, column):
    before = client.get("/en/news/keepers/").content
    Article.objects.filter(pk=article.pk).update(**{column: CHANGES[column]})
    site_changed()
    after = client.get("/en/news/keepers/")
    assert "articles/article.html" in {template.name for template in after.templates}
    assert after.content != before


COVER = {"credit": "Somebody", "focus_x": 90, "renditions": [[480, 270, "jpeg"]], "source_type": "algorithmicMedia"}


@pytest.mark.parametrize("column", COVER)
def test_whatever_changes_in_its_cover_s_row_is_another_page(client, article, column):
    before = client.get("/en/news/keepers/").content
    Picture.objects.filter(pk=article.cover_id).update(**{column: COVER[column]})
    site_changed()
    assert client.get("/en/news/keepers/").content != before


def test_a_card_changes_with_each_column_that_cards_read(article):
    (card,) = Article.objects.filter(pk=article.pk).for_cards()
    plate(lambda: "as it is", card)
    for name in CARD:
        *path, column = name.split("__")
        row = card
        for step in path:
            row = getattr(row, step)
        old = getattr(row, column)
        setattr(row, column, "something else")
        assert plate(lambda name=name: name, card) == name
        setattr(row, column, old)
        assert plate(lambda: "anew", card) == "as it is"


def test_each_language_has_a_plate_of_its_own():
    with translation.override("en"):
        assert plate(lambda: "English", "same") == "English"
    with translation.override("zh-hans"):
        assert plate(lambda: "中文", "same") == "中文"


def test_what_no_words_tell_apart_makes_no_plate(article):
    with pytest.raises(TypeError, match="object"):
        plate(lambda: "", object())
    (prefetched,) = Article.objects.filter(pk=article.pk).prefetch_related("tags")
    with pytest.raises(TypeError, match="Article"):
        plate(lambda: "", prefetched)


def test_a_plate_asks_the_database_for_nothing_more(article, django_assert_num_queries):
    found = readable_article("keepers", "en")
    shows = found, authors_of(article.pk, is_signed=True), related_to(article.pk, "en", found.value("related"))
    plate(lambda: "made", *shows)
    with django_assert_num_queries(0):
        assert plate(lambda: "anew", *shows) == "made"


def test_a_page_that_is_printed_as_before_makes_no_models_of_its_rows(client, article, monkeypatch):
    made(client, "/en/news/keepers/")
    site_changed()
    models, from_db = [], Article.from_db
    monkeypatch.setattr(Article, "from_db", classmethod(lambda _cls, *row: models.append(row) or from_db(*row)))
    assert not client.get("/en/news/keepers/").templates
    assert not models
