"""A form in a flood: the browser works out the proof by itself, or its reader waits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cms import limits
from newsletter.models import Subscriber
from submissions.models import Story
from tests.factories import picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHOTO = {"name": "ferry.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()}


def begin_flood(kind):
    limits.cache.set(f"flood:{kind}", True, 600)


def fill_in(page):
    page.get_by_label("Section", exact=True).select_option("business")
    page.get_by_label("Headline").fill("The ferry that waits")
    page.get_by_role("textbox", name="Your story").fill("The last ferry left at ten.")
    page.get_by_label("Name to print").fill("Mara Lindqvist")
    page.get_by_label("I have read").check()


def test_a_story_written_before_the_flood_is_kept_and_sent_with_a_proof(page, site):
    page.goto(f"{site}/en/submit/")
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
    fill_in(page)
    page.get_by_label("Cover picture").set_input_files(PHOTO)
    page.get_by_label("Where the picture comes from").select_option("digitalCapture")
    assert page.locator("script[src*=challenge]").count() == 0
    begin_flood("story")
    page.get_by_role("button", name="Send to the desk").click()
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet")
    expect(page.get_by_label("Headline")).to_have_value("The ferry that waits")
    expect(page.locator(".kept")).to_be_visible()
    assert not Story.objects.exists()
    expect(page.locator(".challenge-status")).to_have_text("Done. You can send the form now.")
    page.get_by_role("button", name="Send to the desk").click()
    expect(page.locator("h1")).to_contain_text("on the desk")
    assert Story.objects.get().cover is not None


def test_a_form_opened_in_the_flood_is_sent_at_once_and_waits_for_its_proof_by_itself(page, site, settings):
    settings.FLOOD_WORK = 300_000
    begin_flood("sign-up")
    page.goto(f"{site}/en/newsletter/")
    page.get_by_label("Your e-mail address").fill("reader@example.net")
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text("Look in your mail", timeout=60_000)
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_flood_is_accessible_and_fits_a_phone(page, site, language, scheme):
    from axe_playwright_python.sync_playwright import Axe

    begin_flood("story")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 720})
    page.goto(f"{site}/{language}/submit/")
    expect(page.locator(".challenge")).to_be_visible()
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
    expect(page.locator("html")).to_have_js_property("scrollWidth", 360)  # once the editor has its styles
    assert Axe().run(page).response["violations"] == []


def test_the_live_check_waits_as_long_as_it_is_told(page, site, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "check", 1)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/check/" in request.url else None)
    page.goto(f"{site}/en/submit/")
    for words in ("One", "One two"):
        with page.expect_response("**/submit/check/"):
            page.get_by_label("Headline").fill(words)
    expect(page.locator(".live-checks")).to_contain_text("is resting")
    page.get_by_label("Headline").fill("One two three")
    page.wait_for_timeout(2500)
    assert len(asked) == 2


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_form_comes_back_says_how_long_to_wait_and_is_taken(page, site, settings):
    settings.FLOOD_WAIT = 2
    page.goto(f"{site}/en/submit/")
    fill_in(page)
    begin_flood("story")
    page.locator("main form button").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Everything that you filled in is still here")
    expect(page.locator(".challenge-status")).to_contain_text(re.compile(r"Please wait 2 seconds"))
    expect(page.get_by_label("Your story")).to_have_value("The last ferry left at ten.")
    page.wait_for_timeout(3100)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_contain_text("on the desk")
    assert Story.objects.count() == 1
