"""A small phone, in both languages: nothing overlaps, everything can be touched, and all of it works by keyboard."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from submissions.models import Story
from tests.factories import make_article, make_picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(viewport={"width": 360, "height": 740}, has_touch=True, reduced_motion="reduce"),
    pytest.mark.parametrize("language", ["en", "zh-hans"]),
]
LEAST, LEAST_OF_BUTTONS = 24, 44
# What the person at the keyboard sees of the focus: an outline of the element, or of the card that a headline spans.
FOCUS = """() => {
    const element = document.activeElement;
    const outlined = ['', '::after'].some((pseudo) => {
        const style = getComputedStyle(element, pseudo);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    const box = element.getBoundingClientRect();
    const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { name: element.outerHTML.slice(0, 120), outlined, seen, page: element === document.body };
}"""
HEADLINES = {"en": "The ferry that waits", "zh-hans": "会等待的渡轮"}


def boxes(locator: Locator) -> list[dict[str, float]]:
    """The boxes of all visible matches."""
    return [box for match in locator.all() if match.is_visible() and (box := match.bounding_box())]


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes share more than their edges."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 0.5 and down > 0.5


@pytest.mark.parametrize("width", [320, 360, 414])
def test_the_masthead_does_not_overlap(page, site, language, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/{language}/")
    parts = boxes(page.locator(".masthead").locator(".wordmark, .tools > *, .sections li"))
    assert len(parts) == 1 + 2 + 3
    assert not [pair for pair in itertools.combinations(parts, 2) if overlap(*pair)]
    assert all(part["x"] >= 0 and part["x"] + part["width"] <= width for part in parts)


def test_what_is_touched_is_large_enough(page, site, language):
    article = make_article(language=language, cover=make_picture(), cover_alt="A quay", tags=("Ports",))
    for path in (f"/{language}/", article.get_absolute_url(), f"/{language}/submit/", f"/{language}/newsletter/"):
        page.goto(site + path)
        if path.endswith("/submit/"):
            page.keyboard.press("Tab")  # a telephone gets the editor at the first sign of a person
            expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
        buttons = page.locator(".button, button:not(.prose-menubar button)")
        assert [box for box in boxes(buttons) if box["height"] < LEAST_OF_BUTTONS] == []
        others = page.locator(".masthead a, .footer a, .kicker a, .meta a, .prose-menubar button, select, textarea")
        assert [box for box in boxes(others) if min(box["width"], box["height"]) < LEAST] == []


def test_the_first_tab_leads_past_the_masthead(page, site, language):
    make_article(language=language)
    page.goto(f"{site}/{language}/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()


def test_the_focus_is_always_seen(page, site, language):
    article = make_article(language=language, cover=make_picture(), cover_alt="A quay", tags=("Ports",))
    make_article(language=language)
    for path in (f"/{language}/", article.get_absolute_url(), f"/{language}/copyright/report/"):
        page.goto(site + path)
        stops = page.locator(
            "a[href], button:not([hidden] *), input:not([type=hidden], [tabindex='-1']), select, textarea"
        ).count()
        for _stop in range(stops):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            assert focus["outlined"], focus
            assert focus["seen"], focus
            assert not focus["page"]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _press in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def test_a_story_is_sent_by_keyboard_alone(page, site, language):
    page.goto(f"{site}/{language}/")
    tab_to(page, page.locator(".tools .button"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/{language}/submit/")
    tab_to(page, page.locator("#id_section"))
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    texts = {
        "#id_headline": HEADLINES[language],
        ".ProseMirror[contenteditable]": "一段。One paragraph.",
        "#id_sources": "example.org/a",
    }
    for target, text in texts.items():
        tab_to(page, page.locator(target))
        page.keyboard.insert_text(text)
    tab_to(page, page.locator("#id_guidelines"))
    page.keyboard.press("Space")
    tab_to(page, page.locator("main form button").last)
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    tab_to(page, page.locator(".summary a"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_byline")).to_be_focused()
    page.keyboard.insert_text("林岸")
    tab_to(page, page.locator("main form button").last)
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(rf"/{language}/receipt/\w{{26}}/"))
    story = Story.objects.get()
    assert (story.headline, story.body) == (HEADLINES[language], "<p>一段。One paragraph.</p>")
    assert (story.byline, story.sources) == ("林岸", ["https://example.org/a"])
