"""The receipt: the contributor's private page, opened by its code alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms import codes
from cms.limits import too_many, wrong_code
from cms.workflow import Conflict, NotPermitted
from submissions.models import Story
from submissions.receipt import context_of
from submissions.receipt_forms import AppealForm, ChangesForm, CodeForm, MessageForm, take_back
from submissions.views import initial_of


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The contributor's private page: what has become of the story, and what may be done now."""
    story = Story.objects.filter(code_hash=codes.hash_of(token)).select_related("article", "cover", "section").first()
    if story is None:
        return wrong_code(request)
    form, notice = None, ""
    if request.method == "POST":
        if refusal := too_many(request, "receipt"):
            return refusal
        try:
            form = _act(request, story)
        except (Conflict, NotPermitted, ValidationError):
            notice = _("The story has moved on in the meantime. This is how it stands now.")
            story.refresh_from_db()
        if story.erased:
            return render(request, "submissions/erased.html")
        if form is None and not notice:
            return redirect("submissions:receipt", token)
    context = _context(request, story, token, form, notice)
    return render(request, "submissions/receipt.html", context, status=409 if notice else 422 if form else 200)


def _act(request: HttpRequest, story: Story) -> forms.Form | None:
    """Do what the contributor asks; return the form if it has errors.

    Raises Conflict or NotPermitted when the story is no longer where this can be done.
    """
    if "withdraw" in request.POST or "erase" in request.POST:
        take_back(story, erase="erase" in request.POST)
        return None
    form: Any = None
    if "send_message" in request.POST:
        form = MessageForm(story, request.POST)
    elif "send_appeal" in request.POST:
        form = AppealForm(story, request.POST)
    elif story.status in Story.UNDECIDED:
        form = ChangesForm(story, request.POST, request.FILES)
    if form is None:
        raise Conflict(story)
    if not form.is_valid():
        return form
    form.send()
    return None


def _context(request: HttpRequest, story: Story, token: str, form: Any, notice: str) -> dict[str, Any]:
    """The page's context; a form with errors comes back with what was typed, the others are fresh."""
    context = context_of(story, token)
    may = context["may"]
    fresh: dict[str, Any] = {
        "form": ChangesForm(story, initial=initial_of(story)) if "send_again" in may else None,
        "message_form": MessageForm(story),
        "appeal_form": AppealForm(story),
    }
    names = {MessageForm: "message_form", AppealForm: "appeal_form", ChangesForm: "form"}
    if form is not None:
        fresh[names[type(form)]] = form
    return {
        **context,
        **fresh,
        "receipt_url": request.build_absolute_uri(request.path),
        "first_time": "new" in request.GET,
        "notice": notice,
        # A text that is being typed belongs to what was last sent, whatever the desk does meanwhile.
        "draft_scope": f"changes-{story.uid}-{story.earlier_texts.count()}.",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
def receipt_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the code and lead to the receipt."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("submissions:receipt", form.cleaned_data["code"])
    if form.has_error("code", "wrong") and (refusal := too_many(request, "code")):
        return refusal
    return render(request, "submissions/receipt_ask.html", {"form": form}, status=422 if form.errors else 200)
