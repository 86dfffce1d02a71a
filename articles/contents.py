"""What a long article contains: its headings, each with an id of its own, and the list that leads to them.

Made when the page is made, by one pass over the sanitised body: its headings have no attributes, and whatever looks
like a tag inside an attribute or a text is escaped there, so that no parser is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

PREFIX = "part-"
"""What every id of a heading begins with, and no other id of the page."""
LONG_MINUTES, LEAST_HEADINGS = 5, 3
"""From how many minutes to read (over 900 words, or 1,000 Chinese characters) and headings on a list is shown."""
_MOST_LINES = 30  # of a longer list, only headings of the second level are shown
_MOST_CHARACTERS = 60  # of an id: Chinese ones are nine times as long in an address
_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Part:
    """A heading in plain text, its id without the prefix's `#`, and the headings below it."""

    id: str
    text: str
    parts: list[Part] = field(default_factory=list)


def divided(body: str) -> tuple[SafeString, list[Part]]:
    """The sanitised body with an id in every heading of the second and third level, and the tree of these headings.

    An id follows from its heading's words alone, so that links to it go on working whatever else is edited; of
    identical headings the second ends in -2, the third in -3.
    """
    found: list[tuple[str, Part]] = []
    ids: dict[str, int] = {}  # each with the number of the last heading that asked for it

    def mark(match: re.Match[str]) -> str:
        level, inner = match.groups()
        text = " ".join(unescape(_TAG.sub("", inner)).split())
        part = Part(_free_id(text, ids), text)
        found.append((level, part))
        return f'<h{level} id="{part.id}">{inner}</h{level}>'

    # What is put in holds letters, digits and hyphens only; the rest is what the sanitiser let pass.
    return mark_safe(_HEADING.sub(mark, body)), _tree(found)


def contents(parts: list[Part], minutes: int) -> list[Part]:
    """The headings that the page lists: none of a short piece, or of one with few; of very many the upper level."""
    count = len(parts) + sum(len(part.parts) for part in parts)
    if minutes < LONG_MINUTES or count < LEAST_HEADINGS:
        return []
    return parts if count <= _MOST_LINES else [Part(part.id, part.text) for part in parts]


def _free_id(text: str, ids: dict[str, int]) -> str:
    base = PREFIX + (slugify(text, allow_unicode=True)[:_MOST_CHARACTERS].strip("-_") or "x")
    number, free = ids.get(base, 0), base
    while free in ids:
        number += 1
        free = f"{base}-{number + 1}"
    ids[base] = number
    ids.setdefault(free, 0)
    return free


def _tree(found: list[tuple[str, Part]]) -> list[Part]:
    """Third-level headings below the second-level one before them; those before any stand at the top."""
    tree: list[Part] = []
    above: Part | None = None
    for level, part in found:
        if level == "3" and above is not None:
            above.parts.append(part)
            continue
        tree.append(part)
        above = part if level == "2" else above
    return tree
