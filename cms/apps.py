"""App configuration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """The workflow, its log, the letters and the desk."""

    name = "cms"
    verbose_name = _("Newsroom")


class DeskAdminConfig(AdminConfig):
    """Django's admin, with the desk as one of its pages."""

    default_site = "cms.sites.DeskSite"
