"""What the checks say beside the fields while somebody writes, on a phone, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize(("language", "rule"), [("en", "Rule 3.5"), ("zh-hans", "规则 3.5")])
def test_verdicts_come_beside_their_fields_and_go_when_all_is_well(page, site, language, rule):
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/{language}/submit/")
    area = page.locator(".ProseMirror[contenteditable]")
    area.click()
    page.keyboard.type("4111 1111 1111 1111")
    said = page.locator("#id_body_verdicts .says-stop")
    expect(said.locator("mark")).to_have_text("4111 1111 1111 1111")
    expect(said.locator("a")).to_have_text(rule)
    expect(area).to_have_attribute("aria-describedby", re.compile(r"\bid_body_verdicts\b"))
    expect(page.locator(".live-checks")).not_to_be_empty()
    page.locator("#id_ai_use").select_option("none")
    expect(page.locator("#id_ai_use_verdicts")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.context.cookies() == []


def test_the_preview_does_the_same_without_scripts(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{site}/en/submit/")
    page.locator("#id_headline").fill("The ferry waits!")
    page.locator("#id_body").fill("It waits for the last shift.")
    page.locator("button[name=preview]").click()
    expect(page.locator(".preview .headline")).to_have_text("The ferry waits!")
    expect(page.locator(".preview .verdicts mark").first).to_have_text("!")
    expect(page.locator("#id_headline")).to_have_value("The ferry waits!")
    context.close()
