"""Drafts that a contributor asked us to keep: what was typed, behind a private link, until it is sent or too old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Picture
from cms import codes
from cms.text import is_plain, rich_text

if TYPE_CHECKING:
    from submissions.forms import StoryForm

TYPED = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous", "email",
    "cover_source_type",
)  # fmt: skip
MAX_DRAFT = 400_000  # characters in all fields: six times the longest story, or its text with a lot of markup


class Overtaken(Exception):  # noqa: N818 (an outcome, as Conflict is)
    """The draft was saved from elsewhere after the form was shown, and says something else."""

    def __init__(self, draft: SavedDraft) -> None:
        super().__init__(draft)
        self.draft = draft


class SavedDraftQuerySet(models.QuerySet["SavedDraft"]):
    """Drafts by their age and by who knows what of them."""

    def live(self) -> SavedDraftQuerySet:
        """Drafts that are still kept."""
        return self.filter(saved__gt=timezone.now() - _stay())

    def expired(self) -> SavedDraftQuerySet:
        """Drafts whose time is over."""
        return self.filter(saved__lte=timezone.now() - _stay())

    def by_code(self, code: str) -> SavedDraft | None:
        """The draft that a private code opens, however it was typed; None for wrong and expired ones alike."""
        return self.live().filter(code_hash=codes.hash_of(code)).select_related("cover").first()

    def of_form(self, form: StoryForm) -> SavedDraft | None:
        """The draft that was saved from this form, here or elsewhere."""
        return self.filter(seed=form.seed).select_related("cover").first()


class SavedDraft(models.Model):
    """What somebody typed into the form of a story and asked us to keep. `fields` is raw: nothing in it was checked.

    It shares its seed with the form, so that it becomes one story from whichever device it is sent.
    """

    seed = models.CharField(max_length=32, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    fields = models.JSONField(default=dict)
    cover = models.ForeignKey(Picture, models.PROTECT, null=True, related_name="saved_drafts")
    version = models.PositiveIntegerField(default=1)
    saved = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SavedDraftQuerySet.as_manager()

    class Meta:
        default_permissions = ()  # it is its writer's alone: no part of the desk shows it

    def __str__(self) -> str:
        return str(self.fields.get("headline", ""))

    @property
    def code(self) -> str:
        """The private code, derived anew; "" where the key by which it was derived is gone."""
        return codes.known_code(self.seed, use="draft", known_hash=self.code_hash)

    @property
    def kept_until(self) -> datetime:
        """When it is deleted, unless it is saved again."""
        return self.saved + _stay()

    @property
    def browser_scope(self) -> str:
        """The name under which a browser keeps what is typed into this draft; it tells nobody the code."""
        return f"saved-{self.code_hash[:12]}"

    @property
    def body_of_plain_typing(self) -> str:
        """Plain typing as HTML, for the editor of a device that has one; "" where the body is HTML already."""
        body = self.fields.get("body", "")
        return rich_text(body) if is_plain(body) else ""

    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        return self.fields | {"anonymous": bool(self.fields.get("anonymous")), "draft_version": self.version}

    def unsent_cover(self) -> Picture | None:
        """The picture that was kept along, unless it has been sent."""
        return Picture.objects.filter(pk=self.cover_id, article=None, story=None).first() if self.cover_id else None

    def says(self, form: StoryForm) -> bool:
        """Whether this is what the form says; a form without a picture says nothing of one."""
        mine, theirs = self.cover, form.kept
        return self.fields == typed(form) and (theirs is None or (mine is not None and mine.sha256 == theirs.sha256))

    def overtakes(self, form: StoryForm) -> bool:
        """Whether this was saved after the form was shown, with something else in it."""
        return self.version > version_shown(form) and not self.says(form)

    def forget(self) -> None:
        """Delete the row, and its picture unless something else needs it."""
        self.delete()
        _forget_unused(self.cover)


def typed(form: StoryForm) -> dict[str, str]:
    """What was typed into a form that was sent, as it was typed (without NUL, which no database takes)."""
    return {name: str(form.data.get(name, "")).replace("\0", "") for name in TYPED}


def version_shown(form: StoryForm) -> int:
    """The version of the draft that the form was filled from.

    A form that began empty can only have made the first version itself, before its sender went back to it.
    """
    sent = str(form.data.get("draft_version", ""))
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 1


def keep(form: StoryForm) -> SavedDraft:
    """Save what was typed into a form; the same form saved twice is one draft.

    Raises ValidationError, with the remedy, if that is too much, and Overtaken if another device saved other words.
    """
    fields = typed(form)
    length = sum(map(len, fields.values()))
    if length > MAX_DRAFT:
        raise ValidationError(
            _("Your draft has %(length)s characters with its markup; we can keep %(most)s. It was not saved."),
            params={"length": length, "most": MAX_DRAFT},
        )
    try:
        with transaction.atomic():
            return _write(form, fields)
    except IntegrityError:  # the other click of a double click was faster
        with transaction.atomic():
            return _write(form, fields)


def _write(form: StoryForm, fields: dict[str, str]) -> SavedDraft:
    draft = SavedDraft.objects.select_for_update(of=("self",)).of_form(form)
    if draft is None:
        code_hash = codes.hash_of(codes.code_of(form.seed, use="draft"))
        return SavedDraft.objects.create(seed=form.seed, code_hash=code_hash, fields=fields, cover=form.kept)
    if draft.overtakes(form):
        raise Overtaken(draft)
    before = draft.cover
    if not draft.says(form):
        draft.fields, draft.version, draft.cover = fields, draft.version + 1, form.kept or before
    draft.saved = timezone.now()
    draft.save(update_fields=["fields", "cover", "version", "saved"])
    if before != draft.cover:
        transaction.on_commit(lambda: _forget_unused(before))
    return draft


@contextmanager
def sent_with(form: StoryForm) -> Iterator[None]:
    """Receive the story of a form in this block: its draft, if there is one, is deleted in the same transaction.

    Raises Overtaken if another device saved other words, for they would be lost.
    """
    with transaction.atomic():
        draft = SavedDraft.objects.select_for_update(of=("self",)).of_form(form)
        if draft and draft.overtakes(form):
            raise Overtaken(draft)
        if draft:
            draft.delete()  # its picture is the story's now
        yield


def _forget_unused(picture: Picture | None) -> None:
    """Delete a picture that nothing needs any more."""
    if picture and unused_pictures().filter(pk=picture.pk).exists():
        with suppress(models.ProtectedError):  # somebody has just sent it
            picture.forget()


def unused_pictures() -> models.QuerySet[Picture]:
    """Pictures that belong to no article, no story and no draft."""
    return Picture.objects.filter(article=None, story=None, saved_drafts=None)


def _stay() -> timedelta:
    return timedelta(days=settings.DRAFT_DAYS)
