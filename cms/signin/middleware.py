"""A second factor before anything else, and the admin's masthead over the pages where it is set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from cms.signin.sessions import StaffSession

OWN_PAGES = ("second-factor/", "sign-in-again/")
OPEN = (*OWN_PAGES, "login/", "logout/", "jsi18n/", "password_change/")


def _under(request: HttpRequest, *pages: str) -> bool:
    home = reverse("admin:index")
    return request.path.startswith(tuple(home + page for page in pages))


def second_factor_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Note that a session is in use; lead who has no second factor to its set-up, where the newsroom asks for one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _under(request, "") and request.user.is_authenticated:
            StaffSession.objects.note_again(request)
        if settings.SECOND_FACTOR and _under(request, "") and not _under(request, *OPEN):
            user: Any = request.user
            if user.is_authenticated and not is_mfa_enabled(user):
                return HttpResponseRedirect(reverse("mfa_index"))
        return get_response(request)

    return middleware


def masthead(request: HttpRequest) -> dict[str, Any]:
    """What the admin's base template needs, for the pages under it that are allauth's."""
    if not _under(request, *OWN_PAGES):
        return {}
    user: Any = request.user
    wanted = settings.SECOND_FACTOR and user.is_authenticated and not is_mfa_enabled(user)
    return {**admin.site.each_context(request), "second_factor_wanted": wanted}
