"""The picture tag: every cover of every page is printed here."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from articles.models import Picture
from articles.provenance import SOURCE_TYPES, contradicts, found_type

register = template.Library()
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
_EAGER, _LAZY = mark_safe(' fetchpriority="high"'), mark_safe(' loading="lazy" decoding="async"')
MANIFEST_STATES = {
    "valid": _("signed, and unchanged since"),
    "invalid": _("signed, but changed since, or the signature is broken"),
    "unchecked": _("present; the signature was not checked"),
}


@register.simple_tag
def picture(cover: Picture, alt: str = "", sizes: str = "100vw", eager: bool = False) -> SafeString:
    """Print a picture with what renditions there are (the original until the worker has made them).

    `sizes` is the attribute of that name; `eager` marks the page's largest picture, which must not wait. Not a
    template: a page has many of them.
    """
    folder, by_format = cover.beside(""), defaultdict(list)
    for width, _height, kind in cover.renditions:
        by_format[kind].append(f"{folder}{width}.{kind} {width}w")
    kinds = [kind for kind in ("avif", "webp") if kind in by_format]
    source = '<source type="{}" srcset="{}" sizes="{}">'
    sources = format_html_join("\n", source, ((TYPES[kind], ", ".join(by_format[kind]), sizes) for kind in kinds))
    jpegs = [(f"{folder}{width}.jpeg", width, height) for width, height, kind in cover.renditions if kind == "jpeg"]
    src, width, height = jpegs[-1] if jpegs else (cover.url, cover.width, cover.height)
    srcset = format_html(' srcset="{}" sizes="{}"', ", ".join(by_format["jpeg"]), sizes) if jpegs else ""
    focus = format_html(' class="{}"', focus_class(cover)) if focus_class(cover) else ""
    haste = _EAGER if eager else _LAZY
    image = '<img src="{}"{} width="{}" height="{}"{} alt="{}"{}>'
    printed = format_html(image, src, srcset, width, height, focus, alt, haste)
    return format_html("<picture>\n{}\n{}\n</picture>", sources, printed)


@register.inclusion_tag("articles/origin.html")
def picture_origin(cover: Picture, chosen: str = "") -> dict[str, Any]:
    """Print where a picture is said to come from: by `chosen` (by default what a person claimed), and by its file."""
    chosen = chosen or cover.claimed or cover.source_type
    origin = file_says(cover) | {
        "chosen": SOURCE_TYPES.get(chosen, chosen),
        "is_contradiction": contradicts(chosen, cover.declared),
        "confirmed": bool(cover.confirmed) and cover.confirmed == cover.source_type,
        "settled": SOURCE_TYPES.get(cover.source_type, ""),
    }
    return {"picture": cover, "origin": origin}


@register.inclusion_tag("articles/declared.html")
def picture_declared(cover: Picture, chosen: str = "") -> dict[str, Any]:
    """Tell whoever sent a picture what its file says of itself, and where that is not what they chose."""
    return {"origin": file_says(cover) | {"is_contradiction": contradicts(chosen, cover.declared)}}


def file_says(cover: Picture) -> dict[str, Any]:
    """What the file itself declares, in the words of the page."""
    found, manifest = found_type(cover.declared), cover.declared.get("c2pa", {})
    return {
        "found": SOURCE_TYPES.get(found, found),
        "record": [(name, value) for name, value in cover.declared.get("aigc", {}).items() if value],
        "traces": cover.declared.get("traces", []),
        "credentials": MANIFEST_STATES.get(manifest.get("state", "")),
        "generator": manifest.get("generator", ""),
    }


@register.filter
def focus_class(cover: Picture) -> str:
    """The class by which the style sheet keeps the focal point in sight; "" for the middle.

    The policy forbids a style attribute, so there is a class for each tenth.
    """
    x, y = round(cover.focus_x / 10), round(cover.focus_y / 10)
    return "" if (x, y) == (5, 5) else f"fx-{x} fy-{y}"
