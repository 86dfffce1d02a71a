"""The guidelines as readers see them: the version in force, every other one, and what changed between two."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.page_cache import clock, public_page
from submissions.guidelines.changes import Changes
from submissions.guidelines.models import Guidelines


@clock
def midnight() -> datetime:
    """When a version that was announced may begin: no page is kept beyond it, and no query is needed to know it."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time.min))


@require_safe
@public_page()
def guidelines(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The guidelines in force, or any version by its number, also one that begins on a day to come."""
    versions = list(Guidelines.objects.announced())
    held = [version for version in versions if not version.lies_ahead]
    found = held[:1] if number is None else [version for version in versions if version.number == number]
    if not found:
        raise Http404
    pairs = _with_the_one_before(versions)
    context = {
        "guidelines": found[0],
        "before": next(before for version, before in pairs if version == found[0]),
        "in_force": held[0] if held else None,
        "chapters": found[0].contents,
        "versions": pairs,
    }
    return render(request, "submissions/guidelines.html", context)


@require_safe
@public_page("from")
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What a version changed: against the one before it, or against the one that `from` names."""
    versions = list(Guidelines.objects.announced())
    pairs = _with_the_one_before(versions)
    version, before = next(((new, old) for new, old in pairs if new.number == number), (None, None))
    if wanted := request.GET.get("from", ""):
        before = next((other for other in versions if str(other.number) == wanted), None)
    if version is None or before is None or before == version:
        raise Http404
    context = {"guidelines": version, "before": before, "changes": Changes(before, version), "versions": versions}
    return render(request, "submissions/guidelines_changes.html", context)


def _with_the_one_before(versions: list[Guidelines]) -> list[tuple[Guidelines, Guidelines | None]]:
    """Each version with the one that it followed; `versions` are newest first."""
    return list(zip(versions, [*versions[1:], None], strict=True))
