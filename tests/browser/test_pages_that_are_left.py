"""The pages that test_accessibility.py leaves: errors, what is past, the corners of the admin."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from articles.models import Preview, Tag
from cms import limits
from cms.models import Decision
from newsletter.issues import sender
from newsletter.models import Issue
from tests.browser.inspecting import BODY, LANGUAGES, TEXTS, cover, inspect_fixture, reader_article  # noqa: F401
from tests.browser.steps import sign_in
from tests.factories import PASSWORD, approved_issue, make_article, make_editor, make_issue, make_story
from tests.guidelines import changed_version

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("language", LANGUAGES),
]
MANY = "?" + "&".join(f"x{number}=1" for number in range(500))
SEND_TOO_MUCH = "form => { form.elements.email.value = 'x'.repeat(4_000_000); form.submit(); }"


def answer_to(page, act) -> int:
    """The status of the page that an act leads to."""
    with page.expect_navigation() as navigation:
        act()
    return navigation.value.status


def test_what_is_past_and_what_is_to_come(inspect, language):
    inspect.visit("newsletter:issues")
    issue = approved_issue(
        reader_article(language), make_article(language=language), language=language, slug="may", intro=BODY,
        headline=TEXTS[language]["headline"],
    )  # fmt: skip
    while sender.send_due():
        pass
    inspect.visit("newsletter:issues")
    inspect.visit("newsletter:issue", issue.slug)
    editor = make_editor()
    changed_version(editor)
    inspect.visit("submissions:guidelines_changes", 2)
    inspect.visit("submissions:guidelines_version", 1)
    draft = make_article(published=False, language=language, body=BODY, tags=("Ports",), **TEXTS[language], **cover())
    draft.open_preview(by=editor, reason="")
    inspect.open(Preview.objects.get().url(), "preview")


def test_what_goes_wrong(inspect, language, monkeypatch):
    page = inspect.page
    inspect.open(f"{inspect.url('admin:login')}{MANY}", "400", 400)
    page.goto(inspect.url("admin:login"))
    page.context.clear_cookies()
    page.locator("#id_username").fill("chen")
    page.locator("#id_password").fill(PASSWORD)
    assert answer_to(page, lambda: page.locator("#login-form [type=submit]").click()) == 403
    inspect.look("403, without the form's token")
    sign_in(page, inspect.site, make_editor("decide_story"))
    inspect.visit("admin:cms_user_changelist", status=403)
    page.goto(inspect.url("newsletter:signup"))
    assert answer_to(page, lambda: page.locator("main form").evaluate(SEND_TOO_MUCH)) == 413
    inspect.look("413")
    monkeypatch.setitem(limits.AN_HOUR, "sign-up", 0)
    page.goto(inspect.url("newsletter:signup"))
    page.locator("#id_email").fill("reader@example.net")
    assert answer_to(page, page.locator("main form button").click) == 429
    inspect.look("429")
    monkeypatch.setattr("newsletter.issues.views.get_language", lambda: 1 / 0)
    inspect.language = "en"  # the page is in both languages at once, so as to need nothing that may be broken
    inspect.visit("newsletter:issues", status=500)


def test_how_editors_keep_their_account(inspect, language):
    page, user = inspect.page, make_editor(username="chen", first_name="Chen", last_name="Xu")
    for name in ("admin:sessions", "mfa_index", "account_reauthenticate"):
        sign_in(page, inspect.site, user)
        inspect.visit(name)
    page.context.clear_cookies()
    page.goto(inspect.url("admin:desk"))
    page.locator("#id_username").fill("chen")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation").first).to_be_visible()
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "admin:password_change_done"):
        inspect.visit(name)
    TOTP.activate(user, "A" * 32)
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Desk", "credential": {}})
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        inspect.visit(name)
    inspect.visit("mfa_list_webauthn")
    inspect.visit("mfa_edit_webauthn", key.pk)
    inspect.visit("mfa_remove_webauthn", key.pk)
    inspect.visit("mfa_reauthenticate")
    page.locator("details.account summary").click()
    page.locator("details.account form button").click()
    expect(page.locator("details.account")).to_have_count(0)
    inspect.look("logged out")


def test_the_corners_of_the_admin(inspect, language):
    page, user = inspect.page, make_editor(first_name="Chen", last_name="Xu")
    sign_in(page, inspect.site, user)
    article = make_article(language=language, tags=("Ports",), body=BODY, **TEXTS[language])
    article.amend(by=user, headline="Better.", body=f"{BODY}<p>More.</p>")
    inspect.visit("admin:articles_article_texts", article.pk)
    inspect.visit("admin:articles_article_history", article.pk)
    inspect.visit("admin:articles_tag_history", Tag.objects.get().pk)
    inspect.visit("admin:articles_tag_delete", Tag.objects.get().pk)
    inspect.visit("admin:app_list", "articles")
    inspect.visit("admin:auth_user_password_change", user.pk)
    inspect.visit("admin:cms_decision_change", Decision.objects.first().pk)
    issue = make_issue(article, language=language)
    inspect.open(inspect.url("admin:newsletter_issue_change", issue.pk), "an issue's draft")
    issue.submit(by=user)
    inspect.visit("admin:newsletter_issue_change", issue.pk)
    assert Issue.objects.get().status == "waiting"


def test_many_items_are_moved_at_once(inspect, language):
    page = inspect.page
    make_story(language=language)
    make_story(language=language)
    sign_in(page, inspect.site, make_editor(first_name="Chen", last_name="Xu"))
    page.goto(inspect.url("admin:desk"))
    for box in page.locator(".desk-rows input[type=checkbox]").all():
        box.check()
    page.locator("[formaction$='/desk/bulk/'], form[action$='/desk/bulk/'] button").first.click()
    expect(page.locator("[name=move]").first).to_be_visible()
    inspect.look("what to do with several")
    page.locator("[name=move][value=decline]").check()
    page.locator("#reason").fill("Known before.")
    page.locator("[name=made]").click()
    expect(page.locator("[name=move]")).to_have_count(0)
    inspect.look("what was done with several")
