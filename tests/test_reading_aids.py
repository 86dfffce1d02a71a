"""Headings that can be linked to, the list of them, and plain links to share."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.html import escape

from articles.contents import PREFIX, divided
from articles.models import Preview
from cms.text import clean_html
from tests.factories import make_article, make_editor

LONG = {
    "en": "<h2>The tide</h2>{0}<h3>At night</h3>{0}<h2>Who waits</h2>{0}<h2>The tide</h2>{0}".format(
        "<p>" + "word " * 300 + "</p>"
    ),
    "zh-hans": "<h2>一张表，而不是一套系统</h2>{0}<h2>谁来承担等待</h2>{0}<h2>一张表，而不是一套系统</h2>{0}".format(
        "<p>" + "字" * 400 + "</p>"
    ),
}
IDS = {
    "en": ["part-the-tide", "part-at-night", "part-who-waits", "part-the-tide-2"],
    "zh-hans": ["part-一张表而不是一套系统", "part-谁来承担等待", "part-一张表而不是一套系统-2"],
}


def page_of(client, article) -> str:
    return client.get(article.get_absolute_url()).content.decode()


def listed(page: str) -> list[str]:
    found = re.search(r'<nav class="outline.*?</nav>', page, re.DOTALL)
    return re.findall(r'href="#([^"]+)"', found[0]) if found else []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_long_article_lists_its_headings_and_each_leads_to_its_own(client, language):
    page = page_of(client, make_article(language=language, body=LONG[language]))
    assert listed(page) == IDS[language]
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert [name for name in ids if name.startswith(PREFIX)] == IDS[language]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["<h2>One</h2><h2>Two</h2><h2>Three</h2><p>Short.</p>", LONG["en"].replace("h2", "h4")]
)
def test_a_short_piece_or_one_with_few_headings_has_no_list(client, body):
    page = page_of(client, make_article(body=body))
    assert listed(page) == []
    assert '<nav class="outline' not in page


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ("<h2>Foo</h2><h2>Foo</h2><h2>Foo 2</h2><h2>Foo</h2>", ["foo", "foo-2", "foo-2-2", "foo-3"]),
        ("<h2>Foo 2</h2><h2>Foo</h2><h2>Foo</h2>", ["foo-2", "foo", "foo-3"]),
        ("<h2>？！</h2><h2>…</h2>", ["x", "x-2"]),
        ('<h2>A &amp; <a href="https://example.org/">B</a>&nbsp;c</h2>', ["a-b-c"]),
        ('<h2>"><img src=x onerror=alert(1)></h2>', ["x"]),
        ('<p><a href="/" title="<h2>x</h2>">No heading</a> &lt;h2&gt;x&lt;/h2&gt;</p>', []),
        ("<h2>a<em><h3>b</h3></em></h2>", ["ab"]),
        (f"<h2>{'长' * 200}</h2>", ["长" * 60]),
    ],
)
def test_ids_are_distinct_and_hold_letters_digits_and_hyphens_only(body, ids):
    clean = clean_html(body)
    text, _parts = divided(clean)
    assert re.findall(r' id="([^"]*)"', text) == [PREFIX + name for name in ids]
    assert re.sub(rf' id="{PREFIX}[\w-]+"', "", text) == clean


def test_smaller_headings_hang_below_the_larger_one_before_them():
    _text, parts = divided("<h3>Before</h3><h2>One</h2><h3>Of one</h3><h2>Two</h2>")
    assert [(part.text, [below.text for below in part.parts]) for part in parts] == [
        ("Before", []), ("One", ["Of one"]), ("Two", []),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_link_to_share_carries_headline_and_canonical_address(client, language):
    article = make_article(language=language, headline='Q&A: "50 %" <起重机>', slug="起重机-1")
    page = page_of(client, article)
    share = re.search(r'<section class="share.*?</section>', page, re.DOTALL)[0]
    links = [link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]+)"', share)]
    *outgoing, canonical = links
    assert canonical == article.permalink()
    assert f'<link rel="canonical" href="{escape(canonical)}">' in page
    hosts = {urlsplit(link).hostname for link in outgoing}
    assert hosts == {None, "service.weibo.com", "x.com", "www.facebook.com", "www.linkedin.com"}
    for link in outgoing:
        carried = [value for values in parse_qs(urlsplit(link).query).values() for value in values]
        assert article.permalink() in carried
        assert set(carried) <= {article.permalink(), article.headline}
    assert share.count('rel="noopener nofollow"') == 4


@pytest.mark.django_db
def test_a_preview_is_not_shared(client):
    article = make_article(published=False, body=LONG["en"])
    article.open_preview(by=make_editor())
    page = client.get(urlsplit(Preview.objects.get().url()).path).content.decode()
    assert listed(page) == IDS["en"]
    assert "share" not in page
