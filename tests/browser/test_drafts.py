"""Nothing typed is lost: in the browser, and by private link on another device."""

from __future__ import annotations

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from cms import limits
from submissions.models import SavedDraft, Story
from tests.browser.test_accessibility import AXE, EVERYTHING
from tests.factories import make_editor, make_story, picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('copydesk.draft:'))"


def write(page: Page, headline: str = "The ferry that waits", text: str = "The last ferry waits.") -> None:
    """Type a story that can be sent but for the agreement."""
    page.get_by_label("Section", exact=True).select_option("business")
    page.locator("#id_headline").fill(headline)
    area(page).focus()
    page.keyboard.insert_text(text)
    page.locator("#id_byline").fill("Lin An")


def area(page: Page):
    return page.locator(".ProseMirror[contenteditable]")


def discard(page: Page):
    """The button beside the line, which can be pressed once something is kept."""
    return page.locator(".kept-here > button")


def entries(page: Page) -> list[dict]:
    """What the browser keeps, by its values, once the page's scripts have run."""
    page.wait_for_load_state()
    return [json.loads(value) for _key, value in page.evaluate(KEPT)]


def send(page: Page) -> None:
    page.locator("#id_guidelines").check()
    page.get_by_role("button", name="Send to the desk").click()


def is_back(page: Page, headline: str = "The ferry that waits", text: str = "The last ferry waits.") -> None:
    expect(page.locator("#id_headline")).to_have_value(headline)
    expect(area(page)).to_have_text(text)
    expect(page.locator("#id_section")).to_have_value("business")


@pytest.fixture
def form(page: Page, site: str) -> Page:
    page.goto(f"{site}/en/submit/")
    expect(area(page)).to_be_visible()
    return page


def test_a_closed_tab_loses_nothing_in_either_language(form, site, context: BrowserContext):
    write(form)
    expect(discard(form)).to_be_enabled()
    form.close()
    again = context.new_page()
    again.goto(f"{site}/zh-hans/submit/")
    is_back(again)
    expect(area(again)).to_have_attribute("lang", "en")
    expect(discard(again)).to_be_enabled()
    again.locator("#id_guidelines").check()
    again.locator("main form button").last.click()
    expect(again).to_have_url(re.compile(r"/receipt/"))
    assert entries(again) == []
    again.goto(f"{site}/en/submit/")
    expect(again.locator("#id_headline")).to_have_value("")
    expect(discard(again)).to_be_disabled()


def test_a_crash_right_after_a_pause_loses_nothing(form, site, context):
    write(form)
    form.wait_for_timeout(1300)
    kept = entries(form)
    again = context.new_page()
    with pytest.raises(Error):  # the tab's process ends at once: no event of the page comes any more
        form.goto("chrome://crash")
    again.goto(f"{site}/en/submit/")
    is_back(again)
    assert [(entry["fields"]["headline"], entry["fields"]["body"]) for entry in kept] == [
        ("The ferry that waits", "<p>The last ferry waits.</p>")
    ]
    assert not {"website", "form_key", "guidelines", "kept_cover", "cover"} & set(kept[0]["fields"])


def test_discarding_empties_form_and_browser_and_can_be_taken_back(form):
    write(form)
    form.reload()
    is_back(form)
    form.get_by_role("button", name="Discard what was kept").click()
    expect(form.locator("#id_headline")).to_have_value("")
    expect(area(form)).to_have_text("")
    assert entries(form) == []
    form.get_by_role("button", name="Bring it back").click()
    is_back(form)
    form.reload()
    is_back(form)
    form.get_by_role("button", name="Discard what was kept").click()
    form.reload()
    expect(form.locator("#id_headline")).to_have_value("")
    assert entries(form) == []


def test_two_tabs_lose_nothing_of_each_other(form, site, context):
    other = context.new_page()
    other.goto(f"{site}/en/submit/")
    expect(area(other)).to_be_visible()
    write(form, "Written first", "One.")
    form.wait_for_timeout(1300)
    write(other, "Written last", "Two.")
    other.close()
    form.close()
    third = context.new_page()
    third.goto(f"{site}/en/submit/")
    is_back(third, "Written last", "Two.")
    third.get_by_text("This browser also keeps another text").wait_for()
    third.get_by_role("button", name="Show that one").click()
    is_back(third, "Written first", "One.")
    third.get_by_role("button", name="Show that one").click()
    is_back(third, "Written last", "Two.")
    assert {entry["fields"]["headline"] for entry in entries(third)} == {"Written first", "Written last"}


