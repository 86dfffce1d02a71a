"""What the contributor and the editor write to each other about a story: messages, requests, and earlier texts."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from submissions.story import Story

MOST_REQUESTS = 40
_BULLET = re.compile(r"^\s*(?:[-*•·–—]|\(?\d{1,2}[.)、．）])\s*")  # "- ", "1. ", "2) ", "3、"


class Message(models.Model):
    """One message of the conversation about a story, as plain text; `mail` is the one that it came by."""

    class Sender(models.TextChoices):
        CONTRIBUTOR = "contributor", _("the contributor")
        EDITOR = "editor", _("the editor")
        HOUSE = "house", _("our mail program")

    story = models.ForeignKey("submissions.Story", models.CASCADE, related_name="messages", verbose_name=_("story"))
    sender = models.CharField(_("from"), max_length=20, choices=Sender)
    text = models.TextField(_("text"))
    mail = models.OneToOneField("submissions.TakenMail", models.SET_NULL, null=True, blank=True, editable=False)
    created = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    """Requests by whether they were met."""

    def open(self) -> ChangeRequestQuerySet:
        """Those that the contributor has not ticked off."""
        return self.filter(addressed=None)

    def write(self, story: Story, text: str) -> None:
        """Make a request of each paragraph of `text`."""
        for part in parted(text):
            self.create(story=story, text=part)

    def tick_off(self, story: Story, requests: Collection[int]) -> None:
        """Mark these open requests (by id) of the story as addressed now."""
        self.open().filter(story=story, pk__in=requests).update(addressed=timezone.now())


class ChangeRequest(models.Model):
    """One thing that an editor asks to be changed; open until the contributor says that it is done."""

    story = models.ForeignKey("submissions.Story", models.CASCADE, related_name="requests", verbose_name=_("story"))
    text = models.TextField(_("text"))
    created = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    addressed = models.DateTimeField(_("addressed"), null=True, blank=True, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


def parted(text: str) -> list[str]:
    """The paragraphs of a reason; where there is only one, the lines of the list that it may be. Marks are left out."""
    parts = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if part.strip()]
    if len(parts) == 1:
        lines = parts[0].split("\n")
        parts = lines if all(_BULLET.match(line) for line in lines) else parts
    if len(parts) > MOST_REQUESTS:
        parts = [*parts[: MOST_REQUESTS - 1], "\n\n".join(parts[MOST_REQUESTS - 1 :])]
    return [_BULLET.sub("", part).strip() or part.strip() for part in parts]


class EarlierTextQuerySet(models.QuerySet["EarlierText"]):
    """Texts that a story had before it was sent again."""

    def keep(self, story: Story) -> EarlierText:
        """Keep the story's texts as they are now."""
        return self.create(story=story, headline=story.headline, dek=story.dek, body=story.body, sources=story.sources)


class EarlierText(models.Model):
    """The texts of a story as they were until it was sent again, at `replaced`."""

    story = models.ForeignKey("submissions.Story", models.CASCADE, related_name="earlier_texts")
    headline = models.CharField(_("headline"), max_length=255)
    dek = models.TextField(_("dek"), blank=True)
    body = models.TextField(_("body"))
    sources = models.JSONField(_("sources"), default=list, blank=True)
    replaced = models.DateTimeField(default=timezone.now, editable=False)

    objects = EarlierTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.headline
