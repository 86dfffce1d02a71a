"""Handing copies to the mail server, and knowing of each what became of it.

Over SMTP the bytes go as they are, and where the server offers it (RFC 2920) the next copy's envelope goes behind the
last dot of the one before: one round trip a copy instead of four.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from enum import Enum
from smtplib import SMTP, SMTPRecipientsRefused, SMTPResponseException, SMTPServerDisconnected
from typing import cast

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

LONGEST = 20.0  # seconds after which a lot ends early: a slow server gets small lots, whatever NEWSLETTER_LOT says


class Fate(Enum):
    """What became of a copy."""

    SENT = "sent"
    REFUSED = "refused"  # for good (5yz, RFC 5321 4.2.1)
    LATER = "later"  # refused for now (4yz)
    UNCERTAIN = "uncertain"  # handed over, and no answer came
    HERE = "here"  # not handed over


class SenderRefused(Exception):  # noqa: N818  (what the server did)
    """The server takes no mail from our own address; that is no fault of any reader's."""


@dataclass
class Copy:
    """One copy on its way: to whom, how its bytes or its message are made, and what became of it."""

    key: int
    email: str
    wire: Callable[[], bytes]
    message: Callable[[], EmailMessage]
    fate: Fate = Fate.HERE
    reply: str = ""


@dataclass
class Wire:
    """One kept connection to whatever EMAIL_BACKEND names."""

    sender: str
    backend: BaseEmailBackend = field(default_factory=get_connection)
    accepted: int = 0  # copies since the connection was opened

    def hand_over(self, copies: list[Copy]) -> None:
        """Hand the copies over, one after the other, and note in each what became of it.

        Opens the connection where it is not open; raises what that raises, SenderRefused, and SMTPServerDisconnected
        where the server closed before it took anything, with every copy's fate noted. A connection that breaks ends the
        lot, and so does a server that takes longer than LONGEST for it: its later copies stay here.
        """
        if self.backend.open():
            self.accepted = 0
        if isinstance(self.backend, SmtpBackend):
            self._by_smtp(self.backend, copies)
        else:
            for copy, _following in _in_time(copies):
                self._by_backend(copy)

    def close(self) -> None:
        """End the connection."""
        self.backend.close()

    def _by_backend(self, copy: Copy) -> None:
        """By a backend that takes messages. What it does not explain is uncertain, not failed."""
        copy.fate = Fate.UNCERTAIN
        try:
            self.backend.send_messages([copy.message()])
        except SMTPRecipientsRefused as error:
            code, reply = next(iter(error.recipients.values()))
            _judge(copy, code, reply)
        except SMTPResponseException as error:
            _judge(copy, error.smtp_code, error.smtp_error)
        except (ValueError, MessageError) as error:
            copy.fate, copy.reply = Fate.REFUSED, f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001  (whatever it is: nobody knows whether the copy went)
            copy.reply = f"{type(error).__name__}: {error}"
        else:
            copy.fate, copy.reply = Fate.SENT, "accepted"

    def _by_smtp(self, backend: SmtpBackend, copies: list[Copy]) -> None:
        smtp = cast("SMTP", backend.connection)
        smtp.ehlo_or_helo_if_needed()
        dialogue = (_Pipelined if smtp.has_extn("pipelining") else _StepByStep)(smtp, self.sender)
        try:
            for copy, following in _in_time(copies):
                dialogue.hand_over(copy, following)
                self.accepted += copy.fate is Fate.SENT
        except SMTPServerDisconnected:
            smtp.close()
            backend.connection = None  # it cannot say goodbye any more
            if not self.accepted:
                raise
        except SenderRefused:
            self.backend.close()
            raise


def _in_time(copies: list[Copy]) -> Iterator[tuple[Copy, Copy | None]]:
    """Each copy with the one that follows, until the time of a lot is over; the last has none behind it."""
    until = time.monotonic() + LONGEST
    for copy, following in zip(copies, [*copies[1:], None], strict=True):
        late = time.monotonic() >= until
        yield copy, None if late else following
        if late:
            return


class _StepByStep:
    """MAIL, RCPT, DATA, the copy: each answered before the next."""

    def __init__(self, smtp: SMTP, sender: str) -> None:
        self.smtp, self.sender = smtp, sender

    def hand_over(self, copy: Copy, following: Copy | None) -> None:
        """Hand one copy over. Raises SMTPServerDisconnected or SenderRefused."""
        code, reply = self.smtp.mail(self.sender)
        _check_sender(code, reply)
        if code == 250:
            code, reply = self.smtp.rcpt(copy.email)
        if code in {250, 251}:
            code, reply = self.smtp.docmd("DATA")
        if code == 354:
            _give(self.smtp, copy, copy.wire())
            return
        _stay(code)  # a server that closes says nothing about the reader
        _judge(copy, code, reply)
        self.smtp.rset()


class _Pipelined(_StepByStep):
    """The envelope of the next copy goes with the last bytes of the one before."""

    def __init__(self, smtp: SMTP, sender: str) -> None:
        super().__init__(smtp, sender)
        self.asked = False  # the envelope of the copy in hand went with the one before

    def hand_over(self, copy: Copy, following: Copy | None) -> None:
        """Hand one copy over, and ask for `following`. Raises SMTPServerDisconnected or SenderRefused."""
        if not self.asked:
            self.smtp.send(self._envelope(copy))
        self.asked = False
        answers = [self.smtp.getreply() for _command in ("MAIL", "RCPT", "DATA")]
        _check_sender(*answers[0])
        refused = next(((code, reply) for code, reply in answers[:2] if code // 100 != 2), None)
        go_ahead, reply = answers[2]
        if refused is None and go_ahead == 354:
            _give(self.smtp, copy, copy.wire() + (self._envelope(following) if following else b""))
            self.asked = following is not None
            return
        if go_ahead == 354:  # it waits for a message that has no recipient (RFC 2920, 3.1)
            self.smtp.send(b".\r\n")
            self.smtp.getreply()
        code, reply = refused or (go_ahead, reply)
        _stay(code)
        _judge(copy, code, reply)
        self.smtp.rset()

    def _envelope(self, copy: Copy) -> bytes:
        return f"MAIL FROM:<{self.sender}>\r\nRCPT TO:<{copy.email}>\r\nDATA\r\n".encode("ascii")


def _give(smtp: SMTP, copy: Copy, octets: bytes) -> None:
    """Send the bytes and hear what the server says to the copy; from the first byte on its fate is uncertain."""
    copy.fate, copy.reply = Fate.UNCERTAIN, "the connection broke while it was handed over"
    smtp.send(octets)
    code, reply = smtp.getreply()
    _judge(copy, code, reply)
    _stay(code)


def _judge(copy: Copy, code: int, reply: bytes | str) -> None:
    """What a reply means for the copy; one that is neither yes nor no for good is a no for now."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    copy.reply = f"{code} {text}"[:500]
    copy.fate = {2: Fate.SENT, 5: Fate.REFUSED}.get(code // 100, Fate.LATER)


def _check_sender(code: int, reply: bytes) -> None:
    if code // 100 == 5:
        raise SenderRefused(f"{code} {reply.decode('utf-8', 'replace')}"[:500])


def _stay(code: int) -> None:
    """Raise SMTPServerDisconnected where the server has said that it closes (421, RFC 5321 3.8)."""
    if code == 421:
        raise SMTPServerDisconnected("the server closes the connection")
