"""What feed readers, search engines and other programs take from the site."""

import json
import re
from datetime import timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from articles.discovery import feeds, sitemaps
from articles.models import Article, Author, Page
from tests.factories import make_article, make_editor, make_picture

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
HOSTILE = 'Ports & <b>"cranes"</b> ]]> </script><script>alert(1)</script>'


def xml(response) -> ElementTree.Element:
    assert response.status_code == 200
    return ElementTree.fromstring(b"".join(response) if response.streaming else response.content)


def structured(response) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL)
    assert found
    return json.loads(found[1])


def urls(tree) -> list[str]:
    return [loc.text for loc in tree.iter(f"{MAP}loc")]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_three_feeds_hold_the_same_articles_with_ids_that_an_edit_does_not_change(client, language):
    article = make_article(language=language, headline=HOSTILE, dek="一句话", byline="Lin An", tags=("ports",))
    make_article(language="en" if language == "zh-hans" else "zh-hans")
    before = {kind: client.get(f"/{language}/feed.{kind}") for kind in feeds.FORMATS}
    article.amend(by=make_editor(), headline="Another headline", slug="another-address")
    rss, atom = xml(before["rss"]), xml(before["atom"])
    entry = atom.find(f"{ATOM}entry")
    [item] = before["json"].json()["items"]
    assert rss.findtext("channel/item/guid") == entry.findtext(f"{ATOM}id") == item["id"] == article.uid.urn
    assert client.get(f"/{language}/feed.json").json()["items"][0]["id"] == article.uid.urn
    assert rss.findtext("channel/item/title") == item["title"] == HOSTILE
    assert len(atom.findall(f"{ATOM}entry")) == 1
    assert before["json"]["Content-Type"].startswith("application/feed+json")


