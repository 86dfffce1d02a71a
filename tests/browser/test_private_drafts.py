"""A story goes on by private link, on another device."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from submissions.models import SavedDraft, Story
from tests.browser.inspecting import AXE, EVERYTHING
from tests.browser.writing import area, entries, form_fixture, is_back, send, write  # noqa: F401  (a fixture)
from tests.factories import picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
