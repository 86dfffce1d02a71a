"""`manage.py import_articles FILE.jsonl`: articles from JSON lines."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.importer import Importer
from cms.models import User


class Command(BaseCommand):
    """Imports a file as it streams by; run again, it changes only what differs."""

    help = (
        "Import articles, one JSON object a line. Safe to run again: an id that is known is updated where it "
        "differs. Bad lines are named and skipped; the exit code is then 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE."""
        parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="the file; - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, show progress and a summary."""
        path: Path = options["file"]
        stdin = str(path) == "-"
        folder = Path.cwd() if stdin else path.parent
        importer = Importer(by=User.objects.system(), folder=folder, complain=self._complain)
        begun = time.monotonic()
        try:
            lines = sys.stdin.buffer if stdin else path.open("rb")
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}") from error
        with lines:
            for read in importer.run(lines):
                self._progress(read, begun)
        counts = importer.counts
        self.stdout.write(
            f"{counts['new']} new, {counts['changed']} changed, {counts['same']} unchanged, {counts['bad']} bad"
            f" in {time.monotonic() - begun:.1f} s"
        )
        if counts["bad"]:
            raise CommandError(f"{counts['bad']} lines were skipped.")

    def _complain(self, number: int, message: str) -> None:
        self.stderr.write(f"line {number}: {message}")

    def _progress(self, read: int, begun: float) -> None:
        if sys.stderr.isatty():
            rate = read / max(time.monotonic() - begun, 0.001)
            sys.stderr.write(f"\r{read} lines, {rate:.0f} a second ")
            sys.stderr.flush()
