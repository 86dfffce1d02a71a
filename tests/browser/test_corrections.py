"""From a reader's telephone to the correction that everybody reads, and how its pages look."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import CorrectionRequest, StaleTranslation
from cms.desk import change_url
from tests.browser.inspecting import Inspector
from tests.browser.steps import sign_in
from tests.factories import make_article, make_correction_request, make_editor, make_translation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "In an earlier version three lines ran all night. There are four."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_about_errors_is_in_order(page, site, language):
    inspector, editor = Inspector(page, site, language), make_editor()
    original = make_article(language="zh-hans" if language == "en" else "en", slug="original")
    article = make_translation(original, language=language)
    inspector.visit("articles:corrections")
    for number in range(3):
        article.correct(by=editor, reason=f"{WORDS} {number}")
    inspector.visit("articles:corrections")
    inspector.visit("articles:article", article.slug)
    inspector.visit("articles:correction", article.slug)
    page.locator("main form button").last.click()
    expect(page.locator("#id_wrong")).to_have_attribute("aria-invalid", "true")
    inspector.look("form with errors")
    inspector.visit("articles:correction_sent", article.slug)

    StaleTranslation.objects.all().delete()
    original.amend(by=editor, body="<p>Four lines run all night.</p>")
    first, _second = (make_correction_request(article, source_url="https://example.org/lines") for _ in range(2))
    sign_in(page, site, editor)
    for item in (first, StaleTranslation.objects.get(), article):
        inspector.open(site + change_url(type(item), item.pk), item.kind())
    assert not inspector.faults, "\n".join(inspector.faults)


def test_a_reader_on_a_phone_reports_an_error_and_finds_it_corrected(page, site):
    article = make_article()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site + article.get_absolute_url())
    page.get_by_role("link", name="Report an error").click()
    page.get_by_label("What is wrong").fill("Three lines run all night.")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Send to the desk").click()
    expect(page.get_by_label("What would be right")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What is wrong")).to_have_value("Three lines run all night.")
    page.wait_for_load_state()
    page.get_by_label("What would be right").fill("Four do, since March.")
    page.get_by_role("button", name="Send to the desk").click()
    expect(page.locator("h1")).to_have_text("Thank you for your report")

    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, site, make_editor())
    page.goto(f"{site}/admin/desk/?kind=articles.correctionrequest")
    page.get_by_role("link", name=article.headline).click()
    expect(page.locator(".review-item")).to_contain_text("Four do, since March.")
    page.get_by_role("link", name=article.headline).click()
    page.locator(".ProseMirror[contenteditable]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Four lines run all night.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("they are owed a correction")
    page.get_by_role("link", name="Three lines run all night.").click()
    expect(page.locator(".review-item")).to_contain_text("it may be put right already")
    expect(page.locator(".review-side")).to_contain_text("Claimed by")
    page.keyboard.press("a")
    page.locator("#reason-correct").fill(WORDS)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile("/admin/desk/"))
    assert CorrectionRequest.objects.get().status == "corrected"

    page.goto(site + article.get_absolute_url())
    expect(page.locator("article .text")).to_contain_text("Four lines run all night.")
    expect(page.locator(".corrections")).to_contain_text(WORDS)
    page.get_by_role("link", name="All corrections").click()
    expect(page.locator("main")).to_contain_text(WORDS)
