"""Which address says the same in which language: for pages and sitemaps alike."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

Versions = dict[str, str]  # language -> absolute URL
HREFLANG = {"en": "en", "zh-hans": "zh-Hans"}  # BCP 47, as search engines want it


def same_in_each_language(name: str, *args: str) -> list[tuple[str, str]]:
    """The hreflang rows of a page that has the same route in every language."""
    versions: Versions = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            versions[code] = settings.SITE_URL + reverse(name, args=args)
    return alternates(versions)


def alternates(versions: Versions) -> list[tuple[str, str]]:
    """The hreflang rows of a page: each version, itself among them, then `x-default`; none where there is only one.

    They count only when every version has the same rows, so they stand in one order: that of LANGUAGES.
    """
    rows = [(HREFLANG[code], versions[code]) for code, _name in settings.LANGUAGES if code in versions]
    return [*rows, ("x-default", rows[0][1])] if len(rows) > 1 else []
