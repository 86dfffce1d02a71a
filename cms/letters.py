"""Letters: one folder each in templates/email, one function that posts them, one that sends what is due."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import css_inline
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from cms import limits
from cms.models import Letter
from cms.text import clean_line

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BACKOFF = [timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440)]
MARK = "⟦{}⟧"
reader: ContextVar[Callable[[Letter], None] | None] = ContextVar("reader", default=None)
"""Who looks at each letter before it is saved, and may change it (cms/wording.py)."""
_HEADERS = {"Auto-Submitted": "auto-generated"}  # RFC 3834: no automatic answer, please


def post(
    letter: str,
    to: str,
    *,
    language: str,
    about: Any = None,
    private: dict[str, str] | None = None,
    reply_to: str = "",
    **context: Any,
) -> Letter:
    """Write the letter `letter` to one address, as a row of the present transaction; the worker mails it.

    Renders templates/email/<letter>/{subject.txt,body.txt,body.html} in `language`. `about` is the desk item that
    it concerns. `private` are the texts that nobody but the recipient may read (links with a code): templates
    write `{{ private.name }}`, the row keeps a mark in their place, and forgets them once it is sent. `reply_to` is
    a private address for answers.
    """
    private = (private or {}) | ({"reply_to": reply_to} if reply_to else {})
    marks = {name: MARK.format(name) for name in private}
    written = Letter(name=letter, to=to, language=language, private=private)
    written.headers = _HEADERS | ({"Reply-To": marks["reply_to"]} if reply_to else {})
    if about:
        written.kind, written.item = about.kind(), about.uid
    texts = _rendered(letter, language, {**context, "private": marks, "about": about})
    written.subject, written.body_text, written.body_html = texts
    if look := reader.get():
        look(written)
    written.save(force_insert=True)
    return written


def _rendered(letter: str, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """A letter's subject, text and HTML, in its language."""
    parts = ("subject.txt", "body.txt", "body.html")
    with translation.override(language):
        subject, text, html = (render_to_string(f"email/{letter}/{part}", context | house(language)) for part in parts)
    return clean_line(subject)[:500], re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", inlined(html)


def house(language: str) -> dict[str, str]:
    """What every letter says of the house, and its language."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "contact_email": settings.CONTACT_EMAIL,
        "postal_address": settings.POSTAL_ADDRESS,
        "language": language,
    }


def enough_for_today(letter: str, to: str, most: int = 5) -> bool:
    """Whether an address has had `most` letters of this name within a day: our form must not fill a stranger's box.

    Ask once for each letter. What stands behind a "+" leads to the same box (RFC 5233): boxes are counted besides, in
    the cache and under a hash, for the letters of addresses that differ in that only lie far apart in the index.
    """
    since = timezone.now() - timedelta(days=1)
    if Letter.objects.filter(name=letter, to__iexact=to, created__gt=since)[:most].count() >= most:
        return True
    name, _at, domain = to.lower().rpartition("@")
    box = f"{timezone.now():%j} {letter} {name.partition('+')[0]}@{domain}"
    key = salted_hmac("letters", box, algorithm="sha256").hexdigest()
    return limits.count(f"letters:{key}", 1, 12 * 60 * 60) > most


def inlined(html: str) -> str:
    """Put the letters' style sheet into the tags: most mail readers ignore everything else."""
    path = finders.find("email.css") or settings.STATIC_ROOT / "email.css"
    with open(str(path), encoding="utf-8") as sheet:  # noqa: PTH123  (finders return strings)
        inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, extra_css=sheet.read())
    return inliner.inline(html)


def message(letter: Letter, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """Build the mail of a letter, its private texts filled in. The Message-ID is the same at every attempt."""
    subject, text = (_filled(part, letter) for part in (letter.subject, letter.body_text))
    html = _filled(letter.body_html, letter, linebreaksbr)
    domain = Address(addr_spec=settings.CONTACT_EMAIL).domain
    headers = {name: _filled(value, letter) for name, value in letter.headers.items()}
    headers["Message-ID"] = f"<{letter.uid.hex}@{domain}>"
    mail = EmailMultiAlternatives(subject, text, to=[letter.to], headers=headers, connection=connection)
    mail.attach_alternative(html, "text/html")
    return mail


def _filled(part: str, letter: Letter, as_shown: Callable[[str], str] = str) -> str:
    """A part of the mail with its private texts, each made fit for it: in HTML they are plain text, too."""
    for name, value in letter.private.items():
        part = part.replace(MARK.format(name), as_shown(value))
    return part


def send_due(limit: int = 50) -> int:
    """Send up to `limit` letters that are due, and return how many were tried.

    Letters are leased in a transaction of their own before anything is handed over. A worker that dies keeps them
    for the time of the lease; then they are due again, with the same Message-ID: a letter may in that moment
    arrive twice, but none is lost.
    """
    with transaction.atomic():
        due = Letter.objects.due().order_by("next_attempt").select_for_update(skip_locked=True)
        letters = list(due[:limit])
        lease = timezone.now() + LEASE
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(leased_until=lease)
    if not letters:
        return 0
    connection = get_connection()
    try:
        for letter in letters:
            if _still_ours(letter, lease):
                _send(letter, connection)
    finally:
        connection.close()
    return len(letters)


def _still_ours(letter: Letter, lease: datetime) -> bool:
    """Begin the lease anew just before sending; False where a slow server let it run out and another worker took it."""
    mine = Letter.objects.filter(pk=letter.pk, leased_until=lease)
    return mine.update(leased_until=timezone.now() + LEASE) == 1


def _send(letter: Letter, connection: BaseEmailBackend) -> None:
    """Hand one letter over and keep the result in its row."""
    letter.attempts += 1
    letter.leased_until = None
    try:
        connection.open()  # once for all letters of a round
        message(letter, connection).send()
    except Exception as error:  # noqa: BLE001  (whatever it is, the letters behind this one have to go)
        _postpone(letter, error)
        connection.close()
    else:
        letter.status, letter.sent, letter.result = Letter.Status.SENT, timezone.now(), "accepted"
        letter.private = {}
    letter.save(update_fields=["status", "attempts", "leased_until", "next_attempt", "sent", "result", "private"])


def _postpone(letter: Letter, error: Exception) -> None:
    """Plan the next attempt, or give up: at once when the server refuses for good, else after the last pause."""
    letter.result = f"{type(error).__name__}: {error}"[:2000]
    if _for_good(error) or letter.attempts > len(BACKOFF):
        letter.status, letter.private = Letter.Status.FAILED, {}
    else:
        letter.next_attempt = timezone.now() + BACKOFF[letter.attempts - 1]
    log.warning("letter %s not sent at attempt %s: %s", letter.uid, letter.attempts, type(error).__name__)


def _for_good(error: Exception) -> bool:
    """Whether the answer is a permanent one (5yz, RFC 5321 4.2.1) or the letter itself cannot be mailed."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return 500 <= error.smtp_code < 600
    return isinstance(error, (ValueError, MessageError))
