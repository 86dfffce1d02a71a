"""Signing in with a passkey and with an app, on a telephone, with nothing that the policy or axe would refuse."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, make_editor
from tests.test_signin import code_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSKEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def newsroom(site, settings, page):
    """A newsroom that asks for a second factor, on a small screen."""
    settings.SECOND_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    page.set_viewport_size({"width": 360, "height": 740})
    make_editor(username="chen")
    return site.replace("127.0.0.1", "localhost")


def sign_in(page: Page, newsroom: str) -> None:
    page.goto(newsroom + "/admin/desk/")
    page.get_by_label("Username").fill("chen")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/**")


def check(page: Page) -> None:
    """Nothing that axe complains about, and nothing wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    page.wait_for_load_state()
    page.evaluate(Axe().axe_script)
    found = page.evaluate("async () => (await axe.run({preload: false})).violations.map((each) => each.help)")
    assert found == [], page.url


def test_a_passkey_is_set_up_at_the_first_sign_in_and_asked_for_at_the_second(page, newsroom):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PASSKEY})
    sign_in(page, newsroom)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Add a passkey").click()
    check(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Go to the desk").click()
    expect(page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, newsroom)
    check(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()
    page.goto(newsroom + "/admin/sessions/")
    expect(page.get_by_role("heading", name=re.compile("this one"))).to_be_visible()
    check(page)


def test_an_app_is_set_up_and_asked_for_by_keyboard_alone(page, newsroom):
    sign_in(page, newsroom)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator(".qr svg path")).to_have_count(1)
    check(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(code_for(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10

    page.context.clear_cookies()
    sign_in(page, newsroom)
    page.get_by_label("Code").fill(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Desk", exact=True)).to_be_visible()


def test_without_a_second_factor_every_address_of_the_admin_leads_to_its_set_up(page, newsroom):
    sign_in(page, newsroom)
    page.goto(newsroom + reverse("admin:articles_article_changelist"))
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
