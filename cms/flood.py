"""What happens when far more comes in than people write: each form then has to show that it is worth taking.

A browser shows it by a calculation that takes it a second and a robot a second for every form (proof of work, with
django-altcha). Without scripts it shows it by waiting: a form carries a ticket that is good once, after FLOOD_WAIT
seconds. Nothing of this is on any page while there is no flood. It begins by itself when more than FLOOD_FORMS of a
kind came within FLOOD_WINDOW seconds, and ends FLOOD_LASTS seconds after that was last so.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django_altcha import AltchaField, get_altcha_challenge

from cms import limits

log = logging.getLogger(__name__)
_A_DAY = 24 * 60 * 60


def arrived(request: HttpRequest, kind: str, weight: int = 1) -> bool:
    """Count one form of a kind, a key of FLOOD_FORMS; return whether there is a flood of them.

    A network counts for half a flood at most: one sender alone cannot call it out for everybody.
    """
    most = settings.FLOOD_FORMS[kind]
    if limits.tally(f"flood {kind} {limits.network_of(request)}", weight) <= max(most // 2, 1):
        window = int(time.time()) // settings.FLOOD_WINDOW
        if limits.count(f"flood:{kind}:{window}", weight, settings.FLOOD_WINDOW) > most:
            if not is_on(kind):
                log.warning("flood of %s: more than %s in %s s", kind, most, settings.FLOOD_WINDOW)
            cache.set(f"flood:{kind}", True, settings.FLOOD_LASTS)
    return is_on(kind)


def is_on(kind: str) -> bool:
    """Whether there is a flood of a kind."""
    return bool(cache.get(f"flood:{kind}"))


@dataclass(frozen=True)
class Challenge:
    """What a form shows in a flood: the puzzle as JSON, the ticket, and the seconds until that is good."""

    puzzle: str
    ticket: str
    wait: int

    @classmethod
    def fresh(cls, ticket: str = "", wait: int | None = None) -> Challenge:
        """A new puzzle; with the ticket that a form already has, and what is left to wait, if it is still good."""
        puzzle = json.dumps(vars(get_altcha_challenge(max_number=settings.FLOOD_WORK)))
        if ticket and wait is not None:
            return cls(puzzle, ticket, wait)
        return cls(puzzle, _tickets().sign(secrets.token_hex(16)), settings.FLOOD_WAIT)


def admits(request: HttpRequest) -> Challenge | None:
    """None if a form that was sent in a flood has a solved puzzle or a ripe ticket, which it then has used up.

    Else what it has to do. A double click, the same fields with the same proof, is let through both times.
    """
    sent = request.POST
    # Taken together, the fields are what a double click has twice.
    fields = sha256(repr(sorted((name, sent[name]) for name in sent)).encode(errors="replace")).hexdigest()
    if _is_solved(sent.get("proof", ""), fields):
        return None
    ticket = sent.get("ticket", "")
    wait = seconds_until_good(ticket)
    if wait is None:
        return Challenge.fresh()
    if wait:
        return Challenge.fresh(ticket, wait)
    if limits.over(request, "ticket"):
        return Challenge.fresh(ticket, limits.seconds_left())
    return None if _use(f"ticket:{ticket}", fields, _A_DAY) else Challenge.fresh()


def seconds_until_good(ticket: str) -> int | None:
    """Seconds that the bearer of a ticket has still to wait; None for one that was never given out, or a day ago."""
    try:
        _tickets().unsign(ticket, max_age=_A_DAY)
    except signing.BadSignature:
        return None
    return max(0, settings.FLOOD_WAIT - age_of(ticket))


def age_of(signed: str) -> int:
    """Seconds since something was signed by a TimestampSigner, whose signature was verified before."""
    return max(0, int(time.time()) - signing.b62_decode(signed.rsplit(":", 2)[1]))


def _tickets() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="copydesk.flood-ticket")


class _Proof(AltchaField):
    """A puzzle's solution. That it counts once is seen to by us, as two requests at once would both find it unused."""

    def replay_attack_protection(self, payload: str) -> None:
        """Leave it to `_use`."""


def _is_solved(proof: str, fields: str) -> bool:
    if not proof or len(proof) > 2000:
        return False
    try:
        _Proof().clean(proof)
    except ValidationError:
        return False
    # Not the proof itself, which may be written in many ways: the puzzle's answer has one name only.
    challenge = json.loads(b64decode(proof))["challenge"]
    return _use(f"proof:{challenge}", fields, settings.ALTCHA_CHALLENGE_EXPIRE // 1000)


def _use(name: str, fields: str, seconds: int) -> bool:
    """Use something up, in one step; False if a form with other fields has used it before."""
    return bool(cache.add(f"used:{name}", fields, seconds) or cache.get(f"used:{name}") == fields)
