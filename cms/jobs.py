"""The desk's work that can wait: clocks of rows that came past the workflow, the digest, and escalations."""

from datetime import timedelta

from django.apps import apps

from cms import digest
from cms.worker import job
from cms.workflow import DeskItem

BATCH = 200


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
