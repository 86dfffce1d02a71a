"""What every answer has to say, and how much every request may bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, UnreadablePostError
from django.shortcuts import render
from django.urls import Resolver404
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

MOST_BYTES = 16 * 1024 * 1024  # a picture of 12 MB, the text, and what the browser adds
DRAINED = 64 * 1024 * 1024  # see _drain
View = TypeVar("View", bound=Callable[..., HttpResponse])
GetResponse = Callable[[HttpRequest], HttpResponse]


def public_paths() -> tuple[str, ...]:
    """How the paths of public pages begin: `/<language>/`."""
    return tuple(f"/{code}/" for code, _name in settings.LANGUAGES)


def private_pages_are_not_kept(get_response: GetResponse) -> GetResponse:
    """Forbid caches to keep whatever does not say that it may be kept: receipts, forms, the admin, errors."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def _page(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "413.html", {"words": words}, status=413)


@dataclass(frozen=True)
class _Rule:
    most: int = MOST_BYTES
    refuse: Callable[[HttpRequest, str], HttpResponse] = _page


def takes_at_most(most: int, refuse: Callable[[HttpRequest, str], HttpResponse] = _page) -> Callable[[View], View]:
    """Let a view have bodies of at most `most` bytes; `refuse(request, words)` makes the answer to larger ones."""

    def mark(view: View) -> View:
        view.body_rule = _Rule(most, refuse)  # type: ignore[attr-defined]
        return view

    return mark


class LargeBodies:
    """Answers 413 in words to what is too large, by its Content-Length before a byte of it is read.

    It looks at the public pages, below `/<lang>/`, and at views that name a measure of their own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as the view does."""
        if request.content_type == "multipart/form-data":
            request.encoding = "utf-8"  # RFC 7578, 5.1.2: it names no charset; and not every codec makes text
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Refuse a body whose announced length is beyond the view's measure."""
        rule = getattr(view, "body_rule", None)
        if rule is None and not request.path_info.startswith(public_paths()):
            return None
        request.body_rule = rule = rule or _Rule()  # type: ignore[attr-defined]
        length = request.META.get("CONTENT_LENGTH") or ""
        size = int(length[:18]) if length.isdecimal() else 0  # the first 18 digits of a longer one are too many as well
        if size <= rule.most:
            return None
        _drain(request, min(size, DRAINED))
        return rule.refuse(request, _("What you sent has %(size)s MB; we can take %(most)s MB at once.") % {
            "size": -(-size // 2**20), "most": max(1, rule.most // 2**20),
        })  # fmt: skip

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say what was too much in a form that could not be read to its end."""
        rule = getattr(request, "body_rule", None)
        if isinstance(error, UnreadablePostError):
            return HttpResponseBadRequest()  # the sender has hung up
        if rule is None:
            return None
        if isinstance(error, TooManyFilesSent):
            words = _("You sent more than %(most)s files; a story has one picture, its cover: choose one.")
            return rule.refuse(request, words % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES})
        if isinstance(error, RequestDataTooBig):
            words = _("The text that you sent is longer than %(most)s MB: shorten it, or send it in parts.")
            return rule.refuse(request, words % {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20})
        if isinstance(error, TooManyFieldsSent):
            words = _("You sent more than %(most)s fields; our form has fewer: please use the form.")
            return rule.refuse(request, words % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS})
        return None


def _drain(request: HttpRequest, left: int) -> None:
    """Read and throw away: a browser shows no answer while it is still sending, only that the line was cut."""
    try:
        while left > 0 and (chunk := request.read(min(left, 2**16))):
            left -= len(chunk)
    except OSError:
        return


class OwnNotFound:
    """With DEBUG, shows our own page where there is none: a newcomer shall see what readers see, not our addresses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Replace Django's own page about an address that leads nowhere."""
        response = self.get_response(request)
        nowhere = response.status_code == 404 and request.resolver_match is None
        return page_not_found(request, Resolver404()) if nowhere else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view that found nothing."""
        return page_not_found(request, error) if isinstance(error, Http404) else None
