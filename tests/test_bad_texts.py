"""Texts that nobody types by accident, by every way in: the form, the admin, the import. Never a 500, nothing lost."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db.models import CharField
from django.urls import reverse

from articles.models import Article
from cms.fields import LineField
from cms.models import User
from submissions.models import Chapter, Guidelines, Story
from tests.browser.test_sanitiser import LINKS, MUTATIONS, RUNNING
from tests.factories import make_article, make_report, make_section, make_story, submission
from tests.guidelines import make_draft, page_of, sent
from tests.test_hostile_addresses import HIDDEN, QUERIES
from tests.test_interchange import row
from tests.test_text import ATTACKS, FORBIDDEN

pytestmark = pytest.mark.django_db
MEGABYTE = "新" * 350_000
DISGUISED, SEEN = "Minutes of \u202egpj.exe\u202c in\u200bvi\u2060si\ufeffble", "Minutes of gpj.exe invisible"
JAMO = "\u1112\u1161\u11ab" * 60  # 60 syllables for the eye, 180 characters for a column


def save(desk, article, **changes):
    """Send an article's form with some of its fields changed."""
    address = reverse("admin:articles_article_change", args=[article.pk])
    return desk.post(address, sent(desk.get(address)) | changes)


def test_a_headline_of_a_megabyte_comes_back_from_the_form_with_the_way_out(client):
    answer = client.post("/en/submit/", submission(headline=MEGABYTE))
    assert answer.status_code == 422
    assert "headline" in answer.context["form"].errors
    assert MEGABYTE in answer.content.decode()
    assert not Story.objects.exists()


def test_a_headline_of_a_megabyte_comes_back_from_the_admin_with_the_way_out(desk):
    article = make_article(published=False)
    answer = save(desk, article, headline=MEGABYTE)
    assert answer.status_code == 200
    assert "headline" in answer.context["adminform"].form.errors
    assert MEGABYTE in answer.content.decode()
    assert Article.objects.get().headline == article.headline


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"headline": MEGABYTE}, "headline has more than 255"),
        ({"headline": HIDDEN}, "headline is missing"),
        ({"byline": MEGABYTE}, "byline has more than 255"),
        ({"dek": MEGABYTE}, "dek has more than 1000"),
        ({"slug": MEGABYTE}, "slug has more than 120"),
        ({"slug": JAMO}, "slug has more than 120"),
        ({"slug": "fer\u200bry"}, "slug must be letters"),
        ({"slug": "\u202eyrref"}, "slug must be letters"),
        ({"section": "busi\u200bness"}, "section must be a slug"),
        ({"id": "x" + "\u200b" * 200}, "id has more than 100"),
        ({"id": "x" + " " * 200}, "id has more than 100"),
        ({"id": MEGABYTE}, "id has more than 100"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else ascii(value),
)
def test_the_import_names_the_line_and_brings_its_neighbours_in(load, changes, words):
    _out, errors = load(row(1), row(2) | changes, row(3))
    assert "line 2:" in errors
    assert words in errors
    assert set(Article.objects.values_list("external_id", flat=True)) == {"x-1", "x-3"}


def test_a_disguised_headline_is_seen_as_it_is_whichever_way_it_came(client, desk, load):
    client.post("/en/submit/", submission(headline=DISGUISED))
    article = make_article(published=False)
    assert save(desk, article, headline=DISGUISED).status_code == 302
    assert load(row(1, headline=DISGUISED))[1] == ""
    headlines = [*Story.objects.values_list("headline", flat=True), *Article.objects.values_list("headline", flat=True)]
    assert headlines == [SEEN] * 3
    assert [article.slug[:12] for article in Article.objects.filter(external_id="x-1")] == ["minutes-of-g"]


def test_a_headline_that_only_looks_like_one_is_none(client, desk):
    assert client.post("/en/submit/", submission(headline=HIDDEN)).status_code == 422
    article = make_article(published=False)
    assert "headline" in save(desk, article, headline=HIDDEN).context["adminform"].form.errors
    assert Article.objects.get().headline == article.headline


def test_a_disguised_slug_is_the_address_that_is_seen_or_none(desk):
    article = make_article(published=False)
    assert save(desk, article, slug="the\u200b-fer\u202ery").status_code == 302
    assert Article.objects.get().slug == "the-ferry"
    for slug in (MEGABYTE, "../admin", "a b", "\U0001f600"):
        assert "slug" in save(desk, Article.objects.get(), slug=slug).context["adminform"].form.errors
    assert Article.objects.get().slug == "the-ferry"


