"""Issues in the admin: written as drafts, moved by the buttons, watched while they are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.admin import DeskAdmin, ReadOnlyAdmin, SeenForm
from cms.desk import change_url
from cms.editor import BodyWidget
from cms.models import Letter
from cms.odd_keys import KeySelect
from cms.text import rich_text
from cms.workflow import Conflict, DeskItem
from newsletter.issues import mime
from newsletter.issues.ledger import Delivery
from newsletter.issues.models import Issue, IssueArticle
from newsletter.issues.moves import WRITE, Status


class IssueForm(SeenForm):
    """An issue's own fields; the introduction in the editor."""

    class Meta:
        widgets = {"intro": BodyWidget(attrs={"rows": 12})}

    def clean_intro(self) -> str:
        """The one sanitiser, for editors too."""
        return rich_text(self.cleaned_data["intro"])


class ArticleSelect(KeySelect):
    """Finds an article by its headline; has a name as long as none is chosen."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """Django's attributes, and what stands in an empty one."""
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": _("Choose an article")}


class ArticleRows(BaseInlineFormSet):
    """The rows of a draft's articles. Columns have headings, which name no field to who does not see them."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name the fields of a row."""
        super().add_fields(form, index)
        names = {"position": _("Place"), "article": _("Article"), "DELETE": _("Delete")}
        for name in names.keys() & form.fields.keys():  # the others are hidden
            form.fields[name].widget.attrs["aria-label"] = names[name]


