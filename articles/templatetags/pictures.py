"""The picture tag: every cover of every page is printed here."""

from __future__ import annotations

from typing import Any

from django import template

from articles.models import Picture
from articles.provenance import SOURCE_TYPES, contradicts, found_type

register = template.Library()
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


@register.inclusion_tag("articles/picture.html")
def picture(cover: Picture, alt: str = "", sizes: str = "100vw", eager: bool = False) -> dict[str, Any]:
    """Print a picture with what renditions there are (the original until the worker has made them).

    `sizes` is the attribute of that name; `eager` marks the page's largest picture, which must not wait.
    """
    by_format: dict[str, list[str]] = {}
    for width, _height, kind in cover.renditions:
        by_format.setdefault(kind, []).append(f"{cover.rendition_url(width, kind)} {width}w")
    jpegs = [row for row in cover.renditions if row[2] == "jpeg"]
    fallback = cover.rendition_url(jpegs[-1][0], "jpeg") if jpegs else cover.url
    return {
        "alt": alt,
        "sizes": sizes,
        "eager": eager,
        "src": fallback,
        "width": jpegs[-1][0] if jpegs else cover.width,
        "height": jpegs[-1][1] if jpegs else cover.height,
        "jpeg_srcset": ", ".join(by_format.get("jpeg", [])),
        "sources": [
            {"type": TYPES[kind], "srcset": ", ".join(by_format[kind])}
            for kind in ("avif", "webp")
            if kind in by_format
        ],
    }


@register.inclusion_tag("articles/origin.html")
def picture_origin(cover: Picture, chosen: str = "") -> dict[str, Any]:
    """Print where a picture is said to come from: by `chosen` (by default what we settled on), and by its file."""
    chosen, found = chosen or cover.source_type, found_type(cover.declared)
    origin = {
        "chosen": SOURCE_TYPES.get(chosen, chosen),
        "found": SOURCE_TYPES.get(found, found),
        "record": [(name, value) for name, value in cover.declared.get("aigc", {}).items() if value],
        "is_contradiction": contradicts(chosen, cover.declared),
    }
    return {"picture": cover, "origin": origin}
