"""The command that makes an empty folder into a newsroom."""

import secrets
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command
from django.db import transaction

from cms.roles import grant

EDITOR = "editor"


class Command(BaseCommand):
    """Bring database, roles, static files, sample content and the first account up to date; safe to run again."""

    help = "Prepare the database, the static files, the sample content and the first editor's account."

    def handle(self, **_options: Any) -> None:
        """Do what is still to be done, and say only what is new."""
        settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        grant()
        if not settings.DEBUG:  # with DEBUG they are served from where they lie
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEBUG and not apps.get_model("articles.Article").objects.exists():
            with transaction.atomic():  # cut short, it comes whole the next time
                call_command("load_demo")
        self.stdout.write(self._account())

    def _account(self) -> str:
        """Return how to sign in; the one time that the account is made, with its password."""
        users = get_user_model().objects
        name = users.filter(is_superuser=True).values_list("username", flat=True).order_by("pk").first()
        if name:
            return f"A new password for {name}: .venv/bin/python manage.py changepassword {name}"
        password = secrets.token_urlsafe(15)
        users.create_superuser(EDITOR, email=settings.CONTACT_EMAIL, password=password)
        return (
            f"\nSign in at {settings.SITE_URL}/admin/ as {EDITOR} with the password {password}\n"
            "It is shown this once; change it there at the top right."
        )
