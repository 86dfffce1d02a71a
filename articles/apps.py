"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """What readers read."""

    name = "articles"
    verbose_name = _("Articles")
