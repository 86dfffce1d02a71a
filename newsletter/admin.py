"""Subscribers in the admin: looked up, never typed into. Only the reader subscribes, and only the reader confirms."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cms.admin import ReadOnlyAdmin
from newsletter.models import Consent, Subscriber


class ConsentInline(admin.StackedInline):
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
    search_whole = (("folded", str.lower, _("e-mail")),)
    nothing_yet = _("Nobody has subscribed yet. Readers do by the form below every article.")
    fields = ["email", "language", "status", "created", "asked_at", "confirmed_at"]
    inlines = [ConsentInline]


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Every line of consent: what was shown, where, and what was answered."""

    list_display = ["created", "subscriber", "event", "language", "page"]
    list_filter = ["event", "language"]
    list_select_related = ["subscriber"]
    search_fields = ["page"]
    search_whole = (("subscriber__folded", str.lower, _("e-mail")),)
    fields = ["subscriber", "event", "wording", "wording_sha256", "language", "page", "created"]
    nothing_yet = _("Nobody has agreed to anything yet. A sign-up to the newsletter writes the first line.")


import newsletter.issues.admin  # noqa: E402, F401  (it registers the issues)
