"""The desk in a browser: rows are ticked by keyboard and moved together, and news are offered, not forced."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from submissions.models import Story
from tests.factories import PASSWORD, make_editor, make_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page, site):
    """The desk, with the keys listening."""

    def open_desk():
        editor = make_editor()
        page.goto(f"{site}/admin/login/?next=/admin/desk/")
        page.fill("[name=username]", editor.username)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator(".desk-hint")).to_be_visible()
        return editor

    return open_desk


def test_two_of_three_stories_are_ticked_by_keyboard_and_declined_together(page, site, signed_in):
    for number in range(3):
        make_story(headline=f"Story {number}")
    signed_in()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator(".desk-rows :checked")).to_have_count(2)
    page.get_by_role("button", name=re.compile("Move what is ticked")).click()
    page.locator("[name=move][value=decline]").check()
    page.get_by_label("Reason, the same for all").fill("Not news.")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("status")).to_contain_text("done 2, refused 0")
    assert Story.objects.filter(status="declined").count() == 2


def test_what_comes_and_goes_is_said_and_nothing_moves(page, site, signed_in):
    page.clock.install()
    first = make_story(headline="Read by somebody")
    signed_in()
    make_story(headline="Just come")
    Story.objects.get(pk=first.pk).decline(by=make_editor(first_name="Rosa", last_name="Osei"), reason="No.")
    page.clock.fast_forward(16_000)
    expect(page.locator(".desk-news")).to_contain_text("New since you looked: 1")
    expect(page.locator(".desk-rows li")).to_have_count(1)
    expect(page.locator(".desk-rows .gone")).to_contain_text("Meanwhile moved by Rosa Osei")
    page.locator(".desk-news a").click()
    expect(page.locator(".desk-rows")).to_contain_text("Just come")
