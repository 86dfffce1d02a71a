"""The spool: a message lies on the disk before anything is done with it, and goes from there once it is taken.

A file holds one line of JSON (the recipient) and then the message as it came. It gets its name only when all of it is
on the disk, so that every file with the name of a message is a whole one.
"""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from submissions.mail.intake import take
from submissions.mail.models import TakenMail

log = logging.getLogger(__name__)
LEFT_BEHIND = timedelta(minutes=2)  # by then the command that wrote a file is done with it


def keep(raw: bytes, recipient: str) -> Path:
    """Write a message to the disk and return its file; when this returns, a power cut does not lose it."""
    settings.MAIL_SPOOL.mkdir(mode=0o700, parents=True, exist_ok=True)
    path: Path = settings.MAIL_SPOOL / f"{uuid.uuid4().hex}.eml"
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(json.dumps({"recipient": recipient}).encode() + b"\n" + raw)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    folder = os.open(settings.MAIL_SPOOL, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path


def deliver(path: Path) -> TakenMail:
    """Take the message in a file of the spool, and remove the file once that is committed."""
    head, _end, raw = path.read_bytes().partition(b"\n")
    taken = take(raw, recipient=json.loads(head)["recipient"])
    path.unlink(missing_ok=True)
    return taken


def deliver_left_behind(limit: int = 20) -> int:
    """Take messages whose command died or met no database; return how many. One that fails again rests meanwhile."""
    before = time.time() - LEFT_BEHIND.total_seconds()
    done = 0
    for path in sorted(settings.MAIL_SPOOL.glob("*.eml"))[:1000]:
        try:
            if done < limit and path.stat().st_mtime < before:
                os.utime(path)
                deliver(path)
                done += 1
        except FileNotFoundError:  # another worker was faster
            continue
        except (DatabaseError, OSError, ValueError):
            log.exception("message %s in the spool is not taken yet", path.name)
    return done
