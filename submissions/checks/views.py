"""The live check: what the form says to somebody who is still writing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cms import flood, limits
from cms.middleware import takes_at_most
from submissions.checks import Cover, examine
from submissions.checks.drafts import draft_of_typing
from submissions.checks.findings import Findings
from submissions.forms import kept_picture
from submissions.models import Guidelines

MOST_BYTES = 512 * 1024  # the longest story that the form takes, in Chinese with its tags, is half of it


def _too_long(_request: HttpRequest, _words: str) -> JsonResponse:
    too_long = _("The text is too long to be checked as you write.")
    return JsonResponse({"verdicts": [], "summary": too_long}, status=413)


@csrf_exempt
@takes_at_most(MOST_BYTES, refuse=_too_long)
@require_POST
def check(request: HttpRequest) -> JsonResponse:
    """Answer what the checks say of the fields as they are now: {"verdicts": […], "summary": "2 notes …"}.

    Nothing is stored, not even a picture; the answer is 413 for a text that the form would not take either, and 429
    with Retry-After where this network, or all, ask for too many. Sending and the preview check a story all the same.
    """
    if flood.arrived(request, "check"):
        return _resting(settings.FLOOD_WINDOW)
    if limits.over(request, "check"):
        return _resting(limits.seconds_left())
    draft = draft_of_typing(request.POST.dict(), _cover(request))
    verdicts = list(Findings(draft, examine(draft), Guidelines.objects.in_force()).as_json())
    summary = ngettext("%(count)s hint on your story.", "%(count)s hints on your story.", len(verdicts))
    return JsonResponse({"verdicts": verdicts, "summary": summary % {"count": len(verdicts)}})


def _resting(seconds: int) -> JsonResponse:
    rests = _("The check as you write is resting: press “Preview and check” instead.")
    return JsonResponse({"verdicts": [], "summary": rests}, status=429, headers={"Retry-After": str(seconds)})


def _cover(request: HttpRequest) -> Cover | None:
    """The picture of an earlier try, or the size that the browser measured of one that is not sent yet."""
    chosen = request.POST.get("cover_source_type", "")
    width, height = (_number(request.POST.get(name, "")) for name in ("cover_width", "cover_height"))
    if width and height:
        return Cover(width, height, chosen)
    return Cover.of(kept_picture(request.POST.get("kept_cover", "")), chosen)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0
