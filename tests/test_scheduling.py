"""An article has its time: it is told beforehand, taken back, and not put off once readers have seen it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.models import Article, Author, HomePlace
from cms.models import Decision
from tests.factories import make_article
from tests.test_desk import article_fields, make, review

pytestmark = pytest.mark.django_db


def scheduled(**fields):
    return make_article(published_at=timezone.now() + timedelta(days=3), editor_name="Chen Xu", **fields)


def test_the_desk_says_of_a_scheduled_article_when_it_appears(desk, settings):
    ahead, out = scheduled(), make_article()
    words = f"scheduled for {timezone.localtime(ahead.published_at).day} "
    listed = desk.get("/admin/articles/article/").content.decode()
    assert listed.count("scheduled for") == 1
    assert words in listed
    page = desk.get(review(ahead)).content.decode()
    assert words in page
    assert f"({settings.TIME_ZONE})" in page
    assert "Readers see it then and not before" in page
    assert "scheduled for" not in desk.get(review(out)).content.decode()


def test_publishing_with_a_time_ahead_says_so_before_and_after(desk, client):
    draft = make_article(published=False, published_at=timezone.now() + timedelta(days=3))
    assert "schedules it for" in desk.get(review(draft)).content.decode()
    answer = desk.post(review(draft).replace("change", "move/publish"), {"seen": 1}, follow=True)
    assert "scheduled for" in answer.content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 404
    past = make_article(published=False, published_at=timezone.now() - timedelta(days=3))
    assert "has passed" in desk.get(review(past)).content.decode()


def test_a_scheduled_article_is_taken_back_to_the_drafts_with_a_line(desk, editor):
    ahead = scheduled()
    assert make(desk, ahead, "unschedule").status_code == 302
    fresh = Article.objects.get()
    assert (fresh.status, fresh.published_at, fresh.editor_name) == ("draft", ahead.published_at, "")
    line = fresh.decisions().last()
    assert (line.move, line.source, line.target, line.actor) == ("unschedule", "published", "draft", editor)
    assert line.details["published_at"] == ahead.published_at.isoformat()
    assert fresh in Article.objects.waiting()
    make(desk, fresh, "publish")
    assert Article.objects.get().is_scheduled()


def test_what_readers_have_seen_is_not_taken_back(desk, editor):
    out = make_article()
    assert "unschedule" not in {move.name for move in out.moves_for(editor)}
    answer = make(desk, out, "unschedule")
    assert answer.status_code == 422
    assert "readers have seen it" in answer.content.decode()
    assert Article.objects.get().status == "published"


def test_the_time_of_what_readers_have_seen_cannot_be_put_ahead(desk):
    out = make_article()
    later = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d")
    answer = desk.post(review(out), article_fields(out, translation_of="", published_at_0=later))
    assert "its time cannot lie ahead" in answer.content.decode()
    assert Article.objects.get().has_run()


def test_the_sample_content_has_a_lead_authors_and_what_is_ahead_and_stays_so_when_loaded_again(client):
    call_command("load_demo", verbosity=0)
    before = [list(model.objects.order_by("pk").values()) for model in (Article, Author, HomePlace, Decision)]
    ahead = Article.objects.filter(published_at__gt=timezone.now(), status="published")
    assert {article.language: article.is_scheduled() for article in ahead} == {"en": True, "zh-hans": True}
    assert len({article.series for article in ahead}) == 1
    assert all(article.cover and article.is_signed_off() and article.authors.exists() for article in ahead)
    for language in ("en", "zh-hans"):
        lead = HomePlace.objects.get(article__language=language).article
        home = client.get(f"/{language}/")
        assert home.context["lead"] == lead
        assert not any(article.headline in home.content.decode() for article in ahead)
    writes = Article.objects.published().filter(authors__slug="harriet-quill").get()
    assert writes.headline in client.get("/en/author/harriet-quill/").content.decode()
    call_command("load_demo", verbosity=0)
    assert before == [list(model.objects.order_by("pk").values()) for model in (Article, Author, HomePlace, Decision)]
