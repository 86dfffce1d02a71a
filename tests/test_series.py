"""The article that another one translates: both are linked, and each language has one place."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.models import Article, Picture, StaleTranslation
from articles.translation_admin import TranslatedForm
from tests.factories import make_article, make_translation, picture_bytes
from tests.test_desk import article_fields, review

pytestmark = pytest.mark.django_db


def save(desk, article, **changes):
    article.refresh_from_db()
    fields = article_fields(article, translation_of="") | changes
    fields.pop("series")
    return desk.post(review(article), fields)


def test_choosing_the_article_that_one_translates_links_both_pages(desk, client):
    english, chinese = make_article(), make_article(headline="夜班车", language="zh-hans", slug="夜班车")
    before = Article.objects.get(pk=english.pk).version
    assert save(desk, chinese, translation_of=english.pk).status_code == 302
    chinese.refresh_from_db()
    assert chinese.series == english.series
    assert chinese.decisions().last().details == {"fields": ["series"]}
    assert Article.objects.get(pk=english.pk).version == before
    assert chinese.get_absolute_url() in client.get(english.get_absolute_url()).content.decode()
    assert english.get_absolute_url() in client.get(chinese.get_absolute_url()).content.decode()
    for one, other in ((english, chinese), (chinese, english)):
        page = desk.get(review(one)).content.decode()
        assert f'<option value="{other.pk}" selected' in page
        assert review(other) in page


def test_emptying_the_field_takes_an_article_out_of_its_series(desk, client):
    english = make_article()
    chinese = make_translation(english)
    assert save(desk, chinese).status_code == 302
    assert Article.objects.get(pk=chinese.pk).series != Article.objects.get(pk=english.pk).series == english.series
    assert chinese.get_absolute_url() not in client.get(english.get_absolute_url()).content.decode()


def test_a_save_that_leaves_the_field_alone_changes_no_series(desk):
    english = make_article()
    chinese = make_translation(english)
    save(desk, chinese, translation_of=english.pk, headline="夜班车新闻")
    save(desk, chinese, translation_of=english.pk)
    chinese.refresh_from_db()
    assert chinese.series == english.series
    assert [line.details for line in chinese.decisions() if line.move == "edit"] == [{"fields": ["headline"]}]
    fields = article_fields(chinese, headline="夜班车")
    assert desk.post(review(chinese), fields).status_code == 302, "a page that was opened before the field was there"
    assert Article.objects.get(pk=chinese.pk).series == english.series


@pytest.mark.parametrize("fault", ["taken", "same language", "itself", "unknown"])
def test_a_series_has_one_article_a_language_and_the_error_names_it(desk, fault):
    english = make_article()
    there = make_translation(english, headline="已在这里")
    other = make_article(language="zh-hans", headline="另一篇")
    same = make_article(language="zh-hans", headline="同一语言")
    wanted = {"taken": english.pk, "same language": same.pk, "itself": other.pk, "unknown": 10**9}[fault]
    answer = save(desk, other, translation_of=wanted, headline="改过的标题")
    html = answer.content.decode()
    assert answer.status_code == 200
    named = {"taken": there.headline, "same language": same.headline, "itself": other.headline, "unknown": ""}[fault]
    assert list(answer.context["errors"])
    errors = " ".join(answer.context["adminform"].form.errors["translation_of"])
    assert named in errors
    assert "改过的标题" in html, "what was typed is kept"
    fresh = Article.objects.get(pk=other.pk)
    assert (fresh.series, fresh.headline) == (other.series, other.headline)


def test_a_draft_that_changes_its_language_is_told_who_has_the_place(desk):
    english = make_article()
    draft = make_translation(english, published=False)
    answer = save(desk, draft, translation_of=english.pk, language="en")
    assert english.headline in " ".join(answer.context["adminform"].form.errors["translation_of"])


def test_a_new_article_joins_the_series_that_it_is_added_to(desk):
    english = make_article()
    draft = Article(headline="夜班车", language="zh-hans", section=english.section, body="<p>三条。</p>")
    fields = article_fields(draft, translation_of=english.pk, slug="")
    fields.pop("series")
    assert desk.post("/admin/articles/article/add/", fields).status_code == 302
    assert Article.objects.get(language="zh-hans").series == english.series


def test_who_is_faster_keeps_the_place_and_the_other_is_told(desk, monkeypatch):
    english, late = make_article(), make_article(language="zh-hans")
    monkeypatch.setattr("articles.translation_admin.TranslatedForm._refuse", lambda *_: None)  # both forms were checked
    make_translation(english)
    assert save(desk, late, translation_of=english.pk, headline="迟到").status_code == 409
    assert Article.objects.get(pk=late.pk).series == late.series


def test_of_two_who_add_the_same_translation_the_second_is_told_and_keeps_what_was_typed(desk, monkeypatch):
    english = make_article()
    there = make_translation(english, headline="更快的一篇")
    refuse, checks = TranslatedForm._refuse, []
    not_yet_there = "articles.translation_admin.TranslatedForm._refuse"  # at the first check
    monkeypatch.setattr(not_yet_there, lambda *said: refuse(*said) if checks else checks.append(said))
    draft = Article(headline="夜班车", language="zh-hans", section=english.section, body="<p>三条。</p>")
    fields = article_fields(draft, translation_of=english.pk, slug="")
    fields |= {"upload": SimpleUploadedFile("bus.jpg", picture_bytes()), "upload_source_type": "digitalCapture"}
    answer = desk.post("/admin/articles/article/add/", fields)
    assert there.headline in " ".join(answer.context["adminform"].form.errors["translation_of"])
    assert "夜班车" in answer.content.decode()
    assert list(Article.objects.filter(language="zh-hans")) == [there]
    assert f'<option value="{Picture.objects.get().pk}" selected' in answer.content.decode(), "nor is the cover lost"


def test_what_leaves_a_series_need_not_follow_it_any_more(desk, editor):
    english = make_article()
    chinese = make_translation(english)
    Article.objects.get(pk=english.pk).amend(by=editor, body="<p>Four lines.</p>")
    assert StaleTranslation.objects.waiting().count() == 1
    save(desk, chinese)
    assert StaleTranslation.objects.get().status == "dropped"


def test_the_field_finds_articles_in_the_other_language(desk, client):
    make_article(headline="Night buses")
    chinese = make_article(headline="Night 夜班车", language="zh-hans")
    page = desk.get(review(chinese)).content.decode()
    asked = re.search(r'<select[^>]*name="translation_of"[^>]*data-ajax--url="([^"]+)"', page)
    about = "&term=Night&app_label=articles&model_name=staletranslation&field_name=original"
    address = asked[1].replace("&amp;", "&") + about
    assert [row["text"] for row in desk.get(address).json()["results"]] == ["Night buses"]
    assert client.get(address).status_code in {302, 403}, "nobody else asks it"
