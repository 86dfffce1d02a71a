"""Every address that a person can open is looked at by axe in a browser, or is named here with the reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, get_resolver

LOOKED_AT_BY = Path(__file__).parent / "browser"
# These are opened there by a path, a link or a button instead of by their name.
OTHERWISE = {
    "account_login": "test_accessibility.py",
    "admin:desk_bulk": "test_pages_that_are_left.py",
    "admin:logout": "test_pages_that_are_left.py",
    "articles:preview": "test_pages_that_are_left.py",
    "articles:search": "test_search.py",
    "copyright:counter": "test_counter_notices.py",
    "mfa_authenticate": "test_signin.py",
    "newsletter:confirm": "test_accessibility.py",
    "outbox_letter": "test_accessibility.py",
    "submissions:draft": "test_private_drafts.py",
    "submissions:draft_ask": "test_private_drafts.py",
    "unsubscribe": "test_accessibility.py",
}
# Each list and form of the admin is opened by its model in tests/browser/test_admin.py, the page of a history by one of
# each kind; a move, its letter and who is looking are answers to the review page, which is looked at.
OF_A_MODEL = ("_changelist", "_add", "_change", "_history", "_delete", "_move", "_letter", "_looking")
NO_PAGE = {
    "admin:autocomplete": "data", "admin:cms_decision_export": "a file", "admin:desk_news": "data",
    "admin:desk_views": "a form's end, which leads back", "admin:jsi18n": "a script", "articles:author_feed": "a feed",
    "admin:newsletter_issue_preview": "a letter", "admin:newsletter_issue_test": "a form's end, which leads back",
    "admin:submissions_receivedmail_original": "a file", "admin:view_on_site": "leads on", "articles:feed": "a feed",
    "articles:opensearch": "for browsers", "articles:section_feed": "a feed", "articles:tag_feed": "a feed",
    "healthz": "for machines", "mail_webhook": "for machines", "media": "pictures", "outbox_part": "a letter",
    "mfa_download_recovery_codes": "a file", "mfa_reauthenticate_webauthn": "needs a key that can be touched",
    "readyz": "for machines", "robots": "for machines", "root": "leads on", "set_language": "leads back",
    "sitemap": "for machines", "sitemap_news": "for machines", "sitemap_pages": "for machines",
    "sitemap_part": "for machines", "submissions:check": "data",
}  # fmt: skip


def names(resolver, space: str = "") -> Iterator[str]:
    """The names of all addresses, with their namespace."""
    for pattern in resolver.url_patterns:
        if not isinstance(pattern, URLPattern):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield f"{space}{pattern.name}"


def test_every_page_that_a_person_can_open_is_looked_at_by_axe():
    looking = {path.name: path.read_text() for path in LOOKED_AT_BY.glob("test_*.py")}
    looking = {name: text for name, text in looking.items() if "axe" in text.lower() or "inspect" in text}
    of_models = {name for name in names(get_resolver()) if name.startswith("admin:") and name.endswith(OF_A_MODEL)}
    left = set(names(get_resolver())) - of_models - set(NO_PAGE)
    assert {
        name for name in left - set(OTHERWISE) if not any(f'"{name}"' in text for text in looking.values())
    } == set()
    assert set(OTHERWISE.values()) <= set(looking)


def test_what_is_named_here_is_still_an_address():
    assert (set(OTHERWISE) | set(NO_PAGE)) - set(names(get_resolver())) == set()
