"""Stories, mail and guidelines in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms.admin import DeskAdmin
from submissions.guidelines.admin import GuidelinesAdmin
from submissions.guidelines.chapter_admin import ChapterAdmin
from submissions.mail.admin import ReceivedMailAdmin
from submissions.models import Appeal, Chapter, Guidelines, ReceivedMail, Story
from submissions.record import record_of

admin.site.register(ReceivedMail, ReceivedMailAdmin)
admin.site.register(Guidelines, GuidelinesAdmin)
admin.site.register(Chapter, ChapterAdmin)


class WithRecord(DeskAdmin):
    """A kind that is about one story: its contributor's record stands beside it."""

    def review_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Add the record."""
        context = super().review_context(request, item)
        story = getattr(item, "story", item)
        return context | {"side_template": "submissions/record.html", "record": record_of(story)} if item else context


@admin.register(Story)
class StoryAdmin(WithRecord):
    """Stories: read here as they were sent, and decided on by the buttons."""

    review_template = "submissions/review.html"
    list_display = ["headline", "language", "section", "status", "created", "claimed_by"]
    list_filter = ["status", "language", "section"]
    list_select_related = ["section", "claimed_by"]
    search_fields = ["headline", "byline", "email"]
    search_whole = (*DeskAdmin.search_whole, ("email", Lower, _("e-mail")), ("byline", None, _("byline")))
    nothing_yet = _("No story has come in yet. Readers send them by the form and by mail.")
    readonly_fields = fields = (
        "byline", "email", "cover_source_type", "guidelines", "created",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Stories are sent in by readers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A story's own text is never edited; editors edit the article that becomes of it."""
        return False


@admin.register(Appeal)
class AppealAdmin(WithRecord):
    """Appeals: another editor decides whether the story goes back to the desk."""

    review_template = "submissions/appeal_review.html"
    list_display = ["story", "language", "status", "created", "claimed_by"]
    list_filter = ["status", "language"]
    list_select_related = ["story", "claimed_by"]
    search_fields = ["story__headline"]
    search_whole = (*DeskAdmin.search_whole, ("story__uid", None, _("identifier of the story")))
    nothing_yet = _("Nobody has appealed yet. Contributors do on the page of their receipt.")
    readonly_fields = fields = ("declined_by", "created")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Appeals come from the receipt page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An appeal stays as it was written."""
        return False
