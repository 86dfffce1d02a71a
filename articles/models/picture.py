"""A picture as we keep it: re-encoded, its origin declared, its renditions made by the worker."""

from __future__ import annotations

import hashlib
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import cover_art, pictures
from articles.provenance import GENERATED, SOURCE_TYPES, caption_for

if TYPE_CHECKING:
    from articles.models.article import Article


class PictureQuerySet(models.QuerySet["Picture"]):
    """Pictures by what is to be done with them."""

    def unrendered(self) -> PictureQuerySet:
        """Pictures whose renditions the worker has still to make."""
        return self.filter(rendered__isnull=True)

    def take_in(self, upload: BinaryIO | UploadedFile, *, source_type: str = "", credit: str = "") -> Picture:
        """Make a picture of an upload or a file: the one way in.

        Raises ValidationError, with the remedy, for whatever is not a picture that we can print.
        """
        picture = self.model(credit=credit)
        picture._keep(pictures.take_in(upload, source_type))
        upload.seek(0)
        picture.upload_sha256 = hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]
        picture.save(force_insert=True)
        return picture

    def draw_cover(self, article: Article) -> Picture:
        """Give an unsaved article a cover drawn by code from its headline and section, and say so in its alt text."""
        data = cover_art.cover_bytes(article.headline, article.section.slug)
        article.cover = self.take_in(BytesIO(data), source_type="algorithmicMedia")
        with translation.override(article.language):
            article.cover_alt = gettext("Geometric pattern drawn by a computer")
        return article.cover


class Picture(models.Model):
    """One picture. `renditions` lists [width, height, format] of the files beside the original."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), max_length=200, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    upload_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    source_type = models.CharField(_("origin"), max_length=40, choices=SOURCE_TYPES, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    declared = models.JSONField(_("declared by the file"), default=dict, editable=False)
    renditions = models.JSONField(default=list, editable=False)
    rendered = models.DateTimeField(_("renditions made"), null=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="picture_unrendered", condition=models.Q(rendered=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_type_display() or _('picture')} {self.width} × {self.height}"

    @property
    def url(self) -> str:
        """Where the re-encoded original is served."""
        return self.file.url

    @property
    def is_computer_generated(self) -> bool:
        """Whether a person has to be told that no camera saw this."""
        return self.source_type in GENERATED

    @property
    def disclosure(self) -> str:
        """The caption that says so, in the language of the page; empty for photographs."""
        return caption_for(self.source_type, self.declared)

    def rendition_url(self, width: int, kind: str) -> str:
        """Where the rendition of this width (px) and format is served."""
        return f"{self.file.url.rsplit('/', 1)[0]}/{width}.{kind}"

    def _keep(self, taken: pictures.Taken) -> None:
        """Store a picture that came in; the row is the caller's to save.

        Its file lies under the picture's own unguessable name and its content's hash, never under a name that was sent.
        """
        self.width, self.height, self.sha256 = taken.width, taken.height, taken.sha256
        self.source_type, self.declared = taken.source_type, dict(taken.declared)
        name = f"pictures/{self.uid.hex}/original-{taken.sha256[:8]}.{taken.extension}"
        self.file.save(name, ContentFile(taken.data), save=False)

    def declare(self, source_type: str) -> None:
        """Change where the picture is said to come from, in the row and in the bytes of every copy."""
        if source_type == self.source_type:
            return
        before, declared = str(self.file.name), self.declared
        with self.file.open() as original:
            taken = pictures.take_in(BytesIO(original.read()), source_type)
        self._keep(taken)
        self.declared, self.rendered = declared, None
        self.save(update_fields=["file", "width", "height", "sha256", "source_type", "rendered"])
        if self.file.name != before:
            transaction.on_commit(lambda: self.file.storage.delete(before))

    def forget(self) -> None:
        """Delete the row, then the files: a crash between leaves files that nothing names, never a name without one."""
        storage, folder = self.file.storage, f"pictures/{self.uid.hex}"
        self.delete()
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)

    def render(self) -> int:
        """Make the renditions from the original and return how many; run by the worker, safe to run again."""
        storage = self.file.storage
        with self.file.open() as original:
            data = original.read()
        made = []
        for rendition in pictures.renditions(data, self.source_type):
            name = f"pictures/{self.uid.hex}/{rendition.width}.{rendition.format}"
            storage.delete(name)
            storage.save(name, ContentFile(rendition.data))
            made.append([rendition.width, rendition.height, rendition.format])
        self.renditions, self.rendered = made, timezone.now()
        self.save(update_fields=["renditions", "rendered"])
        return len(made)
