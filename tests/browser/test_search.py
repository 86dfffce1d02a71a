"""The search on a small phone and on a wide page: found, marked, and axe finds nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.search.views import KEPT
from cms.worker import run_until_idle
from tests.browser.inspecting import AXE, EVERYTHING
from tests.factories import make_article

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXTS = {
    "en": ("The ferry that waits", "<p>A harbour of three ferries, where one waits for the last shift.</p>", "harbour"),
    "zh-hans": ("会等待的渡轮", "<p>城市的市场里，AI芯片卖得很好，渡轮在等末班的人。</p>", "AI芯片"),
}


@pytest.mark.browser_context_args(viewport={"width": 360, "height": 740})
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_reader_searches_from_the_masthead_on_a_phone(page, site, language):
    headline, body, query = TEXTS[language]
    make_article(headline=headline, body=body, language=language)
    run_until_idle()
    KEPT.clear()
    page.goto(f"{site}/{language}/")
    page.locator(".masthead .seek").click()
    box = page.locator("#search-q")
    box.fill(query)
    box.press("Enter")
    expect(page.locator(".found mark").first).to_have_text(query)
    expect(page.locator(".found h3 a")).to_have_text(headline)
    page.locator(".search summary").click()
    expect(page.locator("#search-since")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.evaluate(Axe().axe_script)
    faults = page.evaluate(AXE, EVERYTHING)
    assert [fault["id"] for fault in faults] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_dark_page_that_found_nothing_has_no_fault_either(page, site, language):
    KEPT.clear()
    page.emulate_media(color_scheme="dark")
    for query in ("?q=zeppelin&language=en", "?q=%3F%3F", ""):
        page.goto(f"{site}/{language}/search/{query}")
        expect(page.locator("#search-q")).to_be_visible()
        page.evaluate(Axe().axe_script)
        assert [fault["id"] for fault in page.evaluate(AXE, EVERYTHING)] == []
