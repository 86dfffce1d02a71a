"""The receipt, from the first question to the last deletion, on a phone; the editor sits in the admin."""

import pytest
from playwright.sync_api import expect

from submissions.models import Appeal, Story
from tests.browser.steps import sign_in
from tests.factories import make_editor, make_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}
WITHOUT_SCRIPTS = {**PHONE, "java_script_enabled": False}


@pytest.fixture
def desk(browser, site):
    """The editors' window; returns a function that opens an item there as somebody."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)

    def open_as(user, item):
        sign_in(page, site, user)
        page.goto(f"{site}/admin/{item._meta.app_label}/{item._meta.model_name}/{item.pk}/change/")
        return page

    yield open_as
    context.close()


def decide(page, move, reason):
    """Press a move's button on the review page, with a reason."""
    form = page.locator(f"#move-{move}")
    form.locator("summary").first.click()
    form.locator("textarea").fill(reason)
    form.locator("button:not(.plain)").click()
    expect(page.locator(".messagelist")).to_be_visible()


def conversation(page, site, desk, language):
    """Walk everything that contributor and editors say to each other about one story."""
    first, second = make_editor(), make_editor()
    story = make_story(language=language)
    receipt = f"{site}/{language}/receipt/{story.code}/"
    decide(desk(first, story), "write", "Who told you about the ferry?")
    decide(desk(first, story), "ask_changes", "Name the ferry.\n\nSay in which year.")
    page.goto(receipt)
    expect(page.locator(".conversation")).to_contain_text("Who told you about the ferry?")
    page.locator("[name=addressed]").first.check()
    page.locator("#id_headline").fill("The ferry Aurora waits")
    page.locator("[name=guidelines]").check()
    page.locator("[name=revise]").click()
    expect(page.locator("h1")).to_have_text("The ferry Aurora waits")
    review = desk(first, story)
    expect(review.locator(".requests .done")).to_contain_text("Name the ferry.")
    expect(review.locator(".requests .open")).to_contain_text("Say in which year.")
    expect(review.locator(".changed ins").first).to_contain_text("Aurora")
    decide(review, "decline", "We ran this in May.")
    appeal(page, receipt, desk, first, second)
    message_and_deletion(page, receipt)


def appeal(page, receipt, desk, first, second):
    """Appeal against the decline; another editor grants it."""
    page.goto(receipt)
    page.locator("#appeal > summary").click()
    page.locator("#appeal textarea").fill("Nobody has printed it.")
    page.locator("[name=send_appeal]").click()
    expect(page.locator("#appeal")).to_have_count(0)
    made = Appeal.objects.get()
    barred = desk(first, made)
    expect(barred.locator(".bar")).to_be_visible()
    expect(barred.locator("#move-grant")).to_have_count(0)
    decide(desk(second, made), "grant", "It is new.")


def message_and_deletion(page, receipt):
    """Write to the editor once more, then delete everything; the receipt is gone."""
    page.goto(receipt)
    page.locator("#write > summary").click()
    page.locator("#write textarea").fill("Thank you.")
    page.locator("[name=send_message]").click()
    expect(page.locator(".conversation")).to_contain_text("Thank you.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("summary").last.click()
    page.locator("[name=erase]").click()
    expect(page.locator("h1")).to_be_visible()
    assert page.goto(receipt).status == 404
    assert Story.objects.get().erased


@pytest.mark.browser_context_args(**PHONE)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_contributor_and_two_editors_come_to_terms(page, site, desk, language):
    conversation(page, site, desk, language)


@pytest.mark.browser_context_args(**WITHOUT_SCRIPTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_of_it_works_without_scripts(page, site, desk, language):
    conversation(page, site, desk, language)