def test_a_second_tab_that_discards_takes_nothing_from_the_first(form, site, context):
    write(form)
    form.wait_for_timeout(1300)
    second = context.new_page()
    second.goto(f"{site}/en/submit/")
    is_back(second)
    second.get_by_role("button", name="Discard what was kept").click()
    second.close()
    form.reload()
    is_back(form)


def test_a_tab_that_is_loaded_again_shows_its_own_text(form, site, context):
    write(form)
    other = context.new_page()
    other.goto(f"{site}/en/submit/")
    other.locator("#id_headline").fill("Written last")
    other.close()
    form.reload()
    is_back(form)


def test_what_is_older_than_thirty_days_is_gone(form):
    write(form)
    form.wait_for_timeout(1300)
    form.evaluate(
        """() => { for (const [key, value] of Object.entries(localStorage)) localStorage.setItem(
        'old', JSON.stringify({ ...JSON.parse(value), time: Date.now() - 31 * 864e5 })); }"""
    )
    form.goto("about:blank")
    form.go_back()
    form.evaluate("""() => { const old = localStorage.getItem('old');
        localStorage.clear(); sessionStorage.clear(); localStorage.setItem('copydesk.draft:story:x', old); }""")
    form.goto(form.url)
    expect(area(form)).to_be_visible()
    expect(form.locator("#id_headline")).to_have_value("")
    assert entries(form) == []


def test_a_form_that_the_server_filled_is_never_overwritten(form, site, context):
    write(form)
    form.get_by_role("button", name="Preview and check").click()
    expect(form.locator("#preview-heading")).to_be_visible()
    other = context.new_page()
    other.goto(f"{site}/en/submit/")
    other.locator("#id_headline").fill("Written elsewhere")
    other.close()
    is_back(form)
    form.locator("#id_headline").fill("")
    form.get_by_role("button", name="Send to the desk").click()
    expect(form.locator(".summary")).to_be_visible()
    expect(form.locator("#id_headline")).to_have_value("")
    expect(area(form)).to_have_text("The last ferry waits.")


def fail_once(status: int):
    """Answer the next POST as a server does that is going down or has enough."""

    def answer(route: Route) -> None:
        if route.request.method == "POST" and not done:
            done.append(1)
            route.fulfill(status=status, body="<h1>Sorry</h1>", content_type="text/html")
        else:
            route.continue_()

    done: list[int] = []
    return answer


@pytest.mark.parametrize("status", [413, 500, 502])
@pytest.mark.parametrize("way", ["back", "address"])
def test_an_answer_that_never_came_loses_nothing(form, site, status, way):
    write(form)
    form.route("**/submit/", fail_once(status))
    send(form)
    expect(form.locator("h1")).to_have_text("Sorry")
    form.go_back() if way == "back" else form.goto(f"{site}/en/submit/")
    is_back(form)
    send(form)
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.get().body == "<p>The last ferry waits.</p>"


def test_too_many_stories_from_one_network_lose_nothing(form, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "story", 0)
    write(form)
    send(form)
    expect(form.locator("main")).to_contain_text("429")
    form.go_back()
    is_back(form)


