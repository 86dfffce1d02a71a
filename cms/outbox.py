"""Mail without a mail server: every letter becomes a file, and with DEBUG a page shows them."""

from __future__ import annotations

import email
import re
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

_NAME = re.compile(r"[0-9A-Za-z.@-]+\.eml")


class OutboxBackend(BaseEmailBackend):
    """Writes each message to `$COPYDESK_DATA/outbox/` as an .eml file, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return how many."""
        settings.OUTBOX.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            mail = message.message()
            stamp = timezone.now().strftime("%Y%m%dT%H%M%S.%f")
            path = settings.OUTBOX / f"{stamp}-{mail['Message-ID'].strip('<>')}.eml"
            part = path.with_suffix(".part")
            part.write_bytes(mail.as_bytes())
            part.rename(path)
        return len(email_messages)


def _letters() -> list[Path]:
    """The newest hundred letters, newest first."""
    return sorted(settings.OUTBOX.glob("*.eml"), reverse=True)[:100]


def _parse(path: Path) -> Parsed:
    with path.open("rb") as file:
        return email.message_from_binary_file(file, policy=policy.default)


def outbox(request: HttpRequest) -> HttpResponse:
    """List the letters in the outbox (only with SHOW_OUTBOX)."""
    rows = [{"name": path.name, "mail": _parse(path)} for path in _letters()]
    return render(request, "outbox.html", {"rows": rows})


def outbox_letter(request: HttpRequest, name: str, part: str = "text") -> HttpResponse:
    """Show one letter: its headers and text, or its HTML as a page of its own (only with SHOW_OUTBOX)."""
    path = settings.OUTBOX / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    mail = _parse(path)
    body = mail.get_body(preferencelist=("plain",))
    html = mail.get_body(preferencelist=("html",))
    if part == "html" and html:
        response = HttpResponse(html.get_content())
        # A letter's styles are in its tags, as mail readers want it. Nothing else of it may run here.
        response._csp_replace = {"style-src": ["'unsafe-inline'"], "script-src": ["'none'"]}  # type: ignore[attr-defined]
        return response
    context = {"mail": mail, "name": name, "text": body.get_content() if body else ""}
    return render(request, "outbox_letter.html", context)
