"""`manage.py sign_log`: the signed head of the log, to be kept elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import heads


class Command(BaseCommand):
    """Prints one line of JSON: number, hash, time, site, signature."""

    help = "Print the signed head of the log of decisions; keep it where the log is not (verify_log --heads)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --append."""
        parser.add_argument("--append", metavar="FILE", type=Path, help="add it to this file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign. Raises CommandError (2) when the file cannot be written."""
        head = heads.signed_head()
        if not options["append"]:
            self.stdout.write(heads.as_line(head))
            return
        try:
            heads.append(head, options["append"])
        except OSError as error:
            raise CommandError(f"{options['append']} cannot be written: {error.strerror}.", returncode=2) from error
