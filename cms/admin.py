"""The rest of the newsroom in the admin: what readers see without moves, the log, the letters, the people."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddress  # from there: that registers it, before it goes again below
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.functions import Upper
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.big_lists import BigListAdmin, ValueFilter
from cms.models import Letter, User
from cms.page_cache import frame_changed
from cms.review import DeskAdmin, SeenForm
from cms.staff_admin import RoleAdmin, StaffAdmin

__all__ = ["DeskAdmin", "PublicAdmin", "ReadOnlyAdmin", "SeenForm"]


class PublicAdmin(BigListAdmin):
    """What readers see but no move changes (sections, tags): a change drops the kept pages."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and show it to readers."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(frame_changed)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and show it to readers."""
        super().delete_model(request, obj)
        transaction.on_commit(frame_changed)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete many, and show it to readers."""
        super().delete_queryset(request, queryset)
        transaction.on_commit(frame_changed)


class ReadOnlyAdmin(BigListAdmin):
    """A table that is looked at, never typed into."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from the system alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not deleted."""
        return False


class LetterFilter(ValueFilter):
    """By the name of the letter: those that have a template."""

    title, parameter_name = _("letter"), "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The letters that the house knows."""
        folder = settings.BASE_DIR / "templates" / "email"
        return sorted((found.name, found.name) for found in folder.iterdir() if found.is_dir())


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Every letter, as it was sent, with its result."""

    list_display = ["created", "name", "to", "subject", "status", "attempts", "sent"]
    list_filter = ["status", LetterFilter, "language"]
    search_fields = ["to", "subject"]
    search_whole = (("to", Upper, _("to")), ("item", None, _("about")))
    nothing_yet = _("No letter was written yet. They are written by decisions, sign-ups and clocks.")
    fields = [
        "name", "to", "language", "subject", "body_text", "status", "attempts", "next_attempt", "result", "created",
        "sent",
    ]  # fmt: skip


# The actions on a person reset a second factor; rows that say so by hand would only go past them.
admin.site.unregister([Authenticator, EmailAddress])
admin.site.register(User, StaffAdmin)
admin.site.unregister(Group)
admin.site.register(Group, RoleAdmin)

import cms.log_admin  # noqa: E402, F401  (it registers the log, and is a ReadOnlyAdmin)
