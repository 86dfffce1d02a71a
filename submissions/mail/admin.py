"""Mail that waits, in the admin."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from cms.admin import DeskAdmin


class ReceivedMailAdmin(DeskAdmin):
    """Messages that wait for a person, and those that were filed."""

    review_template = "submissions/mail_review.html"
    list_display = ["subject", "sender", "why", "status", "created", "claimed_by"]
    list_filter = ["status", "why", "language"]
    list_select_related = ["claimed_by"]
    search_fields = ["subject", "sender"]
    nothing_yet = _("No message waits for a person, and none was filed. What becomes a story by itself is not here.")
    fields = readonly_fields = ("sender", "subject", "why", "story", "created")

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the message as it came."""
        view = self.admin_site.admin_view(self.original)
        return [path("<int:pk>/original.eml", view, name="submissions_receivedmail_original"), *super().get_urls()]

    def original(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The raw message, as a file to be saved and never to be shown."""
        item: Any = self.get_object(request, str(pk))
        if item is None or item.taken is None or not self.has_view_permission(request, item):
            raise Http404
        headers = {"Content-Disposition": f'attachment; filename="{item.uid}.eml"'}
        return HttpResponse(bytes(item.taken.raw), "application/octet-stream", headers=headers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Messages come by mail."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A message is never edited."""
        return False
