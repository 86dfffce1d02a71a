"""`manage.py replay_figures`: count the whole log again."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.figures.follow import replay


class Command(BaseCommand):
    """Makes the figures anew from the log alone; the result is the same as that of the worker."""

    help = "Forget all figures and count the log of decisions again, such as after a change of TIME_ZONE."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, and say how much."""
        self.stdout.write(f"{replay()} decisions counted.")
