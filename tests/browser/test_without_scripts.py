"""All of the main job in a browser that runs no script: every page reads, every form works."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, Preview
from cms import limits
from cms.models import Letter
from cms.worker import run_until_idle
from newsletter.issues import sender
from newsletter.models import Subscriber
from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CopyrightReport, CounterLink, CounterNotice
from submissions.models import Story
from tests.factories import PASSWORD, approved_issue, make_article, make_editor, make_story, make_withheld_story
from tests.guidelines import changed_version

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(java_script_enabled=False),
]
TYPED = "The last ferry left at ten.\n\n## One letter\n\n- one\n- two\n\n> Now it waits.\n\n<b>not markup</b>"
PRINTED = [
    "<p>The last ferry left at ten.</p>",
    "<h2>One letter</h2>",
    "<li>one</li>",
    "<blockquote>",
    "&lt;b&gt;not markup&lt;/b&gt;",
]


def send(page: Page) -> None:
    page.locator("main form:not(details form) button").last.click()


def test_a_reader_sends_a_story_and_finds_it_again_by_its_code(page, site):
    page.goto(f"{site}/en/")
    page.get_by_role("link", name="Submit a story").first.click()
    page.get_by_label("Section", exact=True).select_option("business")
    page.get_by_label("Headline").fill("The ferry that waits")
    page.get_by_label("Your story").fill(TYPED)
    page.get_by_label("I have read").check()
    send(page)
    fault = page.get_by_label("Name to print")
    expect(fault).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your story")).to_have_value(TYPED)
    page.locator(".summary a").click()
    expect(page).to_have_url(re.compile("#id_byline$"))
    page.get_by_label("anonymous").check()
    send(page)
    expect(page.locator("h1")).to_contain_text("on the desk")
    story = Story.objects.get()
    assert all(part in story.body for part in PRINTED)
    find_by_code(page, page.locator(".code").inner_text())
    withdraw(page)
    assert Story.objects.get().status == Story.Status.WITHDRAWN


def find_by_code(page: Page, code: str) -> None:
    """Ask for the receipt: once with a slip, then as it was printed."""
    page.get_by_role("link", name="Where is my story?").click()
    page.get_by_label("Your private code").fill(code[:-1])
    send(page)
    expect(page.get_by_label("Your private code")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Your private code").fill(f" {code} ")
    send(page)
    expect(page.locator("h1")).to_have_text("The ferry that waits")


def withdraw(page: Page) -> None:
    page.get_by_text("Withdraw this story").click()
    page.get_by_role("button", name="Withdraw the story").click()
    expect(page.locator(".timeline")).to_contain_text("You withdrew your story.")


def test_an_editor_declines_one_story_and_publishes_another(page, site):
    make_editor(username="chen")
    make_story(headline="Buy our kettles")
    story = make_story(headline="The ferry that waits", email="")
    page.goto(f"{site}/admin/desk/")
    page.locator("#id_username").fill("chen")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form [type=submit]").last.click()
    expect(page).to_have_url(f"{site}/admin/desk/")
    decline(page)
    page.get_by_role("link", name="The ferry that waits").click()
    page.get_by_role("button", name=re.compile("Accept and edit")).click()
    page.locator("#id_body").fill("<p>Edited.</p>")
    page.locator("#id_headline").fill("The ferry waits")
    page.locator("#id_cover_alt").fill("A ferry")
    page.locator("[name=_continue]").click()
    expect(page.locator(".messagelist")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page).to_have_url(f"{site}/admin/desk/")
    article = Article.objects.published().get(story=story)
    page.goto(site + article.get_absolute_url())
    expect(page.locator("h1")).to_have_text("The ferry waits")
    expect(page.locator("main .text")).to_have_text("Edited.")


def decline(page: Page) -> None:
    """Decline with blanks for a reason, which is refused, and then with one."""
    page.get_by_role("link", name="Buy our kettles").click()
    move = page.locator("#move-decline")
    move.locator("summary").first.click()
    move.locator("textarea").fill("  ")
    move.locator("button:not(.plain)").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    expect(move.locator("textarea")).to_have_attribute("aria-invalid", "true")
    move.locator("textarea").fill("Rule 2.4: this is an advertisement.")
    move.locator("button:not(.plain)").click()
    expect(page).to_have_url(re.compile("/admin/desk/$"))
    expect(page.locator(".desk-rows")).not_to_contain_text("kettles")
    letter = Letter.objects.get(name="story_declined")
    assert "Rule 2.4" in letter.body_text


def test_a_reader_subscribes_and_confirms(page, site):
    article = make_article()
    page.goto(site + article.get_absolute_url())
    page.locator("#newsletter-email").fill("reader@example.net")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("h1")).to_have_text("Look in your mail")
    run_until_idle()
    page.goto(f"{site}/outbox/")
    page.get_by_role("link", name="Confirm your subscription").click()
    page.locator("main a[href*='/newsletter/confirm/']").first.click()
    page.get_by_role("button", name="Confirm the subscription").click()
    expect(page.locator("h1")).to_have_text("You are subscribed")
    assert Subscriber.objects.confirmed().count() == 1


def test_a_rights_holder_reports_an_article(page, site):
    article = make_article()
    page.goto(site + article.get_absolute_url())
    page.get_by_role("link", name="report it").click()
    expect(page.get_by_label("Address of the article")).to_have_value(article.permalink())
    page.get_by_label("Your work").fill("Photographs of the night buses")
    page.get_by_label("Which part of the article").fill("The second paragraph is mine.")
    page.get_by_label("Your name").fill("Ilse Brandt")
    page.get_by_label("E-mail").fill("ilse@example.net")
    page.get_by_label("Signature").fill("Ilse Brandt")
    page.get_by_label("What I state here").check()
    send(page)
    expect(page.get_by_label("I believe in good faith")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your work")).to_have_value("Photographs of the night buses")
    page.get_by_label("I believe in good faith").check()
    send(page)
    expect(page).to_have_url(re.compile(r"/en/copyright/case/\w{26}/$"))
    expect(page.locator(".timeline")).to_contain_text("We have received your report.")
    assert list(CopyrightReport.objects.get().articles.all()) == [article]


def read(page: Page, address: str, words: str, status: int = 200) -> None:
    """Open a page, expect its words, and that the skip link is what the first key reaches."""
    assert page.goto(address).status == status, address
    expect(page.locator("main")).to_contain_text(words)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()


def test_what_is_past_private_or_gone_wrong_is_read(page, site, monkeypatch):
    editor = make_editor()
    issue = approved_issue(make_article(headline="The crane that waits"), slug="may")
    while sender.send_due():
        pass
    changed_version(editor)
    make_article(published=False, body="<p>Not yet.</p>").open_preview(by=editor, reason="")
    killed, withheld = make_article(), make_withheld_story().article
    killed.kill(by=editor, reason="Invented.")
    read(page, f"{site}/en/newsletter/issues/", issue.headline)
    read(page, site + issue.get_absolute_url(), "The crane that waits")
    read(page, f"{site}/en/guidelines/v2/changes/", "submitting is always free")
    read(page, f"{site}/en/guidelines/v1/", "Version 2 has taken its place")
    read(page, Preview.objects.get().url(), "Not yet.")
    read(page, site + killed.get_absolute_url(), "gone", 410)
    read(page, site + withheld.get_absolute_url(), "withheld", 451)
    read(page, f"{site}/admin/login/?" + "&".join(f"x{number}=1" for number in range(500)), "Go back", 400)
    monkeypatch.setitem(limits.AN_HOUR, "code", 0)
    read(page, f"{site}/en/receipt/wrong/", "Please try again in", 429)
    monkeypatch.setattr("newsletter.issues.views.get_language", lambda: 1 / 0)
    assert page.goto(f"{site}/zh-hans/newsletter/issues/").status == 500  # the other is kept
    expect(page.get_by_role("link", name="Front page")).to_be_visible()


def test_a_counter_notice_is_sent_by_keys_alone(page, site):
    make_withheld_story()
    page.goto(f"{site}/en/copyright/counter/{CounterLink.objects.get().code}/")
    page.locator("#id_explanation").focus()
    for typed in ("The photographs are mine.", "Mara Lindqvist", "7 Ferry Row", "+1 503 555 0147"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    for _statement in STATEMENTS:
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.keyboard.type("Mara Lindqvist")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline li")).to_have_count(1)
    assert CounterNotice.objects.get().signature == "Mara Lindqvist"
