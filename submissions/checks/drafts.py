"""Drafts of what there is: a story, a form that was sent, a form that is still being written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cms.text import clean_line, plain_text, rich_text
from submissions.checks.base import Compared, Cover, Draft

if TYPE_CHECKING:
    from submissions.story import Story

LONGEST_LINE = 2_000  # characters; what is typed into a single line beyond that is the form's matter
LONGEST_SOURCES = 20_000


def draft_of_values(values: Mapping[str, Any], *, compared: Compared = "", story: Story | None = None) -> Draft:
    """A draft of cleaned values under the story's own names; what is missing is empty.

    `compared` is what Draft says; `story` is the one that is sent again, which is not like another but the same.
    """
    body = values.get("body") or ""
    chosen = values.get("cover_source_type") or ""
    return Draft(
        headline=values.get("headline") or "",
        dek=values.get("dek") or "",
        body=body,
        text=plain_text(body),
        language=values.get("language") or "en",
        sources=tuple(values.get("sources") or ()),
        byline=values.get("byline") or "",
        anonymous=bool(values.get("anonymous")),
        ai_use=values.get("ai_use") or "",
        cover=Cover.of(values.get("cover"), chosen),
        compared=compared,
        left_out=_own(story),
    )


def _own(story: Story | None) -> tuple[uuid.UUID, ...]:
    items = (story, story.article) if story else ()
    return tuple(item.uid for item in items if item)


def draft_of_story(story: Story) -> Draft:
    """A draft of a story as it was sent, for the editor."""
    values = {field.name: getattr(story, field.name) for field in story._meta.concrete_fields}
    return draft_of_values(values, compared="everything", story=story)


def draft_of_typing(typed: Mapping[str, Any], cover: Cover | None) -> Draft:
    """A draft of raw fields, as a form sends them while it is written: nothing is refused, everything is cleaned."""
    body = rich_text(typed.get("body", ""))
    lines: dict[str, Any] = {
        name: clean_line(typed.get(name, "")[:LONGEST_LINE]) for name in ("headline", "dek", "byline")
    }
    return Draft(
        **lines,
        body=body,
        text=plain_text(body),
        language=typed.get("language", "en"),
        sources=tuple(filter(None, map(str.strip, typed.get("sources", "")[:LONGEST_SOURCES].splitlines()))),
        anonymous=bool(typed.get("anonymous")),
        ai_use=typed.get("ai_use", ""),
        cover=cover,
        compared="published",
    )
