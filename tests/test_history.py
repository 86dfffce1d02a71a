"""What an article was before: its texts, its addresses; and who wrote it."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Author, Redirect, Revision
from cms.models import Decision
from cms.workflow import Conflict
from tests.factories import make_article, make_editor, make_report, make_section

pytestmark = pytest.mark.django_db


def form_of(article, **changes):
    """What the change form posts."""
    values = {
        "seen": article.version, "headline": article.headline, "dek": article.dek, "byline": article.byline,
        "body": article.body, "language": article.language, "section": article.section_id, "slug": article.slug,
        "series": str(article.series), "published_at_0": "", "published_at_1": "", "cover_alt": "",
    }  # fmt: skip
    if article.published_at:
        local = timezone.localtime(article.published_at)
        values |= {"published_at_0": f"{local:%Y-%m-%d}", "published_at_1": f"{local:%H:%M:%S}"}
    return values | changes


def change_url(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def test_every_text_that_is_replaced_is_kept_with_its_hash_and_no_text_twice(editor):
    article = make_article(headline="One", body="<p>First.</p>")
    article.amend(by=editor, headline="Two")
    article.amend(by=editor, headline="Two", section=article.section)
    article.amend(by=editor, body="<p>Second.</p>", byline="Lin An")
    kept = list(Revision.objects.order_by("version"))
    assert [(row.headline, row.body) for row in kept] == [("One", "<p>First.</p>"), ("Two", "<p>First.</p>")]
    assert len({row.sha256 for row in kept}) == 2
    assert article.modified() == article.text_changed_at > article.published_at


def test_a_move_that_changes_no_text_keeps_none_and_is_no_revision_for_readers(editor):
    article = make_article()
    report = make_report(article)
    report.uphold(by=editor, reason="Theirs.")
    report.reverse(by=editor, reason="A mistake.")
    article.refresh_from_db()
    assert not Revision.objects.exists()
    assert article.modified() == article.published_at


def test_the_ways_from_an_article_stand_beside_it_unfolded_with_what_is_asked_of_its_editor(desk, editor):
    article = make_article(editor_name="Chen Xu", published=False)
    article.publish(by=editor)
    texts = reverse("admin:articles_article_texts", args=[article.pk])

    def beside():
        return desk.get(change_url(article)).content.decode().partition('<aside class="review-side"')[2]

    assert f'href="{article.get_absolute_url()}"' in beside()
    assert f'href="{texts}"' in beside()
    assert "sign off again" not in beside()
    article.amend(by=editor, body="<p>Second.</p>")
    assert "sign off again" in beside()
    ahead = make_article(published=False)
    assert f'href="{ahead.get_absolute_url()}"' not in desk.get(change_url(ahead)).content.decode()


def test_the_log_names_what_an_import_changed_in_plain_words(desk, editor):
    article = make_article()
    article.amend(by=editor, section_id=make_section(slug="markets").pk)
    page = desk.get(change_url(article)).content.decode()
    assert "</b>: section · " in page


def test_a_refused_edit_keeps_nothing(editor):
    article = make_article(headline="One")
    stale = Article.objects.get(pk=article.pk)
    article.amend(by=editor, headline="Two")
    with pytest.raises(Conflict):
        stale.amend(by=editor, headline="Three")
    assert Revision.objects.count() == 1


def test_an_earlier_text_is_compared_and_brought_back_and_voids_the_sign_off(desk, editor, client):
    article = make_article(headline="The cranes that wait", body="<p>Three cranes wait.</p>", editor_name="Chen Xu")
    article.amend(by=editor, headline="The cranes that ran", body="<p>Three cranes run.</p>")
    url = reverse("admin:articles_article_texts", args=[article.pk])
    page = desk.get(url).content.decode()
    assert "<del>wait</del>" in page
    assert "<ins>run</ins>" in page or "<ins>ran</ins>" in page
    version = article.revisions.get().version
    without_reason = desk.post(url, {"seen": article.version, "a": version, "reason": " "})
    assert without_reason.status_code == 422
    answer = desk.post(url, {"seen": article.version, "a": version, "reason": "It was right."})
    assert answer.status_code == 302
    article.refresh_from_db()
    assert article.headline == "The cranes that wait"
    assert article.revisions.count() == 2
    assert Decision.objects.about(article).last().details == {"restored": version}
    article.amend(by=editor, headline="Another")
    assert article.is_sign_off_void()


def test_bringing_back_what_is_not_there_or_on_a_version_that_is_gone_is_refused(desk, editor):
    article = make_article(headline="One")
    article.amend(by=editor, headline="Two")
    url = reverse("admin:articles_article_texts", args=[article.pk])
    assert desk.post(url, {"seen": article.version, "a": "99", "reason": "Why not."}).status_code in {404, 422}
    assert desk.post(url, {"seen": article.version - 1, "a": "1", "reason": "Late."}).status_code == 409
    assert desk.get(url, {"a": "nonsense"}).status_code == 404
    with pytest.raises(ValidationError):
        article.restore(by=editor, reason="Why not.", version=77)
    article.refresh_from_db()
    assert article.headline == "Two"


def test_the_history_takes_a_handful_of_queries_however_long(desk, editor, django_assert_max_num_queries):
    article = make_article()
    for number in range(60):
        article.amend(by=editor, headline=f"Headline {number}")
    with django_assert_max_num_queries(12):
        page = desk.get(reverse("admin:articles_article_texts", args=[article.pk]))
    assert page.content.count(b"<option") == 2 * 50 + 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_new_address_leaves_a_redirect_and_two_hops_are_one(desk, client, language):
    article = make_article(slug="first", language=language)
    for slug in ("第二", "third"):
        article.refresh_from_db()
        answer = desk.post(change_url(article), form_of(article, slug=slug))
        assert answer.status_code == 302, answer.context["errors"]
    for former in ("first", "第二"):
        moved = client.get(f"/{language}/news/{former}/")
        assert moved.status_code == 301
        assert moved["Location"] == f"/{language}/news/third/"
    assert client.get(moved["Location"]).status_code == 200


def test_going_back_to_a_former_address_leaves_no_circle(editor, client):
    article = make_article(slug="first")
    article.amend(by=editor, slug="second")
    article.amend(by=editor, slug="first")
    assert client.get("/en/news/first/").status_code == 200
    assert client.get("/en/news/second/")["Location"] == "/en/news/first/"
    assert Redirect.objects.count() == 1


def test_an_address_that_is_or_was_somebody_elses_is_refused_by_name(desk, editor):
    first = make_article(slug="first", headline="The first of all")
    first.amend(by=editor, slug="moved")
    second = make_article(slug="second")
    for slug in ("first", "moved"):
        answer = desk.post(change_url(second), form_of(second, slug=slug))
        assert answer.status_code == 200
        assert "The first of all" in answer.content.decode()
    assert Article.objects.get(pk=second.pk).slug == "second"


def test_a_draft_that_nobody_could_read_leaves_no_redirect(editor):
    draft = make_article(published=False, slug="draft")
    draft.amend(by=editor, slug="better")
    later = make_article(slug="later", published_at=timezone.now() + timedelta(days=1))
    later.amend(by=editor, slug="sooner")
    assert not Redirect.objects.exists()


def test_at_its_former_address_a_killed_article_is_gone_and_a_withheld_one_says_why(client, editor):
    killed, withheld = make_article(slug="killed"), make_article(slug="withheld")
    for article in (killed, withheld):
        article.amend(by=editor, slug=f"{article.slug}-2")
    killed.kill(by=editor, reason="Not ours.")
    make_report(withheld).uphold(by=editor, reason="Theirs.")
    assert client.get("/en/news/killed/").status_code == 410
    assert client.get("/en/news/withheld/").status_code == 451
    assert client.get("/en/news/never-there/").status_code == 404


def test_an_import_that_changes_an_address_leaves_a_redirect_too(tmp_path, client):
    file = tmp_path / "articles.jsonl"
    row = {
        "id": "a1", "lang": "en", "headline": "Cranes", "body_html": "<p>They wait.</p>", "section": "business",
        "published_at": "2026-11-20T08:00:00Z", "slug": "cranes", "byline": "Lin An",
    }  # fmt: skip
    Author.objects.create(slug="lin-an", name_en="Lin An", name_zh_hans="林岸")
    for slug in ("cranes", "cranes-that-wait"):
        file.write_text(json.dumps(row | {"slug": slug}))
        call_command("import_articles", str(file), verbosity=0)
    assert client.get("/en/news/cranes/")["Location"] == "/en/news/cranes-that-wait/"
    assert [author.slug for author in Article.objects.get().authors.all()] == ["lin-an"]


def test_an_author_has_a_page_a_feed_and_a_link_below_the_headline(client):
    author = Author.objects.create(
        slug="lin-an", name_en="Lin An", name_zh_hans="林岸", about_en="Writes of ports.", link="https://lin.example/"
    )
    article = make_article(headline="Cranes", byline="An older byline")
    article.authors.add(author)
    page = client.get(article.get_absolute_url()).content.decode()
    assert '<a rel="author" href="/en/author/lin-an/">Lin An</a>' in page
    assert '"url":"http://testserver/en/author/lin-an/"' in page
    listed = client.get("/en/author/lin-an/").content.decode()
    assert "Writes of ports." in listed
    assert "Cranes" in listed
    assert 'href="/en/author/lin-an/feed.atom"' in listed
    assert client.get("/en/author/lin-an/feed.json").json()["items"][0]["title"] == "Cranes"
    assert "林岸" in client.get("/zh-hans/author/lin-an/").content.decode()
    assert client.get("/en/author/nobody/").status_code == 404


def test_an_authors_page_takes_four_queries_however_long(client, django_assert_max_num_queries):
    author = Author.objects.create(slug="lin-an", name_en="Lin An")
    for _number in range(25):
        make_article().authors.add(author)
    client.get("/en/")
    with django_assert_max_num_queries(4):
        client.get("/en/author/lin-an/")


def test_a_link_of_an_author_is_https(desk):
    fields = {"slug": "a", "name_en": "A", "link": "http://plain.example/"}
    answer = desk.post(reverse("admin:articles_author_add"), fields)
    assert "begins with https://" in answer.content.decode()
    assert not Author.objects.exists()


def test_sending_a_story_makes_nobody_an_author(editor):
    from submissions.models import Story
    from tests.factories import make_story

    story = make_story(byline="Mara Lindqvist")
    story.accept(by=make_editor(), reason="")
    assert Story.objects.get().article
    assert not Author.objects.exists()


def test_an_author_who_is_deleted_leaves_their_articles_and_their_bylines(client, desk):
    author = Author.objects.create(slug="lin-an", name_en="Lin An")
    article = make_article(byline="Lin An")
    article.authors.add(author)
    address = reverse("admin:articles_author_delete", args=[author.pk])
    asked = desk.get(address).content.decode()
    assert "Lin An" in asked
    assert "Article_authors" not in asked, "what it lists means something to an editor, and is never long"
    assert desk.post(address, {"post": "yes"}).status_code == 302
    page = client.get(article.get_absolute_url()).content.decode()
    assert "<b>Lin An</b>" in page
