"""The focal point of a picture: by a click, by the keyboard, and without a script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles.models import Picture
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_picture

pytestmark = pytest.mark.browser


def test_a_focal_point_is_set_by_a_click_and_by_keys(page, site):
    picture = make_picture()
    make_article(cover=picture, cover_alt="A bus")
    sign_in(page, site, make_editor())
    page.goto(f"{site}/admin/articles/picture/{picture.pk}/change/")
    shown = page.locator(".focal-picture.is-live")
    expect(shown.locator("img")).to_have_js_property("complete", True)
    box = shown.bounding_box()
    shown.click(position={"x": box["width"] * 0.2, "y": box["height"] * 0.9})
    left, top = (page.get_by_label(f"focal point from the {side}") for side in ("left", "top"))
    expect(left).to_have_value(re.compile("^(19|20|21)$"))  # a click meets whole pixels only
    expect(top).to_have_value(re.compile("^(89|90|91)$"))
    left.fill("20")
    top.fill("90")
    left.press("ArrowUp")
    expect(page.locator(".focal-mark path")).to_have_attribute("d", "M21 0V100M0 90H100")
    expect(page.locator(".focal-crops img").first).to_have_css("object-position", "21% 90%")
    # axe would read our sheets again, in a way that our policy forbids
    faults = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
    assert [(fault["id"], [node["target"] for node in fault["nodes"]]) for fault in faults] == []
    top.press("Enter")
    page.wait_for_url("**/admin/articles/picture/")
    expect(page.locator(".messagelist")).to_be_visible()
    picture = Picture.objects.get()
    assert (picture.focus_x, picture.focus_y) == (21, 90)