def test_a_feed_names_itself_its_page_and_the_hub(client, settings):
    settings.WEBSUB_HUB = "https://hub.example/"
    make_article(tags=("ports",))
    for path in ("/en/feed", "/en/section/business/feed", "/en/tag/ports/feed"):
        atom = xml(client.get(f"{path}.atom"))
        links = {link.get("rel"): link.get("href") for link in atom.findall(f"{ATOM}link")}
        assert links["self"] == f"{settings.SITE_URL}{path}.atom"
        assert links["hub"] == "https://hub.example/"
        assert client.get(links["alternate"].removeprefix(settings.SITE_URL)).status_code == 200
        as_json = client.get(f"{path}.json").json()
        assert as_json["feed_url"] == f"{settings.SITE_URL}{path}.json"
        assert as_json["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
        assert b'rel="hub"' in client.get(f"{path}.rss").content


def test_a_feed_carries_the_whole_text_the_cover_and_its_disclosure(client):
    make_article(cover=make_picture("algorithmicMedia"), cover_alt="A pattern", body="<h2>One</h2><p>All of it.</p>")
    for kind in feeds.FORMATS:
        text = client.get(f"/en/feed.{kind}").content.decode()
        for words in ("All of it.", "computer-generated", "A pattern", f"{settings.SITE_URL}/media/"):
            assert words in text, (kind, words)


def test_what_readers_may_not_read_leaves_every_feed_and_sitemap_at_once_and_a_tombstone_in_atom(client):
    withheld, killed, kept = make_article(headline="One"), make_article(headline="Two"), make_article(headline="Three")
    paths = ["/en/feed.rss", "/en/feed.atom", "/en/feed.json", "/sitemap-0.xml", "/sitemap-news.xml"]
    for path in paths:
        page = client.get(path)
        text = b"".join(page).decode() if page.streaming else page.content.decode()
        assert withheld.slug in text
        assert killed.slug in text
    report = withheld.uid
    withheld.withhold(by=make_editor(), reason="A report.", reference=report, law="dmca", claimant="Somebody")
    killed.kill(by=make_editor(), reason="Not ours.")
    for path in paths:
        page = client.get(path)
        text = b"".join(page).decode() if page.streaming else page.content.decode()
        assert withheld.slug not in text
        assert killed.slug not in text
        assert kept.slug in text
    gone = {entry.get("ref") for entry in xml(client.get("/en/feed.atom")) if entry.tag.endswith("deleted-entry")}
    assert gone == {withheld.uid.urn, killed.uid.urn}
    withheld.lift(by=make_editor(), reason="A mistake.", reference=report)
    gone = {entry.get("ref") for entry in xml(client.get("/en/feed.atom")) if entry.tag.endswith("deleted-entry")}
    assert gone == {killed.uid.urn}


def test_a_feed_costs_a_handful_of_queries_however_many_articles(client, django_assert_max_num_queries):
    for number in range(feeds.ENTRIES + 2):
        make_article(headline=f"Article {number}", tags=("ports",), cover=make_picture() if number % 9 == 0 else None)
    for path in ("/en/feed.atom", "/en/section/business/feed.atom", "/en/tag/ports/feed.atom", "/en/feed.json"):
        with django_assert_max_num_queries(5):
            page = client.get(path)
        assert page.content.count(b"urn:uuid:") >= feeds.ENTRIES


def test_the_sitemap_leads_to_every_readable_address_in_parts_of_bounded_size(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    articles = [make_article(headline=f"Article {number}") for number in range(5)]
    hidden = make_article(published=False)
    index = urls(xml(client.get("/sitemap.xml")))
    found = []
    for part in index:
        page = urls(xml(client.get(part.removeprefix(settings.SITE_URL))))
        assert len(page) <= 2 or "pages" in part
        found += page
    assert {article.permalink() for article in articles} <= set(found)
    assert hidden.permalink() not in found
    assert f"{settings.SITE_URL}/zh-hans/section/business/" in found
    assert client.get("/sitemap-999999.xml").status_code == 404
    assert client.get(f"/sitemap-{'9' * 30}.xml").status_code == 404


def test_each_version_of_a_page_names_every_version_alike(client):
    english = make_article(headline="Cranes")
    chinese = make_article(headline="起重机", language="zh-hans", series=english.series)
    rows = {}
    for article in (english, chinese):
        page = client.get(article.get_absolute_url()).content.decode()
        rows[article.language] = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)
    expected = [("en", english.permalink()), ("zh-Hans", chinese.permalink()), ("x-default", english.permalink())]
    assert rows == {"en": expected, "zh-hans": expected}
    part = xml(client.get("/sitemap-0.xml"))
    for url in part.iter(f"{MAP}url"):
        assert [(link.get("hreflang"), link.get("href")) for link in url.iter(f"{XHTML}link")] == expected


def test_the_news_sitemap_holds_two_days_in_googles_own_codes(client):
    make_article(headline="新闻 & <b>", language="zh-hans")
    make_article(headline="Old", published_at=timezone.now() - timedelta(days=2, minutes=1))
    tree = xml(client.get("/sitemap-news.xml"))
    assert [name.text for name in tree.iter(f"{NEWS}language")] == ["zh-cn"]
    assert [title.text for title in tree.iter(f"{NEWS}title")] == ["新闻 & <b>"]
    assert all("+" in date.text for date in tree.iter(f"{NEWS}publication_date"))


def test_an_article_tells_programs_what_it_tells_readers(client):
    article = make_article(
        headline=HOSTILE,
        dek="Three cranes.",
        byline="Lin An",
        cover=make_picture("algorithmicMedia"),
        cover_alt="A pattern",
        sources=["https://example.org/a", "A phone call"],
    )
    page = client.get(article.get_absolute_url())
    data = structured(page)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == HOSTILE
    assert data["author"]["name"] == "Lin An"
    assert data["isBasedOn"] == ["https://example.org/a"]
    assert data["timeRequired"] == "PT1M"
    assert data["image"][0]["digitalSourceType"].endswith("/algorithmicMedia")
    assert "computer-generated" in data["image"][0]["caption"]
    assert data["inLanguage"] == "en"
    text = page.content.decode()
    assert "<script>alert" not in text
    assert 'property="og:image"' in text
    assert f'property="og:url" content="{article.permalink()}"' in text


def test_an_article_that_nobody_signed_is_the_newsrooms(client):
    data = structured(client.get(make_article(byline="").get_absolute_url()))
    assert data["author"] == {"@type": "Organization", "name": settings.SITE_NAME, "url": f"{settings.SITE_URL}/"}


def test_pages_about_the_newsroom_appear_where_they_are_written(client):
    assert client.get("/en/about/ethics/").status_code == 404
    assert "ethicsPolicy" not in structured(client.get("/en/"))
    editor = make_editor()
    client.force_login(editor)
    fields = {"key": "ethics", "language": "en", "title": "Ethics", "body": "<p>We ask.</p><script>alert(1)</script>"}
    answer = client.post(reverse("admin:articles_page_add"), fields)
    assert answer.status_code == 302
    client.logout()
    page = client.get("/en/about/ethics/")
    assert "We ask." in page.content.decode()
    assert "alert(1)" not in page.content.decode()
    home = client.get("/en/")
    assert '<a href="/en/about/ethics/">Ethics</a>' in home.content.decode()
    data = structured(home)
    assert data["ethicsPolicy"] == data["publishingPrinciples"] == f"{settings.SITE_URL}/en/about/ethics/"
    assert client.get("/zh-hans/about/ethics/").status_code == 404
    assert f"{settings.SITE_URL}/en/about/ethics/" in urls(xml(client.get("/sitemap-pages.xml")))
    Page.objects.create(key="ethics", language="zh-hans", title="操守", body="<p>问。</p>")


def test_robots_are_told_where_the_sitemaps_are(client):
    text = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text
    assert f"Sitemap: {settings.SITE_URL}/sitemap-news.xml" in text
    assert "Disallow: /admin/" in text


def test_feeds_and_sitemaps_answer_304_and_set_no_cookie(client):
    make_article()
    for path in ("/en/feed.rss", "/en/feed.atom", "/en/feed.json", "/sitemap.xml", "/sitemap-news.xml", "/robots.txt"):
        first, kept = client.get(path), client.get(path)
        assert first["Content-Type"] == kept["Content-Type"]
        assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
        assert not first.cookies
    assert Article.objects.count() == 1


@pytest.mark.parametrize("path", ["section/business/", "tag/buses/", "author/lin-an/", "about/ethics/"])
def test_a_shared_list_or_page_is_named_by_its_heading_and_promises_no_picture(client, path):
    make_article(tags=("buses",)).authors.add(Author.objects.create(slug="lin-an", name_en="Lin An"))
    Page.objects.create(key="ethics", language="en", title="Ethics", body="<p>We say who asks.</p>")
    page = client.get(f"/en/{path}")
    html, heading = page.content.decode(), re.search(r"<h1>(.*?)</h1>", page.content.decode())[1]
    assert f'<meta property="og:title" content="{heading}">' in html
    assert f'<meta property="og:url" content="{settings.SITE_URL}/en/{path}">' in html
    assert '<meta name="twitter:card" content="summary">' in html


@pytest.mark.parametrize(("path", "kind"), [("/favicon.ico", "ICO"), ("/apple-touch-icon.png", "PNG")])
def test_programs_that_read_no_page_find_the_icon_where_they_look_for_it(client, path, kind):
    answer = client.get(path)
    assert answer.status_code == 200
    assert Image.open(BytesIO(b"".join(answer.streaming_content))).format == kind
