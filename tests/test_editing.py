"""Before readers have an article: its preview by a private link, its time, and the article that it translates."""

import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from articles.models import Article, Author, HomePlace, Picture, Preview, StaleTranslation
from articles.models.preview import LASTS
from articles.translation_admin import TranslatedForm
from cms import codes
from cms.logs import HidePrivateCodes
from cms.models import Decision
from cms.workflow import NotPermitted
from tests.factories import make_article, make_editor, make_member, make_report, make_translation, picture_bytes
from tests.test_desk import article_fields, make, review

pytestmark = pytest.mark.django_db
PRIVATE = re.compile(r'<a href="[^"]*(/en/preview/[0-9a-z]{26}/)"')


def linked(article, by=None):
    """The path of a fresh preview link to the article."""
    fresh = Article.objects.get(pk=article.pk)
    fresh.open_preview(by=by or make_editor())
    return path_of(fresh)


def path_of(article):
    return "/" + Preview.objects.get(article=article).url().split("/", 3)[3]


def test_an_editor_makes_a_link_that_opens_the_draft_for_somebody_without_an_account(desk, editor):
    draft = make_article(published=False)
    answer = make(desk, draft, "open_preview")
    assert answer.url == review(draft)
    shown = PRIVATE.search(desk.get(review(draft)).content.decode())
    page = Client().get(shown[1])
    html = page.content.decode()
    assert page.status_code == 200
    assert draft.headline in html
    assert "Three lines run all night." in html
    assert "Preview, not published" in html
    assert f"{timezone.localtime(timezone.now() + LASTS):%Y, %H:}" in html
    line = draft.decisions().last()
    assert (line.move, line.actor, line.source, line.target) == ("open_preview", editor, "draft", "draft")


def test_a_preview_is_for_nobody_but_who_has_the_link(client, desk):
    draft = make_article(published=False)
    address = linked(draft)
    page = client.get(address)
    html = page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"].startswith("noindex")
    assert "ETag" not in page
    assert '<meta name="robots" content="noindex, nofollow">' in html
    for claim in ("application/ld+json", "og:", 'rel="canonical"', 'hreflang="x-default"', "article:published_time"):
        assert claim not in html, claim
    assert html.count(address) == 0, "neither the links to other languages nor anything else carries the code"
    for public in ("/en/", "/en/feed.rss", "/en/feed.json", "/sitemap.xml", "/en/search/?q=night", "/robots.txt"):
        assert draft.headline not in client.get(public).content.decode(), public
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_preview_shows_the_text_as_it_stands_when_it_is_opened(client, editor):
    draft = make_article(published=False)
    address = linked(draft)
    assert "Four lines" not in client.get(address).content.decode()
    Article.objects.get(pk=draft.pk).amend(by=editor, body="<p>Four lines run all night.</p>")
    assert "Four lines run all night." in client.get(address).content.decode()


def test_a_preview_is_the_page_that_readers_get(client, editor):
    draft = make_article(published=False, tags=("Buses",))
    preview = client.get(linked(draft)).content.decode()
    Article.objects.get(pk=draft.pk).publish(by=editor)
    public = client.get(draft.get_absolute_url()).content.decode()

    def body_of(html):
        article = html[html.index("<article>") : html.index("</article>")]
        shared = r'<section class="share".*?</section>|<script[^>]*></script>'
        only_out = rf"<time.*?</time>|{shared}|<p>Is something wrong here.*?</p>"
        return re.sub(r"\s+", " ", re.sub(only_out, "", article, flags=re.DOTALL))

    assert "/correction/" not in preview  # nobody can report an error in what is not out
    assert body_of(preview) == body_of(public).replace(f"; responsible editor: {editor.byline()}", "")


