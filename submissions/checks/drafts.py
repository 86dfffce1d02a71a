"""Drafts of what there is: a story, a form that was sent, a form that is still being written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cms.text import clean_line, plain_text, rich_text
from submissions.checks.base import Cover, Draft

if TYPE_CHECKING:
    from submissions.story import Story

LONGEST_LINE = 2_000  # characters; what is typed into a single line beyond that is the form's matter
LONGEST_SOURCES = 20_000


def draft_of_values(values: Mapping[str, Any]) -> Draft:
    """A draft of cleaned values under the story's own names; what is missing is empty."""
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
    )


def draft_of_story(story: Story) -> Draft:
    """A draft of a story as it was sent."""
    return draft_of_values({field.name: getattr(story, field.name) for field in story._meta.concrete_fields})


def draft_of_typing(typed: Mapping[str, Any], cover: Cover | None) -> Draft:
    """A draft of raw fields, as a form sends them while it is written: nothing is refused, everything is cleaned."""
    body = rich_text(typed.get("body", ""))
    lines = {name: clean_line(typed.get(name, "")[:LONGEST_LINE]) for name in ("headline", "dek", "byline")}
    return Draft(
        **lines,
        body=body,
        text=plain_text(body),
        language=typed.get("language", "en"),
        sources=tuple(filter(None, map(str.strip, typed.get("sources", "")[:LONGEST_SOURCES].splitlines()))),
        anonymous=bool(typed.get("anonymous")),
        ai_use=typed.get("ai_use", ""),
        cover=cover,
    )
