"""Django's admin site, under the newsroom's name and with the desk as one of its pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from cms import bulk, desk_views, saved_views
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
        """Add the desk and what belongs to it, the figures, and the sessions of whoever looks."""
        pages = {
            "desk": ("desk/", desk_views.desk),
            "desk_news": ("desk/news/", desk_views.news),
            "desk_bulk": ("desk/bulk/", bulk.bulk),
            "desk_views": ("desk/views/", saved_views.save),
            "figures": ("figures/", figures),
            "sessions": ("sessions/", own_sessions),
        }
        ours = [path(place, self.admin_view(view), name=name) for name, (place, view) in pages.items()]
        return [*ours, *super().get_urls()]
