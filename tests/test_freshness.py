"""Every kind of change reaches every page that shows it with the next request, though all pages were kept before it."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles.jobs import index_for_search, relate
from articles.models import Article, Author, HomePlace, Page, Tag
from cms.page_cache import pages
from cms.workflow import DeskItem
from tests.factories import make_article, make_editor, make_report, make_section

pytestmark = pytest.mark.django_db

WORD = "Lighthouse"  # stands in the article's headline, and in nothing else
LISTS = [
    "/en/", "/en/section/business/", "/en/tag/ferries/", "/en/author/mara/", f"/en/search/?q={WORD}",
    "/en/feed.rss", "/en/feed.atom", "/en/feed.json", "/en/section/business/feed.rss", "/en/tag/ferries/feed.atom",
    "/en/author/mara/feed.json", "/sitemap-news.xml",
]  # fmt: skip


@pytest.fixture
def house(client):
    """An article that all lists show, another one that names it as related, and its Chinese version."""
    author = Author.objects.create(slug="mara", name_en="Mara Lindqvist", name_zh_hans="玛拉")
    body = "<p>The keeper of the harbour counts the ships at night.</p>"
    article = make_article(headline=f"{WORD} keepers", slug="keepers", body=body, tags=("ferries",))
    chinese = make_article(headline="守灯人", slug="shou-deng-ren", language="zh-hans")
    Article.objects.filter(pk=chinese.pk).update(series=article.series)
    article.authors.add(author)
    others = [make_article(slug=f"other-{number}", body=body) for number in range(4)]
    while index_for_search() + relate():
        pass
    Article.objects.filter(pk=others[0].pk).update(related=[article.pk, *(other.pk for other in others[1:])])
    pages.clear()
    return article


def surfaces(article):
    """Every page that shows the article."""
    return [*LISTS, article.get_absolute_url(), "/en/news/other-0/", "/zh-hans/news/shou-deng-ren/", "/sitemap.xml"]


def look(client, article, django_assert_num_queries):
    """Ask for every surface twice, so that the second answer is a kept one, and return what was shown."""
    shown = {url: client.get(url).content.decode() for url in surfaces(article)}
    with django_assert_num_queries(0):
        assert {url: client.get(url).content.decode() for url in shown} == shown
    return shown


def hidden(article, editor, how):
    """Take an article away from its readers, through its move."""
    if how == "killed":
        article.kill(by=editor, reason="Invented.")
    elif how == "withheld":
        article.withhold(by=editor, reason="A report.", reference=uuid.uuid4(), law="dmca", claimant="Somebody")
    else:
        make_report(article).uphold(by=editor, reason="Theirs.")


@pytest.mark.parametrize("how", ["killed", "withheld", "upheld"])
def test_what_is_taken_away_is_gone_from_every_page_and_comes_back_to_all(
    client, house, how, django_assert_num_queries
):
    before = look(client, house, django_assert_num_queries)
    assert all(WORD in before[url] for url in (*LISTS, "/en/news/other-0/"))
    hidden(house, make_editor(), how)
    for url in surfaces(house):
        answer = client.get(url)
        if url == house.get_absolute_url():
            assert answer.status_code == (410 if how == "killed" else 451)
        text = answer.content.decode().replace(f"q={WORD}", "").replace(f'value="{WORD}"', "")
        assert f"{WORD} keepers" not in text, url
        assert "/en/news/keepers/" not in text or url == house.get_absolute_url(), url
    if how == "withheld":
        withholding = house.withholdings.get()
        house.refresh_from_db()
        house.lift(by=make_editor(), reason="Settled.", reference=withholding.reference)
        assert all(WORD in client.get(url).content.decode() for url in (*LISTS, "/en/news/other-0/"))


def test_new_words_of_an_article_reach_every_page(client, house, django_assert_num_queries):
    look(client, house, django_assert_num_queries)
    house.amend(by=make_editor(), headline="Harbour wardens")
    index_for_search()
    for url in (*LISTS, house.get_absolute_url(), "/en/news/other-0/"):
        text = client.get(url).content.decode()
        assert f"{WORD} keepers" not in text, url
        assert "Harbour wardens" in text or "search" in url, url


def test_a_published_draft_reaches_every_list_and_the_page_that_was_404(client, house, django_assert_num_queries):
    draft = make_article(headline="Brand new", published=False, slug="brand-new", tags=("ferries",))
    draft.authors.add(Author.objects.get())
    look(client, house, django_assert_num_queries)
    assert client.get(draft.get_absolute_url()).status_code == 404
    draft.publish(by=make_editor())
    index_for_search()
    assert client.get(draft.get_absolute_url()).status_code == 200
    assert "/en/news/brand-new/" in client.get("/en/search/?q=brand+new").content.decode()
    for url in LISTS:
        assert "search" in url or "Brand new" in client.get(url).content.decode(), url


def test_an_article_appears_everywhere_when_its_time_comes_without_anybody_doing_anything(
    client, house, monkeypatch, django_assert_num_queries
):
    later = make_article(headline="At its hour", published_at=timezone.now() + timedelta(seconds=30), tags=("ferries",))
    later.authors.add(Author.objects.get())
    pages.clear()
    before = look(client, house, django_assert_num_queries)
    assert not any("At its hour" in text for text in before.values())
    real_now, real_time = timezone.now, __import__("time").time
    monkeypatch.setattr("django.utils.timezone.now", lambda: real_now() + timedelta(seconds=31))
    monkeypatch.setattr("time.time", lambda: real_time() + 31)
    for url in LISTS:
        assert "search" in url or "At its hour" in client.get(url).content.decode(), url


def save(desk, row, **changes):
    """Change a row as an editor does: open its form in the admin, and send it back changed."""
    url = reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk])
    form = desk.get(url).context["adminform"].form
    fields = {field.html_name: field.value() for field in form if field.value() or field.value() == 0}
    answer = desk.post(url, fields | changes)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("change", "old", "new", "shown_on"),
    [
        ("section", "Business", "Commerce", ["/en/", "/en/section/business/", "/en/news/keepers/", "/en/search/?q=x"]),
        ("author", "Mara Lindqvist", "Mara Berg", ["/en/author/mara/", "/en/news/keepers/"]),
        ("tag", "ferries", "crossings", ["/en/tag/ferries/", "/en/news/keepers/"]),
        ("page", "Who we are", "About the house", ["/en/", "/en/about/about/", "/en/news/keepers/"]),
    ],
)
def test_what_the_admin_changes_beside_the_articles_is_shown_at_once(client, desk, house, change, old, new, shown_on):
    Page.objects.update_or_create(key="about", language="en", defaults={"title": "Who we are", "body": "<p>We.</p>"})
    pages.clear()
    rows = {
        "section": (make_section(), "name_en"),
        "author": (Author.objects.get(), "name_en"),
        "tag": (Tag.objects.get(slug="ferries"), "name"),
        "page": (Page.objects.get(key="about", language="en"), "title"),
    }
    for _turn in range(2):
        assert all(old in client.get(url).content.decode() for url in shown_on)
    row, field = rows[change]
    save(desk, row, **{field: new})
    assert all(new in client.get(url).content.decode() for url in shown_on)


def test_a_place_on_the_home_page_shows_at_once(client, desk, house):
    other = Article.objects.get(slug="other-2")
    assert client.get("/en/").context["lead"].pk != house.pk
    fields = {"article": house.pk, "position": 1, "until_0": "", "until_1": ""}
    assert desk.post(reverse("admin:articles_homeplace_add"), fields).status_code == 302
    assert client.get("/en/").context["lead"].pk == house.pk
    save(desk, HomePlace.objects.get(), article=other.pk)
    assert client.get("/en/").context["lead"].pk == other.pk


def test_a_correction_is_on_the_article_and_among_the_corrections_at_once(client, house):
    pages = (house.get_absolute_url(), "/en/corrections/")
    for url in pages * 2:
        assert "Seven keepers, not six." not in client.get(url).content.decode()
    house.correct(by=make_editor(), reason="Seven keepers, not six.")
    for url in pages:
        assert "Seven keepers, not six." in client.get(url).content.decode()


def test_an_import_is_shown_at_once(client, house, tmp_path, django_assert_num_queries):
    look(client, house, django_assert_num_queries)
    line = '{"id": "x1", "lang": "en", "headline": "By import", "dek": "", "body_html": "<p>Words.</p>", "byline": "A",'
    line += ' "section": "business", "tags": ["ferries"], "published_at": "%s", "origin": "staff"}'
    file = tmp_path / "articles.jsonl"
    file.write_text(line % (timezone.now() - timedelta(seconds=1)).isoformat())
    call_command("import_articles", str(file), verbosity=0)
    for url in ("/en/", "/en/section/business/", "/en/tag/ferries/", "/en/feed.rss", "/sitemap-news.xml"):
        assert "By import" in client.get(url).content.decode(), url


def test_a_change_that_was_rolled_back_is_shown_nowhere(client, house, django_assert_num_queries):
    before = look(client, house, django_assert_num_queries)
    with pytest.raises(RuntimeError), transaction.atomic():
        house.amend(by=make_editor(), headline="Never said")
        raise RuntimeError
    assert {url: client.get(url).content.decode() for url in before} == before


def test_every_kind_that_moves_is_a_desk_item_whose_log_starts_a_new_generation(client):
    """A kind of its own would have to name what it changes; the one log names everything."""
    from django.apps import apps

    from cms.generations import generation

    moving = [kind for kind in apps.get_models() if any(hasattr(member, "spec") for member in vars(kind).values())]
    assert moving
    assert all(issubclass(kind, DeskItem) for kind in moving)
    before = generation()
    make_article()
    assert generation() != before


def test_the_tag_and_its_new_validator_go_together(client, house):
    url = house.get_absolute_url()
    before = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": before}).status_code == 304
    house.amend(by=make_editor(), headline="Harbour wardens")
    after = client.get(url, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before
    assert re.search("Harbour wardens", after.content.decode())
