"""Issues on the web: each as it was approved, with the articles that may still be read, and the list of past ones."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.numbers import whole_number
from cms.page_cache import public_page
from newsletter.issues.models import Issue

PAGE = 30


@require_safe
@public_page()
def issue(request: HttpRequest, slug: str) -> HttpResponse:
    """One issue. An article that was withheld since, or killed, is not there any more."""
    found = get_object_or_404(Issue.objects.public(), slug=slug, language=get_language())
    request.versions = found.editions()  # type: ignore[attr-defined]
    return render(request, "newsletter/issue.html", {"issue": found, "articles": found.readable_articles()})


@require_safe
@public_page("before")
def issues(request: HttpRequest) -> HttpResponse:
    """Past issues in the page's language, newest first; `?before=` is the key of the last one shown."""
    rows, before = Issue.objects.public().filter(language=get_language()), request.GET.get("before", "")
    if before:
        last = get_object_or_404(rows, pk=_key(before))
        rows = rows.filter(public_at__lte=last.public_at).exclude(public_at=last.public_at, pk__gte=last.pk)
    found = list(rows.defer("intro").newest_first()[: PAGE + 1])
    context = {
        "issues": found[:PAGE],
        "older_url": f"{request.path}?before={found[PAGE - 1].pk}" if len(found) > PAGE else None,
        "newest_url": request.path if before else None,
    }
    return render(request, "newsletter/issues.html", context)


def _key(typed: str) -> int:
    if (key := whole_number(typed)) is None:
        raise Http404
    return key
