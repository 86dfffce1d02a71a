"""How much one network may send in an hour. Kept in memory only, under a name that nobody can trace back."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

AN_HOUR = {"sign-up": 20, "story": 30, "report": 30, "receipt": 60, "draft": 60}
_HOUR = 3600


def too_many(request: HttpRequest, what: str) -> HttpResponse | None:
    """Count something that was sent; None, or the page (429) that says how long this network has to wait.

    `what` is a key of AN_HOUR.
    """
    wait = _seconds_to_wait(request, what)
    if not wait:
        return None
    response = render(request, "429.html", {"minutes": ceil(wait / 60)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def _seconds_to_wait(request: HttpRequest, what: str) -> int:
    """Count; return 0, or the seconds until this network may send the next one."""
    now = int(time.time())
    hour = now // _HOUR
    # The hour is part of the hash: the same network has another name in the next one.
    name = salted_hmac(f"limits.{what}", f"{hour} {network_of(request)}", algorithm="sha256").hexdigest()
    key = f"limits:{name}"
    cache.add(key, 0, 2 * _HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # thrown out in between
        return 0
    return 0 if count <= AN_HOUR[what] else (hour + 1) * _HOUR - now


def network_of(request: HttpRequest) -> str:
    """The sender's IPv4 address, or the /64 of the IPv6 address, which is one household's.

    Behind a proxy it is the last address that the proxy itself put into X-Forwarded-For: what stands before it
    could have been made up by the sender.
    """
    sender = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        sender = request.headers.get("X-Forwarded-For", sender).rsplit(",", 1)[-1].strip()
    try:
        address = ip_address(sender)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped) if address.ipv4_mapped else f"{int(address) >> 64:x}::/64"
    return str(address)
