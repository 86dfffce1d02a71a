"""What every page shows around its own content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from articles.discovery.structured import pages_about
from articles.pages import all_sections
from cms.generations import FRAME, generation


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in every language, else that language's home page.

    A view whose page has an address of its own in each language sets `request.versions` (language -> URL).
    """
    rows, versions = [], getattr(request, "versions", None)
    for code, _name in settings.LANGUAGES:
        current = code == get_language()
        url = request.path
        if not current and versions is None:
            url = translate_url(request.path, code)
        if not current and url == request.path:
            url = (versions or {}).get(code, f"/{code}/")
        name = get_language_info(code)["name_local"]
        rows.append({"code": code, "name": name, "url": url, "current": current})
    return rows


def _section_page(request: HttpRequest) -> str:
    """The path, where it is a section's page: what the masthead marks as the present page."""
    match = request.resolver_match
    return request.path if match and match.view_name == "articles:section" else ""


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, sections and languages; `frame` names the generation of what stands around every page."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "frame": SimpleLazyObject(lambda: generation(FRAME)),
        "section_page": _section_page(request),
        "sections": SimpleLazyObject(all_sections),
        "pages_about": SimpleLazyObject(lambda: pages_about(get_language()).values()),
        "languages": SimpleLazyObject(lambda: _languages(request)),
    }
