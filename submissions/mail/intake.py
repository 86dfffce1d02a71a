"""What becomes of a message: a story, a report, an answer in a conversation, or something that waits on the desk.

Nothing that came is dropped, and nothing is taken twice. Only one letter answers it, and only where a person wrote it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from dataclasses import dataclass, replace
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cms.letters import post
from cms.log import logged
from cms.models import User
from cms.unseen import visible
from submissions.conversation import Message
from submissions.forms import MAX_BODY
from submissions.mail import reports
from submissions.mail.addresses import Destination, destination
from submissions.mail.automatic import is_automatic, is_list, may_answer
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.mail.parse import Mail, parse
from submissions.mail.stories import Draft, Untakable, story_of
from submissions.mail.words import answer_of, language_of

log = logging.getLogger(__name__)

_TRIES = 2  # besides the last: another process may take the same message in the same moment
_RECIPIENT_FIELDS = ("x-original-to", "delivered-to")
Why = ReceivedMail.Why
_TOLD: dict[str, Any] = {
    Why.UNREADABLE: _("Our mail program could not read your mail."),
    Why.BOMB: _("Your mail is too large or has too many parts for our mail program."),
    Why.SEALED: _("Your mail is encrypted, and we have no key to read it. Use our form, or send it unsealed."),
    Why.EMPTY: _("Your mail has no text that we could read. Put the story into the mail itself: we open no documents."),
    Why.TOO_LONG: _("Your story is longer than we take. Shorten it or send it in parts."),
    Why.REPORT: _("Parts of a complete copyright report are missing."),
}
"""Why a message waits, as its sender is told."""


def take(raw: bytes, *, recipient: str = "") -> TakenMail:
    """Take one message and return its row; for one that was taken before, the row that is there.

    `recipient` is the address that it was delivered to; without it, the header that the mail server wrote is asked.
    Raises a database's error, and then nothing has happened.
    """
    mail = parse(raw)
    written = [value for name in _RECIPIENT_FIELDS for value in mail.headers.all(name)]
    bound = destination([recipient] if recipient else written)
    try:
        return _take(_Intake(raw, mail, bound))
    except (DatabaseError, OSError):  # it can be tried again later
        raise
    except Exception:
        log.exception("a message to %s could not be understood; it waits on the desk", bound.kind or "nobody")
        return _take(_Intake(raw, replace(mail, fault=Why.UNREADABLE), bound))


def _take(intake: _Intake) -> TakenMail:
    for _try in range(_TRIES):
        with contextlib.suppress(IntegrityError):
            return intake.take()
    return intake.take()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


@dataclass
class _Intake:
    """One message on its way in."""

    raw: bytes
    mail: Mail
    bound: Destination

    def take(self) -> TakenMail:
        """Take the message in one transaction, unless it was taken before."""
        key, same_id = self._key()
        if before := TakenMail.objects.filter(key=key).first():
            return before
        draft, why = self._draft()
        with logged():
            self.row = TakenMail.objects.create(
                key=key,
                sha256=self.mail.sha256,
                content_sha256=self.mail.content_sha256,
                raw=self.raw,
                recipient=self.bound.address,
            )
            became = self._become(draft, Why.SAME_ID if same_id else why)
            self.row.became, self.row.item = became._meta.label_lower, getattr(became, "uid", None)
            self.row.save(update_fields=["became", "item"])
        return self.row

    def _key(self) -> tuple[str, bool]:
        """The name by which the message is taken once, and whether another one had its Message-ID before.

        It holds the destination: one message to two of our addresses is two errands. A Message-ID that comes again
        over another text is a broken program or an attempt to suppress somebody's mail: that one waits.
        """
        headers, place = self.mail.headers, self.bound.kind + str(self.bound.story and self.bound.story.pk)
        if not headers.message_id:
            said = (headers.first(name) for name in ("from", "date", "subject"))
            return _digest(place, *said, self.mail.content_sha256), False
        key = _digest(place, headers.message_id)
        first = TakenMail.objects.filter(key=key).first()
        if first is None or first.content_sha256 == self.mail.content_sha256 or first.mail.says_the_same(self.mail):
            return key, False
        return _digest(place, headers.message_id, self.mail.content_sha256), True

    def _draft(self) -> tuple[Draft | None, str]:
        """The story that it is, or why it cannot be one. Pictures are decoded here, before the transaction."""
        if self.bound.kind != "story":
            return None, "" if self.bound.kind else Why.NOWHERE
        if is_automatic(self.mail.headers):
            return None, Why.AUTOMATIC
        if is_list(self.mail.headers):
            return None, Why.LIST
        try:
            return story_of(self.mail), ""
        except Untakable as error:
            return None, error.why

    def _become(self, draft: Draft | None, why: str) -> Model:
        if why:
            return self._wait(why)
        if draft:
            return draft.receive(by=User.objects.system(), answer=self._may_write())
        if self.bound.story:
            return self._answer(self.bound.story)
        return self._report()

    def _may_write(self) -> bool:
        """Whether a letter may go to the sender; if so, it is counted as written."""
        if not may_answer(self.mail.headers):
            return False
        self.row.answer = TakenMail.objects.free_answer(self.mail.headers.sender)
        self.row.save(update_fields=["answer"])
        return self.row.answer is not None

    def _answer(self, story: Any) -> Model:
        """Add an answer to its story's conversation; where nobody waits for it, it waits on the desk besides."""
        if is_automatic(self.mail.headers):
            return self._wait(Why.AUTOMATIC, story=story)
        text = visible(answer_of(self.mail))[:MAX_BODY].strip()
        if self.mail.fault or not text:
            return self._wait(self.mail.fault or Why.EMPTY, story=story)
        made = Message.objects.create(story=story, sender=Message.Sender.CONTRIBUTOR, text=text, mail=self.row)
        return made if story.status in story.WAITING else self._wait(Why.REPLY, story=story)

    def _report(self) -> Model:
        """Make a complete report of it, or let it wait and tell the sender what is missing."""
        if self.mail.fault:
            return self._wait(self.mail.fault)
        form = reports.report_form(self.mail)
        if form.is_valid() and self._may_write():
            return reports.receive(form, self.mail)
        return self._wait(Why.REPORT, missing=list(form.errors))

    def _wait(self, why: str, **fields: Any) -> ReceivedMail:
        """Put the message on the desk; what a program sent by itself is filed at once, but for copyright notices."""
        headers = self.mail.headers
        filed = why == Why.AUTOMATIC
        made = ReceivedMail(
            taken=self.row,
            subject=headers.subject[:255] or "—",
            sender=(headers.sender or headers.plain("subject", headers.first("from")))[:320],
            why=why,
            language=language_of(headers.subject + self.mail.text[:2_000] + self.mail.html[:2_000]),
            status=ReceivedMail.Status.FILED if filed else ReceivedMail.Status.WAITING,
            **fields,
        ).enter(by=User.objects.system(), move="receive", why=str(why))
        if why in _TOLD and not made.story and self._may_write():
            post("mail_waiting", headers.sender, language=made.language, about=made, told=_TOLD[why])
        return made
