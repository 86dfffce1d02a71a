"""Erasing what is known about a contributor: on request, and when it is no longer needed (guidelines, rule 12.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from cms import codes
from cms.models import User
from cms.workflow import Conflict, NotPermitted
from submissions.appeal import Appeal
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.models import Story

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH = 20


def erase(story: Story) -> None:
    """Empty the row under the move's lock, delete the conversation, empty letters and raw mail, expire the receipt.

    Of an accepted story the texts stay: they are the article's. Of any other the picture goes too, by the worker.
    """
    story.erased = timezone.now()
    story.email, story.hook_verdict, story.flagged = "", None, None
    story.seed = codes.new_seed()
    story.code_hash = codes.hash_of(codes.code_of(story.seed, use="erased"))  # nobody was ever given this code
    if story.status != story.Status.ACCEPTED:
        story.headline = story.dek = story.body = story.byline = story.cover_source_type = story.ai_use = ""
        story.sources, story.cover = [], None
    elif story.anonymous:
        story.byline = ""
    _erase_mail(TakenMail.objects.filter(Q(item=story.uid) | Q(message__story=story) | Q(received_mail__story=story)))
    for rows in (story.messages, story.requests, story.earlier_texts):
        rows.all().delete()
    Appeal.objects.filter(story=story).update(grounds="")
    ReceivedMail.objects.filter(story=story).update(subject="—", sender="", missing=[])
    story.letters().erase()


def _erase_mail(mail: models.QuerySet[TakenMail]) -> None:
    """Forget the messages themselves; that they were taken, and what became of them, stays."""
    found = list(mail.values_list("pk", flat=True))
    TakenMail.objects.filter(pk__in=found).update(raw=b"", recipient="", erased=timezone.now())
    ReceivedMail.objects.filter(taken__in=found).update(subject="—", sender="", missing=[])


def erase_old_stories() -> int:
    """Erase the next declined and withdrawn stories whose time has come; returns how many."""
    return sum(_erased(story) for story in _erasable())


def _erasable() -> Iterable[Story]:
    """Stories decided long enough ago, as are the appeals against the decisions."""
    before = timezone.now() - settings.RETENTION
    held = Appeal.objects.filter(
        Q(status=Appeal.Status.OPEN) | Q(waiting_since__gt=before), story=models.OuterRef("pk")
    )
    for status in (Story.Status.DECLINED, Story.Status.WITHDRAWN):
        due = Story.objects.filter(status=status, erased=None, waiting_since__lte=before)
        yield from due.exclude(models.Exists(held)).order_by("waiting_since")[:BATCH]


def _erased(story: Story) -> bool:
    try:
        story.erase(by=User.objects.system(), reason=f"{settings.RETENTION.days} days after the decision")
    except (Conflict, NotPermitted):  # somebody acted on it this moment: the next round looks again
        return False
    return True


def erase_old_mail() -> int:
    """Forget raw messages that are no longer needed; returns how many.

    Kept are those that wait, and copyright reports: they are evidence (17 USC 512(g), DSA Article 16).
    """
    old = TakenMail.objects.filter(erased=None, received__lte=timezone.now() - settings.RETENTION)
    needed = Q(received_mail__status=ReceivedMail.Status.WAITING) | Q(became="copyright.copyrightreport")
    found = list(old.exclude(needed).order_by("received").values_list("pk", flat=True)[:BATCH])
    if found:
        _erase_mail(TakenMail.objects.filter(pk__in=found))
    return len(found)


def close_unanswered() -> int:
    """Close stories whose contributor was asked for changes and is silent (guidelines, rule 5.4); returns how many."""
    silent = Story.objects.filter(
        status=Story.Status.CHANGES_ASKED, erased=None, waiting_since__lte=timezone.now() - settings.UNANSWERED
    )
    closed = 0
    for story in silent.order_by("waiting_since")[:BATCH]:
        rules = [rule.number for rule in story.citable_rules() if rule.reason_code == "no-answer"]
        days = (timezone.now() - story.waiting_since) // timedelta(days=1)
        with override(story.language):
            reason = gettext("We asked for changes and heard nothing for %(days)s days.") % {"days": days}
        try:
            story.lapse(by=User.objects.system(), reason=reason, rules=rules)
            closed += 1
        except Conflict:  # the answer came this moment
            continue
    return closed
