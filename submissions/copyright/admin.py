"""Copyright reports in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.admin import DeskAdmin
from cms.unseen import visible
from cms.workflow import Move
from submissions.copyright.clocks import Window
from submissions.copyright.models import CopyrightReport, CounterNotice


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


@admin.register(CounterNotice)
class CounterNoticeAdmin(DeskAdmin):
    """Counter-notices: who sent one is shown only to those who need to know it."""

    review_template = "copyright/counter_review.html"
    list_display = ["article", "language", "status", "created", "restores_on", "claimed_by"]
    list_filter = ["status", "language"]
    list_select_related = ["article", "claimed_by"]
    search_fields = ["article__headline"]
    CONTACT = ("name", "address", "phone", "signature")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Contact details only with the permission for them."""
        shown = self.CONTACT if request.user.has_perm("copyright.read_contact_details") else ()
        return [*shown, "created", "forwarded", "restores_on"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All of it."""
        return self.get_fields(request, obj)

    def review_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Add the days of the clock, and what else holds the article."""
        context = super().review_context(request, item)
        if item is None:
            return context
        report = item.report
        others = item.article.withholdings.active().exclude(reference=report.uid).count()
        received, today = timezone.localdate(item.created), timezone.localdate()
        return context | {
            "report": report,
            "window": item.window(),
            "if_today": Window.of(received, forwarded=today),
            "other_withholdings": others,
        }

    def more_of(self, request: HttpRequest, spec: Move) -> dict[str, Any]:
        """The evidence of an action."""
        names = ("court", "case_number", "filed_on") if spec.name == "hold" else ()
        return {name: visible(request.POST.get(name, "")) for name in names}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Counter-notices come in by the private form."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A counter-notice stays as it was sent."""
        return False
