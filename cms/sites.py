"""Django's admin site, under the newsroom's name and with the desk as one of its pages."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from cms import bulk, desk_views, saved_views


class DeskSite(AdminSite):
    """The admin, of which the desk is the page that editors live on."""

    site_title = _("Copydesk")
    site_header = _("Copydesk")
    index_title = _("Newsroom")
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add `/admin/desk/` and what belongs to it."""
        pages = {
            "desk": ("desk/", desk_views.desk),
            "desk_news": ("desk/news/", desk_views.news),
            "desk_bulk": ("desk/bulk/", bulk.bulk),
            "desk_views": ("desk/views/", saved_views.save),
        }
        ours = [path(place, self.admin_view(view), name=name) for name, (place, view) in pages.items()]
        return [*ours, *super().get_urls()]
