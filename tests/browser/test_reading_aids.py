"""What helps to read on and to pass on; and that a reader is watched by nobody."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.factories import make_article, make_picture
from tests.test_reading_aids import IDS, LONG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHEET = """navigator.canShare = () => true; navigator.share = async (given) => { window.given = given; };"""


def test_no_page_of_a_reader_asks_another_host_or_keeps_anything(page, site):
    asked: set[str] = set()
    page.context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: asked.add(socket.url))
    for language in ("en", "zh-hans"):
        article = make_article(
            language=language, body=LONG[language], cover=make_picture(), cover_alt="A quay", tags=("Ports",)
        )
        paths = ["", "section/business/", "search/?q=word", "submit/", "newsletter/", "corrections/"]
        for path in [*(f"/{language}/{path}" for path in paths), article.get_absolute_url()]:
            assert page.goto(site + path).ok, path
            page.wait_for_load_state("networkidle")
            assert page.context.cookies() == [], path
            assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0], path
    assert asked == {urlsplit(site).netloc}


def test_the_list_of_headings_unfolds_and_leads_to_them_on_a_phone(page, site):
    page.set_viewport_size({"width": 360, "height": 740})
    article = make_article(language="zh-hans", body=LONG["zh-hans"])
    page.goto(site + article.get_absolute_url())
    links = page.locator(".outline").get_by_role("link")
    expect(links).to_have_count(0)  # folded
    page.locator(".outline summary").press("Enter")
    expect(links).to_have_count(len(IDS["zh-hans"]))
    links.last.click()
    last = page.locator(".text h2").last
    expect(last).to_be_in_viewport()
    assert last.evaluate("element => element.matches(':target')")


def test_the_share_sheet_and_the_clipboard_get_headline_and_address(page, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    article = make_article(headline="会等待的起重机")
    page.goto(site + article.get_absolute_url())
    place = page.locator(".share")
    expect(place.get_by_role("button", name="Share…")).to_be_hidden()  # this browser has no sheet
    place.get_by_role("button", name="Copy link").click()
    expect(place.get_by_role("status")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == article.permalink()
    page.add_init_script(SHEET)
    page.reload()
    place.get_by_role("button", name="Share…").click()
    assert page.evaluate("window.given") == {"title": "会等待的起重机", "url": article.permalink()}


def test_paper_has_the_text_its_origin_and_its_address_and_nothing_to_press(page, site):
    article = make_article(body=LONG["en"], sources=["https://example.org/" + "long/" * 20], origin="reader")
    make_article()
    page.goto(site + article.get_absolute_url())
    page.emulate_media(media="print")
    for shown in (".wordmark", ".text", "#provenance-heading", ".fine", ".share .address"):
        expect(page.locator(shown)).to_be_visible()
    for hidden in (".outline", ".related", ".band", ".footer", ".sections", ".share ul", ".share h2", ".skip"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator(".share .address")).to_contain_text(article.permalink())
    printed = page.locator(".note .rows a[href^='https://example.org/long/']")
    assert printed.evaluate("link => getComputedStyle(link, '::after').content") == f'"{article.sources[0]}"'
