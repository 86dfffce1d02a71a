"""`manage.py verify_log`: is the log of decisions whole?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.models import Decision


class Command(BaseCommand):
    """Reads the whole log and names the first line that was altered, removed or inserted."""

    help = "Check the hash chain of the log of decisions; exits with 1 at the first altered line."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report."""
        altered, read = Decision.objects.first_altered()
        if altered is not None:
            raise CommandError(f"Decision {altered} is not as it was written, or is missing.")
        self.stdout.write(self.style.SUCCESS(f"{read} decisions, every one as it was written."))
