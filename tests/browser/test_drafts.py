"""Nothing typed is lost: closed tabs, crashes, two tabs, and what is too old to be kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Error, expect

from tests.browser.writing import KEPT, area, discard, entries, form_fixture, is_back, write  # noqa: F401  (a fixture)
from tests.factories import make_editor, make_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
