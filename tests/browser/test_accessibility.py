"""Every page in both languages, light and dark, wide and narrow: axe finds nothing, nothing is too wide.

And whatever a key can reach shows that it has been reached. `test_pages_that_are_left.py` goes on.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from articles.models import Author
from articles.models import Page as AboutPage
from cms.models import User
from cms.worker import run_until_idle
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Subscriber
from submissions.models import Story
from tests.browser.inspecting import BODY, LANGUAGES, TEXTS, Inspector, cover, inspect_fixture, reader_article  # noqa: F401
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_picture, make_report, make_story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", LANGUAGES),
]


def test_a_focus_that_nobody_sees_would_be_found(inspect, language):
    inspect.page.goto(inspect.url("articles:home"))
    hide = "sheet => { sheet.replaceSync(':focus, :focus::after { outline: 0 !important }'); return sheet; }"
    inspect.page.evaluate(f"document.adoptedStyleSheets = [({hide})(new CSSStyleSheet())]")
    inspect.look("home")
    assert 'the focus cannot be seen on <a class="wordmark"' in inspect.faults[0]
    inspect.faults.clear()


def test_what_readers_open(inspect, language):
    inspect.visit("articles:home")
    article = reader_article(language)
    photo = make_article(language=language, byline="", **TEXTS[language], **cover())
    for _number in range(7):
        make_article(language=language, **cover("algorithmicMedia"))
    run_until_idle()
    inspect.visit("articles:home")
    inspect.visit("articles:section", "business")
    inspect.visit("articles:section", "markets")
    inspect.visit("articles:tag", article.tags.first().slug)
    inspect.visit("articles:article", article.slug)
    inspect.visit("articles:article", photo.slug)
    author = Author.objects.create(slug="lin-an", name_en="Lin An", name_zh_hans="林安", about_en="Writes.")
    article.authors.add(author)
    inspect.visit("articles:author", author.slug)
    AboutPage.objects.update_or_create(key="about", language=language, defaults={"title": "About", "body": BODY})
    inspect.visit("articles:page", "about")


def test_what_is_not_there(inspect, language):
    article, killed = make_article(language=language), make_article(language=language)
    editor = make_editor()
    killed.kill(by=editor, reason="Invented.")
    report = make_report(article, language=language, for_organisation="Brandt & Daughters")
    report.uphold(by=editor, reason="It is hers.")
    inspect.open(f"{inspect.site}/{language}/nowhere/", "404", 404)
    inspect.visit("articles:article", killed.slug, status=410)
    inspect.visit("articles:article", article.slug, status=451)


def test_what_contributors_open(inspect, language):
    page = inspect.page
    inspect.visit("submissions:guidelines")
    inspect.visit("submissions:submit")
    page.locator("main form button").last.click()
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
    inspect.look("submit with errors")
    inspect.visit("submissions:receipt_ask")
    page.locator("#id_code").fill("no code")
    page.locator("#id_code").press("Enter")
    expect(page.locator("#id_code")).to_have_attribute("aria-invalid", "true")
    inspect.look("receipt asked for with errors")
    story = make_story(language=language, cover=make_picture(), cover_source_type="digitalCapture", **TEXTS[language])
    run_until_idle()
    inspect.open(inspect.url("submissions:receipt", story.code) + "?new", "receipt, first time")
    editor, other = make_editor(), make_editor()
    story.write(by=editor, reason="Who told you?")
    story.ask_changes(by=editor, reason="Name your source.\n\nAnd a date.")
    inspect.visit("submissions:receipt", story.code)
    page.locator("#write > summary").click()
    page.locator("#write button").click()
    expect(page.locator("#write textarea")).to_have_attribute("aria-invalid", "true")
    inspect.look("receipt with an empty message")
    printed = make_story(language=language, **TEXTS[language])
    printed.accept(by=editor).amend(by=editor, headline=f"{printed.headline}?", body="<p>Edited.</p>")
    Story.objects.filter(pk=printed.pk).update(told_edited=printed.created)
    inspect.visit("submissions:receipt", printed.code)
    story.decline(by=editor, reason="Known.")
    inspect.visit("submissions:receipt", story.code)
    appeal = story.appeal(by=User.objects.system(), reason="It is new.")
    sign_in(page, inspect.site, other)
    inspect.visit("admin:submissions_appeal_change", appeal.pk)
    page.context.clear_cookies()
    page.goto(inspect.url("submissions:receipt", story.code))
    page.locator("summary").last.click()
    page.locator("[name=erase]").click()
    expect(page.locator("h1")).to_be_visible()
    inspect.look("erased")


def test_what_rights_holders_open(inspect, language):
    page = inspect.page
    inspect.visit("copyright:policy")
    inspect.visit("copyright:report")
    page.locator("#id_urls").fill("https://example.com/elsewhere")
    page.locator("main form button").last.click()
    expect(page.locator(".summary")).to_be_visible()
    inspect.look("report with errors")
    report = make_report(make_article(language=language), language=language)
    report.decline(by=make_editor(), reason="Quoted with its source.")
    inspect.visit("copyright:case", report.code)


def test_what_subscribers_and_the_outbox_open(inspect, language):
    page = inspect.page
    inspect.visit("newsletter:signup")
    page.locator("main form button").click()
    expect(page.locator(".summary")).to_be_visible()
    inspect.look("sign-up with errors")
    page.locator("#id_email").fill("reader@example.net")
    page.locator("main form button").click()
    expect(page.locator(".summary")).to_have_count(0)
    inspect.look("sign-up sent")
    subscriber = Subscriber.objects.get()
    inspect.open(confirm_url(subscriber) + "?refuse", "refuse")
    inspect.open(confirm_url(subscriber), "confirm")
    page.locator("main form button").click()
    expect(page.locator("main form")).to_have_count(0)
    inspect.look("confirmed")
    inspect.open(unsubscribe_url(subscriber), "unsubscribe")
    page.locator("main form button").click()
    expect(page.locator("main form")).to_have_count(0)
    inspect.look("unsubscribed")
    inspect.visit("outbox")
    run_until_idle()
    inspect.visit("outbox")
    page.locator("main li a").first.click()
    expect(page.locator("dl.facts")).to_be_visible()
    inspect.look("letter in the outbox")


def test_what_editors_decide_on(inspect, language):
    page = inspect.page
    inspect.visit("admin:login")
    sign_in(page, inspect.site, make_editor(first_name="Chen", last_name="Xu"))
    inspect.visit("admin:desk")
    other = make_editor(first_name="Ilse", last_name="Brandt")
    story = make_story(language="zh-hans", cover=make_picture(), cover_source_type="digitalCapture", **TEXTS["zh-hans"])
    make_story(language="en", body=BODY, **TEXTS["en"]).claim(by=other)
    make_article(published=False)
    report = make_report(reader_article(language), language=language, statements=["What I state here is accurate."])
    run_until_idle()
    inspect.visit("admin:desk")
    inspect.open(inspect.url("admin:desk") + "?whose=mine", "desk without a match")
    inspect.visit("admin:copyright_copyrightreport_change", report.pk)
    inspect.visit("admin:submissions_story_change", story.pk)
    open_with_two_faults(inspect, story, other)


def open_with_two_faults(inspect: Inspector, story: Story, other) -> None:
    """Decline with blanks for a reason; then decline what another editor has meanwhile moved."""
    page, decline = inspect.page, inspect.page.locator("#move-decline")
    decline.locator("summary").first.click()
    decline.locator("textarea").fill("   ")
    decline.locator("button:not(.plain)").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    decline.locator(".rules summary").click()
    inspect.look("story with a refused move")
    story.refresh_from_db()  # opening its page has claimed it
    story.take_over(by=other, reason="I know the harbour.")
    story.ask_changes(by=other, reason="Name your source.")
    decline.locator("textarea").fill("Told before.")
    decline.locator("button:not(.plain)").click()
    expect(page.locator(".typed")).to_be_visible()
    inspect.look("conflict")


def test_what_editors_edit(inspect, language):
    page = inspect.page
    sign_in(page, inspect.site, make_editor(first_name="Chen", last_name="Xu"))
    article = make_article(published=False, language=language, body=BODY, tags=("Ports",), **TEXTS[language], **cover())
    inspect.visit("admin:articles_article_change", article.pk)
    page.locator("#id_headline").fill("")
    page.locator("form").evaluate_all("forms => forms.forEach(form => (form.noValidate = true))")
    page.locator("[name=_continue]").click()
    expect(page.locator(".errornote")).to_be_visible()
    inspect.look("article with errors")
    inspect.visit("admin:articles_article_add")


def test_what_editors_look_up(inspect, language):
    """Each list and form of the admin is looked at once in test_admin.py: here those that stand for all."""
    user = make_editor(first_name="Chen", last_name="Xu")
    sign_in(inspect.page, inspect.site, user)
    make_story(language=language).accept(by=user)
    inspect.visit("admin:index")
    inspect.visit("admin:articles_article_changelist")
    inspect.visit("admin:password_change")
