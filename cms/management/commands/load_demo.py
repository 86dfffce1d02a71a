"""`manage.py load_demo`: sample content of every app that has some."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Calls `load()` in the `demo` package of each app, in the order of INSTALLED_APPS."""

    help = "Load the sample content: articles, stories, reports, subscribers, newsletter issues. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what there is."""
        for app in apps.get_app_configs():
            name = f"{app.name}.demo"
            if find_spec(app.name) and find_spec(name):
                self.stdout.write(import_module(name).load())
