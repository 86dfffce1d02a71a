"""The sign-in page, and the page of one's own sessions."""

from __future__ import annotations

from math import ceil
from typing import Any

from allauth.account import app_settings
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import parse_rates
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.signin.sessions import StaffSession

ACTION = "login_failed"


def own_sessions(request: HttpRequest) -> HttpResponse:
    """One's own sessions; each, or all the others, can be ended."""
    rows = StaffSession.objects.open_of(request.user)
    here = request.session.session_key
    if request.method == "POST":
        wanted = request.POST.get("end", "")
        others = [row for row in rows if row.key != here]
        count = StaffSession.objects.end(others if wanted == "others" else [r for r in others if str(r.pk) == wanted])
        words = ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count)
        messages.success(request, words % {"count": count})
        return HttpResponseRedirect(reverse("admin:sessions"))
    context = {**admin.site.each_context(request), "title": _("Your sessions"), "sessions": rows, "here": here}
    return render(request, "account/sessions.html", context)


class SignIn(LoginView):
    """Name and password, checked by Django; attempts are counted by name and by network before they are looked at."""

    authentication_form = AdminAuthenticationForm
    template_name = "admin/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in; or, after too many attempts, say how long to wait (429), whatever the password."""
        self.name = request.POST.get("username", "").strip().lower()[:150]
        if not ratelimit.consume(request, action=ACTION, key=self.name):
            return self._wait()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The password is right: go on to the second factor, or in."""
        ratelimit.clear(self.request, action=ACTION, key=self.name)
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": self.name}, login)

    def _wait(self) -> HttpResponse:
        seconds = max(rate.duration for rate in parse_rates(app_settings.RATE_LIMITS[ACTION]))
        minutes = ceil(seconds / 60)
        words = ngettext(
            "That was too often. Wait %(minutes)s minute, then sign in again.",
            "That was too often. Wait %(minutes)s minutes, then sign in again.",
            minutes,
        )
        form = AdminAuthenticationForm(self.request, initial={"username": self.name})
        context = self.get_context_data(form=form, wait=words % {"minutes": minutes})
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(ceil(seconds))
        return response
