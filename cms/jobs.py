"""The newsroom's own work that can wait: following the log, keeping its head; claims, clocks, digest, escalations."""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.conf import settings

from cms import claims, digest, heads
from cms.figures.follow import follow
from cms.letters import enough_for_today, post
from cms.purging import purge
from cms.worker import job
from cms.workflow import DeskItem

BATCH = 200


@job(every=timedelta(seconds=5))
def count_figures() -> int:
    """Count the next lines of the log."""
    return follow()


@job(every=timedelta(minutes=10))
def keep_head() -> int:
    """Once a day sign the head of the log into a file beside the data, and mail it to who keeps heads elsewhere."""
    if not heads.head_is_due():
        return 0
    head = heads.signed_head()
    heads.append(head, heads.heads_file())
    to = settings.LOG_HEADS_TO
    if to and not enough_for_today("log_head", to, most=1):
        post("log_head", to, language=settings.LANGUAGE_CODE, head=head, line=heads.as_line(head))
    return 0


@job(every=timedelta(minutes=1))
def lapse_claims() -> int:
    """End the claims of people who went away."""
    return claims.lapse_claims()


@job()
def tell_shared_cache() -> int:
    """Tell the shared cache, where there is one, that pages have changed."""
    return purge()


@job(every=timedelta(seconds=10))
def set_clocks() -> int:
    """Give what waits without a due date its own: rows that an import or code of before an update has written."""
    done = 0
    for kind in apps.get_models():
        if issubclass(kind, DeskItem) and kind.WAITING:
            for item in kind.objects.waiting().filter(due=None)[:BATCH]:
                done += kind.objects.filter(pk=item.pk, due=None, version=item.version).update(due=item.next_due())
    return done


@job(every=timedelta(minutes=1))
def write_digest() -> int:
    """Write the day's digest, once on each working day."""
    return digest.write_digest()


@job(every=timedelta(minutes=1))
def escalate() -> int:
    """Tell the chiefs of what is long overdue, once for each item."""
    return digest.escalate()
