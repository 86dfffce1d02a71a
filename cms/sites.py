"""Django's admin site, under the newsroom's name and with the desk as one of its pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from cms.desk import desk
from cms.figures.pages import figures
from cms.signin.views import SignIn, own_sessions


class DeskSite(AdminSite):
    """The admin, of which the desk is the page that editors live on."""

    site_title = _("Copydesk")
    site_header = _("Copydesk")
    index_title = _("Newsroom")
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The sign-in page. What follows the password, a second factor where there is one, is allauth's."""
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:desk"))
        context = {**self.each_context(request), "title": _("Log in"), "app_path": request.get_full_path()}
        view = SignIn.as_view(extra_context={**context, **(extra_context or {})})
        return cast("HttpResponse", view(request))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the desk, the figures and the sessions of whoever looks."""
        own = [
            path("desk/", self.admin_view(desk), name="desk"),
            path("figures/", self.admin_view(figures), name="figures"),
            path("sessions/", self.admin_view(own_sessions), name="sessions"),
        ]
        return [*own, *super().get_urls()]
