"""A story is sent, and the answer never comes, or is a refusal: what was typed is still there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from cms import limits
from submissions.models import SavedDraft, Story
from tests.browser.writing import form_fixture, is_back, send, write  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fail_once(status: int):
    """Answer the next POST as a server does that is going down or has enough."""

    def answer(route: Route) -> None:
        if route.request.method == "POST" and not done:
            done.append(1)
            route.fulfill(status=status, body="<h1>Sorry</h1>", content_type="text/html")
        else:
            route.continue_()

    done: list[int] = []
    return answer


@pytest.mark.parametrize("status", [413, 500, 502])
@pytest.mark.parametrize("way", ["back", "address"])
def test_an_answer_that_never_came_loses_nothing(form, site, status, way):
    write(form)
    form.route("**/submit/", fail_once(status))
    send(form)
    expect(form.locator("h1")).to_have_text("Sorry")
    form.go_back() if way == "back" else form.goto(f"{site}/en/submit/")
    is_back(form)
    send(form)
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.get().body == "<p>The last ferry waits.</p>"


def test_too_many_stories_from_one_network_lose_nothing(form, monkeypatch):
    monkeypatch.setitem(limits.AN_HOUR, "story", 0)
    write(form)
    send(form)
    expect(form.locator("main")).to_contain_text("429")
    form.go_back()
    is_back(form)


def test_a_text_that_the_server_refuses_to_read_is_still_there(form, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 500
    write(form, text="A long story. " * 100)
    send(form)
    expect(form.locator(".kicker")).to_have_text(re.compile("4\\d\\d"))
    form.go_back()
    is_back(form, text=("A long story. " * 100).strip())


def test_a_double_click_is_one_story(form):
    write(form)
    form.locator("#id_guidelines").check()
    form.get_by_role("button", name="Send to the desk").dblclick()
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.count() == 1


def test_a_form_whose_key_is_no_longer_good_is_sent_all_the_same(form):
    write(form)
    form.evaluate("document.querySelector('[name=form_key]').value = 'from before'")
    send(form)
    expect(form).to_have_url(re.compile(r"/receipt/"))
    form.wait_for_load_state()
    assert Story.objects.count() == 1


def test_a_refused_upload_keeps_the_text(form):
    write(form)
    form.locator("#id_cover").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    send(form)
    expect(form.locator(".summary")).to_contain_text("not a picture")
    is_back(form)


def test_enter_in_a_field_only_shows_the_preview(form):
    write(form)
    form.locator("#id_headline").press("Enter")
    expect(form.locator("#preview-heading")).to_be_visible()
    form.get_by_role("button", name="Continue on another device").click()
    expect(form.locator("h1")).to_have_text("Your draft")
    form.locator("#id_byline").press("Enter")
    expect(form.locator("#preview-heading")).to_be_visible()
    assert (Story.objects.count(), SavedDraft.objects.count(), SavedDraft.objects.get().version) == (0, 1, 1)