@pytest.mark.parametrize("end", ["expired", "revoked", "spiked", "unknown", "other language"])
def test_whatever_ends_a_link_the_page_is_the_same(client, editor, end):
    draft = make_article(published=False)
    address = linked(draft)
    assert client.get(address).status_code == 200
    if end == "expired":
        Preview.objects.update(until=timezone.now())
    elif end == "revoked":
        Article.objects.get(pk=draft.pk).close_preview(by=editor)
    elif end == "spiked":
        Article.objects.get(pk=draft.pk).spike(by=editor, reason="No news.")
    address = {"unknown": f"/en/preview/{codes.code_of(codes.new_seed(), use='preview')}/"}.get(end, address)
    address = address.replace("/en/", "/zh-hans/") if end == "other language" else address
    page = client.get(address)
    assert page.status_code == 404
    assert draft.headline not in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_a_revoked_link_does_not_come_back_with_the_next_one(client, desk, editor):
    draft = make_article(published=False)
    first = linked(draft, editor)
    draft.refresh_from_db()
    assert make(desk, draft, "open_preview").status_code in {302, 422}
    assert path_of(draft) == first, "a second link would have ended the first"
    assert make(desk, draft, "close_preview").status_code == 302
    assert not PRIVATE.search(desk.get(review(draft)).content.decode())
    draft.refresh_from_db()
    make(desk, draft, "open_preview")
    assert path_of(draft) != first
    assert client.get(first).status_code == 404
    assert [line.move for line in draft.decisions()][-3:] == ["open_preview", "close_preview", "open_preview"]


def test_an_expired_link_makes_room_for_another(client, editor):
    draft = make_article(published=False)
    old = linked(draft)
    Preview.objects.update(until=timezone.now())
    fresh = linked(draft)
    assert (client.get(old).status_code, client.get(fresh).status_code) == (404, 200)


def test_the_code_is_not_at_rest_and_not_in_the_log(caplog):
    address = linked(make_article(published=False))
    code = address.rstrip("/").rpartition("/")[2]
    kept = Preview.objects.get()
    assert code not in repr(vars(kept))
    assert kept.code_hash == codes.hash_of(code)
    assert code not in repr(list(Decision.objects.values()))
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Gone: %s", (address,), None)
    assert HidePrivateCodes().filter(record)
    assert code not in record.getMessage()


def test_once_readers_have_it_the_link_leads_to_its_own_address(client, editor):
    draft = make_article(published=False)
    address = linked(draft)
    Article.objects.get(pk=draft.pk).publish(by=editor)
    assert client.get(address).url == draft.get_absolute_url()
    make_report(Article.objects.get(pk=draft.pk)).uphold(by=editor, reason="It is hers.")
    assert client.get(address, follow=True).status_code == 451
    fresh = Article.objects.get(pk=draft.pk)
    assert "open_preview" not in {move.name for move in fresh.moves_for(editor)}
    fresh.close_preview(by=editor)
    with pytest.raises(ValidationError):
        fresh.open_preview(by=editor)


def test_what_is_scheduled_or_withheld_before_its_time_can_be_previewed(client, editor):
    ahead = make_article(published_at=timezone.now() + timedelta(days=2))
    address = linked(ahead)
    Article.objects.get(pk=ahead.pk).withhold(
        by=editor, reason="Asked.", reference=uuid.uuid4(), law="dsa", claimant="Brandt"
    )
    assert client.get(ahead.get_absolute_url()).status_code == 404
    page = client.get(address).content.decode()
    assert ahead.headline in page
    assert f'<time datetime="{ahead.published_at:%Y-%m-%d}' in page


def test_links_are_made_and_revoked_by_who_may_and_seen_by_nobody_else(client):
    draft = make_article(published=False)
    auditor = make_member("auditor")
    with pytest.raises(NotPermitted):
        draft.open_preview(by=auditor)
    linked(draft, make_member("editor"))
    client.force_login(auditor)
    assert "/preview/" not in client.get(review(draft)).content.decode()


def test_a_claim_keeps_nobody_from_revoking_a_link():
    draft = make_article(published=False)
    linked(draft)
    Article.objects.get(pk=draft.pk).claim(by=make_editor())
    Article.objects.get(pk=draft.pk).close_preview(by=make_member("editor"))
    assert not Preview.objects.exists()


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
