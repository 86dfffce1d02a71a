"""How the browser tests start Chromium: the one on the machine, as Playwright's own build is a download."""

import os
import shutil
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Name the installed browser, and keep it from calling out. Chromium's sandbox refuses to run as root."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    which = {"executable_path": found} if found else {"channel": "chrome"}
    as_root = ["--no-sandbox"] if os.getuid() == 0 else []
    return {**browser_type_launch_args, **which, "args": QUIET + as_root}