def test_a_text_that_the_server_refuses_to_read_is_still_there(form, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500
    write(form, text="A long story. " * 100)
    send(form)
    expect(form.locator(".kicker")).to_have_text(re.compile("4\\d\\d"))
    form.go_back()
    is_back(form, text=("A long story. " * 100).strip())


def test_a_double_click_is_one_story(form):
    write(form)
    form.locator("#id_guidelines").check()
    form.get_by_role("button", name="Send to the desk").dblclick()
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.count() == 1


def test_a_form_whose_key_is_no_longer_good_is_sent_all_the_same(form):
    write(form)
    form.evaluate("document.querySelector('[name=form_key]').value = 'from before'")
    send(form)
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.count() == 1


def test_a_refused_upload_keeps_the_text(form):
    write(form)
    form.locator("#id_cover").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    send(form)
    expect(form.locator(".summary")).to_contain_text("not a picture")
    is_back(form)


def test_enter_in_a_field_only_shows_the_preview(form):
    write(form)
    form.locator("#id_headline").press("Enter")
    expect(form.locator("#preview-heading")).to_be_visible()
    form.get_by_role("button", name="Continue on another device").click()
    expect(form.locator("h1")).to_have_text("Your draft")
    form.locator("#id_byline").press("Enter")
    expect(form.locator("#preview-heading")).to_be_visible()
    assert (Story.objects.count(), SavedDraft.objects.count(), SavedDraft.objects.get().version) == (0, 1, 1)


def test_a_story_goes_on_on_another_device(form, site, browser: Browser):
    write(form)
    form.locator("#id_cover").set_input_files(
        {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes((640, 360))}
    )
    form.get_by_role("button", name="Continue on another device").click()
    expect(form).to_have_url(re.compile(r"/submit/draft/\w{26}/\?saved$"))
    expect(form.get_by_text("Your draft is saved.")).to_be_visible()
    assert entries(form) == []
    code = form.locator(".code").inner_text()
    with browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}) as other:
        phone = other.new_page()
        phone.goto(f"{site}/en/submit/")
        phone.get_by_role("link", name="Open a draft by its code").click()
        phone.get_by_label("The code of your draft").fill(code)
        phone.get_by_role("button", name="Show my draft").click()
        expect(phone.locator("#id_headline")).to_have_value("The ferry that waits")
        expect(phone.locator(".kept img")).to_be_visible()
        phone.locator("#id_headline").fill("From the phone")
        phone.get_by_role("button", name="Save the draft again").click()
        expect(phone.get_by_text("Your draft is saved.")).to_be_visible()
    form.locator("#id_headline").fill("From the laptop")
    form.locator("#id_cover_source_type").select_option("digitalCapture")
    send(form)
    expect(form.locator(".overtaken")).to_contain_text("From the phone")
    expect(form.locator("#id_headline")).to_have_value("From the laptop")
    send(form)
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.get().headline == "From the laptop"
    assert Story.objects.get().cover
    assert not SavedDraft.objects.exists()
    assert entries(form) == []


def test_what_was_typed_into_a_draft_before_a_crash_is_offered(form):
    write(form)
    form.get_by_role("button", name="Continue on another device").click()
    expect(area(form)).to_be_visible()
    form.locator("#id_headline").fill("Typed before the crash")
    form.wait_for_timeout(1300)
    form.goto(form.url)
    expect(form.locator("#id_headline")).to_have_value("The ferry that waits")
    form.get_by_role("button", name="Show that one").click()
    is_back(form, "Typed before the crash")
    form.locator("summary").click()
    form.get_by_role("button", name="Delete the draft").click()
    expect(form.locator("h1")).to_have_text("The draft is deleted")
    assert entries(form) == []
    assert not SavedDraft.objects.exists()


def test_plain_typing_from_a_device_without_scripts_has_its_structure_in_the_editor(page, site, browser):
    with browser.new_context(java_script_enabled=False) as other:
        plain = other.new_page()
        plain.goto(f"{site}/en/submit/")
        plain.locator("#id_body").fill("One.\n\n## Two\n\nThree.")
        plain.get_by_role("button", name="Continue on another device").click()
        expect(plain.locator("#id_body")).to_have_value("One.\n\n## Two\n\nThree.")
        address = plain.url
    page.goto(address)
    expect(area(page).locator("h2")).to_have_text("Two")
    expect(area(page).locator("p")).to_have_text(["One.", "Three."])


def test_changes_that_an_editor_asked_for_are_kept_too(page, site, context):
    story = make_story()
    story.ask_changes(by=make_editor(), reason="Shorter, please.")
    address = f"{site}/en/receipt/{story.code}/"
    page.goto(address)
    expect(area(page)).to_be_visible()
    page.locator("#id_dek").fill("A shorter one.")
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#id_dek")).to_have_value("A shorter one.")
    assert story.code not in str(again.evaluate(KEPT))
    again.locator("#id_guidelines").check()
    again.get_by_role("button", name="Send it back").click()
    expect(again.locator(".timeline")).to_contain_text("You sent your story again")
    assert entries(again) == []


def test_the_pages_of_a_draft_are_fit_for_everybody(form, site):
    def look() -> None:
        for scheme, width in (("light", 1280), ("dark", 360)):
            form.emulate_media(color_scheme=scheme)
            form.set_viewport_size({"width": width, "height": 800})
            form.evaluate(Axe().axe_script)
            assert form.evaluate(AXE, EVERYTHING) == []
            assert form.evaluate("document.documentElement.scrollWidth") <= width

    write(form)
    form.reload()
    is_back(form)
    look()
    form.get_by_role("button", name="Continue on another device").click()
    expect(form.locator("h1")).to_have_text("Your draft")
    look()
    SavedDraft.objects.update(version=2, fields={"headline": "From the phone"})
    form.get_by_role("button", name="Save the draft again").click()
    expect(form.locator(".overtaken")).to_be_visible()
    look()
    form.goto(f"{site}/en/submit/draft/")
    look()
