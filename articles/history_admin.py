"""The earlier texts of an article in the admin: what changed between any two, and bringing one back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from articles.models import Article, Revision
from cms.desk import change_url
from cms.differences import line_differences, text_changes
from cms.numbers import whole_number
from cms.review import DeskAdmin
from cms.workflow import Conflict

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

SHOWN = 50  # earlier texts on a page
NOW = "now"


class HistoryViews(DeskAdmin):
    """Adds the page of earlier texts to the articles' admin."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page's address."""
        view = self.admin_site.admin_view(self.texts_view)
        return [path("<int:pk>/texts/", view, name="articles_article_texts"), *super().get_urls()]

    def texts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what differs between `?a=` and `?b=` (versions, or "now"). POST brings `a` back."""
        article = self.get_object(request, str(pk))
        if not isinstance(article, Article):
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        fault = ""
        if request.method == "POST":
            try:
                return self._restore(request, article)
            except ValidationError as error:
                fault = " ".join(error.messages)
            except Conflict as conflict:
                return self.conflict(request, conflict)
        return self._texts_page(request, article, fault)

    def _restore(self, request: HttpRequest, article: Article) -> HttpResponse:
        user: Any = request.user
        seen, version = (whole_number(request.POST.get(name, "")) for name in ("seen", "a"))
        if seen is None or version is None:
            raise Conflict(article)
        article.restore(by=user, seen=seen, reason=request.POST.get("reason", ""), version=version)
        messages.success(request, _("The earlier text is back."))
        return HttpResponseRedirect(change_url(Article, article.pk))

    def _texts_page(self, request: HttpRequest, article: Article, fault: str) -> HttpResponse:
        earlier = list(article.revisions.order_by("-version")[:SHOWN])
        by_version: dict[str, Revision | Article] = {str(row.version): row for row in earlier} | {NOW: article}
        first = request.POST.get("a") or request.GET.get("a") or next(iter(by_version))
        one, two = by_version.get(first), by_version.get(request.GET.get("b", NOW))
        if one is None or two is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Earlier texts"),
            "opts": self.opts,
            "item": article,
            "earlier": earlier,
            "chosen": (first, request.GET.get("b", NOW)),
            "changed": _changes(one, two),
            "can_restore": isinstance(one, Revision) and self.has_change_permission(request, article),
            "reason": request.POST.get("reason", ""),
            "fault": fault,
        }
        return TemplateResponse(request, "articles/texts.html", context, status=422 if fault else 200)


def _changes(one: Any, two: Any) -> dict[str, SafeString]:
    """What differs between two texts: headline, dek, body, and the byline."""
    changed = text_changes(one, two)
    if one.byline != two.byline:
        changed["byline"] = line_differences(one.byline, two.byline)
    return changed
