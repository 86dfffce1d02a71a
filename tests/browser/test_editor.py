"""The body's editor: what is typed, pasted and made by its buttons reaches the server as structure."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from submissions.models import Story
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A paste as the browser makes one, with what the clipboard holds.
PASTE = """(area, html) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/html', html);
    clipboardData.setData('text/plain', 'plain');
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
GOOGLE_DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1f">
<h1 dir="ltr" style="line-height:1.38;"><span style="font-size:20pt;font-weight:400;">Waiting</span></h1>
<p dir="ltr" style="line-height:1.38;"><span style="font-weight:400;">A plain sentence, then </span>
<span style="font-weight:700;">a bold one</span>
<span style="font-weight:400;font-style:italic;"> and a slanted one.</span></p>
<ul style="margin-top:0">
<li dir="ltr" aria-level="1"><p role="presentation"><span style="font-weight:400;">lorries</span></p></li>
<li dir="ltr" aria-level="1"><p role="presentation"><span style="font-weight:400;">tide</span></p></li></ul>
<p><a href="https://example.org/a" style="text-decoration:none;"><span style="color:#15c;">the bulletin</span></a></p>
</b>"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin: 0}</style></head>
<body lang=EN-GB>
<!--StartFragment--><h2 style='mso-fareast-font-family:"Times New Roman"'>Waiting<o:p></o:p></h2>
<p class=MsoNormal style='mso-margin-top-alt:auto'><span lang=EN-GB>Plain,
<b style='mso-bidi-font-weight:normal'>bold</b> and <i>slanted</i>.<o:p>&nbsp;</o:p></span></p>
<table class=MsoTableGrid border=1><tr><td width=300><p class=MsoNormal>Tide</p></td>
<td><p class=MsoNormal>4 minutes</p></td></tr></table>
<!--EndFragment--></body></html>"""


def fill_all_but_the_body(page: Page, site: str) -> None:
    """Open the form of a story, and fill in what it needs but for its body."""
    page.goto(f"{site}/en/submit/")
    page.locator("#id_headline").fill("The cranes that wait")
    page.locator("#id_section").select_option("business")
    page.locator("#id_byline").fill("Lin An")
    page.locator("#id_guidelines").check()


@pytest.fixture
def area_without_editor(page, site):
    """The plain field of such a story, on a line on which the editor's modules do not come through."""
    page.route("**/django_prose_editor/*.js", lambda route: route.abort())
    fill_all_but_the_body(page, site)
    return page.get_by_role("textbox", name="Your story")


@pytest.fixture
def area(page, site):
    """The writing area of a story that lacks nothing but its body."""
    fill_all_but_the_body(page, site)
    expect(page.get_by_role("toolbar")).to_be_visible()  # the plain field has the same name
    return page.get_by_role("textbox", name="Your story")


def sent(page: Page) -> str:
    """Send the story; return its body as it is kept."""
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile(r"/receipt/\w{26}/"))
    return Story.objects.get().body


def press(page: Page, name: str) -> None:
    """Press a button of the toolbar by keyboard, and go back to the text."""
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def paste(area: Locator, html: str) -> None:
    area.focus()
    area.evaluate(PASTE, html)


def test_chinese_is_taken_as_it_is_composed(page, area):
    area.focus()
    page.keyboard.insert_text("清晨五点，潮水还没有到。")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("“等待”——𠮷野家，㐀。")
    assert sent(page) == "<p>清晨五点，潮水还没有到。</p><p>“等待”——𠮷野家，㐀。</p>"


def test_what_is_typed_before_the_editor_comes_stays_and_goes_on(page, site):
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/configurable*.js", hold)
    page.goto(f"{site}/en/submit/")
    page.locator("#id_body").focus()
    page.keyboard.type("At five.\n\nThe tide ")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#id_body")).to_be_focused()
    page.keyboard.press("Control+End")
    for route in waiting:
        route.continue_()
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_focused()
    page.keyboard.type("is not in.")
    page.keyboard.press("Enter")
    page.keyboard.type("Yet.")
    expect(page.locator("#id_body")).to_have_value("<p>At five.</p><p>The tide is not in.</p><p>Yet.</p>")


def test_without_the_editor_the_plain_field_is_enough(page, area_without_editor):
    area_without_editor.fill("One.\n\n## Two")
    assert sent(page) == "<p>One.</p>\n<h2>Two</h2>"


@pytest.mark.browser_context_args(is_mobile=True, has_touch=True, viewport={"width": 360, "height": 740})
def test_on_a_telephone_the_editor_comes_with_the_first_touch(page, site):
    page.goto(f"{site}/en/submit/")
    page.wait_for_load_state()
    expect(page.locator("#id_body")).to_be_visible()
    expect(page.get_by_role("toolbar")).to_have_count(0)
    page.locator("#id_headline").tap()
    expect(page.get_by_role("toolbar")).to_be_visible()
    expect(page.locator("#id_headline")).to_be_focused()


