"""The guidelines in a browser: old and new addresses of a rule, a change read on a phone, a draft put in force."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from submissions.models import Guidelines, Rule
from tests.browser.steps import sign_in
from tests.factories import make_editor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("anchor", ["4.2", "rule-4.2"])
def test_the_address_of_a_rule_leads_to_it(page: Page, site: str, anchor: str):
    page.goto(f"{site}/en/guidelines/v1/#{anchor}")
    rule = page.locator('[id="4.2"]')
    expect(rule).to_be_in_viewport()
    assert "inset" in rule.evaluate("element => getComputedStyle(element).boxShadow")


def test_a_chief_writes_a_rule_and_puts_the_version_in_force(page: Page, site: str):
    editor = make_editor()
    sign_in(page, site, editor)
    page.goto(f"{site}/admin/submissions/guidelines/add/")
    page.locator("#id_effective").fill(str(timezone.localdate()))
    page.locator("#id_changelog_en").fill("Shorter.")
    page.locator("[name=_save]").click()
    page.get_by_role("link", name="6 rules").first.click()
    page.locator("#id_rules-0-text_en").fill("A headline says what happened.")
    page.locator("[name=_save]").click()
    page.locator("#move-put_in_force button").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what is new, in Simplified Chinese too.")
    page.locator("#id_changelog_zh_hans").fill("更短。")
    page.locator("[name=_continue]").click()
    page.locator("#move-put_in_force button").click()
    expect(page.locator("h1")).to_contain_text("put in force")
    assert Guidelines.objects.in_force().number == 2
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/en/guidelines/v2/changes/")
    expect(page.locator("ins").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert Rule.objects.filter(key="headline").count() == 2
