"""Every message that came by mail, kept as it came; and those of them that wait for a person."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.claims import Claimable, claim_index
from cms.text import clean_html, plain_text
from cms.workflow import DESK_INDEX, move
from submissions.mail.parse import Mail, parse

if TYPE_CHECKING:
    from cms.models import User
    from submissions.story import Story

ANSWERS_A_DAY = 3
"""Automatic letters that one address gets in a day, whoever writes in its name."""


class TakenMailQuerySet(models.QuerySet["TakenMail"]):
    """Messages by what they allow."""

    def free_answer(self, address: str) -> str | None:
        """A name for the next automatic letter of today to this address; None when it had its share.

        The name is unique: two processes that think of the same one cannot both write it.
        """
        mailbox = address.lower().partition("@")
        digest = hashlib.sha256(f"{mailbox[0].partition('+')[0]}@{mailbox[2]}".encode()).hexdigest()
        prefix = f"{timezone.now():%Y-%m-%d} {digest} "
        number = self.filter(answer__startswith=prefix).count()
        return f"{prefix}{number}" if number < ANSWERS_A_DAY else None


class TakenMail(models.Model):
    """One message as it came, and that it was taken: `key` is made of its Message-ID and of where it was sent.

    The raw bytes are kept here, in the transaction that makes a story or a desk item of them, so that the one is
    never without the other.
    """

    key = models.CharField(max_length=64, unique=True)
    sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    recipient = models.CharField(_("sent to"), max_length=320, blank=True)
    answer = models.CharField(max_length=100, unique=True, null=True)
    became = models.CharField(_("became"), max_length=100, blank=True)
    item = models.UUIDField(null=True)
    received = models.DateTimeField(_("received"), default=timezone.now)
    erased = models.DateTimeField(_("erased"), null=True, editable=False)

    objects = TakenMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("message taken")
        verbose_name_plural = _("messages taken")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["item"], name="taken_mail_item"),
            models.Index(fields=["received"], name="taken_mail_unerased", condition=models.Q(erased=None)),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.received:%Y-%m-%d %H:%M}"

    @cached_property
    def mail(self) -> Mail:
        """The message, read again."""
        return parse(bytes(self.raw))


class ReceivedMail(Claimable):
    """A message that could not become what it should by itself. It waits until an editor has looked at it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        TAKEN = "taken", _("taken as a story")
        FILED = "filed", _("filed away")

    class Why(models.TextChoices):
        NOWHERE = "nowhere", _("It was sent to none of our addresses.")
        UNREADABLE = "unreadable", _("It is damaged: our program cannot read it.")
        BOMB = "bomb", _("It is far too large or has far too many parts: it was not opened.")
        SEALED = "sealed", _("It is encrypted.")
        EMPTY = "empty", _("It has no text.")
        TOO_LONG = "too_long", _("Its text is longer than we take.")
        LIST = "list", _("It came through a mailing list or in bulk.")
        AUTOMATIC = "automatic", _("A program sent it by itself. Nobody was answered.")
        REPORT = "report", _("It is about copyright, and parts of a complete report are missing.")
        REPLY = "reply", _("It is about a story that is not waiting for an editor.")
        SAME_ID = "same_id", _("Another message with the same Message-ID was taken before; the texts differ.")
        UNREADY = "unready", _("We could not make a story of it: a section or guidelines in force are missing.")

    WAITING = (Status.WAITING,)
    DECIDE = "submissions.decide_mail"
    DESK_TITLE = "subject"
    DESK_NAME = _("Mail")
    DESK_SEARCH = ("subject", "sender")

    taken = models.OneToOneField(TakenMail, models.PROTECT, null=True, related_name="received_mail", editable=False)
    message = models.OneToOneField("submissions.Message", models.SET_NULL, null=True, editable=False)
    subject = models.CharField(_("subject"), max_length=255, blank=True)
    sender = models.CharField(pgettext_lazy("sender of a mail", "from"), max_length=320, blank=True)
    why = models.CharField(_("why it waits"), max_length=20, choices=Why)
    missing = models.JSONField(_("what is missing"), default=list)
    story = models.ForeignKey(
        "submissions.Story",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="received_mail",
        verbose_name=_("story"),
    )

    class Meta:
        verbose_name = _("message received")
        verbose_name_plural = _("mail")
        ordering = ["-id"]
        permissions = [("decide_mail", _("Can decide on mail"))]
        indexes = [
            models.Index(fields=DESK_INDEX, name="mail_waiting", condition=models.Q(status="waiting")),
            claim_index("mail_claimed"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def mail(self) -> Mail:
        """The message itself: as it came by mail, or as it was written on a receipt."""
        if self.taken:
            return self.taken.mail
        return replace(parse(b""), fault="", text=self.message.text if self.message else "")

    def text_of_html(self) -> str:
        """The text of a message that has only HTML."""
        return plain_text(clean_html(self.mail.html))

    def missing_parts(self) -> list[Any]:
        """What a complete copyright report would have besides, in the words of its form."""
        from submissions.copyright.forms import ReportForm

        return [ReportForm.base_fields[name].label for name in self.missing if name in ReportForm.base_fields]

    @move(
        sources=[Status.WAITING, Status.FILED],
        target=Status.TAKEN,
        permission="submissions.decide_mail",
        label=_("Take as a story"),
        key="a",
        weight="primary",
    )
    def take_as_story(self, *, by: User, reason: str) -> Story:
        """Put the message on the desk as a story; its sender gets the receipt.

        Raises ValidationError where it has no text or we have no section.
        """
        from submissions.mail.stories import Untakable, story_of

        try:
            draft = story_of(self.mail, most=None)
        except Untakable as error:
            raise ValidationError(self.Why(error.why).label) from error
        story = draft.receive(by=by, answer=True)
        self.story = story
        self.note(story=str(story.uid))
        return story

    @move(
        sources=WAITING,
        target=Status.FILED,
        permission="submissions.decide_mail",
        label=_("File away…"),
        reason=True,
        key="f",
    )
    def file_away(self, *, by: User, reason: str) -> None:
        """Nothing is to be done about it. The message is kept."""
