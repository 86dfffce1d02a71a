"""Signed heads of the log: how many lines there are and the hash of the last, to be kept where the log is not.

The chain shows that a line was altered, removed or inserted. It cannot show that its end was cut off together with the
row that names it, or that all of it was written anew; a head that somebody else has kept can. The signature is an
HMAC under a key derived from SECRET_KEY: it tells our heads from made-up ones. Who has the key can sign, so what
counts is that the kept file is out of reach of who may write to the database.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from cms.log import GENESIS
from cms.models import Decision

SIGNED = {"number": int, "hash": str, "time": str, "site": str, "signature": str}
EVERY = timedelta(days=1)


class NotOurs(ValueError):  # noqa: N818  (what the command says of it)
    """A kept head that cannot be read, or that this site did not sign."""


def heads_file() -> Path:
    """Where the worker keeps one head a day."""
    return settings.DATA / "log-heads.jsonl"


def _signature(head: dict[str, Any], key: str) -> str:
    text = json.dumps({name: head[name] for name in SIGNED if name != "signature"}, sort_keys=True)
    own_key = hmac.digest(key.encode(), b"copydesk.log-head", "sha256")
    return hmac.new(own_key, text.encode(), "sha256").hexdigest()


def signed_head() -> dict[str, Any]:
    """The head of the log as it is now, signed. It is read from the log itself, not from what says where it ends."""
    last = Decision.objects.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)
    head = {
        "number": last[0],
        "hash": last[1],
        "time": timezone.now().isoformat(timespec="seconds"),
        "site": settings.SITE_URL,
    }
    return head | {"signature": _signature(head, settings.SECRET_KEY)}


def as_line(head: dict[str, Any]) -> str:
    """A head as a line of a file."""
    return json.dumps(head)


def append(head: dict[str, Any], path: Path) -> None:
    """Add a head to a file, on a line of its own."""
    with path.open("a", encoding="utf-8") as file:
        file.write(as_line(head) + "\n")


def read_heads(path: Path) -> list[dict[str, Any]]:
    """The heads of a file, in its order. Raises OSError, or NotOurs naming the first line that is no head of ours."""
    heads = []
    for place, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            head = json.loads(line)
            heads.append({name: head[name] for name in SIGNED})
            fits = all(type(head[name]) is kind for name, kind in SIGNED.items())
        except (ValueError, KeyError, TypeError):
            fits = False
        if not fits:
            raise NotOurs(f"Line {place} of {path} is no head of a log.")
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if not any(constant_time_compare(_signature(head, key), head["signature"]) for key in keys):
            raise NotOurs(f"Line {place} of {path} was not signed with this site's key, or was altered since.")
    return heads


def first_missing(heads: Iterable[dict[str, Any]]) -> tuple[int, int] | None:
    """The range of numbers in which the first line lies that is not as a kept head says; None where all fit.

    The chain has to be whole (`first_altered`): a line that has its kept hash then vouches for all before it.
    """
    sure, last = 0, Decision.objects.order_by("-number").values_list("number", flat=True).first() or 0
    for head in sorted(heads, key=lambda kept: kept["number"]):
        number = head["number"]
        if number > last:
            return last + 1, last + 1
        found = Decision.objects.filter(number=number).values_list("hash", flat=True).first() if number else GENESIS
        if found != head["hash"]:
            return sure + 1, number
        sure = number
    return None


def head_is_due() -> bool:
    """Whether the file's last head is a day old, or there is none; a damaged file gets a new one beside the damage."""
    try:
        *_, last = heads_file().read_bytes().splitlines()
        written = datetime.fromisoformat(json.loads(last)["time"])
        return timezone.now() - written >= EVERY
    except (OSError, ValueError, KeyError, TypeError):
        return True