def test_structure_is_made_by_keyboard(page, area):
    area.focus()
    page.keyboard.insert_text("Waiting")
    press(page, "paragraph")
    press(page, "Heading 2")
    area.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    press(page, "bold")
    area.focus()
    page.keyboard.insert_text("Bold")
    press(page, "bold")
    area.focus()
    page.keyboard.press("Enter")
    press(page, "unordered list")
    area.focus()
    page.keyboard.insert_text("lorries")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("tide")
    body = sent(page)
    assert body == "<h2>Waiting</h2><p><strong>Bold</strong></p><ul><li><p>lorries</p></li><li><p>tide</p></li></ul>"


def test_what_comes_from_google_docs_keeps_its_structure_and_is_not_bold(page, area):
    paste(area, GOOGLE_DOCS)
    expect(area).to_contain_text("the bulletin")
    body = sent(page)
    assert re.findall("<strong>(.*?)</strong>", body) == ["a bold one"]
    assert [part.strip() for part in re.findall("<em>(.*?)</em>", body)] == ["and a slanted one."]
    assert "<h2>Waiting</h2>" in body
    assert len(re.findall("<li>", body)) == 2
    assert 'href="https://example.org/a"' in body


def test_what_comes_from_word_keeps_its_structure(page, area):
    paste(area, WORD)
    expect(area).to_contain_text("4 minutes")
    body = sent(page)
    for part in ("<h2>Waiting</h2>", "<strong>bold</strong>", "<em>slanted</em>", "<table", "Tide"):
        assert part in body
    assert not re.search("Mso|margin|o:p|style", body)


def test_pasted_text_is_left_alone(page, area):
    paste(area, "<p>Write <code>p style='x'</code>, or a style=\"y\" of your own.</p>")
    expect(area).to_have_text("Write p style='x', or a style=\"y\" of your own.")


@pytest.mark.browser_context_args(bypass_csp=True)
def test_what_is_pasted_runs_nothing(page, area):
    paste(
        area,
        "<p>before<img src=x onerror=\"document.title='ran'\"></p><script>document.title='ran'</script><p>after</p>",
    )
    expect(area).to_contain_text("after")
    expect(page).not_to_have_title("ran")
    assert sent(page) == "<p>before</p><p>after</p>"


def test_the_area_is_named_described_and_says_what_is_wrong(page, area):
    expect(area).to_have_accessible_name("Your story")
    expect(area).to_have_accessible_description(re.compile("Plain typing is fine.*Escape leads to the toolbar"))
    expect(area).not_to_have_attribute("aria-invalid", "true")
    page.locator("main form button").last.click()
    expect(area).to_have_attribute("aria-invalid", "true")
    expect(area).to_have_accessible_description(re.compile("Write your story here"))
    page.locator(".summary a").click()
    expect(area).to_be_focused()
    page.get_by_text("Your story", exact=True).click()
    expect(area).to_be_focused()


def test_the_area_is_written_in_the_language_of_the_story(page, area):
    expect(area).to_have_attribute("lang", "en")
    page.locator("#id_language").select_option("zh-hans")
    expect(area).to_have_attribute("lang", "zh-hans")


def test_the_toolbar_speaks_chinese(page, site):
    page.goto(f"{site}/zh-hans/submit/")
    toolbar = page.get_by_role("toolbar", name="格式")
    expect(toolbar).to_be_visible()
    names = {button.get_attribute("aria-label") for button in toolbar.get_by_role("button").all()}
    assert {"加粗", "着重", "项目列表", "编号列表", "引文", "插入链接", "撤销", "重做"} <= names
    assert not [name for name in names if name is None or re.search("[A-Za-z]", name)]


def test_an_editor_edits_in_the_same_hand(page, site):
    article = make_article(
        published=False, body="<h2>One</h2><p>Two</p><table><tbody><tr><td>Three</td></tr></tbody></table>"
    )
    sign_in(page, site, make_editor())
    page.goto(f"{site}/admin/articles/article/{article.pk}/change/")
    area = page.locator(".ProseMirror[contenteditable]")
    expect(area).to_have_accessible_name(re.compile("Body"))
    area.get_by_text("Two").click()
    page.keyboard.press("End")
    page.keyboard.insert_text("，二。")
    page.locator("[name=_continue]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    article.refresh_from_db()
    for part in ("<h2>One</h2>", "<p>Two，二。</p>", "<td", "Three"):
        assert part in article.body
