"""The sample page can be rebuilt, through the web form and through the import."""

import re
from pathlib import Path

import pytest

from articles.models import Article
from submissions.models import Story
from tests.factories import make_article, submission
from tests.test_reader import text_of

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent.parent.parent / "shared" / "data" / "article-page.zh.txt"


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
