"""The rest of the newsroom in the admin: what readers see without moves, the log, the letters, the people."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy

from cms.desk import status_name
from cms.models import Decision, Letter, User
from cms.page_cache import site_changed
from cms.review import DeskAdmin, SeenForm
from cms.templatetags.desk import STEPS

__all__ = ["DeskAdmin", "PublicAdmin", "ReadOnlyAdmin", "SeenForm"]


class PublicAdmin(admin.ModelAdmin):
    """What readers see but no move changes (sections, tags): a change drops the kept pages."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and show it to readers."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(site_changed)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and show it to readers."""
        super().delete_model(request, obj)
        transaction.on_commit(site_changed)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Delete many, and show it to readers."""
        super().delete_queryset(request, queryset)
        transaction.on_commit(site_changed)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table that is looked at, never typed into."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from the system alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are not deleted."""
        return False


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The log."""

    list_display = ["number", "created", "actor_name", "what", "step", "reason"]
    list_filter = ["kind", "move"]
    search_fields = ["item", "reason"]
    ordering = ["-number"]

    @admin.display(description=_lazy("kind"), ordering="kind")
    def what(self, decision: Decision) -> str:
        """The kind in plain words."""
        return str(apps.get_model(decision.kind)._meta.verbose_name)

    @admin.display(description=_lazy("move"), ordering="move")
    def step(self, decision: Decision) -> str:
        """What became of the item, in plain words."""
        if decision.source == decision.target and decision.move in STEPS:
            return str(STEPS[decision.move]) % decision.details
        return status_name(apps.get_model(decision.kind), decision.target)


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Every letter, as it was sent, with its result."""

    list_display = ["created", "name", "to", "subject", "status", "attempts", "sent"]
    list_filter = ["status", "name", "language"]
    search_fields = ["to", "subject"]
    fields = [
        "name", "to", "language", "subject", "body_text", "status", "attempts", "next_attempt", "result", "created",
        "sent",
    ]  # fmt: skip


@admin.register(User)
class StaffAdmin(UserAdmin):
    """The newsroom's people."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        """Everybody but the system itself."""
        return super().get_queryset(request).filter(is_system=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has decided stays in the log: people are made inactive instead."""
        return False
