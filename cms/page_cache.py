"""Whole pages kept in memory, dropped as soon as the newsroom changes anything.

Every key holds the site's generation. A transaction that wrote a Decision starts a new generation when it commits,
so the next request of every page is fresh: there is no list of what depends on what that could be wrong. Without
CACHE_URL the pages lie in each process's own memory and the generation is a small file beside the data, which all
processes of the machine look at; with CACHE_URL both lie in the shared cache.
"""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language

View = Callable[..., HttpResponse]
T = TypeVar("T")
Clock = Callable[[], datetime | None]
_clocks: list[Clock] = []
_GENERATION_KEY = "copydesk:generation"


def _generation_file() -> Path:
    return settings.DATA / "generation"


def site_changed() -> None:
    """Start a new generation: nothing that was kept before is shown again."""
    if settings.CACHE_URL:
        cache.set(_GENERATION_KEY, secrets.token_hex(8), None)
        return
    fresh = _generation_file().with_suffix(f".{secrets.token_hex(4)}")
    fresh.touch()
    fresh.rename(_generation_file())


def generation() -> str:
    """Name the present generation: a file's identity and time, or a value in the shared cache."""
    if settings.CACHE_URL:
        return str(cache.get_or_set(_GENERATION_KEY, lambda: secrets.token_hex(8), None))
    try:
        stat = _generation_file().stat()
    except FileNotFoundError:
        return "first"
    return f"{stat.st_ino}-{stat.st_mtime_ns}"


def kept(key: str, make: Callable[[], T]) -> T:
    """Return the value kept under `key` in this generation, or make and keep it."""
    return cast("T", cache.get_or_set(f"{key}:{generation()}", make, settings.PAGE_CACHE_SECONDS))


def clock(next_change: Clock) -> Clock:
    """Register a function that says when pages next change by time alone (None: never): a scheduled article appears."""
    _clocks.append(next_change)
    return next_change


def seconds_to_keep() -> int:
    """For how long a page may be kept: until something changes by itself, and never longer than PAGE_CACHE_SECONDS."""
    key, now = f"clock:{generation()}", timezone.now()
    known = cache.get(key)
    if known is None or (known[0] and known[0] <= now):
        known = (min(filter(None, (next_change() for next_change in _clocks)), default=None),)
        cache.set(key, known, settings.PAGE_CACHE_SECONDS)
    left = int((known[0] - now).total_seconds()) if known[0] else settings.PAGE_CACHE_SECONDS
    return min(left, settings.PAGE_CACHE_SECONDS)


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
            query = "&".join(f"{name}={request.GET.get(name, '')}" for name in parameters)
            place = f"{request.get_host()}|{get_language()}|{request.path}|{query}".encode()
            key = f"response:{generation()}:{hashlib.sha256(place).hexdigest()}"
            pages = cache if store is None else store
            page = pages.get(key)
            if page is None:
                response = view(request, *args, **kwargs)
                if response.status_code == 200 and (seconds := seconds_to_keep()):
                    page = (response.content, response["Content-Type"])
                    pages.set(key, page, seconds)
                return _finish(request, response)
            return _finish(request, HttpResponse(page[0], content_type=page[1]))

        return answer

    return decorate


def _finish(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Say how the page may be kept by others: always asked for again, and answered with 304 if unchanged."""
    if response.status_code != 200:
        return response
    patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