def test_the_titles_of_chapters_are_seen_as_they_are(desk, editor):
    draft = make_draft(editor)
    address = reverse("admin:submissions_chapter_change", args=[draft.contents[0].pk])
    assert desk.post(address, sent(desk.get(address)) | {"title_en": DISGUISED}).status_code == 302
    assert Chapter.objects.get(pk=draft.contents[0].pk).title_en == SEEN
    assert desk.get(page_of(Guidelines.objects.get(pk=draft.pk))).status_code == 200


def test_every_line_that_editors_type_is_cleaned(rf):
    """Django's own fields would keep what cannot be seen."""
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_active=True, is_staff=True)
    writable = []
    for desk in admin.site._registry.values():
        if desk.has_add_permission(request) or desk.has_change_permission(request):
            writable += [desk, *desk.get_inline_instances(request)]
    writable = [each for each in writable if any(isinstance(field, CharField) for field in each.model._meta.fields)]
    assert [each for each in writable if each.formfield_overrides[CharField].get("form_class") is not LineField] == []
    assert len(writable) > 10


EVIL = [*ATTACKS, *MUTATIONS, *RUNNING, *LINKS]
MARKUP = re.compile(FORBIDDEN.pattern.partition("|href")[0], re.IGNORECASE)


def kept(body: str) -> str:
    """A body that was stored: nothing in it may run, and what stood before the attack is still there."""
    assert not MARKUP.search(body), body
    schemes = {urlsplit(unescape(link)).scheme for link in re.findall(r'href="([^"]*)"', body)}
    assert schemes <= {"", "http", "https", "mailto"}
    assert "before" in body
    return body


def test_hostile_html_from_the_form_is_text_when_it_is_kept(client, monkeypatch):
    monkeypatch.setattr("submissions.views.too_many", lambda *sent: None)
    monkeypatch.setattr("cms.flood.arrived", lambda *sent: False)
    for number, attack in enumerate(EVIL):
        answer = client.post(
            "/en/submit/", submission(headline=f"Attack {number}", body=f"<p>before {number}</p>{attack}<p>after</p>")
        )
        if answer.status_code == 422:  # it has pictures or a link that is none: it comes back, as text
            assert f"before {number}" in answer.content.decode()
            assert "<script>alert" not in answer.content.decode()
        else:
            assert answer.status_code == 302, attack
            kept(Story.objects.latest("pk").body)
    assert Story.objects.count() > len(EVIL) / 2


def test_hostile_html_from_an_editor_is_text_when_it_is_kept(desk):
    article = make_article(published=False)
    address = reverse("admin:articles_article_change", args=[article.pk])
    form = sent(desk.get(address))
    for attack in EVIL[::4]:  # the form has taken them all, and this is the same sanitiser
        fresh = Article.objects.get()
        answer = desk.post(address, form | {"seen": fresh.version, "body": f"<p>before</p>{attack}<p>after</p>"})
        assert answer.status_code == 302, attack
        kept(Article.objects.get().body)


def test_hostile_html_in_a_file_is_text_when_it_is_kept(client, load):
    bodies = [f"<p>before</p>{attack}<p>after</p>".replace("\0", "") for attack in EVIL]
    assert load(*(row(number, body_html=body) for number, body in enumerate(bodies)))[1] == ""
    assert Article.objects.count() == len(EVIL)
    for article in Article.objects.all():
        kept(article.body)
        assert client.get(article.get_absolute_url()).status_code == 200


LISTS = (
    "desk/",
    "articles/article/",
    "submissions/story/",
    "copyright/copyrightreport/",
    "cms/decision/",
    "cms/letter/",
)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:20])
def test_a_strange_search_of_editors_is_answered(desk, query):
    make_section()
    make_story()
    make_report()
    for place in LISTS:
        answer = desk.get(f"/admin/{place}", {"q": query}, follow=True)
        assert answer.status_code in {200, 422}, place
    found = {"app_label": "articles", "model_name": "homeplace", "field_name": "article", "term": query}
    assert desk.get("/admin/autocomplete/", found).status_code == 200
