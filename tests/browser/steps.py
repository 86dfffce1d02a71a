"""What several browser tests do."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from cms.models import User


def sign_in(page: Page, site: str, user: User) -> None:
    """Give the browser the session of `user`, without the way through the login page."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    domain = urlsplit(site).hostname
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": domain, "path": "/"}])
