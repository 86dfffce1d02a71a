"""What readers open."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from articles.pages import FEW, are_few
from cms.page_cache import pages, site_changed
from cms.worker import run_until_idle
from submissions.models import Story
from tests.factories import make_article, make_picture, make_section, submission

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "data" / "article-page.zh.txt"


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


def test_pages_of_a_section_follow_each_other_by_key_and_miss_nothing(client):
    moment = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(headline=f"Story {number:02d}", published_at=moment - timedelta(minutes=number // 3))
    seen, url = [], "/en/section/business/"
    while url:
        page = client.get(url)
        seen += [article.headline for article in page.context["articles"]]
        html = page.content.decode()
        assert f'<link rel="canonical" href="{settings.SITE_URL}{url}">' in html, "each is a page of its own"
        assert ('hreflang="x-default"' in html) is ("before" not in url), "only the first has a counterpart"
        url = page.context["older_url"]
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize("cursor", ["x", "1-", "-1", "9" * 18 + "-1", "1-" + "9" * 19, "1_1"])
def test_a_made_up_cursor_is_not_found(client, cursor):
    make_section()
    answer = client.get("/en/section/business/", {"before": cursor})
    assert answer.status_code in {200, 404}


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


@pytest.mark.parametrize("count", [1, 25])
@pytest.mark.parametrize("path", ["/en/", "/en/section/business/", "/en/tag/buses/"])
def test_lists_take_four_queries_however_long(client, django_assert_max_num_queries, path, count):
    for _ in range(count):
        make_article(tags=("buses",), cover=None)
    pages.clear()
    client.get("/en/corrections/")  # what is asked once: sections, pages about the newsroom, what appears by itself
    with django_assert_max_num_queries(4):
        client.get(path)


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


def sample_parts():
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    body = SAMPLE.read_text(encoding="utf-8").split("8 分钟阅读")[1].split("您可能也喜欢")[0].strip()
    return lines[0], lines[5], body


def check_the_sample_page(client, article, body):
    make_article(language="zh-hans", headline="另一篇报道", slug="another")
    page = text_of(client.get(article.get_absolute_url()))
    for part in (
        article.headline, "CTOL Editors - Xia", "8 分钟阅读", "您可能也喜欢", "新闻提交规则和指南", "计算机生成",
        "侵犯了版权", "订阅我们的通讯", "通过独家预览了解我们的新产品",
    ):  # fmt: skip
        assert part in page, part
    for line in filter(None, (re.sub(r"^\d\. ", "", line.strip()) for line in body.split("\n"))):
        assert line in page.replace("&#x27;", "'"), line


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample page is not on this machine")
def test_the_sample_page_can_be_rebuilt_through_the_web_form(client, editor):
    headline, byline, body = sample_parts()
    fields = submission(headline=headline, byline=byline, body=body, dek="", language="zh-hans", sources="")
    client.post("/zh-hans/submit/", fields)
    article = Story.objects.get().accept(by=editor)
    article.publish(by=editor)
    assert article.reading_minutes == 8
    check_the_sample_page(client, article, body)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample page is not on this machine")
def test_the_sample_page_can_be_rebuilt_through_the_import(client, tmp_path):
    import json

    from django.core.management import call_command

    from tests.factories import picture_bytes

    headline, byline, body = sample_parts()
    html = "".join(f"<p>{line.strip()}</p>" for line in body.split("\n") if line.strip())
    (tmp_path / "cover.jpg").write_bytes(picture_bytes())
    row = {
        "id": "sample", "lang": "zh-hans", "headline": headline, "dek": "", "body_html": html, "byline": byline,
        "section": "technology", "tags": [], "published_at": "2024-09-26T08:00:00Z", "cover": "cover.jpg",
        "cover_alt": "图案", "cover_source_type": "trainedAlgorithmicMedia", "origin": "reader",
    }  # fmt: skip
    (tmp_path / "sample.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    call_command("import_articles", str(tmp_path / "sample.jsonl"))
    article = Article.objects.get(external_id="sample")
    assert article.reading_minutes == 8
    check_the_sample_page(client, article, re.sub(r"\d\. ", "", body))


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


@pytest.mark.parametrize("most", [0, FEW])
def test_a_tag_s_pages_are_the_same_whether_its_articles_are_few_or_many(client, monkeypatch, most):
    monkeypatch.setattr("articles.pages.FEW", most)
    morning = timezone.now() - timedelta(days=1)
    for number in range(45):
        make_article(slug=f"story-{number}", tags=("ferries",), published_at=morning + timedelta(minutes=number % 7))
    make_article(slug="other", tags=("harbours",))
    make_article(slug="qi-ta", tags=("ferries",), language="zh-hans")
    found, url = [], "/en/tag/ferries/"
    while url:
        page = client.get(url)
        found += [article.slug for article in page.context["articles"]]
        url = page.context["older_url"]
    tagged = Article.objects.filter(tags__slug="ferries", language="en")
    assert found == [article.slug for article in tagged.newest_first()]


def test_a_tag_has_few_articles_in_a_language_where_it_has_many_in_the_other(monkeypatch):
    monkeypatch.setattr("articles.pages.FEW", 3)
    for number in range(4):
        make_article(slug=f"story-{number}", tags=("ferries",), language="zh-hans")
    tagged = Article.objects.filter(tags__slug="ferries")
    assert are_few(tagged.in_language("en"))
    assert not are_few(tagged.in_language("zh-hans"))


def test_how_many_articles_a_tag_has_is_counted_once_and_not_after_each_move(client):
    make_article(tags=("ferries",))
    client.get("/en/tag/ferries/")
    site_changed()
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/en/tag/ferries/").status_code == 200
    assert not [query for query in queries if "COUNT" in query["sql"]]
