"""What changed between two texts, marked with <ins> and <del>: words in Latin scripts, characters in Chinese."""

from __future__ import annotations

import re
from itertools import zip_longest

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cms.text import TAGS, TOKEN, cleaner

LONGEST = 30_000  # words or characters together, up to which the comparison is exact
_MARK = "\ue000"
_CJK = re.compile("([\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff])")
_PARTED = re.compile(f"{_MARK}((?:</?(?:ins|del)>)*) ?")
_BLOCKS = re.compile(r"(?<=</p>)|(?<=</h[2-4]>)|(?<=</[uo]l>)|(?<=</blockquote>)|(?<=</table>)")
_SANITISER = cleaner(TAGS | {"ins", "del"})


def html_differences(before: str, after: str) -> SafeString:
    """Compare two sanitised HTML texts; return the newer one with what was added and removed marked. Safe to print."""
    from htmldiff2 import render_html_diff  # brings html5lib: most processes never compare anything

    old, new = _parted(before), _parted(after)
    if len(re.findall(r"\s+", old)) + len(re.findall(r"\s+", new)) > LONGEST:
        return _by_block(before, after)
    marked = render_html_diff(old, new)  # inside a <div>, which the sanitiser takes off
    return mark_safe(_SANITISER.clean(_PARTED.sub(r"\1", marked)))


def line_differences(before: str, after: str) -> SafeString:
    """Compare two plain texts, such as headlines; safe to print inside any element."""
    return html_differences(escape(before), escape(after))


def text_changes(before: object, after: object) -> dict[str, SafeString]:
    """What differs between two things with a headline, dek and body: the marked texts by name, safe to print.

    Empty where all three are the same.
    """
    marked: dict[str, SafeString] = {}
    for name in ("headline", "dek", "body"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            marked[name] = (html_differences if name == "body" else line_differences)(old, new)
    return marked


def _parted(html: str) -> str:
    """Put a mark and a space behind every Chinese character outside tags, so that each is compared as a word is."""
    parts = TOKEN.split(html.replace(_MARK, ""))
    return "".join(part if TOKEN.fullmatch(part) else _CJK.sub(rf"\1{_MARK} ", part) for part in parts)


def _by_block(before: str, after: str) -> SafeString:
    """Mark whole paragraphs that differ, from the first to the last: a text too long to be compared word by word."""
    old, new = ([part for part in _BLOCKS.split(text) if part] for text in (before, after))
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
    marked = [f"<del>{part}</del>" for part in removed] + [f"<ins>{part}</ins>" for part in added]
    return mark_safe(_SANITISER.clean("".join([*new[:head], *marked, *new[len(new) - tail :]])))


def _same(one: list[str], other: list[str]) -> int:
    """How many parts are the same from the start."""
    pairs = zip_longest(one, other)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), len(one))
