"""The sessions of the newsroom's people: which are open, on what kind of device, and how one is ended.

No network address is kept. A session is written down at its sign-in and when it is used again after five minutes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

NOTED = "noted"
EVERY = 300
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS": "macOS"}
SYSTEMS |= {"CrOS": "ChromeOS", "Linux": "Linux"}


def device_of(agent: str) -> str:
    """A browser's name and its system's, of the user agent: "Firefox, Windows"; "" where neither is known."""
    found = [next((name for mark, name in names.items() if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


class StaffSessionManager(models.Manager["StaffSession"]):
    """Writes sessions down, finds those that are open, and ends them."""

    def note(self, request: HttpRequest) -> None:
        """Write down that the session of `request` is in use."""
        key, now = request.session.session_key, time.time()
        device = device_of(request.headers.get("User-Agent", ""))
        seen = {"seen": timezone.now(), "device": device, "user": request.user}
        self.update_or_create(key=key, defaults=seen)
        request.session[NOTED] = [key, now]

    def forget_old(self) -> None:
        """Forget those that have run out."""
        idle = timedelta(seconds=settings.SESSION_COOKIE_AGE + EVERY)
        self.filter(seen__lt=timezone.now() - idle).delete()

    def note_again(self, request: HttpRequest) -> None:
        """Do so for one that was written down longer than five minutes ago, or under another key."""
        noted = request.session.get(NOTED)
        if noted and (noted[0] != request.session.session_key or time.time() - noted[1] > EVERY):
            self.note(request)

    def open_of(self, user: Any) -> list[StaffSession]:
        """The user's sessions that would still be let in, last used first; the others are forgotten."""
        rows = list(self.filter(user=user).order_by("-seen"))
        still = [row for row in rows if row.is_open(user)]
        self.filter(pk__in=[row.pk for row in rows if row not in still]).delete()
        return still

    def end(self, rows: Iterable[StaffSession]) -> int:
        """End sessions: their next request is nobody's. Returns how many."""
        ended = list(rows)
        for row in ended:
            _store().delete(row.key)
        self.filter(pk__in=[row.pk for row in ended]).delete()
        return len(ended)


class StaffSession(models.Model):
    """A session of somebody of the newsroom."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_lazy("user"))
    key = models.CharField(max_length=40, unique=True)
    device = models.CharField(_lazy("device"), max_length=60, blank=True)
    created = models.DateTimeField(_lazy("signed in"), default=timezone.now)
    seen = models.DateTimeField(_lazy("last used"), default=timezone.now)

    objects: ClassVar[StaffSessionManager] = StaffSessionManager()

    class Meta:
        app_label = "cms"
        default_permissions = ()
        verbose_name = _lazy("session")
        verbose_name_plural = _lazy("sessions")

    def __str__(self) -> str:
        return self.device or _("unknown device")

    def is_open(self, user: Any) -> bool:
        """Whether the session is there, has not run out, and was begun with the present password."""
        sealed = _store(self.key).get(HASH_SESSION_KEY, "")
        return bool(sealed) and constant_time_compare(sealed, user.get_session_auth_hash())


def _store(key: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
