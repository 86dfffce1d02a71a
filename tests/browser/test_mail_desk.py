"""The desk's mail in a real browser: a message is read, taken as a story, or filed away."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from cms.models import Decision
from submissions import demo
from submissions.mail.models import ReceivedMail
from submissions.models import Story
from tests.browser.steps import sign_in

LANGUAGES = ("en", "zh-hans")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", LANGUAGES),
]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},
    "preload": False,
}
AXE = """async (options) => {
    for (const animation of document.getAnimations()) animation.finish();
    return (await axe.run(options)).violations.map(found => [found.id, found.nodes.map(node => node.html)]);
}"""
SUBJECTS = {"en": "Ninety-one umbrellas came back", "zh-hans": "雨量筒里的蜘蛛"}


def look(page: Page) -> None:
    """Expect that axe finds nothing, light and wide, then dark and narrow, and that nothing is too wide."""
    page.evaluate(Axe().axe_script)
    for scheme, size in (("light", WIDE), ("dark", NARROW)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        assert page.evaluate(AXE, RULES) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)


@pytest.fixture
def desk(page, site, language):
    """The desk of the sample editor, who has no more rights than the samples give her, beside two sample messages."""
    page.set_extra_http_headers({"Accept-Language": language})
    demo.mail.load()
    sign_in(page, site, demo.sample_editor())
    page.set_viewport_size(WIDE)
    page.goto(f"{site}/admin/desk/")
    return page


def test_the_mail_that_waits_is_found_read_and_passes_axe(desk, site, language):
    for subject in SUBJECTS.values():
        expect(desk.get_by_role("link", name=subject)).to_be_visible()
    desk.get_by_role("link", name=SUBJECTS[language]).click()
    expect(desk.locator("html")).to_have_attribute("lang", language)
    expect(desk.locator("article.printed")).to_have_attribute("lang", language)
    expect(desk.locator("article.printed .text p").first).to_be_visible()
    look(desk)
    with translation.override(language):
        waits = str(ReceivedMail.Why.NOWHERE.label)
    expect(desk.locator(".kicker").first).to_have_text(waits)
    with desk.expect_download() as download:
        desk.locator("a[href$='original.eml']").click()
    assert b"sample-" in download.value.path().read_bytes()
    desk.goto(site + reverse("admin:submissions_receivedmail_changelist"))
    look(desk)


def test_a_message_is_claimed_and_taken_as_a_story_by_the_keyboard(desk, site, language):
    desk.get_by_role("link", name=SUBJECTS[language]).click()
    expect(desk.locator(".moves .waits")).to_contain_text("Chen Xu")
    address = reverse("admin:submissions_receivedmail_change", args=[ReceivedMail.objects.get(language=language).pk])
    desk.goto(site + address)
    desk.locator("#move-take_as_story button").focus()
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda address: "receivedmail" not in address)
    story = Story.objects.get()
    assert (story.headline, story.language, story.arrived_by) == (SUBJECTS[language], language, "mail")
    desk.goto(site + address)
    expect(desk.locator("article.printed").get_by_role("link", name=SUBJECTS[language])).to_be_visible()
    look(desk)
    assert [
        line.move
        for line in Decision.objects.filter(kind="submissions.receivedmail", item=story.received_mail.get().uid)
    ] == ["receive", "claim", "take_as_story"]


def test_a_message_is_filed_away_with_a_reason_and_a_blank_one_is_refused(desk, site, language):
    desk.get_by_role("link", name=SUBJECTS[language]).click()
    form = desk.locator("#move-file_away")
    form.locator("summary").first.click()
    form.locator("textarea").fill("   ")
    form.locator("button").click()
    expect(desk.get_by_role("alert").first).to_be_visible()
    look(desk)
    form.locator("textarea").fill("An advertisement.")
    form.locator("button").click()
    expect(desk).to_have_url(re.compile("/admin/desk/"))
    expect(desk.get_by_role("link", name=SUBJECTS[language])).to_have_count(0)
    filed = ReceivedMail.objects.get(language=language)
    assert (filed.status, bytes(filed.taken.raw) != b"") == ("filed", True)
    desk.goto(site + reverse("admin:submissions_receivedmail_change", args=[filed.pk]))
    expect(desk.locator("#move-take_as_story")).to_be_visible()
    expect(desk.locator("#move-file_away")).to_have_count(0)


def test_on_a_telephone_without_scripts_a_message_is_taken_as_a_story(browser, site, language):
    demo.mail.load()
    context = browser.new_context(java_script_enabled=False, viewport=NARROW, locale=language)
    page = context.new_page()
    sign_in(page, site, demo.sample_editor())
    page.goto(f"{site}/admin/desk/")
    page.get_by_role("link", name=SUBJECTS[language]).click()
    page.locator("#move-take_as_story button").click()
    page.wait_for_url(lambda address: "receivedmail" not in address)
    assert Story.objects.get().headline == SUBJECTS[language]
    context.close()
