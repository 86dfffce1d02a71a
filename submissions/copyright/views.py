"""What a rights holder opens: the report's form, the policy, the case."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import codes
from cms.limits import too_many, wrong_code
from cms.models import Decision, User
from cms.page_cache import public_page
from submissions.copyright.forms import ReportForm
from submissions.copyright.models import CopyrightReport, CounterNotice

REPORT_FIELDS = (
    "basis", "name", "for_organisation", "email", "address", "phone", "work", "urls", "explanation", "signature",
)  # fmt: skip
PLAIN_WORDS = {
    "receive": _("We have received your report. It waits for an editor."),
    "claim": _("An editor is examining your report."),
    "uphold": _("Your report was upheld. The articles are withheld."),
    "decline": _("Your report was declined. The articles stay."),
    "reverse": _("The decision was reversed. The articles are back."),
    "run_out": _("After counter-notices, your report no longer withholds any article."),
}
OF_A_COUNTER_NOTICE = {
    "forward": _(
        "“%(headline)s”: we sent you a counter-notice. Unless you tell us of an action in court, the article comes "
        "back on %(day)s."
    ),
    "hold": _("“%(headline)s”: an action was filed. The article stays withheld until it is decided."),
    "restore": _("“%(headline)s”: the article is restored after the counter-notice."),
    "restore_in_time": _("“%(headline)s”: we were told of no action in time. The article is restored."),
    "uphold_removal": _("“%(headline)s”: the article stays withheld after the counter-notice."),
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form; take a report and lead to its case. The same form sent twice is one report."""
    form = ReportForm(request.POST if request.method == "POST" else None, initial={"urls": request.GET.get("url", "")})
    if form.is_bound:
        form.arrived(request)
    if form.is_valid() and form.admitted(request):
        if refusal := too_many(request, "report"):
            return refusal
        return redirect("copyright:case", _receive(form))
    return form.page(request, "copyright/report.html")


def _receive(form: ReportForm) -> str:
    """Make a report of a valid form and return the code of its case; the same form sent again is the same report."""
    before = CopyrightReport.objects.filter(seed=form.seed).first()
    if before and before.urls == form.cleaned_data["urls"] and before.explanation == form.cleaned_data["explanation"]:
        return before.code
    seed = codes.new_seed() if before else form.seed
    code = codes.code_of(seed, use="case")
    statements, sha256 = form.statements()
    made = CopyrightReport(
        **{name: form.cleaned_data[name] for name in REPORT_FIELDS},
        language=get_language(),
        statements=statements,
        statements_sha256=sha256,
        seed=seed,
        code_hash=codes.hash_of(code),
    )
    try:
        made.receive(by=User.objects.system(), articles=form.articles)
    except IntegrityError:  # the other click of a double click was faster
        if not CopyrightReport.objects.filter(code_hash=made.code_hash).exists():
            raise
    return code


@require_safe
def case(request: HttpRequest, token: str) -> HttpResponse:
    """The reporter's private page: how the report stands."""
    found = CopyrightReport.objects.filter(code_hash=codes.hash_of(token)).first()
    if found is None:
        return wrong_code(request)
    rows: list[dict[str, Any]] = [
        {
            "when": line.created,
            "text": PLAIN_WORDS[line.move],
            "reason": "" if line.actor.is_system else line.reason,
        }
        for line in found.decisions()
        if line.move in PLAIN_WORDS
    ]
    rows = sorted([*rows, *_counter_notices(found)], key=lambda row: row["when"])
    context = {"report": found, "decisions": rows, "code": codes.printable(token)}
    return render(request, "copyright/case.html", context)


def _counter_notices(report: CopyrightReport) -> list[dict[str, Any]]:
    """What became of counter-notices since they were sent to the reporter: rows as the report's own."""
    sent = CounterNotice.objects.filter(link__report=report).exclude(forwarded=None).select_related("article")
    notices = {notice.uid: notice for notice in sent}
    lines = Decision.objects.filter(item__in=notices, move__in=OF_A_COUNTER_NOTICE).order_by("number")
    rows = []
    for line in lines.select_related("actor") if notices else []:
        notice = notices[line.item]
        words = {"headline": notice.article.headline, "day": date_format(notice.restores_on or notice.created)}
        reason = "" if line.actor.is_system or line.move == "forward" else line.reason
        rows.append({"when": line.created, "text": OF_A_COUNTER_NOTICE[line.move] % words, "reason": reason})
    return rows


@require_safe
@public_page()
def policy(request: HttpRequest) -> HttpResponse:
    """How copyright reports are handled here."""
    return render(request, "copyright/policy.html")
