"""Erasing what readers said of themselves when they reported an error: on request, and when its time has come."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from articles.models import CorrectionRequest
from cms.codes import new_seed
from cms.models import Letter, User
from cms.workflow import Conflict, NotPermitted

BATCH = 50


def erase(request: CorrectionRequest) -> None:
    """Empty the row under the move's lock, and its letters; those that still wait are not sent any more."""
    request.erased = timezone.now()
    request.email = request.wrong = request.right = request.source_url = ""
    request.seed = new_seed()  # a form that is sent again does not find it
    Letter.objects.filter(item=request.uid).erase()


def erase_old_requests() -> int:
    """Erase the next reports that were decided long enough ago; returns how many."""
    decided = CorrectionRequest.objects.filter(
        status__in=["corrected", "answered", "declined"],
        erased=None,
        waiting_since__lte=timezone.now() - settings.RETENTION,
    )
    return sum(_erased(request) for request in decided.order_by("waiting_since")[:BATCH])


def _erased(request: CorrectionRequest) -> bool:
    try:
        request.erase(by=User.objects.system(), reason=f"{settings.RETENTION.days} days after the decision")
    except (Conflict, NotPermitted):  # somebody acted on it this moment: the next round looks again
        return False
    return True
