"""Structured data in a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from articles.discovery.structured import as_script

register = template.Library()


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """The data as it may stand in a script element of type application/ld+json."""
    return as_script(data)
