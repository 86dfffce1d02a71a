"""Text from outside: one sanitiser for rich text, one cleaner for single lines, and plain typing made rich."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from html import unescape

import nh3
from markdown_it import MarkdownIt

from cms.unseen import visible

TAGS = frozenset(
    [
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "blockquote",
        "strong",
        "em",
        "s",
        "sub",
        "sup",
        "code",
        "pre",
        "a",
        "br",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)


def cleaner(tags: Collection[str]) -> nh3.Cleaner:
    """A sanitiser that lets `tags` pass, with the few attributes that text needs and links to http, https, mailto."""
    return nh3.Cleaner(
        tags=set(tags),
        attributes={
            "*": set(),  # otherwise title and lang stay everywhere
            "a": {"href", "title"},
            "ol": {"start"},
            "th": {"colspan", "rowspan", "scope"},
            "td": {"colspan", "rowspan"},
        },
        clean_content_tags={
            "script",
            "style",
            "template",
            "iframe",
            "object",
            "embed",
            "svg",
            "math",
            "noscript",
        },
        url_schemes={"http", "https", "mailto"},
        set_tag_attribute_values={"table": {"tabindex": "0"}},  # a wide one scrolls, by keyboard too
        link_rel="noopener nofollow ugc",
    )


_SANITISER = cleaner(TAGS)
MAX_TAGS = 10_000  # more is no text but an attack: parsing takes the square of the depth, so they stay visible text
_SAME = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "strike": "s", "del": "s", "div": "p"}
_SAME_TAG = re.compile(rf"<(/?)({'|'.join(_SAME)})(?=[\s>/])", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:p|h[1-6]|ul|ol|li|blockquote|div|table|pre|br)\b[^<>]*>", re.IGNORECASE)
TOKEN = re.compile(r"(<(?:[^\"<>]|\"[^\"]*\")*>)")
_TAG = re.compile(r"<(/?)([a-z0-9]+)")
_NOTHING_WITHOUT_TEXT = frozenset(
    ["p", "h2", "h3", "h4", "strong", "em", "s", "sub", "sup", "blockquote", "li", "ul", "ol"]
)
_BULLET = re.compile(r"<p>\s*[·•▪‣◦][\s·•▪‣◦]*(.*?)</p>", re.DOTALL)
_BULLETS = re.compile(r"(?:<p>\s*[·•▪‣◦](?:(?!</p>).)*</p>\s*)+", re.DOTALL)

_BLANKS = str.maketrans("\u2028\u2029\u2800", "   ")  # the last is an empty cell of Braille

_PLAIN = MarkdownIt("zero").enable(["heading", "list", "blockquote", "hr", "escape", "newline", "entity"])
_PLAIN.options["breaks"] = True


def clean_line(text: str) -> str:
    """One line of text (headline, byline, tag): NFC, single spaces, nothing that cannot be seen.

    NFC makes some texts longer: measure what this returns.
    """
    return " ".join(unicodedata.normalize("NFC", visible(text.translate(_BLANKS))).split())


def clean_lines(text: str) -> str:
    """Plain text of several lines: each as `clean_line` makes it, at most one empty line between two."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(clean_line, lines))).strip()


def clean_html(html: str) -> str:
    """The one sanitiser: what it returns is safe to print in a page as it is, and cleaning it again changes nothing.

    Knows text structure only (headings, lists, quotes, tables, links to http, https and mailto). Headings of the
    first level become second-level ones: the first is the headline's. Word's "· item" paragraphs become lists.
    """
    if html.count("<") > MAX_TAGS:
        html = html.replace("<", "&lt;")
    html = _SAME_TAG.sub(lambda m: f"<{m[1]}{_SAME[m[2].lower()]}", visible(html))
    html = _SANITISER.clean(html)
    while (seen := visible(html)) != html:  # they came as entities; what is left has to be looked at again
        html = _SANITISER.clean(seen)
    html = _BULLETS.sub(lambda m: "<ul>" + _BULLET.sub(r"<li>\1</li>", m[0]).strip() + "</ul>", _without_empty(html))
    return _without_empty(html).strip()


def _without_empty(html: str) -> str:
    """Sanitised HTML without elements that have no text, its texts in NFC; in one pass, however deep they lie."""
    out: list[str] = []
    opened: list[tuple[str, int, int]] = []  # tag, its place in `out`, texts before it
    texts = 0
    for raw in filter(None, TOKEN.split(html)):
        tag = _TAG.match(raw)
        token = raw if tag else unicodedata.normalize("NFC", raw)
        if tag is None:
            texts += bool(token.replace("&nbsp;", "").strip())
        elif tag[1] and opened:
            name, place, before = opened.pop()
            if texts == before and name in _NOTHING_WITHOUT_TEXT:
                del out[place:]
                continue
        elif tag[2] in {"hr", "table", "pre"}:
            texts += 1
        if tag and not tag[1] and tag[2] not in {"br", "hr"}:
            opened.append((tag[2], len(out), texts))
        out.append(token)
    return "".join(out)


def html_of_plain(text: str) -> str:
    """Make plain typing rich: paragraphs, `## headings`, lists, `> quotes`. HTML in it stays visible text.

    Where no line is left empty, every line is a paragraph, as people write on a phone.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    text = re.sub(r"^[ \t\u3000]+(?=\S)", lambda m: "" if "\u3000" in m[0] else m[0][:3], text, flags=re.MULTILINE)
    if "\n\n" not in text:
        text = text.replace("\n", "\n\n")
    return clean_html(_PLAIN.render(text))


def rich_text(typed: str) -> str:
    """Clean what came from the body's field: HTML from the editor, or plain typing where no script runs."""
    return html_of_plain(typed) if is_plain(typed) else clean_html(typed)


def is_plain(typed: str) -> bool:
    """Whether the body's field came from somebody who typed without the editor."""
    return not _BLOCK.search(typed)


def plain_text(html: str) -> str:
    """The text of sanitised HTML, its blocks parted by line ends: for counting, letters and checks."""
    parted = re.sub(r"</(?:p|h[2-4]|li|blockquote|tr|pre|td|th)>|<br>|<hr>", "\n", html)
    return re.sub(r"\n\s*\n+", "\n", unescape(re.sub(r"<[^>]*>", "", parted))).strip()
