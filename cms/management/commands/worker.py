"""`manage.py worker`: send letters, make renditions, mind the clocks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.worker import run_forever, run_until_idle


class Command(BaseCommand):
    """Runs the jobs of all apps until it is told to stop."""

    help = "Do the work that can wait: send letters, make the pictures' renditions, mind the clocks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --once."""
        parser.add_argument("--once", action="store_true", help="do what is to be done now, print a summary and leave")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if not options["once"]:
            run_forever()
            return
        for name, count in run_until_idle().items():
            self.stdout.write(f"{name}: {count}")
