"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CopyrightConfig(AppConfig):
    """What rights holders send."""

    name = "submissions.copyright"
    label = "copyright"
    verbose_name = _("Copyright")
