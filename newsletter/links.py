"""The links in our letters. Whoever has one may act for the address: they are signed, and found in no table."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

if TYPE_CHECKING:
    from newsletter.models import Subscriber

CONFIRM_WITHIN = timedelta(hours=48)


def _confirm() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="newsletter.confirm")


def _unsubscribe() -> signing.Signer:
    return signing.Signer(salt="newsletter.unsubscribe")


def confirm_url(subscriber: Subscriber) -> str:
    """The absolute address at which the subscription is confirmed or refused; works for 48 hours."""
    with translation.override(subscriber.language):
        path = reverse("newsletter:confirm", args=[_confirm().sign(subscriber.uid.hex)])
    return settings.SITE_URL + path


def unsubscribe_url(subscriber: Subscriber) -> str:
    """The absolute address of the one-click end (RFC 8058); works as long as its signing key is known."""
    return unsubscribe_address(unsubscribe_token(subscriber.uid))


def unsubscribe_token(uid: UUID) -> str:
    """What stands at the end of that address: ASCII, without a character that a mail's encoding would change."""
    return _unsubscribe().sign(uid.hex)


def unsubscribe_address(token: str) -> str:
    """The address with this token."""
    return settings.SITE_URL + reverse("unsubscribe", args=[token])


def to_confirm(token: str) -> UUID | None:
    """The uid that a confirmation link was made for; None for forged and for old ones."""
    try:
        return UUID(_confirm().unsign(token, max_age=CONFIRM_WITHIN))
    except signing.BadSignature:
        return None


def to_unsubscribe(token: str) -> UUID | None:
    """The uid that an unsubscribe link was made for; None for forged ones."""
    try:
        return UUID(_unsubscribe().unsign(token))
    except signing.BadSignature:
        return None
