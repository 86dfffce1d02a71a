"""The log of decisions: written last in each transaction, in one chain, and checked line by line."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from cms.page_cache import site_changed

if TYPE_CHECKING:
    from cms.models import Decision

GENESIS = "0" * 64
_pending: ContextVar[list[Decision] | None] = ContextVar("pending_decisions", default=None)


@contextlib.contextmanager
def logged(*, savepoint: bool = True) -> Iterator[list[Decision]]:
    """A transaction whose decisions, put into the yielded list, are chained just before it commits.

    Moves inside moves share the outermost one's list; each is undone alone if it fails and the outer one goes on,
    except where `savepoint` is given up for speed. So the head of the log is always the last row to be
    locked, and no two transactions can wait for each other over it.
    """
    outer = _pending.get()
    if outer is not None:
        mark = len(outer)
        try:
            with transaction.atomic(savepoint=savepoint):
                yield outer
        except BaseException:
            del outer[mark:]
            raise
        return
    pending: list[Decision] = []
    token = _pending.set(pending)
    try:
        with transaction.atomic():
            yield pending
            if pending:
                apps.get_model("cms", "Decision").objects.chain(pending)
                transaction.on_commit(site_changed)
    finally:
        _pending.reset(token)


def digest(decision: Decision, previous: str) -> str:
    """SHA-256 (hex) of the line's content and of the hash of the line before it."""
    line = {
        "number": decision.number,
        "created": decision.created.isoformat(timespec="microseconds"),
        "kind": decision.kind,
        "item": str(decision.item),
        "version": decision.version,
        "move": decision.move,
        "source": decision.source,
        "target": decision.target,
        "actor": decision.actor_id,
        "actor_name": decision.actor_name,
        "reason": decision.reason,
        "rules": decision.rules,
        "details": decision.details,
        "previous": previous,
    }
    canonical = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


class DecisionQuerySet(models.QuerySet["Decision"]):
    """The log: added to at its end, read, and verified."""

    def about(self, item: Any) -> DecisionQuerySet:
        """The decisions on one item, oldest first."""
        return self.filter(item=item.uid).order_by("number")

    def chain(self, decisions: list[Any]) -> None:
        """Append `decisions` to the log in this transaction, numbered and hashed under the head's lock."""
        head_model = apps.get_model("cms", "LogHead")
        head, _ = head_model.objects.select_for_update().get_or_create(pk=1)
        now = timezone.now()
        for decision in decisions:
            head.count += 1
            decision.number, decision.created, decision.previous = head.count, now, head.hash
            head.hash = decision.hash = digest(decision, head.hash)
        self.bulk_create(decisions, batch_size=500)
        citation = apps.get_model("cms", "Citation")
        cited = [citation(rule=rule, decision=line) for line in decisions for rule in dict.fromkeys(line.rules)]
        if cited:
            citation.objects.bulk_create(cited, batch_size=500)
        head.save(update_fields=["count", "hash"])

    def first_altered(self, *, start: str = GENESIS) -> tuple[int | None, int]:
        """Walk the whole log; return the number of the first line that is wrong (or None) and the lines read.

        A line is wrong when its number is not the next, when it does not name the hash of the line before it, or
        when its own hash is not that of its content. A log that is shorter than its head says is wrong at the
        first missing number.
        """
        previous, expected = start, 1
        for decision in self.order_by("number").iterator(chunk_size=2000):
            chained = decision.number == expected and decision.previous == previous
            if not chained or digest(decision, previous) != decision.hash:
                return expected, expected
            previous, expected = decision.hash, expected + 1
        head = apps.get_model("cms", "LogHead").objects.filter(pk=1).first()
        whole = (head.count, head.hash) == (expected - 1, previous) if head else expected == 1
        return (None if whole else expected), expected - 1
