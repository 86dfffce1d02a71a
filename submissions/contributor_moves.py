"""What a contributor does with a story, on the receipt page or by answering a letter. The system acts for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from articles.models import Article
from cms.suspicion import Suspectable
from cms.workflow import move
from submissions.conversation import ChangeRequest, EarlierText, Message
from submissions.story_status import UNDECIDED
from submissions.story_status import StoryStatus as Status

if TYPE_CHECKING:
    from cms.models import User
    from submissions.appeal import Appeal
    from submissions.story import Story

ANSWER = "submissions.answer_for_contributor"


class ContributorMoves(Suspectable):
    """The moves of the receipt page. None has a button on the desk."""

    class Meta:
        abstract = True

    @move(sources=UNDECIDED, target=Status.RECEIVED, permission=ANSWER, label="")
    def send_again(self: Story, *, by: User, reason: str, addressed: Collection[int] = (), **fields: Any) -> None:
        """Take the changed story, keep the texts as they were, and tick off the requests (by id) that were met."""
        EarlierText.objects.keep(self)
        ChangeRequest.objects.tick_off(self, addressed)
        self.note(fields=sorted(name for name, value in fields.items() if getattr(self, name) != value))
        for name, value in fields.items():
            setattr(self, name, value)
        if self.cover and self.cover_source_type:
            self.cover.declare(self.cover_source_type)
        self.hook_verdict = self.flagged = None

    @move(sources=[Status.CHANGES_ASKED], target=Status.RECEIVED, permission=ANSWER, label="", confidential=True)
    def answer(self: Story, *, by: User, reason: str) -> None:
        """Bring the story back to the desk with a message instead of changes."""
        Message.objects.create(story=self, sender=Message.Sender.CONTRIBUTOR, text=reason.strip())

    @move(sources=[*UNDECIDED, Status.ACCEPTED], target=Status.WITHDRAWN, permission=ANSWER, label="")
    def withdraw(self: Story, *, by: User, reason: str) -> None:
        """Take the story back; a draft that an editor made of it is spiked."""
        article = self.article
        if article and article.status == Article.Status.DRAFT:
            # Not in the contributor's language: it is a line of the newsroom's log.
            article.spike(by=by, reason="The contributor withdrew the story.")
        self.tell("story_withdrawn")

    @move(sources=[Status.DECLINED], target=None, permission=ANSWER, label="", reason=True, confidential=True)
    def appeal(self: Story, *, by: User, reason: str) -> Appeal:
        """Ask that another editor look at the decision, once within six months (guidelines, rule 9.1)."""
        from submissions.appeal import Appeal

        made = Appeal.of(self, grounds=reason.strip())
        made.enter(by=by, move="receive", story=str(self.uid))
        self.tell("appeal_received")
        return made
