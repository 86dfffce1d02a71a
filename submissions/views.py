"""What a contributor opens: the form, the guidelines, the receipt."""

from __future__ import annotations

import contextlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import codes
from cms.models import User
from cms.page_cache import public_page
from cms.workflow import Conflict
from submissions.forms import StoryForm
from submissions.models import Guidelines, Story
from submissions.receipt import CodeForm, answer, timeline

STORY_FIELDS = (
    "headline", "dek", "body", "language", "section", "sources", "byline", "anonymous",
    "email", "cover", "cover_source_type", "guidelines",
)  # fmt: skip


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """Show the form; take a story and lead to its receipt. The same form sent twice is one story."""
    form = StoryForm(request.POST or None, request.FILES or None) if request.method == "POST" else StoryForm()
    if request.method == "POST":
        if before := Story.objects.filter(seed=form.seed).first():
            return redirect("submissions:receipt", before.code)
        if form.is_valid():
            return HttpResponseRedirect(_receive(form))
    context = {"form": form, "guidelines": form.version, "kept_cover": form.kept}
    return render(request, "submissions/submit.html", context, status=422 if form.errors else 200)


def _receive(form: StoryForm) -> str:
    """Make a story of a valid form and return the path of its receipt."""
    code = codes.code_of(form.seed, use="receipt")
    language = get_language()
    story = Story(
        **{name: form.cleaned_data[name] for name in STORY_FIELDS},
        guidelines_language=language,
        guidelines_sha256=form.version.sha256(language),
        seed=form.seed,
        code_hash=codes.hash_of(code),
    )
    with contextlib.suppress(IntegrityError):  # the other click of a double click was faster: same code, same receipt
        story.receive(by=User.objects.system())
    return redirect("submissions:receipt", code).url + "?new"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The contributor's private page: what has become of the story, and what may be done now."""
    story = Story.objects.filter(code_hash=codes.hash_of(token)).select_related("article", "cover", "section").first()
    if story is None:
        raise Http404
    form, notice = None, ""
    if request.method == "POST":
        try:
            form = answer(story, request)
        except (Conflict, ValidationError):
            notice = _("The story has moved on in the meantime. This is how it stands now.")
            story.refresh_from_db()
        if form is None and not notice:
            return redirect("submissions:receipt", token)
    return render(
        request,
        "submissions/receipt.html",
        _receipt_context(story, token, form, notice, request),
        status=409 if notice else 422 if form else 200,
    )


def _receipt_context(story: Story, token: str, form: Any, notice: str, request: HttpRequest) -> dict[str, Any]:
    changes = story.status == Story.Status.CHANGES_ASKED
    return {
        "story": story,
        "code": codes.printable(token),
        "receipt_url": request.build_absolute_uri(request.path),
        "decisions": timeline(story),
        "form": form or (StoryForm(initial=initial_of(story)) if changes else None),
        "kept_cover": story.cover,
        "can_withdraw": story.status in Story.UNDECIDED,
        "first_time": "new" in request.GET,
        "notice": notice,
    }


def initial_of(story: Story) -> dict[str, Any]:
    """The story's own texts, to begin the form of a changed one with."""
    values = {name: getattr(story, name) for name in STORY_FIELDS}
    return values | {"section": story.section.slug, "sources": "\n".join(story.sources), "cover": None}


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
def receipt_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the code and lead to the receipt."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("submissions:receipt", form.cleaned_data["code"])
    return render(request, "submissions/receipt_ask.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@public_page()
def guidelines(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The guidelines in force, or any version by its number."""
    if number is None:
        try:
            version = Guidelines.objects.in_force()
        except Guidelines.DoesNotExist as missing:
            raise Http404 from missing
    else:
        version = get_object_or_404(Guidelines.objects.effective(), number=number)
    versions = list(Guidelines.objects.effective())
    context = {"guidelines": version, "chapters": version.contents, "versions": versions}
    return render(request, "submissions/guidelines.html", context)
