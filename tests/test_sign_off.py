"""Who answers for an article, and what takes two people."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from cms.workflow import NotPermitted
from tests.factories import make_article, make_editor, make_member, make_section, make_story

pytestmark = pytest.mark.django_db
ANSWERS = "responsible editor: Chen Xu"


def chen() -> object:
    return make_editor(first_name="Chen", last_name="Xu")


def published() -> Article:
    article = make_article(published=False)
    article.publish(by=chen())
    return article


def texts(article: Article) -> dict[str, object]:
    """What the admin's form of an article posts where nothing is changed."""
    local = article.published_at
    return {
        "seen": article.version, "headline": article.headline, "dek": article.dek, "byline": article.byline,
        "body": article.body, "section": make_section().pk, "cover_alt": "", "series": article.series,
        "published_at_0": local.strftime("%Y-%m-%d"), "published_at_1": local.strftime("%H:%M:%S"), "_continue": "1",
    }  # fmt: skip


def test_the_log_keeps_who_signed_which_text_off(client):
    article = published()
    line = article.decisions().last()
    assert (line.actor_name, line.details) == ("Chen Xu", {"sha256": article.content_hash()})
    assert ANSWERS in client.get(article.get_absolute_url()).content.decode()


def test_an_edit_voids_the_sign_off_on_every_page_until_somebody_signs_off_again(client, desk):
    article = published()
    review = reverse("admin:articles_article_change", args=[article.pk])
    assert "sign off again" not in desk.get(review).content.decode()
    answer = desk.post(review, texts(article) | {"body": "<p>Four lines run all night.</p>"}, follow=True)
    assert "Edited after Chen Xu signed it off: sign off again" in answer.content.decode()
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Four lines" in page
    assert "responsible editor" not in page

    article.refresh_from_db()
    move = reverse("admin:articles_article_move", args=[article.pk, "sign_off"])
    assert f"{article}: signed off." in desk.post(move, {"seen": article.version}, follow=True).content.decode()
    article.refresh_from_db()
    line = article.decisions().last()
    assert (line.move, line.details) == ("sign_off", {"sha256": article.content_hash()})
    assert f"responsible editor: {article.editor_name}" in client.get(article.get_absolute_url()).content.decode()
    assert "sign off again" not in desk.get(review).content.decode()


def test_an_edit_of_something_else_than_the_texts_voids_nothing(client):
    article = published()
    article.amend(by=make_editor(), section=make_section("technology"))
    assert ANSWERS in client.get(article.get_absolute_url()).content.decode()
    assert "sign_off" not in {move.name for move in article.moves_for(make_editor())}


def test_with_four_eyes_nobody_publishes_alone_what_they_accepted(settings):
    settings.FOUR_EYES = True
    accepting, other = make_member("editor"), make_member("editor")
    article = make_story().accept(by=accepting)
    assert "publish" not in {move.name for move in article.moves_for(accepting)}
    client = Client()
    client.force_login(accepting)
    page = client.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    assert "another editor publishes it" in page
    with pytest.raises(NotPermitted, match="another editor"):
        article.publish(by=accepting)
    article.publish(by=other)
    assert article.editor_name == other.byline()
    article.amend(by=accepting, dek="Changed afterwards.")
    with pytest.raises(NotPermitted, match="another editor"):
        article.sign_off(by=accepting)


def test_with_four_eyes_the_newsrooms_own_article_may_be_published_by_anybody(settings):
    settings.FOUR_EYES = True
    make_article(published=False).publish(by=make_member("editor"))


def test_with_four_eyes_a_kill_takes_one_who_proposes_and_another_who_kills(settings):
    settings.FOUR_EYES = True
    first, second, article = make_member("chief-editor"), make_member("chief-editor"), make_article()
    for person in (first, second):
        with pytest.raises(NotPermitted, match="two people"):
            article.kill(by=person, reason="Invented.")
    article.propose_kill(by=first, reason="Invented.")
    with pytest.raises(NotPermitted, match="two people"):
        article.kill(by=first, reason="Invented.")
    article.kill(by=second, reason="Invented, as proposed.")
    assert article.status == Article.Status.KILLED


def test_without_four_eyes_one_person_decides():
    person = make_member("chief-editor")
    article = make_story().accept(by=person)
    article.publish(by=person)
    assert "propose_kill" not in {move.name for move in article.moves_for(person)}
    article.kill(by=person, reason="Invented.")


def test_articles_published_before_get_their_hash_from_the_log():
    from importlib import import_module

    from django.apps import apps

    article = published()
    Article.objects.filter(pk=article.pk).update(signed_sha256="")
    import_module("articles.migrations.0005_sign_off").from_the_log(apps, None)
    assert Article.objects.get(pk=article.pk).is_signed_off()
