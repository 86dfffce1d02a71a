"""How much one network, and all of them together, may send in an hour.

Counts are kept in the cache only, under a name that nobody can trace back: a keyed hash of the network's address, and
another one every hour. No address is stored.
"""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

AN_HOUR = settings.LIMITS_PER_NETWORK
IN_ALL = settings.LIMITS_IN_ALL
_HOUR = 3600


def too_many(request: HttpRequest, what: str) -> HttpResponse | None:
    """Count something that was sent; None, or the page (429) that says how long to wait.

    `what` is a key of AN_HOUR.
    """
    beyond = over(request, what)
    if not beyond:
        return None
    wait = seconds_left()
    shown = {"minutes": ceil(wait / 60), "in_all": beyond == "all"}
    response = render(request, "429.html", shown, status=429)
    response["Retry-After"] = str(wait)
    return response


def wrong_code(request: HttpRequest) -> HttpResponse:
    """Answer a private code that opens nothing: the page for too many of them, else raise Http404.

    Ask after the search: a right code opens its page whatever others of the same network have tried.
    """
    if refusal := too_many(request, "code"):
        return refusal
    raise Http404


def over(request: HttpRequest, what: str) -> str:
    """Count one; which limit that is beyond: "network", "all" or "".

    What is beyond its network's limit does not count for all: one sender cannot shut the door for everybody.
    """
    if tally(f"{what} {network_of(request)}") > AN_HOUR[what]:
        return "network"
    return "all" if tally(what) > IN_ALL[what] else ""


def tally(name: str, weight: int = 1) -> int:
    """Add `weight` to what this hour has seen of `name`, and return the sum."""
    # The hour is part of the hash: the same network has another name in the next one.
    hour = int(time.time()) // _HOUR
    return count("limits:" + salted_hmac("limits", f"{hour} {name}", algorithm="sha256").hexdigest(), weight, _HOUR)


def count(key: str, weight: int, seconds: int) -> int:
    """Add `weight` to a count that is kept for twice `seconds`, and return the sum."""
    cache.add(key, 0, 2 * seconds)
    try:
        return int(cache.incr(key, weight))
    except ValueError:  # thrown out in between
        return weight


def seconds_left() -> int:
    """Seconds until the next hour begins, and with it every count."""
    return _HOUR - int(time.time()) % _HOUR


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
