"""What readers open."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from cms.worker import run_until_idle
from tests.factories import make_article, make_picture, make_section

pytestmark = pytest.mark.django_db


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_an_article_shows_all_its_parts(client):
    other = make_article(headline="Another story")
    article = make_article(
        headline="The cranes that wait",
        dek="Three old cranes.",
        byline="Lin An",
        body="<h2>One table</h2><p>Text.</p><ol><li>Trucks</li></ol>",
        origin="reader",
        guidelines_number=1,
        submitted_at=timezone.now() - timedelta(days=2),
        editor_name="Chen Xu",
        cover=make_picture("algorithmicMedia"),
        cover_alt="Geometric pattern",
        sources=["https://example.org/source"],
        tags=("ports",),
    )
    page = client.get(article.get_absolute_url())
    text = text_of(page)
    for part in (
        "Business", "ports", "The cranes that wait", "Three old cranes.", "Lin An", "1 min read", "computer-generated",
        "One table", "Trucks", "submitted by our reader under the News Submission Rules and Guidelines", "Chen Xu",
        "infringes a copyright", "You may also like", other.headline, "Subscribe to our newsletter",
    ):  # fmt: skip
        assert part in text, part
    html = page.content.decode()
    assert 'alt="Geometric pattern"' in html
    assert 'href="https://example.org/source"' in html
    assert "/en/guidelines/v1/" in html


def test_a_photograph_is_not_called_computer_generated(client):
    article = make_article(cover=make_picture("digitalCapture"), cover_alt="A bus", origin="reader")
    assert "computer-generated" not in text_of(client.get(article.get_absolute_url()))


def test_translations_lead_to_each_other(client):
    english = make_article(headline="The cranes that wait")
    chinese = make_article(headline="会等待的起重机", language="zh-hans", series=english.series, slug="起重机")
    assert chinese.get_absolute_url() in client.get(english.get_absolute_url()).content.decode()
    assert english.get_absolute_url() in client.get(chinese.get_absolute_url()).content.decode()


def test_the_front_door_leads_to_the_readers_language_without_a_cookie(client):
    chinese = client.get("/", headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert chinese["Location"] == "/zh-hans/"
    assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/en/"
    assert "Accept-Language" in chinese["Vary"]
    assert not client.cookies


def test_a_future_article_appears_when_its_time_comes(client):
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(article.get_absolute_url()).status_code == 404
    Article.objects.update(published_at=timezone.now())
    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("path", ["/en/", "/zh-hans/", "/en/section/business/", "/en/tag/buses/"])
def test_an_empty_page_says_so(client, path):
    make_section()
    from articles.models import Tag

    Tag.objects.named(["buses"])
    page = client.get(path)
    assert page.status_code == 200
    assert "Nothing" in text_of(page) or "还没有" in text_of(page)
    assert 'class="button' in page.content.decode().partition("<main")[2], "and there is a way on"


def test_an_article_takes_three_queries_and_none_when_kept(
    client, django_assert_num_queries, django_assert_max_num_queries
):
    article = make_article(cover=make_picture(), cover_alt="A bus", tags=("buses", "night"))
    for _ in range(6):
        make_article()
    run_until_idle()
    client.get(make_article(slug="first").get_absolute_url())  # what is asked once: sections, the database's abilities
    url = article.get_absolute_url()
    with django_assert_max_num_queries(3):
        first = client.get(url)
    with django_assert_num_queries(0):
        again = client.get(url)
        unchanged = client.get(url, headers={"if-none-match": first["ETag"]})
    assert again.content == first.content
    assert unchanged.status_code == 304
    assert not client.cookies
    assert "Cookie" not in first.get("Vary", "")


def test_the_first_article_after_a_move_takes_three_queries_too(client, editor, django_assert_max_num_queries):
    url = make_article(cover=make_picture(), cover_alt="A bus", tags=("buses",)).get_absolute_url()
    others = [make_article() for _ in range(6)]
    run_until_idle()
    client.get(url)
    others[0].kill(by=editor, reason="A hoax.")
    with django_assert_max_num_queries(3):
        client.get(url)


def test_a_change_is_seen_at_the_next_request(client, editor):
    article = make_article()
    client.get(article.get_absolute_url())
    article.amend(by=editor, headline="A corrected headline")
    assert "A corrected headline" in client.get(article.get_absolute_url()).content.decode()


def test_related_articles_share_tags_first_and_never_include_what_is_withheld(client, editor):
    article = make_article(tags=("buses", "night"))
    close = make_article(tags=("buses", "night"), section=make_section("markets"))
    held = make_article(tags=("buses", "night"))
    for _ in range(6):
        make_article()
    run_until_idle()
    related = client.get(article.get_absolute_url()).context["related"]
    assert {related[0], related[1]} == {close, held}
    from tests.factories import make_report

    make_report(held).uphold(by=editor, reason="Theirs.")
    assert held not in client.get(article.get_absolute_url()).context["related"]


def test_every_page_has_a_strict_policy(client, desk):
    article = make_article()
    for browser, path in [
        (client, "/en/"),
        (client, article.get_absolute_url()),
        (client, "/en/submit/"),
        (desk, "/admin/desk/"),
    ]:
        policy = browser.get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/en/nowhere/", "/en/news/nothing/", "/media/pictures/x", "/media/../copydesk.sqlite3", "/en/section/x/"]
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_health_is_told_apart_from_readiness(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["migrated"] is True


def test_the_masthead_leads_to_the_translation_or_to_the_other_home_never_to_a_404(client):
    english = make_article()
    chinese = make_article(language="zh-hans", series=english.series, slug="夜班车")
    alone = make_article()
    for article, target in [(english, chinese.get_absolute_url()), (alone, "/zh-hans/")]:
        page = client.get(article.get_absolute_url())
        languages = {row["code"]: row["url"] for row in page.context["languages"]}
        assert languages["zh-hans"] == target
        assert client.get(languages["zh-hans"]).status_code == 200


def test_what_is_scheduled_is_not_given_away(client, editor):
    article = make_article(published_at=timezone.now() + timedelta(days=3))
    article.kill(by=editor, reason="No.")
    assert client.get(article.get_absolute_url()).status_code == 404
