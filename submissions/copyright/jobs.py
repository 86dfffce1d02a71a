"""The clocks of counter-notices: what comes back by itself, what an editor has to look at, what is forgotten."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from articles.models import Article, Law, Withholding
from cms.models import User
from cms.worker import job
from cms.workflow import Conflict, NotPermitted
from submissions.copyright.links import CounterLink
from submissions.copyright.models import CopyrightReport, CounterNotice
from submissions.models import Story

log = logging.getLogger(__name__)

BATCH = 20
KEPT = timedelta(days=3 * 366)  # an action may be begun within three years (17 USC 507(b))
Status = CounterNotice.Status


def _move_each(found: QuerySet[CounterNotice], move: str, reason: str = "") -> int:
    """Make a move of the system on the next of these; what somebody moves this moment is left to the next round."""
    done, system = 0, User.objects.system()
    for notice in found.select_related("article", "link__report")[:BATCH]:
        try:
            getattr(notice, move)(by=system, reason=reason)
        except (Conflict, NotPermitted):
            continue
        except Exception:  # one that cannot be moved must not stand in the way of those behind it: the alarm tells
            log.exception("counter-notice %s: %s failed and will be tried again", notice.uid, move)
            continue
        done += 1
    return done


@job(every=timedelta(minutes=1))
def close_without_object() -> int:
    """Close what has no object any more: a report that was reversed, an article that was killed."""
    held = Withholding.objects.active().filter(article=OuterRef("article"), reference=OuterRef("link__report__uid"))
    open_ones = CounterNotice.objects.filter(status__in=CounterNotice.OPEN).alias(held=Exists(held))
    without = open_ones.filter(~Q(article__status=Article.Status.PUBLISHED) | Q(held=False))
    return _move_each(without.order_by("pk"), "close")


@job(every=timedelta(hours=1))
def offer_links() -> int:
    """Give their link to contributors whose story was withheld before there were any: their receipt shows it."""
    linked = CounterLink.objects.filter(report=OuterRef("pk"), story=OuterRef("articles__story"))
    upheld = CopyrightReport.objects.filter(
        status=CopyrightReport.Status.UPHELD, basis=Law.DMCA, articles__story__isnull=False
    )
    found = list(upheld.alias(linked=Exists(linked)).filter(linked=False).values_list("pk", "articles__story")[:BATCH])
    for report, story in found:
        CounterLink.objects.offer(CopyrightReport.objects.get(pk=report), Story.objects.get(pk=story))
    return len(found)


@job(every=timedelta(minutes=1))
def restore_in_time() -> int:
    """Bring back what nobody has taken to court in time (17 USC 512(g)(2)(C))."""
    due = CounterNotice.objects.filter(status=Status.FORWARDED, restores_on__lte=timezone.localdate())
    return _move_each(due.order_by("restores_on"), "restore_in_time")


@job(every=timedelta(minutes=1))
def raise_alarms() -> int:
    """Put on the desk what is not back on the day after, whatever keeps it."""
    while restore_in_time():  # a worker that was away makes up for it: what can come back needs no alarm
        pass
    late = CounterNotice.objects.filter(
        status__in=[Status.FORWARDED, Status.HELD], alarms_on__isnull=False, alarms_on__lte=timezone.localdate()
    )
    return _move_each(late.order_by("alarms_on"), "alarm")


@job(every=timedelta(minutes=10))
def forget_counter_notices() -> int:
    """Erase who sent a counter-notice once an action is barred; sooner where the claimant never got it."""
    now = timezone.now()
    never_sent = Q(forwarded=None, waiting_since__lte=now - settings.RETENTION)
    ended = set(Status) - set(CounterNotice.OPEN)
    old = CounterNotice.objects.filter(never_sent | Q(waiting_since__lte=now - KEPT), status__in=ended, erased=None)
    return _move_each(old.order_by("waiting_since"), "erase", "The time for which it is kept is over.")
