"""The models of what contributors send; each lives in a module of its own."""

from submissions.conversation import Message
from submissions.guidelines.models import Chapter, Guidelines, Rule
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.story import Story

__all__ = ["Chapter", "Guidelines", "Message", "ReceivedMail", "Rule", "Story", "TakenMail"]
