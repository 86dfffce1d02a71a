"""Subscribers in the admin: looked up, never typed into. Only the reader subscribes, and only the reader confirms."""

from __future__ import annotations

from django.contrib import admin

from cms.admin import ReadOnlyAdmin
from newsletter.models import Consent, Subscriber


class ConsentInline(admin.TabularInline):
    """What the subscriber agreed to, oldest first."""

    model = Consent
    fields = readonly_fields = ("created", "event", "wording", "language", "page")
    can_delete = False
    max_num = 0
    extra = 0


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    """Who gets the newsletter."""

    list_display = ["email", "language", "status", "created", "confirmed_at"]
    list_filter = ["status", "language"]
    search_fields = ["email"]
    fields = ["email", "language", "status", "created", "asked_at", "confirmed_at"]
    inlines = [ConsentInline]


import newsletter.issues.admin  # noqa: E402, F401  (it registers the issues)
