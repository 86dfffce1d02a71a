"""What a contributor opens to send a story: the form."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms import codes
from cms.limits import too_many
from cms.models import User
from cms.text import plain_text, rich_text
from submissions.checks.drafts import draft_of_values
from submissions.checks.findings import Findings
from submissions.drafts import Overtaken, sent_with, typed
from submissions.forms import StoryForm
from submissions.models import SavedDraft, Story

STORY_FIELDS = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous",
    "email", "cover", "cover_source_type", "guidelines",
)  # fmt: skip


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, draft: SavedDraft | None = None) -> HttpResponse:
    """Show the form, and the story as it would be printed; take a story and lead to its receipt.

    The same form sent twice is one story. `draft` is the one that the form is filled from, for its own page.
    """
    posted = request.method == "POST"
    form = StoryForm(request.POST, request.FILES, draft=draft) if posted else StoryForm(draft=draft)
    if posted:
        form.arrived(request)
    if request.FILES and (refusal := too_many(request, "picture")):
        return refusal
    if posted and form.is_valid() and "preview" not in request.POST and form.admitted(request):
        return too_many(request, "story") or _take(request, form)
    context = {}
    if "preview" in request.POST:
        form.errors.pop("guidelines", None)  # nobody has to agree before sending
        context = preview_of(form)
    return form_page(request, form, draft=draft, **context)


def _take(request: HttpRequest, form: StoryForm) -> HttpResponse:
    """Receive the story of a valid form and lead to its receipt, unless another device has saved other words."""
    known = _known(form.seed)
    try:
        # Most stories never were a draft: they need no transaction around their own.
        with sent_with(form) if "draft" in known else nullcontext():
            code = _receive(form, sent_before="story" in known)
    except Overtaken as overtaken:
        return form_page(request, form, **overtaken_by(overtaken.draft, form))
    return redirect(reverse("submissions:receipt", args=[code]) + "?new")


def form_page(request: HttpRequest, form: StoryForm, **context: Any) -> HttpResponse:
    """The page of the form, with the draft that it belongs to where there is one; 409 where that was overtaken."""
    context = {"kept_cover": form.kept, "draft_days": settings.DRAFT_DAYS} | context
    if draft := context.get("draft"):
        path = reverse("submissions:draft", args=[draft.code]) if draft.code else request.path
        printed = codes.printable(draft.code or codes.as_kept(path.rstrip("/").rsplit("/", 1)[-1]))
        context |= {"draft_path": path, "draft_url": request.build_absolute_uri(path), "draft_code": printed}
    response = form.page(request, "submissions/submit.html", context)
    if context.get("other"):
        response.status_code = 409
    return response


def overtaken_by(draft: SavedDraft, form: StoryForm) -> dict[str, Any]:
    """What the form's page shows where another device has saved something else: each field that differs.

    The form goes on from there, so that whoever sends it once more has seen what it takes the place of.
    """
    mine = typed(form)
    form.remember("draft_version", str(draft.version))
    other = [
        {"label": form.fields[name].label, "text": plain_text(rich_text(text)) if name == "body" else text}
        for name, text in draft.fields.items()
        if text != mine.get(name)
    ]
    return {"draft": draft, "other": other or [{"label": form.fields["cover"].label, "text": ""}]}


def _known(seed: str) -> set[str]:
    """What there is of a form already, in one query: a "story", a "draft", both or nothing."""
    stories = Story.objects.filter(seed=seed).order_by().values_list(Value("story"))
    drafts = SavedDraft.objects.filter(seed=seed).order_by().values_list(Value("draft"))
    return {kind for (kind,) in stories.union(drafts)}


def _receive(form: StoryForm, *, sent_before: bool) -> str:
    """Make a story of a valid form and return the code of its receipt.

    A form that was sent before is the same story; one that was changed after going back is another.
    """
    before = Story.objects.filter(seed=form.seed).first() if sent_before else None
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
