"""Every list of the admin and every form, once: axe, both widths, both schemes, the languages by turns."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from articles.models import Section
from tests.browser.inspecting import AXE, EVERYTHING, NARROW, WIDE
from tests.browser.steps import sign_in
from tests.factories import make_editor
from tests.test_admin import address, make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages_of(model, desk, request):
    """The list, the form of its first row and, where rows are added, the empty form."""
    make(model, 2)
    row = model._base_manager.order_by("-pk").first()
    pages = [address(model, "changelist"), address(model, "change", row.pk)]
    return [*pages, address(model, "add")] if desk.has_add_permission(request) else pages


def test_every_list_and_form_can_be_read_by_everybody(page, site, rf):
    user = make_editor(first_name="Chen", last_name="Xu")
    request = rf.get("/admin/")
    request.user = user
    sign_in(page, site, user)
    script, faults = Axe().axe_script, []
    urls = [url for model, desk in admin.site._registry.items() for url in pages_of(model, desk, request)]
    for turn, url in enumerate(urls):
        language, dark = ("en", "zh-hans")[turn % 2], turn % 4 > 1
        page.set_extra_http_headers({"Accept-Language": language})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size(NARROW if turn % 3 == 2 else WIDE)
        if page.goto(site + url).status == 404:  # chapters have no list of their own
            continue
        page.evaluate(script)
        violations = page.evaluate(AXE, EVERYTHING)
        faults += [f"{url} {language}: {found['id']} {found['nodes'][0]['html'][:150]}" for found in violations]
        wide, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        faults += [f"{url} is {wide} px wide in {seen}"] if wide > seen else []
        assert page.locator("html").get_attribute("lang") == language
    assert not faults, "\n".join(faults)


def test_a_list_is_searched_and_walked_by_keys_alone(page, site):
    from cms.models import Letter

    make(Letter, 60)
    sign_in(page, site, make_editor())
    page.goto(site + reverse("admin:cms_letter_changelist"))
    expect(page.locator("#result_list tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next page").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(10)
    page.get_by_role("searchbox").focus()
    page.keyboard.type("r7@example.org")
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)


def test_what_deletes_can_be_read_within_its_frame(page, site):
    sign_in(page, site, make_editor())
    page.goto(site + reverse("admin:articles_section_change", args=[Section.objects.first().pk]))
    delete = page.locator(".submit-row").get_by_role("link", name="Delete")
    assert delete.evaluate("link => [link.scrollHeight - link.clientHeight, link.offsetHeight >= 24]") == [0, True]
    delete.click()
    expect(page.get_by_role("heading", name="Delete")).to_be_visible()
