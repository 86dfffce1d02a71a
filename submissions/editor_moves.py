"""What editors do with a story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from articles.models import Article, Picture
from cms.claims import Claimable
from cms.workflow import move
from submissions.conversation import ChangeRequest, Message
from submissions.story_status import UNDECIDED
from submissions.story_status import StoryStatus as Status

if TYPE_CHECKING:
    from cms.models import User
    from submissions.story import Story


class EditorMoves(Claimable):
    """The moves that the desk has buttons for, and those that follow from an appeal or from silence."""

    class Meta:
        abstract = True

    DECIDE = "submissions.decide_story"

    def taken_on(self: Story) -> None:  # type: ignore[misc]
        """Tell the contributor once a round that an editor is reading."""
        if not self.letters().filter(name="story_claimed", created__gte=self.waiting_since).exists():
            self.tell("story_claimed")

    @move(
        sources=UNDECIDED,
        target=Status.ACCEPTED,
        permission="submissions.decide_story",
        label=_("Accept and edit"),
        key="a",
        weight="primary",
    )
    def accept(self: Story, *, by: User, reason: str) -> Article:
        """Make the article's draft of the story, with a cover drawn by code where none was sent."""
        article = Article(
            language=self.language,
            section=self.section,
            headline=self.headline,
            dek=self.dek,
            byline=self.printed_byline(),
            body=self.body,
            cover=self.cover,
            sources=self.sources,
            origin=Article.Origin.READER,
            guidelines_number=self.guidelines.number,
            submitted_at=self.created,
            status=Article.Status.DRAFT,
        )
        if self.cover is None:
            Picture.objects.draw_cover(article)
        self.article = article.enter(by=by, move="draft", story=str(self.uid))
        self.note(article=str(article.uid))
        self.tell("story_accepted")
        return article

    @move(
        sources=[Status.RECEIVED],
        target=Status.CHANGES_ASKED,
        permission="submissions.decide_story",
        label=_("Ask for changes…"),
        reason=True,
        rules=True,
        key="r",
        asks=_("What should change: one request a paragraph"),
        letter=True,
    )
    def ask_changes(self: Story, *, by: User, reason: str, rules: Sequence[str] = ()) -> None:
        """Send the story back with what should change; the contributor ticks each request off on the receipt."""
        ChangeRequest.objects.write(self, reason)
        self.tell("story_changes_asked", reason=reason, rules=self.cited(rules))

    @move(
        sources=[*UNDECIDED, Status.ACCEPTED],
        target=None,
        permission="submissions.write_story",
        label=_("Write to the contributor…"),
        reason=True,
        key="w",
        asks=_("Your message"),
        confidential=True,
        letter=True,
    )
    def write(self: Story, *, by: User, reason: str) -> None:
        """Write into the conversation, and a letter; where the story stands stays as it is."""
        Message.objects.create(story=self, sender=Message.Sender.EDITOR, text=reason.strip())
        self.tell("story_message", reason=reason)

    @move(
        sources=UNDECIDED,
        target=Status.DECLINED,
        permission="submissions.decide_story",
        label=_("Decline…"),
        reason=True,
        rules=True,
        key="d",
        weight="danger",
        letter=True,
    )
    def decline(self: Story, *, by: User, reason: str, rules: Sequence[str] = ()) -> None:
        """Turn the story down and say why."""
        self.tell("story_declined", reason=reason, rules=self.cited(rules), appeal_until=self.appeal_from_today())

    @move(
        sources=[Status.CHANGES_ASKED],
        target=Status.DECLINED,
        permission="submissions.decide_story",
        label="",
        rules=True,
    )
    def lapse(self: Story, *, by: User, reason: str, rules: Sequence[str] = ()) -> None:
        """Close a story whose contributor was asked for changes and did not answer."""
        self.tell("story_lapsed", rules=self.cited(rules), appeal_until=self.appeal_from_today())

    @move(
        sources=[Status.DECLINED],
        target=Status.RECEIVED,
        permission="submissions.decide_appeal",
        label="",
        reason=True,
    )
    def reopen(self: Story, *, by: User, reason: str) -> None:
        """Put a story whose appeal was granted back on the desk."""
        self.tell("appeal_granted", reason=reason)

    @move(
        sources=[Status.DECLINED, Status.WITHDRAWN, Status.ACCEPTED],
        target=None,
        permission="submissions.erase_story",
        label=_("Erase personal data…"),
        reason=True,
        weight="danger",
    )
    def erase(self: Story, *, by: User, reason: str) -> None:
        """Erase what was sent with the story and what was written about it; the log keeps what was decided.

        Of an accepted story the texts stay, for they are the article's; the name stays where it is printed.
        """
        from submissions.erasure import erase

        erase(self)
