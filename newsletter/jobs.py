"""The newsletter's work that can wait: sending issues, and forgetting addresses that nobody confirmed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from cms.models import Letter
from cms.worker import job
from newsletter.issues import sender
from newsletter.models import Consent, Subscriber

BATCH = 500


@job()
def send_issues() -> int:
    """Send for some seconds what the ledger says is due."""
    return sender.send_due()


@job(every=timedelta(hours=1))
def forget_unconfirmed() -> int:
    """Forget who did not confirm within a week: address, letters and all.

    Who was subscribed before and only did not come back stays unsubscribed, with the record of it.
    """
    with transaction.atomic():
        overdue = Subscriber.objects.overdue().order_by("asked_at").select_for_update(skip_locked=True)
        found = list(overdue.values_list("pk", "uid", "confirmed_at")[:BATCH])
        returning = [pk for pk, _uid, confirmed_at in found if confirmed_at]
        Subscriber.objects.filter(pk__in=returning).update(status=Subscriber.Status.UNSUBSCRIBED)
        strangers = {pk: uid for pk, uid, confirmed_at in found if not confirmed_at}
        Letter.objects.filter(kind=Subscriber.kind(), item__in=strangers.values()).delete()
        Consent.objects.filter(subscriber__in=strangers).delete()
        Subscriber.objects.filter(pk__in=strangers).delete()
    return len(found)
