"""What somebody does who writes a story in the browser, and what is kept there meanwhile."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('copydesk.draft:'))"


def write(page: Page, headline: str = "The ferry that waits", text: str = "The last ferry waits.") -> None:
    """Type a story that can be sent but for the agreement."""
    page.get_by_label("Section", exact=True).select_option("business")
    page.locator("#id_headline").fill(headline)
    area(page).focus()
    page.keyboard.insert_text(text)
    page.locator("#id_byline").fill("Lin An")


def area(page: Page):
    return page.locator(".ProseMirror[contenteditable]")


def discard(page: Page):
    """The button beside the line, which can be pressed once something is kept."""
    return page.locator(".kept-here > button")


def entries(page: Page) -> list[dict]:
    """What the browser keeps, by its values, once the page's scripts have run."""
    page.wait_for_load_state()
    return [json.loads(value) for _key, value in page.evaluate(KEPT)]


def send(page: Page) -> None:
    page.locator("#id_guidelines").check()
    page.get_by_role("button", name="Send to the desk").click()


def is_back(page: Page, headline: str = "The ferry that waits", text: str = "The last ferry waits.") -> None:
    expect(page.locator("#id_headline")).to_have_value(headline)
    expect(area(page)).to_have_text(text)
    expect(page.locator("#id_section")).to_have_value("business")


@pytest.fixture(name="form")
def form_fixture(page: Page, site: str) -> Page:
    page.goto(f"{site}/en/submit/")
    expect(area(page)).to_be_visible()
    return page
