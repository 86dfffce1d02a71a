"""What the contributor and the editor write to each other about a story."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
