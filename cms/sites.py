"""Django's admin site, under the newsroom's name and with the desk as one of its pages."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from cms.desk import desk
from cms.figures.pages import figures


class DeskSite(AdminSite):
    """The admin, of which the desk is the page that editors live on."""

    site_title = _("Copydesk")
    site_header = _("Copydesk")
    index_title = _("Newsroom")
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add `/admin/desk/` and `/admin/figures/`."""
        own = [
            path("desk/", self.admin_view(desk), name="desk"),
            path("figures/", self.admin_view(figures), name="figures"),
        ]
        return [*own, *super().get_urls()]
