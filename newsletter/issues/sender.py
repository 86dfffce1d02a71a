"""The sender: woken by the worker, it drains what the ledger says is still to be sent, a lot at a time.

Between two lots it looks again at everything that may have changed: whether the issue is still being sent, who is still
subscribed, which articles readers may still open.
"""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from articles.models import Article
from cms.models import User
from cms.workflow import Conflict
from newsletter.issues.ledger import BACKOFF, Delivery, DeliveryQuerySet
from newsletter.issues.mime import Edition
from newsletter.issues.models import Issue
from newsletter.issues.wire import Copy, Fate, SenderRefused, Wire
from newsletter.links import unsubscribe_token

ROUND = 5.0  # seconds after which the worker's other jobs get their turn
State = Delivery.State


def send_due() -> int:
    """Send for some seconds what is due, over one connection; return how many copies were taken in hand.

    Raises what opening the connection raises: the worker comes again.
    """
    Delivery.objects.reclaim()
    done, until = 0, time.monotonic() + ROUND
    for issue in Issue.objects.going_out():
        sender = Sender(issue)
        try:
            done += sender.send_until(until)
        finally:
            sender.close()
        if time.monotonic() > until:
            break
    return done


class Sender:
    """Sends one issue. Several may send the same one at once."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.name = issue, secrets.token_hex(16)
        self.edition, self.built_of = Edition(issue, []), ""
        self.wire = Wire(self.edition.sender)
        self.copies = Delivery.objects.filter(issue=issue)

    def send_until(self, until: float) -> int:
        """Send lots until nothing is due or the time is over; return how many copies were taken in hand."""
        done = 0
        try:
            if not self.issue.begun_at:
                self.issue.begin(by=User.objects.system())
            while time.monotonic() < until and (taken := self._lot()):
                done += taken
            if not done and not self.copies.open().exists():
                self._end()
        except Conflict:
            pass  # somebody paused it, or another sender was faster
        finally:
            self.copies.held_by(self.name).give_back()
        return done

    def close(self) -> None:
        """End the connection."""
        self.wire.close()

    def _end(self) -> None:
        """Nothing is left: say so, or put the issue on the desk where some copies are uncertain."""
        system, issue = User.objects.system(), Issue.objects.get(pk=self.issue.pk)
        (issue.doubt if self.copies.uncertain().exists() else issue.finish)(by=system)

    def _lot(self) -> int:
        """Claim a lot, leave out who does not want it any more, and hand the rest over."""
        keys = self.copies.claim(self.name, settings.NEWSLETTER_LOT)
        if not keys or not self._built():
            return 0
        mine = self.copies.filter(pk__in=keys)
        if mine.take_off(self.name) < len(keys) and not self._left_out():
            return 0
        rows = mine.filter(state=State.INFLIGHT, sender=self.name).order_by("pk")
        readers = rows.values_list("pk", "subscriber__email", "subscriber__uid", "attempts")
        if chosen := list(readers):
            self._hand_over(chosen)
        return len(keys)

    def _left_out(self) -> bool:
        """Leave those out who have unsubscribed; False where it is the issue that is not being sent any more."""
        if not Issue.objects.going_out().filter(pk=self.issue.pk).exists():
            return False
        self.copies.held_by(self.name).skip("no longer subscribed")
        return True

    def _built(self) -> bool:
        """Build the mail anew if its articles have changed; pause an issue of which nothing can be read any more."""
        articles = Article.objects.published().filter(in_issues__issue=self.issue)
        present = str(sorted(articles.values_list("pk", "version")))
        if present == self.built_of:
            return True
        self.edition, self.built_of = Edition(self.issue, self.issue.readable_articles()), present
        if self.edition.articles or not self.issue.rows.exists():
            return True
        issue = Issue.objects.get(pk=self.issue.pk)
        issue.pause(by=User.objects.system(), reason="Readers cannot open any of its articles now.")
        return False

    def _hand_over(self, readers: list[tuple[int, str, UUID, int]]) -> None:
        copies, attempts = [], {}
        for key, email, uid, tried in readers:
            attempts[key] = tried
            own = (email, unsubscribe_token(uid), key)
            copies.append(Copy(key, email, partial(self.edition.wire, *own), partial(self.edition.message, *own)))
        try:
            self.wire.hand_over(copies)
        except SenderRefused as refused:
            issue = Issue.objects.get(pk=self.issue.pk)
            issue.pause(by=User.objects.system(), reason=f"The mail server refuses our address: {refused}")
        finally:
            self._note(copies, attempts)

    def _note(self, copies: list[Copy], attempts: dict[int, int]) -> None:
        """Write down what became of each copy: in one transaction, one statement for all that went well."""
        fates: dict[Fate, list[Copy]] = {}
        for copy in copies:
            fates.setdefault(copy.fate, []).append(copy)
        with transaction.atomic():
            if Fate.SENT in fates:
                self._mine(fates[Fate.SENT]).update(
                    state=State.SENT, sent_at=timezone.now(), lease_until=None, result="accepted"
                )
            if Fate.HERE in fates:
                self._mine(fates[Fate.HERE]).give_back()
            for fate in (Fate.REFUSED, Fate.LATER, Fate.UNCERTAIN):
                for copy in fates.get(fate, []):
                    self._mine([copy]).update(**_outcome(copy, attempts[copy.key]))

    def _mine(self, copies: list[Copy]) -> DeliveryQuerySet:
        return Delivery.objects.filter(pk__in=[copy.key for copy in copies], sender=self.name)


def _outcome(copy: Copy, attempts: int) -> dict[str, Any]:
    """The columns of a copy that did not go well."""
    noted: dict[str, Any] = {"result": copy.reply, "lease_until": None, "attempts": attempts + 1}
    if copy.fate is Fate.UNCERTAIN:
        return noted | {"state": State.UNCERTAIN}
    if copy.fate is Fate.REFUSED or attempts >= len(BACKOFF):
        return noted | {"state": State.FAILED}
    return noted | {"state": State.PENDING, "sender": "", "next_attempt": timezone.now() + BACKOFF[attempts]}
