"""How the browser tests start Chromium: the one on the machine, as Playwright's own build is a download."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import expect

from tests.factories import make_guidelines, make_section

NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=15_000)  # a machine with two cores may be busy
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


# What these show depends on the database. The others hold what Chromium makes of the same bytes: on PostgreSQL they
# run when asked (BROWSER_TWICE=1), for both engines have to be done within a quarter of an hour.
ON_BOTH = {"test_whole_story", "test_two_editors", "test_receipt", "test_review", "test_queue", "test_without_scripts"}
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what the run on SQLite has shown in Chromium already."""
    if connection.vendor != "postgresql" or os.environ.get("BROWSER_TWICE"):
        return
    shown = [item for item in items if item.path.parent == HERE and item.path.stem not in ON_BOTH]
    config.hook.pytest_deselected(items=shown)
    items[:] = [item for item in items if item not in set(shown)]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Name the installed browser, and keep it from calling out. Chromium's sandbox refuses to run as root."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    which = {"executable_path": found} if found else {"channel": "chrome"}
    as_root = ["--no-sandbox"] if os.getuid() == 0 else []
    return {**browser_type_launch_args, **which, "args": QUIET + as_root}


@pytest.fixture
def site(live_server, settings, transactional_db):
    """A running newsroom with guidelines, sections and an outbox; its letters lead back to it."""
    settings.SITE_URL = live_server.url
    settings.SHOW_OUTBOX = True
    settings.EMAIL_BACKEND = "cms.outbox.OutboxBackend"
    make_guidelines()
    for slug in ("business", "technology", "markets"):
        make_section(slug)
    return live_server.url


@pytest.fixture
def page(page):
    """A page on which a script's error, a blocked script or style, or a request to somebody else is a failure."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
    page.on("request", lambda request: faults.append(request.url) if _is_elsewhere(request.url) else None)
    page.set_default_timeout(10_000)
    yield page
    assert faults == []


def _is_fault(message) -> bool:
    # Chromium itself reports each answer of 4xx as an error; the tests look at answers themselves.
    return message.type == "error" and "Failed to load resource" not in message.text


def _is_elsewhere(url: str) -> bool:
    return not url.startswith(("http://localhost", "http://127.0.0.1", "data:", "blob:", "about:"))
