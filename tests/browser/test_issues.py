"""An issue of the newsletter: composed by one person, approved by another, read on the web."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from newsletter.issues import sender
from tests.browser.steps import sign_in
from tests.factories import make_article, make_member, make_subscriber

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def accessible(page):
    found = Axe().run(page, options={"preload": False, "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found.response["violations"]]
    assert faults == []


def test_an_issue_is_composed_approved_by_another_and_read(page, site, settings):
    settings.FOUR_EYES = True
    make_subscriber()
    make_article(headline="The crane that waits")
    sign_in(page, site, make_member("newsletter"))
    page.goto(f"{site}/admin/newsletter/issue/add/")
    page.get_by_label("Subject").fill("What May brought")
    page.get_by_label("Language").select_option("en")
    page.locator(".ProseMirror[contenteditable]").click()
    page.keyboard.type("Good morning.")
    page.locator("#id_rows-0-article + .select2").click()
    page.locator(".select2-search__field").fill("crane")
    page.locator(".select2-results__option", has_text="The crane that waits").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#result_list").get_by_role("link", name="What May brought").click()
    expect(page.get_by_role("button", name="Submit for approval")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("somebody else approves it")).to_be_visible()
    sign_in(page, site, make_member("chief-editor"))
    page.goto(f"{site}/admin/desk/")
    page.get_by_role("link", name="What May brought").click()
    expect(page.get_by_role("heading", name="The crane that waits")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Approve and send").click()
    expect(page.get_by_text("being sent").first).to_be_visible()
    sender.send_due()
    page.goto(f"{site}/en/newsletter/")
    page.get_by_role("link", name="Read past issues").click()
    page.get_by_role("link", name="What May brought").click()
    expect(page.get_by_role("heading", name="The crane that waits")).to_be_visible()
