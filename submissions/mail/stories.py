"""A message as a story, with the same limits as the form's."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext

from articles.models import Picture, Section
from cms import codes
from cms.models import User
from cms.text import plain_text
from submissions.conversation import Message
from submissions.forms import MAX_BODY, MAX_SOURCES, SourcesField
from submissions.mail.automatic import may_answer
from submissions.mail.parse import Attachment, Mail
from submissions.mail.words import body_of, headline_of, language_of, links_in
from submissions.models import Guidelines, Story

_TRIED = 6  # pictures that are decoded: the others are named only
_NAMED = 30


class Untakable(Exception):  # noqa: N818  (the newsroom's word)
    """No story can be made of the message; `why` is a ReceivedMail.Why."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass
class Draft:
    """A story that was not saved yet, and what came with it that we could not take: [(name, reason)]."""

    story: Story
    refused: list[tuple[str, str]]

    def receive(self, *, by: User, answer: bool) -> Story:
        """Save the story, with the receipt's letter where `answer` says so, and a note about what was refused."""
        story = self.story.receive(by=by, letter="story_received_by_mail" if answer else "")
        if self.refused:
            with translation.override(story.language):
                lines = [f"{name}: {reason}" for name, reason in self.refused[:_NAMED]]
                text = "\n".join([gettext("Some of what came with your mail we could not take:"), *lines])
            Message.objects.create(story=story, sender=Message.Sender.HOUSE, text=text)
        return story


def story_of(mail: Mail, *, most: int | None = MAX_BODY) -> Draft:
    """Make a story of a message; `most` is how many characters it may have. Pictures are taken in at once.

    Raises Untakable.
    """
    if mail.fault:
        raise Untakable(mail.fault)
    body = body_of(mail)
    text = plain_text(body)
    headline, section = headline_of(mail), Section.objects.order_by("position", "pk").first()
    if not text.strip() or not headline:
        raise Untakable("empty")
    if most and len(text) > most:
        raise Untakable("too_long")
    version = Guidelines.objects.effective().first()
    if section is None or version is None:
        raise Untakable("unready")
    language = language_of(text)
    with translation.override(language):
        cover, refused = _cover_of(mail.attachments)
    story = Story(headline=headline, body=body, section=section, cover=cover, sources=_sources(text))
    _sign(story, mail, version, language)
    return Draft(story, refused)


def _sign(story: Story, mail: Mail, version: Guidelines, language: str) -> None:
    """Fill in who sent the story, under which guidelines, and its private code."""
    story.arrived_by = Story.ArrivedBy.MAIL
    story.language = story.guidelines_language = language
    story.guidelines, story.guidelines_sha256 = version, version.sha256(language)
    # The name in From is for the editor: nobody asked us to print it.
    story.byline, story.anonymous = mail.headers.name, True
    story.email = mail.headers.sender if may_answer(mail.headers) else ""
    story.seed = codes.new_seed()
    story.code_hash = codes.hash_of(codes.code_of(story.seed, use="receipt"))


def _sources(text: str) -> list[str]:
    """The web addresses that the story names, as far as the form would take them."""
    field, found = SourcesField(required=False), []
    for link in links_in(text)[:MAX_SOURCES]:
        try:
            found += field.clean(link)
        except ValidationError:
            continue
    return found


def _cover_of(attachments: tuple[Attachment, ...]) -> tuple[Picture | None, list[tuple[str, str]]]:
    """The first picture that can be a cover, and why each other attachment was not taken."""
    cover, refused, tried = None, [], 0
    for number, part in enumerate(attachments, 1):
        reason = ""
        if not part.is_picture:
            reason = gettext("This is not a picture. Put its text into the mail itself.")
        elif cover or tried >= _TRIED:
            reason = gettext("We take one picture, the cover.")
        else:
            tried += 1
            try:
                cover = Picture.objects.take_in(BytesIO(part.data))
            except ValidationError as error:
                reason = " ".join(error.messages)
        if reason:
            refused.append((part.name or gettext("attachment %(number)s") % {"number": number}, reason))
    return cover, refused
