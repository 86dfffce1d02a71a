"""The part of a story's review page that shows what the story is like."""

from __future__ import annotations

from typing import Any

from django import template

from submissions.similar import likenesses
from submissions.story import Story

register = template.Library()


@register.simple_tag
def similar_items(story: Story) -> list[Any]:
    """What the story is like: rows of Likeness, in four queries at most."""
    return likenesses(story)
