"""`manage.py export_articles [FILE.jsonl]`: every readable article as JSON lines."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.interchange import export_rows


class Command(BaseCommand):
    """Writes what import_articles reads."""

    help = (
        "Export every article that readers may see, one JSON object a line, oldest first. With FILE the covers are "
        "written to covers/ beside it; without, to standard output, without covers."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add FILE."""
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE.jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export; with FILE, print a summary."""
        path: Path | None = options["file"]
        if path is None:
            for line in export_rows(None):
                self.stdout.write(line)
            return
        part = path.with_name(path.name + ".part")
        count = 0
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for count, line in enumerate(export_rows(path.parent), 1):
                file.write(line + "\n")
                if count % 1000 == 0 and sys.stderr.isatty():
                    sys.stderr.write(f"\r{count} articles ")
        part.rename(path)
        self.stdout.write(f"{count} articles in {path}")
