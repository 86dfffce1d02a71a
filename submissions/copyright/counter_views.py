"""The contributor's private page against a withholding: the form of a counter-notice, then how it stands."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.limits import too_many, wrong_code
from cms.models import User
from submissions.copyright.counter_forms import CounterNoticeForm
from submissions.copyright.counter_notice import CounterNotice
from submissions.copyright.links import CounterLink

FIELDS = ("material", "explanation", "name", "address", "phone", "signature")
PLAIN_WORDS = {
    "receive": _("We have received your counter-notice. It waits for an editor."),
    "forward": _("Your counter-notice was sent to the claimant."),
    "reject": _("Your counter-notice was not accepted. You may send another."),
    "hold": _("An action was filed in court. The article stays withheld until it is decided."),
    "restore": _("The article is no longer withheld for this report."),
    "restore_in_time": _("No action was notified to us in time. The article is no longer withheld for this report."),
    "uphold_removal": _("The article stays withheld."),
    "close": _("Closed: the article is no longer withheld for this report, or was taken off for good."),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form, or what became of what was sent; take a counter-notice. One answer for wrong and expired codes."""
    link = CounterLink.objects.with_code(token)
    last = link.last_notice() if link else None
    may_send = link is not None and link.may_send()
    if link is None or not (may_send or (last and not last.erased)):
        return wrong_code(request)
    form = None
    if may_send:
        form = CounterNoticeForm(request.POST if request.method == "POST" else None, initial=_initial(link))
    if form and form.is_bound:
        form.arrived(request)
        if form.is_valid() and form.admitted(request):
            if refusal := too_many(request, "counter"):
                return refusal
            _receive(form, link)
            return redirect("copyright:counter", token)
    elif request.method == "POST":  # sent twice, or from two windows: what came first counts
        return redirect("copyright:counter", token)
    return _page(request, link, last, form)


def _page(
    request: HttpRequest, link: CounterLink, last: CounterNotice | None, form: CounterNoticeForm | None
) -> HttpResponse:
    withholding = link.story.article and link.story.article.withholdings.filter(reference=link.report.uid).first()
    context: dict[str, Any] = {
        "article": link.story.article,
        "withholding": withholding,
        "notice": last,
        "window": last.window() if last and last.forwarded else None,
        "decisions": _timeline(last) if last else [],
        "retention_days": settings.RETENTION.days,
    }
    if form:
        return form.page(request, "copyright/counter.html", context)
    return render(request, "copyright/counter.html", context)


def _initial(link: CounterLink) -> dict[str, str]:
    """What we know already: the article and its address."""
    article = link.story.article
    return {"material": f"{article.headline}\n{article.permalink()}"} if article else {}


def _receive(form: CounterNoticeForm, link: CounterLink) -> None:
    """Make a counter-notice of a valid form; the same form sent again, or a second one, makes nothing."""
    statements, sha256 = form.statements()
    made = CounterNotice(
        **{name: form.cleaned_data[name] for name in FIELDS},
        link=link,
        article=link.story.article,
        language=get_language(),
        statements=statements,
        statements_sha256=sha256,
        seed=form.seed,
    )
    try:
        with transaction.atomic():
            made.receive(by=User.objects.system())
    except IntegrityError:  # the other click of a double click was faster
        if not link.notices.exists():
            raise


def _timeline(notice: CounterNotice) -> list[dict[str, Any]]:
    """What became of it, in plain words, oldest first."""
    return [
        {"when": line.created, "text": PLAIN_WORDS[line.move], "reason": _said(line)}
        for line in notice.decisions()
        if line.move in PLAIN_WORDS
    ]


def _said(line: Any) -> str:
    """An editor's reason; the clock's own words are in the text, and what was checked is the newsroom's."""
    return "" if line.actor.is_system or line.move == "forward" else line.reason