class ArticleInline(admin.TabularInline):
    """A draft's articles."""

    model = IssueArticle
    formset = ArticleRows
    fields = ("position", "article")
    extra = 3
    verbose_name_plural = gettext_lazy("articles, the smallest place first")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Articles are found by a part of their headline."""
        if db_field.name == "article":
            kwargs["widget"] = ArticleSelect(db_field, self.admin_site)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def may_write(request: HttpRequest, issue: Issue | None = None) -> bool:
    """Whether the user writes issues and, where one is named, whether it is a draft."""
    user: Any = request.user
    return user.has_perm(WRITE) and (issue is None or issue.status == Status.DRAFT)


@admin.register(Issue)
class IssueAdmin(DeskAdmin):
    """Issues: drafts are edited, all others are read."""

    form = IssueForm
    change_form_template = "newsletter/issue_admin.html"
    review_template = "newsletter/issue_review.html"
    list_display = ["headline", "language", "status", "public_at", "updated"]
    list_filter = ["status", "language"]
    search_fields = ["headline", "slug"]
    fields = ["seen", "headline", "language", "intro", ("slug", "send_at")]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is not a draft any more is printed above: only what is not seen there is told."""
        return self.fields if may_write(request, obj) else ["language", "slug", "send_at"]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """The articles of a draft; those of others are printed above, too."""
        return [ArticleInline] if may_write(request, obj) else []

    def get_urls(self) -> list[URLPattern]:
        """Add the previews, and the copy to oneself."""
        views: dict[str, Callable[..., HttpResponse]] = {"preview/<slug:kind>": self.preview, "test": self.send_test}
        added = []
        for address, view in views.items():
            name = f"newsletter_issue_{address.partition('/')[0]}"
            added.append(path(f"<int:pk>/{address}/", self.admin_site.admin_view(view), name=name))
        return [*added, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Drafts only: what is approved is what was read."""
        return may_write(request, obj)

    def begin(self, obj: Any) -> None:
        """An issue begins as a draft."""
        obj.status = Status.DRAFT

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A save of what somebody has changed meanwhile is a conflict before its rows are looked at."""
        issue: Any = self.get_object(request, object_id)
        stale = issue is not None and request.method == "POST" and request.POST.get("seen") != str(issue.version)
        if stale and may_write(request):
            return self.conflict(request, Conflict(issue))
        return super().change_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new issue is entered; an old one is saved with its articles, below."""
        if not change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what was changed on the version that was seen, the articles with it, as one edit of the log."""
        if change:
            user: Any = request.user
            columns = {name: form.cleaned_data[name] for name in form.changed_data if name != "seen"}
            also = ["articles"] if any(found.has_changed() for found in formsets) else []
            fresh = Issue.objects.get(pk=form.instance.pk)
            fresh.amend(by=user, seen=form.cleaned_data["seen"], also=also, **columns)
        super().save_related(request, form, formsets, change)

    def review_context(self, request: HttpRequest, item: DeskItem | None) -> dict[str, Any]:
        """Add the issue as readers would get it, what it lacks, how far it has been sent."""
        context = super().review_context(request, item)
        if isinstance(item, Issue):
            context |= {
                "side_template": "newsletter/issue_side.html",
                "rows": item.rows.select_related("article__section"),
                "readable": {article.pk for article in item.readable_articles()},
                "lacking": _lacking(item) if item.status in {Status.DRAFT, Status.WAITING} else [],
                "progress": _progress(item) if item.begun_at else [],
                "may_test": may_write(request),
                "preview_url": self.address(item, "preview", "html"),
                "text_url": self.address(item, "preview", "text"),
                "test_url": self.address(item, "test"),
            }
        return context

    def _after(self, request: HttpRequest, item: DeskItem, result: Any) -> str:
        """Stay with the issue: what comes next is seen there."""
        return change_url(Issue, item.pk)

    def _issue(self, request: HttpRequest, pk: int) -> Issue:
        issue: Any = self.get_object(request, str(pk))
        if issue is None:
            raise Http404
        if not self.has_view_permission(request, issue):
            raise PermissionDenied
        return issue

    def preview(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        """The mail as it goes out, as a page of its own: its HTML, or its text."""
        issue = self._issue(request, pk)
        edition = mime.Edition(issue, issue.readable_articles())
        if kind == "text":
            return HttpResponse(edition.shown("text"), content_type="text/plain; charset=utf-8")
        response = HttpResponse(edition.shown("html"))
        # A letter's styles are in its tags, as mail programs want it. Nothing else of it may run here.
        response._csp_replace = {"style-src": ["'unsafe-inline'"], "script-src": ["'none'"]}  # type: ignore[attr-defined]
        return response

    def send_test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mail the issue as it stands to the person who asks, and to nobody else."""
        issue, user = self._issue(request, pk), request.user
        if not may_write(request):
            raise PermissionDenied
        if request.method == "POST" and not user.email:  # type: ignore[union-attr]
            messages.error(request, _("There is no address to send it to: put yours down with your account."))
        elif request.method == "POST":
            edition = mime.Edition(issue, issue.readable_articles())
            Letter.objects.create(
                name="newsletter_test",
                to=user.email,  # type: ignore[union-attr]
                language=issue.language,
                subject=mime.test_subject(issue),
                body_text=edition.shown("text"),
                body_html=edition.shown("html"),
                kind=issue.kind(),
                item=issue.uid,
            )
            messages.success(request, _("A copy is on its way to %(email)s.") % {"email": user.email})  # type: ignore[union-attr]
        return HttpResponseRedirect(change_url(Issue, issue.pk))


def _lacking(issue: Issue) -> list[str]:
    """What stands in the way of sending it, one sentence each."""
    try:
        issue.check_ready()
    except ValidationError as error:
        return list(error.messages)
    return []


def _progress(issue: Issue) -> list[dict[str, Any]]:
    """How many copies stand in each state, with the way to the list of them."""
    counts, listed = issue.deliveries.counts(), reverse("admin:newsletter_delivery_changelist")
    return [
        {
            "state": label,
            "count": counts[state],
            "url": f"{listed}?issue__id__exact={issue.pk}&state__exact={state}",
        }
        for state, label in Delivery.State.choices
        if counts.get(state)
    ]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Every copy of every issue, with what became of it."""

    list_display = ["folded", "issue", "state", "attempts", "sent_at", "result"]
    list_filter = ["state"]
    list_select_related = ["issue"]
    search_fields = ["folded__startswith"]
    fields = ["folded", "issue", "state", "attempts", "next_attempt", "sent_at", "result", "message_id"]
    readonly_fields = ["message_id"]

    @admin.display(description=gettext_lazy("Message-ID"))
    def message_id(self, copy: Delivery) -> str:
        """By what the mail server's log can be asked for it."""
        return mime.message_id(copy.issue.uid, copy.pk)
