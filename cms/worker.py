"""Work that can wait. A job does one small batch of what the rows say is to be done, and returns how much it did.

There is no queue of tasks beside the data: a letter that is queued, a picture that has no renditions, a clock that has
run out are rows, found by an indexed condition. So a job that was killed at any line is simply found again.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from cms.letters import send_due
from cms.models import WorkerBeat

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two rounds that found nothing
Work = Callable[[], int]


@dataclass
class Job:
    """One kind of work: what to call, and how long to rest when there was nothing to do."""

    name: str
    work: Work
    every: float
    next_run: float = 0.0


_jobs: dict[str, Job] = {}


def job(*, every: timedelta = timedelta(seconds=PAUSE)) -> Callable[[Work], Work]:
    """Register a function of an app's `jobs.py` as work for the worker; it returns the number of rows it did."""

    def register(work: Work) -> Work:
        name = f"{work.__module__.split('.')[-2]}.{work.__name__}"
        _jobs[name] = Job(name, work, every.total_seconds())
        return work

    return register


def jobs() -> list[Job]:
    """Every job of every app; letters first, for somebody waits for them."""
    autodiscover_modules("jobs")
    return [Job("letters", send_due, PAUSE), *_jobs.values(), Job("beat", _beat, 10)]


def _beat() -> int:
    WorkerBeat.objects.update_or_create(pk=1, defaults={"beat": timezone.now()})
    return 0


def run_round(due: list[Job]) -> dict[str, int]:
    """Run each job that is due once, and return what was done by name. A job that fails does not stop the others."""
    done: dict[str, int] = {}
    for task in due:
        if task.next_run > time.monotonic():
            continue
        try:
            done[task.name] = task.work()
        except Exception:
            log.exception("job %s failed and will be tried again", task.name)
            task.next_run = time.monotonic() + max(task.every, 30)
            continue
        if not done[task.name]:
            task.next_run = time.monotonic() + task.every
    return done


def run_until_idle() -> dict[str, int]:
    """Run every job until none finds anything to do; return the totals by name."""
    totals: dict[str, int] = {}
    todo = jobs()
    while True:
        for task in todo:
            task.next_run = 0
        done = run_round(todo)
        for name, count in done.items():
            totals[name] = totals.get(name, 0) + count
        if not any(done.values()):
            return totals


def run_forever() -> None:
    """Work until SIGTERM or SIGINT; the batch in hand is finished first."""
    stop = threading.Event()

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    todo = jobs()
    while not stop.is_set():
        busy = any(run_round(todo).values())
        close_old_connections()
        if not busy:
            stop.wait(PAUSE)
