"""Between a cover and its readers: every way to publish one asks for its origin."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from articles.models import Article, Picture
from cms.workflow import Conflict
from tests.covers import TRAINED, article_editor, doubtful, fields_of, make, review
from tests.factories import make_article, make_picture, picture_bytes, upload

pytestmark = pytest.mark.django_db


def by_publishing(article, cover, desk, tmp_path):
    article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    make(desk, article, "publish")
    return article


def by_the_models_own_move(article, cover, desk, tmp_path):
    article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    with pytest.raises(ValidationError):
        article.publish(by=article_editor())
    return article


def by_editing_what_is_published(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    article.refresh_from_db()
    desk.post(review(article), fields_of(article, cover=cover.pk, cover_alt="A bus"))
    return article


def by_uploading_into_what_is_published(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    article.refresh_from_db()
    desk.post(review(article), fields_of(article, upload=upload(), cover_alt="A bus"))
    return article


def by_amending_in_code(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    with pytest.raises(ValidationError):
        article.amend(by=article_editor(), cover=cover, cover_alt="A bus")
    return article


def by_importing_it(article, cover, desk, tmp_path):
    return imported(tmp_path, cover, "new")


def by_importing_a_cover_for_what_is_published(article, cover, desk, tmp_path):
    imported(tmp_path, None, "known")
    return imported(tmp_path, cover, "known")


def by_signing_off(article, cover, desk, tmp_path):
    article.publish(by=article_editor())
    Article.objects.filter(pk=article.pk).update(cover=cover, cover_alt="A bus", headline="Changed")
    article.refresh_from_db()
    assert make(desk, article, "sign_off").status_code == 422
    Article.objects.filter(pk=article.pk).update(cover=None)
    return article


def imported(tmp_path, cover, number):
    row = {
        "id": number, "lang": "en", "headline": "H", "body_html": "<p>T.</p>", "section": "business",
        "published_at": "2026-11-20T08:00:00Z",
    }  # fmt: skip
    if cover:
        with cover.file.open() as file:
            (tmp_path / "c.jpg").write_bytes(picture_bytes() if not cover.source_type else file.read())
        row |= {"cover": "c.jpg", "cover_alt": "A bus"} | (
            {"cover_source_type": "digitalCapture"} if cover.source_type else {}
        )
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    errors = StringIO()
    try:
        call_command("import_articles", str(tmp_path / "a.jsonl"), stderr=errors, stdout=StringIO())
    except CommandError:
        assert "origin" in errors.getvalue() or "cover" in errors.getvalue()
    return Article.objects.filter(external_id=number).first()


WAYS = [
    by_publishing, by_the_models_own_move, by_editing_what_is_published, by_uploading_into_what_is_published,
    by_amending_in_code, by_importing_it, by_importing_a_cover_for_what_is_published, by_signing_off,
]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "cover"),
    [
        (way, cover)
        for way in WAYS
        for cover in ("without an origin", "in doubt")
        # an upload is taken in with that editor's own declaration, and nothing else is asked of it here
        if (way, cover) != (by_uploading_into_what_is_published, "in doubt")
    ],
)
def test_no_way_leads_a_cover_to_readers_past_the_gate(way, cover, desk, tmp_path):
    picture = make_picture("") if cover == "without an origin" else doubtful()
    article = way(make_article(published=False), picture, desk, tmp_path)
    shown = Article.objects.published().exclude(cover=None)
    assert not shown.exists(), article
    assert Article.objects.filter(cover=None).exists() or not Article.objects.published().exists()


@pytest.mark.parametrize("published", [False, True])
def test_an_article_without_a_picture_has_its_cover_drawn_at_the_press_of_a_button(client, desk, published):
    article = make_article(published=published, headline="Night buses")
    assert make(desk, article, "draw_cover").url == review(article)
    article.refresh_from_db()
    assert article.cover.source_type == "algorithmicMedia"
    assert article.cover_alt == "Geometric pattern drawn by a computer"
    assert "cover drawn" in desk.get(review(article)).content.decode()
    if not published:
        make(desk, article, "publish")
    page = client.get(article.get_absolute_url()).content.decode()
    assert article.cover.url in page
    assert "computer-generated art for illustration only" in page
    assert make(desk, Article.objects.get(), "draw_cover").status_code in {409, 422}, "it has one now"
    assert list(Picture.objects.all()) == [article.cover]


def test_an_editor_decides_on_a_contradiction_with_a_reason_and_the_log_keeps_it(desk):
    article = make_article(published=False, cover=doubtful(), cover_alt="A port")
    refused = make(desk, article, "publish")
    assert refused.status_code == 422
    assert "contradicts" in refused.content.decode()
    assert "It is not printed before an editor has decided" in desk.get(review(article)).content.decode()
    assert make(desk, article, "stand_by_origin").status_code == 422  # a reason is asked for
    make(desk, article, "stand_by_origin", reason="The sender wrote that a tool had made it.")
    article.refresh_from_db()
    line = article.decisions().last()
    assert (line.move, line.reason) == ("stand_by_origin", "The sender wrote that a tool had made it.")
    assert line.details["origin"] == TRAINED
    assert "An editor has decided" in desk.get(review(article)).content.decode()
    assert "stand_by_origin" not in {move.name for move in article.moves_for(article_editor())}
    make(desk, article, "publish")
    assert Article.objects.published().get() == article


def test_the_decision_is_void_once_the_origin_is_declared_anew():
    picture = doubtful()
    picture.stand_by_origin()
    assert not picture.is_in_doubt
    picture.declare("digitalCreation")
    assert picture.is_in_doubt
    picture.declare(TRAINED)  # what the file says
    assert not picture.is_in_doubt


def test_a_picture_in_order_has_no_such_button(editor):
    for cover in (None, make_picture()):
        article = make_article(cover=cover, cover_alt="A bus")
        assert "stand_by_origin" not in {move.name for move in article.moves_for(editor)}


def test_two_editors_do_not_overwrite_each_other_s_decision_on_a_cover(editor):
    article = make_article(published=False, cover=doubtful(), cover_alt="A port")
    twin = Article.objects.get(pk=article.pk)
    article.stand_by_origin(by=editor, reason="Seen.")
    with pytest.raises(Conflict):
        twin.stand_by_origin(by=editor, reason="Seen too.")
