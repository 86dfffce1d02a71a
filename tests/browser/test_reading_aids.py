"""What helps to read on and to pass on; and that a reader is watched by nobody."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

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


def _edge(page: Page, side: str) -> tuple[int, int, int]:
    """The colour in the middle of a table's edge, where no letter and no line is."""
    table = page.locator(".text table")
    with Image.open(BytesIO(table.screenshot())) as picture:
        at = {"left": 1, "right": picture.width - 2, "middle": picture.width // 2}[side]
        return picture.convert("RGB").getpixel((at, 4))


@pytest.mark.browser_context_args(viewport={"width": 360, "height": 740}, color_scheme="light")
def test_a_wide_table_shows_on_which_side_it_goes_on(page, site):
    row = "".join(f"<td>{number},000 boxes</td>" for number in range(12))
    article = make_article(body=f"<p>A table.</p><table><tbody><tr>{row}</tr></tbody></table>")
    page.goto(site + article.get_absolute_url())
    table, paper = page.locator(".text table"), (255, 254, 250)
    assert (_edge(page, "left"), _edge(page, "right") != paper) == (paper, True)
    table.evaluate("table => { table.scrollLeft = 1e6; }")
    assert (_edge(page, "left") != paper, _edge(page, "right")) == (True, paper)


@pytest.mark.parametrize(("width", "flush"), [(1280, True), (360, False)])
def test_a_chinese_text_is_flush_on_a_wide_page_and_has_no_torn_lines_on_a_narrow_one(page, site, width, flush):
    page.set_viewport_size({"width": width, "height": 740})
    article = make_article(language="zh-hans", body="<p>" + "港口 GDP 增长，吊装量升到每小时四十一箱；" * 12 + "</p>")
    page.goto(site + article.get_absolute_url())
    right_edges = page.locator(".text p").evaluate(
        """p => { const range = document.createRange(); range.selectNodeContents(p);
        const lines = new Map();
        for (const box of range.getClientRects()) lines.set(box.top, Math.max(lines.get(box.top) ?? 0, box.right));
        return [...lines.values()].slice(0, -1).map(right => p.getBoundingClientRect().right - right); }"""
    )
    assert len(right_edges) > 3
    assert (max(right_edges) < 2) is flush
