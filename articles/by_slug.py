"""How an address with a slug finds what it names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from articles.models.former_slug import Listing

View = Callable[..., HttpResponse]


def by_slug(model: type[Listing]) -> Callable[[View], View]:
    """Give a view the section, tag or author of its address; answer 301 at a former slug, 404 at one of nobody."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
            found = model._default_manager.filter(slug=slug).first()
            if found:
                return view(request, found, **more)
            moved = model.formerly(slug)
            if moved is None:
                raise Http404
            address = reverse(f"articles:{request.resolver_match.url_name}", kwargs=more | {"slug": moved.slug})  # type: ignore[union-attr]
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

        return answer

    return decorate
