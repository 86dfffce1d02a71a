"""Copyright reports in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.admin import DeskAdmin
from submissions.copyright.models import CopyrightReport


@admin.register(CopyrightReport)
class CopyrightReportAdmin(DeskAdmin):
    """Reports: read here as they were sent, and decided on by the buttons."""

    review_template = "copyright/review.html"
    list_display = ["work", "name", "basis", "language", "status", "created", "claimed_by"]
    list_filter = ["status", "basis", "language"]
    list_select_related = ["claimed_by"]
    search_fields = ["name", "email", "work"]
    nothing_yet = _("No report has come in yet. Rights holders send them by the form on the copyright page.")
    readonly_fields = fields = (
        "name",
        "for_organisation",
        "email",
        "address",
        "phone",
        "basis",
        "signature",
        "created",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Reports come in by the public form."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A report stays as it was sent."""
        return False
