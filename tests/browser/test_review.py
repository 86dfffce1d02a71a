"""Two editors in two windows, and one who has no mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from cms.models import Letter
from submissions.models import Story
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def address(site, item):
    return f"{site}/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/change/"


@pytest.fixture
def windows(page: Page, browser, site):
    """Two editors, each in a browser of their own."""
    rosa = make_editor(first_name="Rosa", last_name="Osei", email="rosa@example.org")
    chen = make_editor(first_name="Chen", last_name="Xu")
    context = browser.new_context()
    second = context.new_page()
    second.set_default_timeout(10_000)
    sign_in(page, site, rosa)
    sign_in(second, site, chen)
    yield page, second
    context.close()


def test_two_editors_see_each_other_hand_over_and_nothing_is_decided_twice(windows, site):
    rosa, chen = windows
    story = make_story()
    rosa.goto(address(site, story))
    expect(rosa.locator(".waits")).to_contain_text("Claimed by Rosa Osei")
    assert Story.objects.get().claimed_by.first_name == "Rosa"
    chen.goto(address(site, story))
    expect(chen.locator(".looking")).to_contain_text("Rosa Osei is looking at this too")
    expect(chen.locator(".bar")).to_contain_text("Rosa Osei has claimed it")
    expect(chen.locator("#move-decline")).to_have_count(0)
    rosa.bring_to_front()
    rosa.keyboard.press("h")
    rosa.locator("#to-hand_over").select_option(label="Chen Xu")
    rosa.locator("#move-hand_over button").click()
    expect(rosa).to_have_url(f"{site}/admin/desk/")
    chen.reload()
    expect(chen.locator(".waits")).to_contain_text("Claimed by Chen Xu")
    rosa.goto(address(site, story))
    rosa.keyboard.press("t")
    rosa.locator("#reason-take_over").fill("I know the harbour.")
    rosa.locator("#move-take_over button").click()
    expect(rosa.locator(".waits")).to_contain_text("Claimed by Rosa Osei")
    letters = Letter.objects.count()
    chen.bring_to_front()
    chen.keyboard.press("d")
    chen.keyboard.type("Typed while it was taken away")
    chen.keyboard.press("Control+Enter")
    expect(chen.locator("main, #content").first).to_contain_text("Rosa Osei")
    expect(chen.locator("#typed-1")).to_have_value("Typed while it was taken away")
    assert Letter.objects.count() == letters
    assert Story.objects.get().status == "received"


def ready(page: Page) -> None:
    """Wait until the page's scripts run: before that, a key is nobody's."""
    expect(page.locator("[data-help]")).to_be_visible()


def test_five_items_are_decided_without_a_mouse(page: Page, site):
    sign_in(page, site, make_editor())
    for number in range(4):
        make_story(email="", headline=f"Ferry {number}")
    make_article(published=False)
    page.goto(f"{site}/admin/desk/")
    for _item in range(5):
        expect(page.locator(".desk-hint")).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.locator(".waits")).to_contain_text("Claimed by")
        page.keyboard.press("?")
        expect(page.locator(".keys-help")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".keys-help")).to_be_hidden()
        page.keyboard.press("s" if "/articles/" in page.url else "d")  # a draft is spiked, a story declined
        page.keyboard.type("a c d b n ? are only letters here")
        page.keyboard.press("Control+Enter")
        expect(page).to_have_url(re.compile("/admin/desk/$"))
    expect(page.locator(".desk-empty")).to_be_visible()
    assert set(Story.objects.values_list("status", flat=True)) == {"declined"}


def test_n_follows_the_list_and_b_leads_back_to_it(page: Page, site):
    sign_in(page, site, make_editor())
    for number in range(3):
        make_story(email="", headline=f"Ferry {number}")
    page.goto(f"{site}/admin/desk/?language=en")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".headline").first).to_have_text("Ferry 0")
    ready(page)
    page.keyboard.press("n")
    expect(page.locator(".headline").first).to_have_text("Ferry 1")
    ready(page)
    page.keyboard.press("b")
    expect(page).to_have_url(f"{site}/admin/desk/?language=en")


def test_the_letter_is_read_and_worded_before_it_goes(page: Page, site):
    sign_in(page, site, make_editor())
    story = make_story()
    page.goto(address(site, story))
    expect(page.locator(".waits")).to_contain_text("Claimed by")
    page.keyboard.press("d")
    page.keyboard.type("Which source?")
    page.get_by_role("button", name="Preview the letter").click()
    text = page.locator("#letter-0-text")
    expect(text).to_have_value(re.compile(r"Which source\?[\s\S]*\{\{receipt link\}\}"))
    whole = text.input_value()
    text.fill("Dear reader")
    page.get_by_role("button", name="Send: Decline").click()
    expect(page.locator(".errornote")).to_contain_text("{{receipt link}}")
    expect(text).to_have_value(re.compile("Dear reader"))
    text.fill("Dear reader,\n\n" + whole)
    page.get_by_role("button", name="Send: Decline").click()
    expect(page).to_have_url(f"{site}/admin/desk/")
    assert Letter.objects.get(name="story_declined").body_text.startswith("Dear reader,")


def test_a_page_that_is_only_looked_at_claims_nothing(page: Page, site):
    sign_in(page, site, make_editor("view_story"))
    story = make_story()
    page.goto(address(site, story))
    expect(page.locator("[data-help]")).to_be_visible()
    page.wait_for_timeout(500)
    assert Story.objects.get().claimed_by is None
