"""An editor hands a draft to somebody without an account, who reads it on a telephone; and links a translation."""

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from tests.browser.inspecting import NARROW, Inspector
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_draft_is_linked_and_read_on_a_telephone_without_an_account(page: Page, site, browser):
    english = make_article(headline="Night buses in the hills")
    draft = make_article(
        published=False, language="zh-hans", headline="山里的夜班车", cover=make_picture(), cover_alt="A bus"
    )
    sign_in(page, site, make_editor())
    page.goto(f"{site}/admin/articles/article/{draft.pk}/change/")
    page.locator("[name=translation_of] + .select2").click()
    page.locator(".select2-search__field").last.fill("hills")
    page.locator(".select2-results__option", has_text=english.headline).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".review-side")).to_contain_text(english.headline)
    assert Article.objects.get(pk=draft.pk).series == english.series

    page.wait_for_load_state()
    page.get_by_role("button", name="Make a preview link").click()
    link = page.locator(".private-link a")
    expect(link).to_be_visible()
    inspector = Inspector(page, site, "en")
    inspector.look("the draft with its link")

    elsewhere = browser.new_context(viewport=NARROW)
    try:
        reader = elsewhere.new_page()
        address = link.get_attribute("href")
        assert reader.goto(address).status == 200
        expect(reader.locator("h1")).to_have_text(draft.headline)
        expect(reader.get_by_role("note").first).to_be_in_viewport()
        readers = Inspector(reader, site, "zh-hans")
        readers.look("preview")
        assert not elsewhere.cookies()
        page.get_by_role("button", name="Revoke the preview link").click()
        expect(link).to_have_count(0)
        readers.open(address, "a link that was revoked", 404)
    finally:
        elsewhere.close()
    faults = inspector.faults + readers.faults
    assert not faults, "\n".join(faults)
