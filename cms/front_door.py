"""The front door: a page that was made once is given to the next one who asks before anything else is done for them.

It keeps the public pages below `/<lang>/` that are asked for as we link to them; `public_page` keeps the others. What
was answered once is the same for everybody: no cookie, no nonce. The key has the scheme and host as they came, which
Django has examined when the page was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from cms.generations import generation
from cms.middleware import GetResponse, public_paths
from cms.page_cache import lifetime, next_change, pages, seconds_to_keep

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Headers = list[tuple[str, str]]
_CONDITIONS = frozenset(f"HTTP_IF_{name}" for name in ("MATCH", "NONE_MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE"))
_PUBLIC = public_paths()


class FrontDoor:
    """A WSGI application around ours that hands out kept pages: for these, Django need not even make a request.

    Who asks under a condition (RFC 9110, 13) or for an address beyond ASCII is let in to the middleware below.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as the application has answered before, or let it answer."""
        found = self._kept(environ)
        if found is None:
            return self._application(environ, start_response)
        headers, body = found
        start_response("200 OK", headers)
        return [body]

    @staticmethod
    def _kept(environ: dict[str, Any]) -> tuple[Headers, bytes] | None:
        if not _CONDITIONS.isdisjoint(environ) or not environ.get("PATH_INFO", "").isascii():
            return None
        try:
            key = _key(environ)
            return _kept(key) if key else None
        except Exception:  # noqa: BLE001 - the shared cache is down, say: the application will find it too, and tell
            return None


def front_door(get_response: GetResponse) -> GetResponse:
    """The outermost middleware: answer with a kept page, or let the page be made, and keep it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = _key(request.META)
        if not key:
            return get_response(request)
        if found := _kept(key):
            response = HttpResponse(found[1], headers=dict(found[0]))
            return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response
        request.at_front_door = True  # type: ignore[attr-defined]  # `public_page` need not keep it too
        response = get_response(request)
        if _is_same_for_all(response) and (seconds := seconds_to_keep()):
            pages.set(key, (list(response.items()), response.content, next_change()), seconds)
        return response

    return middleware


def _key(asked: Mapping[str, Any]) -> str:
    """Under which name an answer is kept in this generation; "" where none is."""
    path = asked.get("PATH_INFO", "")
    if asked["REQUEST_METHOD"] != "GET" or not path.startswith(_PUBLIC):
        return ""
    address = f"{asked.get('SCRIPT_NAME', '')}{path}?{asked.get('QUERY_STRING', '')}"
    place = f"{generation()}|{_is_secure(asked)}|{asked.get('HTTP_HOST')}|{address}"
    return f"answer:{hashlib.sha256(place.encode(errors='surrogatepass')).hexdigest()[:32]}"


def _is_secure(asked: Mapping[str, Any]) -> bool:
    """As `HttpRequest.is_secure` finds it, before there is such a request."""
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    if header in asked:
        return bool(asked[header].split(",", 1)[0].strip() == value)
    return asked.get("wsgi.url_scheme") == "https"


def _kept(key: str) -> tuple[Headers, bytes] | None:
    """The headers and the body that are kept under this key."""
    found = pages.get(key)
    if found is None:
        return None
    headers, body, change = found
    now = lifetime(change)  # time has gone by
    return [(name, now if name == "Cache-Control" else value) for name, value in headers], cast("bytes", body)


def _is_same_for_all(response: HttpResponse) -> bool:
    """Whether this answer may be given to everybody else."""
    private = response.cookies or "'nonce-" in response.get("Content-Security-Policy", "")
    return response.status_code == 200 and hasattr(response, "is_for_all") and not private
