"""Keeping the fingerprints right: the log of decisions says what changed, and how far it was read is a row.

Whatever changes an item writes a line of the log in the same transaction, and lines get their numbers in the order of
their commits. So the lines after the bookmark are all the work there is, at a million articles as at ten; a
job that was killed reads the same lines again, and a version that we have costs nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction

from articles.models.fingerprint import Fingerprint, Text
from cms.models import Bookmark, Decision
from cms.text import plain_text
from cms.workflow import DeskItem

LINES = 2000  # of the log, read at a time
COLUMNS = ("uid", "language", "version", "headline", "dek", "body", "sources")
BATCH = 100  # items, fingerprinted at a time


def text_of(item: Any) -> str:
    """The text of an article or a story that is compared: headline, dek and body, without markup."""
    return "\n".join(part for part in (item.headline, item.dek, plain_text(item.body)) if part)


def follow_log(kind: type[DeskItem], statuses: Collection[str]) -> int:
    """Fingerprint the next items of a kind that changed; forget those whose status is not one of `statuses`.

    Returns the lines read. The texts are read and cut before the transaction, so that nobody waits for them.
    """
    name = kind.kind()
    mark, _ = Bookmark.objects.get_or_create(reader=name)
    number, items = changed(name, mark.number)
    if number == mark.number:
        return 0
    rows: Any = kind.objects.filter(uid__in=items, status__in=statuses).only(*COLUMNS)
    texts = [Text(row.uid, row.language, row.version, text_of(row), row.sources) for row in rows]
    made = [Fingerprint.of(name, text) for text in Fingerprint.objects.lacking(name, texts)]
    with transaction.atomic():
        mine = Bookmark.objects.filter(reader=name, number=mark.number).update(number=number)
        if mine:  # else another worker read these lines meanwhile
            Fingerprint.objects.forget(name, items - {text.item for text in texts})
            Fingerprint.objects.remember(name, made)
    return number - mark.number


def changed(kind: str, after: int) -> tuple[int, set[uuid.UUID]]:
    """Which items of a kind the lines after this number are about: at most BATCH; and the last number that was read."""
    items: set[uuid.UUID] = set()
    lines = Decision.objects.filter(number__gt=after).order_by("number")
    for number, line_kind, item in lines.values_list("number", "kind", "item")[:LINES]:
        after = number
        if line_kind == kind:
            items.add(item)
        if len(items) == BATCH:
            break
    return after, items
