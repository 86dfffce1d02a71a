"""How a page is looked at: axe finds nothing, nothing is too wide, and whatever a key can reach shows it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Page

from articles.models import Article
from tests.factories import make_article, make_picture

LANGUAGES = ("en", "zh-hans")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
NARROWEST = 320
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": STANDARDS},
    "rules": {"target-size": {"enabled": True}},
    "preload": False,  # axe would read our sheets again, in a way that our policy forbids
}
# What the dark colours and the narrow page can change; the rest of the page is the same.
LOOKS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "preload": False,
}
# Colours are measured when they have arrived, not on their way.
AXE = """async (options) => {
    for (const animation of document.getAnimations()) animation.finish();
    return (await axe.run(options)).violations;
}"""
# Each thing that the Tab key stops at gets the focus, and has to look different for it: itself, or what frames it.
FOCUS = """() => {
    const faults = [];
    const look = (element) => [null, '::before', '::after'].map((part) => {
        const style = getComputedStyle(element, part);
        if (part && style.content === 'none') return '';
        const outline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) ? style.outline : '';
        const border = parseFloat(style.borderBottomWidth) ? style.borderColor : '';
        return [outline, border, style.boxShadow, style.backgroundColor, style.clipPath].join();
    }).join();
    const looks = (element) => {
        for (const animation of document.getAnimations()) animation.finish();
        const box = element.parentElement;
        return [element, box, box?.parentElement, ...(element.labels || [])].filter(Boolean).map(look).join();
    };
    const stops = 'a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable="true"]';
    const shown = {visibilityProperty: true, contentVisibilityAuto: true};
    for (const element of document.querySelectorAll(stops)) {
        if (element.tabIndex < 0 || element.disabled || !element.checkVisibility(shown)) continue;
        if (element.parentElement.closest('[contenteditable="true"]')) continue;  // a part of the text
        document.activeElement.blur();
        const without = looks(element);
        element.focus();
        const name = element.outerHTML.slice(0, 120);
        if (document.activeElement !== element) faults.push(`no key reaches ${name}`);
        else if (looks(element) === without) faults.push(`the focus cannot be seen on ${name}`);
    }
    document.activeElement.blur();
    window.focusedBefore.focus();
    window.scrollTo(0, 0);
    return faults;
}"""
TEXTS = {
    "en": {"headline": "The cranes that wait: how a small port halved its idle time", "dek": "Three old cranes."},
    "zh-hans": {"headline": "会等待的起重机：一座小港口如何把空转时间减半", "dek": "三台旧起重机，一名退休调度员。"},
}
BODY = """<p>At five the tide is <strong>not</strong> <em>yet</em> in, says
<a href="https://example.org/a">the bulletin</a>.</p>
<h2>Waiting</h2><ul><li>lorries</li><li>tide</li></ul><ol start="3"><li>third</li></ol>
<blockquote><p>Quoted.</p></blockquote>
<h3>Figures</h3>
<table><thead><tr><th>Cause of idle time, in words</th><th>Last winter, per hour</th><th>October</th></tr></thead>
<tbody><tr><th>Tide</th><td>4 minutes</td><td>3 minutes</td></tr></tbody></table><hr>
<h4>Code</h4><pre><code>averyveryverylongline = "that does not end where the page of a telephone does"</code></pre>
<p>https://example.org/an/address/that/is/longer/than/a/narrow/page/and/has/no/place/to/break</p>"""


class Inspector:
    """Looks at one page after the other, and collects what is wrong with each."""

    def __init__(self, page: Page, site: str, language: str) -> None:
        self.page, self.site, self.language = page, site, language
        self.axe = Axe().axe_script
        self.faults: list[str] = []
        page.set_extra_http_headers({"Accept-Language": language})
        page.set_viewport_size(WIDE)

    def url(self, name: str, *args: object) -> str:
        """The absolute address of a named page in this test's language."""
        with translation.override(self.language):
            return self.site + reverse(name, args=args)

    def visit(self, name: str, *args: object, status: int = 200) -> None:
        """Open a named page, expect its status, and look at it."""
        self.open(self.url(name, *args), name, status)

    def open(self, url: str, name: str, status: int = 200) -> None:
        """Open an address, expect its status, and look at it."""
        response = self.page.goto(url)
        if response.status != status:
            self.faults.append(f"{name}: answers {response.status}, not {status}")
        self.look(name)

    def look(self, name: str) -> None:
        """Inspect the page that is open: light and wide, then dark and narrow."""
        self.page.evaluate(self.axe)
        self.faults += [f"{name}: {fault}" for fault in self._wide_and_light()]
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size(NARROW)
        self.faults += [f"{name}, narrow and dark: {fault}" for fault in self._narrow_and_dark()]
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)

    def _wide_and_light(self) -> Iterator[str]:
        yield from self._violations(EVERYTHING)
        if (lang := self.page.locator("html").get_attribute("lang")) != self.language:
            yield f"its language is {lang}"
        if (headings := self.page.locator("h1").count()) != 1:
            yield f"{headings} headings of the first level"
        self.page.evaluate("window.focusedBefore = document.activeElement")
        self.page.keyboard.press("Tab")  # from now on the browser shows where the focus is
        yield from self.page.evaluate(FOCUS)

    def _narrow_and_dark(self) -> Iterator[str]:
        yield from self._violations(LOOKS)
        yield from self._overflow()
        self.page.set_viewport_size({"width": NARROWEST, "height": 640})
        yield from self._overflow()

    def _overflow(self) -> Iterator[str]:
        wide, seen = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > seen:
            yield f"is {wide} px wide in a window of {seen}"

    def _violations(self, options: dict) -> Iterator[str]:
        for violation in self.page.evaluate(AXE, options):
            places = [f"{node['html'][:120]} {node['failureSummary'][:240]}" for node in violation["nodes"][:4]]
            yield f"{violation['id']}: " + " | ".join(places).replace("\n", " ")


@pytest.fixture(name="inspect")
def inspect_fixture(page, site, language):
    """An inspector of pages, in the parametrised language. Its faults fail the test."""
    inspector = Inspector(page, site, language)
    yield inspector
    assert not inspector.faults, "\n".join(inspector.faults)


def cover(source_type: str = "digitalCapture") -> dict:
    return {"cover": make_picture(source_type), "cover_alt": "A quay with three cranes"}


def reader_article(language: str) -> Article:
    """An article with everything that one can have, and its translation."""
    fields = {
        "origin": Article.Origin.READER,
        "guidelines_number": 1,
        "submitted_at": timezone.now(),
        "sources": ["https://example.org/port/bulletin", "https://example.org/" + "long/" * 20],
        "editor_name": "Chen Xu",
        "series": uuid.uuid4(),
        "body": BODY,
        **cover("algorithmicMedia"),
    }
    made = {
        code: make_article(language=code, slug=f"cranes-{code}", tags=("Ports", "港口"), **TEXTS[code], **fields)
        for code in LANGUAGES
    }
    return made[language]
