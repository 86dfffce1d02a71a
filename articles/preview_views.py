"""What the private link of a preview opens: the article as readers would see it now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.article_page import authors_of, related_to, shown, whole
from articles.models import Article, Preview

GONE_PUBLIC = {Article.Status.PUBLISHED, Article.Status.KILLED}


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The present text of what is not published yet; 404 for every code that opens nothing, whatever the cause.

    What readers have by now is at its own address, which says too if it is withheld (451) or killed (410).
    """
    link = Preview.objects.by_code(token)
    found = whole(Article.objects.filter(preview=link, language=get_language())).first() if link else None
    if link is None or found is None:
        raise Http404
    if found.status == Article.Status.DRAFT or found.is_scheduled():
        response = _page(request, found, link)
    elif found.status in GONE_PUBLIC:
        response = redirect(found)
    else:
        raise Http404
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(request: HttpRequest, found: Article, link: Preview) -> HttpResponse:
    """The article's page as publishing would make it: with the time that is set, else dated now."""
    found.published_at = found.published_at or timezone.now()
    request.versions = {}  # type: ignore[attr-defined]  # the code is not carried to another language
    nothing_claimed: dict[str, Any] = {
        "structured": None,
        "alternates": [],
        "until": link.until,
        "zone": settings.TIME_ZONE,
    }
    authors = authors_of(found.pk, is_signed=found.is_signed)  # type: ignore[attr-defined]  # annotated by `whole`
    context = shown(found, authors, related_to(found.pk, found.language, found.related))
    return render(request, "articles/preview.html", context | nothing_claimed)
