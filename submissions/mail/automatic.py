"""Which mail a person wrote: nothing else gets an answer (RFC 3834)."""

from __future__ import annotations

import re
import uuid
from email.headerregistry import Address

from django.conf import settings

from cms.models import Letter
from submissions.mail.addresses import is_ours
from submissions.mail.headers import Headers

_ROBOTS = {"mailer-daemon", "mail-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply"}
_BULK = {"bulk", "list", "junk", "auto_reply"}
_LIST_FIELDS = ("list-id", "list-unsubscribe", "mailing-list", "feedback-id")
_REPLY_FIELDS = ("x-autoreply", "x-autorespond", "x-autoreply-from")
_OUR_ID = re.compile(r"([0-9a-f]{32})@(.+)")


def is_automatic(headers: Headers) -> bool:
    """Whether a program sent it by itself: a bounce, a vacation notice, a letter of our own that came back."""
    submitted = headers.first("auto-submitted").partition(";")[0].strip().lower()
    envelope = headers.first("return-path").strip()
    return (
        submitted not in {"", "no"}
        or envelope == "<>"
        or _local(envelope) in {"mailer-daemon", "mail-daemon"}
        or _local(headers.sender) in {"mailer-daemon", "mail-daemon"}
        or headers.first("content-type").lower().startswith("multipart/report")
        or bool(headers.first(_REPLY_FIELDS))
        or is_ours(headers.sender)
        or _is_our_letter(headers.message_id)
    )


def is_list(headers: Headers) -> bool:
    """Whether it went to many at once."""
    return headers.first("precedence").strip().lower() in _BULK or bool(headers.first(_LIST_FIELDS))


def may_answer(headers: Headers) -> bool:
    """Whether a letter may go to the sender: a person wrote it, to us, from an address that reads mail."""
    asked_not_to = headers.first("x-auto-response-suppress").strip().lower() not in {"", "none"}
    return bool(headers.sender) and not (
        is_automatic(headers) or is_list(headers) or asked_not_to or _local(headers.sender) in _ROBOTS
    )


def _local(address: str) -> str:
    return address.strip("<> ").partition("@")[0].lower()


def _is_our_letter(message_id: str) -> bool:
    match = _OUR_ID.fullmatch(message_id.lower())
    domain = Address(addr_spec=settings.CONTACT_EMAIL).domain.lower()
    return bool(match and match[2] == domain and Letter.objects.filter(uid=uuid.UUID(match[1])).exists())
