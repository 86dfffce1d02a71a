"""Django's admin site, under the newsroom's name and with the desk as one of its pages."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from cms.desk import desk


class DeskSite(AdminSite):
    """The admin, of which the desk is the page that editors live on."""

    site_title = _("Copydesk")
    site_header = _("Copydesk")
    index_title = _("Newsroom")
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add `/admin/desk/`."""
        return [path("desk/", self.admin_view(desk), name="desk"), *super().get_urls()]
