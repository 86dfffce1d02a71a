"""A contributor's way to a counter-notice on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CounterLink, CounterNotice
from tests.browser.inspecting import LANGUAGES, NARROW, Inspector
from tests.factories import make_withheld_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = {"name": "林美拉", "address": "渡口路七号\n波特兰", "phone": "+1 503 555 0147"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counter_notice_is_sent_from_a_phone_and_its_page_then_says_how_it_stands(page, site, language):
    make_withheld_story(email="", anonymous=True, language=language)
    path = f"/{language}/copyright/counter/{CounterLink.objects.get().code}/"
    inspector = Inspector(page, site, language)
    inspector.open(site + path, "the form")
    page.set_viewport_size(NARROW)
    for name, value in TYPED.items():
        page.locator(f"#id_{name}").fill(value)
    for name in STATEMENTS:
        page.locator(f"#id_{name}").check()
    page.locator("main form button.big").click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator("#id_signature")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_address")).to_have_value(TYPED["address"])
    inspector.look("the form with an error")
    page.locator("#id_signature").fill("林美拉")
    page.locator("main form button.big").click()
    expect(page.locator(".timeline li")).to_have_count(1)
    expect(page.locator("main form")).to_have_count(0)
    inspector.look("how it stands")
    inspector.open(f"{site}/{language}/receipt/{CounterLink.objects.get().story.code}/", "the receipt")
    assert inspector.faults == []
    assert CounterNotice.objects.get().name == "林美拉"
