"""`manage.py reindex`: write the search's index again."""

import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from articles.models import Article
from articles.search.engine import engine
from articles.search.entries import forget_all, reindex


class Command(BaseCommand):
    """Walks through all articles in small transactions; the site and the worker go on meanwhile."""

    help = (
        "Compare the search index with all articles and write what differs. Safe to run at any time and again; "
        "one that was stopped goes on where it was. The worker keeps the index right by itself: this is for after "
        "rows were changed without it, and, with --from-scratch, for after an update that cuts texts otherwise."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --from-scratch."""
        parser.add_argument(
            "--from-scratch",
            action="store_true",
            help="empty the index first; until this is done, searches find only what was written again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, show progress and a summary."""
        begun, changes, shown = time.monotonic(), 0, time.monotonic()
        if options["from_scratch"]:
            forget_all()
        last = Article.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        for reached, changed in reindex():
            changes += changed
            if sys.stderr.isatty() or time.monotonic() - shown > 10:
                shown = time.monotonic()
                self.stderr.write(f"article {reached} of {last}, {changes} entries written", ending="\n")
        took = time.monotonic() - begun
        size = engine().size() / 1e6
        self.stdout.write(f"{changes} entries changed in {took:.1f} s; the index has {size:.1f} MB.")
