"""`manage.py verify_log`: is the log of decisions whole?"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import heads
from cms.models import Decision


class Command(BaseCommand):
    """Reads the whole log and names the first line that was altered, removed or inserted."""

    help = (
        "Check the log of decisions. Exits with 0 where it is whole, 1 where it is not, 2 where it was called wrongly."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --heads."""
        parser.add_argument("--heads", metavar="FILE", type=Path, help="check it against these kept heads too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and report. Raises CommandError with 1 (the log is not whole) or 2 (the heads cannot be read)."""
        kept: list[dict[str, Any]] = []
        if path := options["heads"]:
            try:
                kept = heads.read_heads(path)
            except OSError as error:
                raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
            except heads.NotOurs as error:
                raise CommandError(str(error), returncode=2) from error
            if not kept:
                raise CommandError(f"{path} has no heads to check against.", returncode=2)
        altered, read = Decision.objects.first_altered()
        if altered is not None:
            raise CommandError(f"Decision {altered} is not as it was written, or is missing.")
        if missing := heads.first_missing(kept):
            raise CommandError(self._told(*missing))
        beside = f" They fit {len(kept)} kept heads." if kept else ""
        self.stdout.write(self.style.SUCCESS(f"{read} decisions, every one as it was written.{beside}"))

    @staticmethod
    def _told(first: int, last: int) -> str:
        if first == last:
            return f"Decision {first} is not as a kept head says, or is missing."
        return f"The log was written anew from one of the decisions {first} to {last} on: a kept head says otherwise."
