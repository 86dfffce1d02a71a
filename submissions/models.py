"""The models of what contributors send; each lives in a module of its own."""

from submissions.appeal import Appeal
from submissions.conversation import ChangeRequest, EarlierText, Message
from submissions.drafts import SavedDraft
from submissions.guidelines.models import Guidelines
from submissions.guidelines.rules import Chapter, Rule
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.story import Story

__all__ = [
    "Appeal",
    "ChangeRequest",
    "Chapter",
    "EarlierText",
    "Guidelines",
    "Message",
    "ReceivedMail",
    "Rule",
    "SavedDraft",
    "Story",
    "TakenMail",
]
