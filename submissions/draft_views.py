"""The pages of a draft that somebody asked us to keep."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms import codes
from cms.fields import LineField
from cms.limits import too_many, wrong_code
from submissions.drafts import Overtaken, SavedDraft, keep
from submissions.forms import StoryForm
from submissions.views import form_page, overtaken_by, submit

_MATTERS_WHEN_SAVING = {"cover", "website"}  # everything else may be wrong or missing until the story is sent


class DraftCodeForm(forms.Form):
    """Asks for the printed code of a draft; `draft` is then the one that it opens."""

    code = LineField(
        label=_("The code of your draft"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code as its address has it; one answer for wrong and expired ones."""
        typed = self.cleaned_data["code"]
        draft = SavedDraft.objects.by_code(typed)
        if draft is None:
            raise forms.ValidationError(
                _("No draft belongs to this code. Check each group of characters; a draft is deleted once it was sent.")
            )
        return codes.as_kept(typed)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def draft_ask(request: HttpRequest) -> HttpResponse:
    """Keep what was typed into a form and lead to its private page; or ask for a code and lead there."""
    if "save" in request.POST:
        return _save(request, None)
    form = DraftCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("submissions:draft", form.cleaned_data["code"])
    return render(request, "submissions/draft_ask.html", {"form": form}, status=422 if form.errors else 200)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """The form with what was kept in it: to write on, to send, to delete.

    A draft that is gone answers 404; a form that is sent to it is taken all the same, so that nothing typed is lost.
    """
    kept = SavedDraft.objects.by_code(token)
    if "delete" in request.POST:
        if kept:
            kept.forget()
        return render(request, "submissions/draft_deleted.html", {"scope": kept.browser_scope if kept else ""})
    if "save" in request.POST:
        return _save(request, kept, token)
    if kept is None and request.method != "POST":
        return wrong_code(request)
    return submit(request, draft=kept)


def _save(request: HttpRequest, kept: SavedDraft | None, token: str = "") -> HttpResponse:
    """Keep what was typed; nothing is required, but a picture has to be one, and a robot is turned away."""
    if refusal := too_many(request, "draft"):
        return refusal
    form = StoryForm(request.POST, request.FILES, draft=kept)
    for name in form.errors.keys() - _MATTERS_WHEN_SAVING:
        del form.errors[name]
    if "website" in form.errors:
        return form_page(request, form, draft=kept)
    try:
        saved = keep(form)
    except Overtaken as overtaken:
        return form_page(request, form, **overtaken_by(overtaken.draft, form))
    except ValidationError as error:
        form.add_error("body", error)
        return form_page(request, form, draft=kept)
    if form.errors:
        form.remember("draft_version", str(saved.version))
        return form_page(request, form, draft=saved, just_saved=True)
    return redirect(reverse("submissions:draft", args=[saved.code or token]) + "?saved")
