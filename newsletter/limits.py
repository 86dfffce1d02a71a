"""How many sign-ups one network may send. Kept in memory only, under a name that nobody can trace back."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

SIGN_UPS_AN_HOUR = 20
_HOUR = 3600


def seconds_to_wait(request: HttpRequest) -> int:
    """Count a sign-up; return 0, or the seconds until this network may send the next one."""
    now = int(time.time())
    hour = now // _HOUR
    # The hour is part of the hash: the same network has another name in the next one.
    name = salted_hmac("newsletter.sign-ups", f"{hour} {network_of(request)}", algorithm="sha256").hexdigest()
    key = f"sign-ups:{name}"
    cache.add(key, 0, 2 * _HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # thrown out in between
        return 0
    return 0 if count <= SIGN_UPS_AN_HOUR else (hour + 1) * _HOUR - now


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
