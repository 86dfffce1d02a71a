"""Before readers have an article: its preview by a private link, for who was given it."""

import logging
import re
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from articles.models import Article, Preview
from articles.models.preview import LASTS
from cms import codes
from cms.logs import HidePrivateCodes
from cms.models import Decision
from cms.workflow import NotPermitted
from tests.factories import make_article, make_editor, make_member, make_report
from tests.test_desk import make, review

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
