"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    """What contributors send."""

    name = "submissions"
    verbose_name = _("Submissions")

    def ready(self) -> None:
        """Add the check of the mail services' secrets to `manage.py check`."""
        from submissions.mail import services  # noqa: F401
