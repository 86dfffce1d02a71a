"""The search page, and how a browser learns to search here by itself."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.search.forms import SearchForm, tidied
from articles.search.results import Results, search
from cms.page_cache import public_page

# Apart from the other pages, and few: made-up queries can push each other out, and nothing else.
KEPT = LocMemCache("searches", {"OPTIONS": {"MAX_ENTRIES": 300}})


@require_safe
@public_page("q", "language", "section", "since", "until", "after", store=KEPT)
def search_page(request: HttpRequest) -> HttpResponse:
    """The form; with a query, a page of what was found."""
    sent = tidied(request.GET)
    form = SearchForm(sent)
    query = form.cleaned_data["q"] if form.is_valid() else None
    results = search(query, form.filters(), request.GET.get("after", "")) if query else Results()
    asked = {name: value for name, value in sent.items() if value}
    context = {"form": form, "query": sent["q"] if query else "", "page": results}
    if results.instead:
        asked["q"] = results.instead
    if results.after:
        context["older_url"] = f"{request.path}?{urlencode(asked | {'after': results.after})}"
    if request.GET.get("after"):
        context["first_url"] = f"{request.path}?{urlencode(asked)}"
    return render(request, "articles/search.html", context, status=200 if form.is_valid() else 422)


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """The OpenSearch 1.1 description of our search, in the page's language."""
    kind = "application/opensearchdescription+xml"
    context = {"description": _("Search the articles of %(site)s") % {"site": settings.SITE_NAME}}
    response = render(request, "articles/opensearch.xml", context, content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    return response
