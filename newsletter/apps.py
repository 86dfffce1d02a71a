"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Who reads by mail."""

    name = "newsletter"
    verbose_name = _("Newsletter")
