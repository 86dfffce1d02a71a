"""Messages that a mail service hands over by HTTP: they go the way of those that come by a pipe.

django-anymail verifies a service's request and reads it. Its views would send a signal; here the same work is asked
for step by step, so that a message lies on the disk before the service hears that we have it.
"""

from __future__ import annotations

import hashlib
import logging
from email.encoders import encode_base64
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.text import clean_line
from submissions.mail import payloads
from submissions.mail.parse import MAX_BYTES
from submissions.mail.services import reader_of
from submissions.mail.spool import deliver, keep

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def inbound(request: HttpRequest, service: str) -> HttpResponse:
    """Take the messages of one request.

    200: taken, or waiting on the desk. 400: it is not from the service, or there is no message in it. 413: too large.
    503: try again later. Never 403 or 406, after which some services drop a message: whoever mistypes a secret has
    hours to put it right. Nothing of the request is written to the log.
    """
    reader = reader_of(service)
    if reader is None:
        raise Http404
    if request.method == "HEAD":  # some services ask whether the address is there
        return HttpResponse()
    if not payloads.read(request):
        return _answer(service, 413, "The message is larger than 25 MB, or its request than 50 MB.")
    try:
        reader.run_validators(request)
    except Exception as error:  # noqa: BLE001  (a forged request can make the library raise anything)
        return _answer(service, 400, "The secret or the signature is missing or wrong.", error)
    try:
        found = _messages(reader, request)
    except Exception as error:  # noqa: BLE001  (so can one that is none of its inbound webhooks)
        return _answer(service, 400, "There is no message in this request.", error)
    return _take(service, found)


def _answer(service: str, status: int, words: str, error: Exception | None = None) -> HttpResponse:
    log.warning("a request of %s was answered with %s (%s)", service, status, type(error).__name__ if error else "-")
    return HttpResponse(words, "text/plain; charset=utf-8", status=status)


def _messages(reader: Any, request: HttpRequest) -> list[tuple[bytes, str]]:
    """The messages of a request and to whom each went. Raises anything where there is none.

    A message that would cost too much to read, or on which the library stumbles, is handed on unread.
    """
    payload = payloads.Payload(request)
    if payload.is_bomb:
        return [(raw, payload.recipient) for raw in payload.unopened]
    try:
        events = reader.parse_events(request)
        return [found for event in events if (found := _message(event))]
    except ImproperlyConfigured:  # another kind of webhook was set to this address
        raise
    except Exception:
        if not payload.has_message:
            raise
        return [(raw, payload.recipient) for raw in payload.unopened]


def _message(event: Any) -> tuple[bytes, str] | None:
    """The message of one event as bytes, below the envelope's sender; None for an event without one."""
    message = getattr(event, "message", None)
    if message is None:
        return None
    if not any(message[name] for name in ("From", "Subject", "Message-ID")):
        raise ValueError("no message")
    _settle(message)
    # What came as it was written goes on as it was written: a message that also came by a pipe is the same one.
    raw = message.as_bytes(policy=message.policy.clone(refold_source="none"))
    recipient = clean_line(str(message.envelope_recipient or ""))
    if message.envelope_sender is None:
        return raw, recipient
    return f"Return-Path: <{clean_line(str(message.envelope_sender)).strip('<>')}>\n".encode() + raw, recipient


def _settle(message: Any) -> None:
    """Write down what Python would choose for a message that the library put together from its pieces.

    It would throw dice for boundaries, so that the same message handed over twice would be two different ones; and it
    would write pictures without an encoding, in which each carriage return becomes a line feed.
    """
    parts = list(message.walk())
    multiparts = [part for part in parts if part.get_content_maintype() == "multipart" and part.is_multipart()]
    nameless = [part for part in multiparts if not part.get_boundary()]
    if message not in nameless:  # it is as its sender wrote it
        return
    leaves = [part for part in parts if not part.is_multipart()]
    words = hashlib.sha256(b"".join(part.get_payload(decode=True) or b"" for part in leaves)).hexdigest()
    for number, part in enumerate(nameless):
        part.set_boundary(f"=_{words[:40]}_{number}")
    for part in leaves:
        if "Content-Transfer-Encoding" not in part:
            encode_base64(part)


def _take(service: str, found: list[tuple[bytes, str]]) -> HttpResponse:
    """Spool and take each message, as `receive_mail` does; what cannot be taken now stays in the spool."""
    if any(len(raw) > MAX_BYTES for raw, _recipient in found):
        return _answer(service, 413, "The message is larger than 25 MB.")
    try:
        for path in [keep(raw, recipient) for raw, recipient in found]:
            deliver(path)
    except Exception as error:  # noqa: BLE001  (whatever it was, the service keeps the message and comes again)
        return _answer(service, 503, "The message is not taken yet. Try again later.", error)
    return HttpResponse()
