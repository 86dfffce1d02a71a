"""Whole pages kept in memory, dropped as soon as the newsroom changes anything.

Every key holds the site's generation. A transaction that wrote a Decision starts a new generation when it commits,
so the next request of every page is fresh: there is no list of what depends on what that could be wrong. Without
CACHE_URL the pages lie in each process's own memory and the generation in the memory that all of the machine share;
with CACHE_URL both lie in the shared cache.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.connection import ConnectionProxy
from django.utils.translation import get_language

from cms.generations import FRAME, SITE, begin, generation

View = Callable[..., HttpResponse]
T = TypeVar("T")
Clock = Callable[[], datetime | None]
_clocks: list[Clock] = []
pages = ConnectionProxy(caches, "pages")
SURROGATE_KEY = "site"
"""The surrogate key of every public page, by which a shared cache is told to drop them (cms/purging.py)."""
PURGED_SECONDS = 300
"""How long a shared cache that is told of changes may keep a page: what is withheld is gone by then if word is lost."""
UNPURGED_SECONDS, STALE_SECONDS = 10, 10
"""How long one that is not told may keep it, and for how long any may show it while it asks for the next."""


def site_changed() -> None:
    """Start a new generation: nothing that was kept before is shown again."""
    begin(SITE)


def frame_changed() -> None:
    """Start a new generation of what stands around every page, and so of every page."""
    begin(FRAME)
    begin(SITE)


def kept(key: str, make: Callable[[], T], what: str = SITE) -> T:
    """Return the value kept under `key` in this generation, or make and keep it."""
    return cast("T", pages.get_or_set(f"{key}:{generation(what)}", make, settings.PAGE_CACHE_SECONDS))


def clock(change: Clock) -> Clock:
    """Register a function that says when pages next change by time alone (None: never): a scheduled article appears."""
    _clocks.append(change)
    return change


def next_change() -> datetime | None:
    """When something next changes by time alone: asked once in each generation, and again when it has come."""
    key = f"clock:{generation()}"
    known = pages.get(key)
    if known is None or (known[0] and known[0] <= timezone.now()):
        known = (min(filter(None, (change() for change in _clocks)), default=None),)
        pages.set(key, known, settings.PAGE_CACHE_SECONDS)
    return cast("datetime | None", known[0])


def seconds_to_keep() -> int:
    """For how long a page may be kept: until something changes by itself, and never longer than PAGE_CACHE_SECONDS."""
    return _seconds_until(next_change(), settings.PAGE_CACHE_SECONDS)


def _seconds_until(change: datetime | None, most: int) -> int:
    return max(0, min(int((change - timezone.now()).total_seconds()), most)) if change else most


def public_page(*parameters: str, store: BaseCache | None = None) -> Callable[[View], View]:
    """Keep a view's pages, which show everybody the same, and answer 304 to who has the present one.

    `parameters` are the query parameters that the page depends on; all others are ignored, so that made-up ones can
    neither fill the memory nor pass it by. Only a 200 is kept; in `store`, where a view has one of its own.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method not in {"GET", "HEAD"}:
                return view(request, *args, **kwargs)
            if store is None and hasattr(request, "at_front_door") and _asks_plainly(request, parameters):
                response = _finish(request, view(request, *args, **kwargs))
                response.is_for_all = True  # type: ignore[attr-defined]  # `front_door` keeps it
                return response
            query = "&".join(f"{name}={request.GET.get(name, '')}" for name in parameters)
            return _kept_page(request, query, store or caches["pages"], lambda: view(request, *args, **kwargs))

        return answer

    return decorate


def _kept_page(request: HttpRequest, query: str, pages: BaseCache, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The page of this address and query from `pages`, or made and, where it is a 200, kept there."""
    place = f"{request.get_host()}|{get_language()}|{request.path}|{query}".encode()
    key = f"response:{generation()}:{hashlib.sha256(place).hexdigest()}"
    if page := pages.get(key):
        return _finish(request, HttpResponse(page[0], content_type=page[1]))
    response = make()
    if response.status_code == 200 and (seconds := seconds_to_keep()):
        pages.set(key, (response.content, response["Content-Type"]), seconds)
    return _finish(request, response)


def _asks_plainly(request: HttpRequest, parameters: tuple[str, ...]) -> bool:
    """Whether the address names what the page depends on and nothing else, in the one way in which we link to it."""
    query = request.META.get("QUERY_STRING", "")
    asked = {name: request.GET[name] for name in parameters if name in request.GET}
    return not query or query == urlencode(asked)


def _finish(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say how the page may be kept by others: browsers ask again, shared caches do for a while (RFC 9111, RFC 5861)."""
    if response.status_code != 200:
        return response
    response["Cache-Control"] = lifetime(next_change())
    response["Surrogate-Key"] = SURROGATE_KEY
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def lifetime(change: datetime | None) -> str:
    """A browser asks again each time; a shared cache when its time is over. It never shows what `change` ended."""
    most = PURGED_SECONDS if settings.PURGE_URL else UNPURGED_SECONDS
    seconds = _seconds_until(change, most + STALE_SECONDS)
    if seconds < most + STALE_SECONDS:
        return f"public, max-age=0, s-maxage={min(seconds, most)}, must-revalidate"
    return f"public, max-age=0, s-maxage={most}, stale-while-revalidate={STALE_SECONDS}"
