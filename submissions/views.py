"""What a contributor opens: the form and the guidelines."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms import codes
from cms.limits import too_many
from cms.models import User
from cms.page_cache import public_page
from submissions.checks.drafts import draft_of_values
from submissions.checks.findings import Findings
from submissions.forms import StoryForm
from submissions.models import Guidelines, Story

STORY_FIELDS = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous",
    "email", "cover", "cover_source_type", "guidelines",
)  # fmt: skip


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest) -> HttpResponse:
    """Show the form, and the story as it would be printed; take a story and lead to its receipt.

    The same form sent twice is one story.
    """
    posted = request.method == "POST"
    form = StoryForm(request.POST, request.FILES) if posted else StoryForm()
    if posted and form.is_valid() and "preview" not in request.POST:
        if refusal := too_many(request, "story"):
            return refusal
        return redirect(reverse("submissions:receipt", args=[_receive(form)]) + "?new")
    context = {"form": form, "guidelines": form.version, "kept_cover": form.kept}
    if "preview" in request.POST:
        form.errors.pop("guidelines", None)  # nobody has to agree before sending
        context |= preview_of(form)
    return render(request, "submissions/submit.html", context, status=422 if form.errors else 200)


def _receive(form: StoryForm) -> str:
    """Make a story of a valid form and return the code of its receipt.

    A form that was sent before is the same story; one that was changed after going back is another.
    """
    before = Story.objects.filter(seed=form.seed).first()
    if before and form.says_what(before):
        return before.code
    seed = codes.new_seed() if before else form.seed
    code, language = codes.code_of(seed, use="receipt"), get_language()
    story = Story(
        **{name: form.cleaned_data[name] for name in STORY_FIELDS},
        guidelines_language=language,
        guidelines_sha256=form.version.sha256(language),
        seed=seed,
        code_hash=codes.hash_of(code),
    )
    try:
        story.receive(by=User.objects.system())
    except IntegrityError:  # the other click of a double click was faster
        if not Story.objects.filter(code_hash=story.code_hash).exists():
            raise
    return code


def preview_of(form: StoryForm) -> dict[str, Any]:
    """The story of a form, as far as it can be printed yet, and what the checks say of it."""
    values = {name: form.examined[name] for name in STORY_FIELDS if name in form.examined}
    findings = Findings(draft_of_values(form.examined), form.verdicts, form.version)
    return {"item": Story(**values), "findings": findings}


def initial_of(story: Story) -> dict[str, Any]:
    """The story's own texts, to begin the form of a changed one with."""
    values = {name: getattr(story, name) for name in STORY_FIELDS}
    return values | {"section": story.section.slug, "sources": "\n".join(story.sources), "cover": None}


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
