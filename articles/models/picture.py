"""A picture as we keep it: re-encoded, its origin declared, its renditions made by the worker."""

from __future__ import annotations

import hashlib
import logging
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles import cover_art, pictures
from articles.crops import crops
from articles.licences import Licensed
from articles.picture_data import MachineImage, machine_images
from articles.picture_files import replace_file
from articles.provenance import COMPOSITE, GENERATED, SOURCE_TYPES, Disclosure, Label, contradicts, disclosure
from cms.text import clean_line

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from articles.models.article import Article


def percent(label: _StrPromise) -> models.PositiveSmallIntegerField[int, int]:
    """A field for 0 to 100, in the middle by default."""
    return models.PositiveSmallIntegerField(label, default=50, db_default=50, validators=[MaxValueValidator(100)])


log = logging.getLogger(__name__)

_OF_ITS_FILE = ("file", "width", "height", "sha256", "source_type", "declared", "claimed")


class PictureQuerySet(models.QuerySet["Picture"]):
    """Pictures by what is to be done with them."""

    def unrendered(self) -> PictureQuerySet:
        """Pictures whose renditions the worker has still to make."""
        return self.filter(rendered__isnull=True)

    def take_in(
        self, upload: BinaryIO | UploadedFile, *, source_type: str = "", credit: str = "", licence: str = ""
    ) -> Picture:
        """Make a picture of an upload or a file: the one way in.

        Raises ValidationError, with the remedy, for whatever is not a picture that we can print.
        """
        picture = self.model(credit=clean_line(credit), licence=licence)
        picture._keep(pictures.take_in(upload, source_type), source_type)
        upload.seek(0)
        picture.upload_sha256 = hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]
        picture.save(force_insert=True)
        return picture

    def draw_cover(self, article: Article) -> Picture:
        """Give an unsaved article a cover drawn by code from its headline and section, and say so in its alt text.

        With COVER_GENERATOR set, that draws it; where it fails, our own does.
        """
        headline, section = article.headline, article.section.slug
        article.cover = self._by_setting(headline, section) or self.take_in(
            BytesIO(cover_art.cover_bytes(headline, section)), source_type=cover_art.SOURCE_TYPE
        )
        with translation.override(article.language):
            article.cover_alt = gettext("Geometric pattern drawn by a computer")
            if article.cover.source_type != cover_art.SOURCE_TYPE:
                article.cover_alt = gettext("Illustration made by a computer")
        return article.cover

    def _by_setting(self, headline: str, section: str) -> Picture | None:
        """A cover by the generator that the newsroom has chosen; None without one, or where it failed.

        Its file has to declare its own origin: we cannot know it.
        """
        data = cover_art.by_setting(headline, section)
        try:
            picture = self.take_in(BytesIO(data)) if data else None
        except ValidationError:
            log.exception("COVER_GENERATOR made no picture that we can print")
            return None
        if picture and picture.source_type not in GENERATED:
            log.error("COVER_GENERATOR made a picture that does not declare itself generated")
            return None
        return picture


class Picture(Licensed):
    """One picture. `renditions` lists [width, height, format] of the files beside the original, `crops` those of
    `articles.crops` as [name, width, height]; None until the worker has made them.

    `claimed` is the origin that a person named, `declared` what the file says, `source_type` what was settled from
    both. Where they contradict each other, `confirmed` is the origin that an editor stands by in spite of that.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), max_length=200, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    upload_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    source_type = models.CharField(_("origin"), max_length=40, choices=SOURCE_TYPES, blank=True)
    claimed = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    confirmed = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    focus_x = percent(_("focal point from the left, %"))
    focus_y = percent(_("focal point from the top, %"))
    declared = models.JSONField(_("declared by the file"), default=dict, editable=False)
    renditions = models.JSONField(default=list, editable=False)
    crops = models.JSONField(null=True, editable=False)
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
    def thumbnail_url(self) -> str:
        """Where the smallest copy is served; the original until there is one."""
        jpegs = [width for width, _height, kind in self.renditions if kind == "jpeg"]
        return self.rendition_url(min(jpegs), "jpeg") if jpegs else self.url

    @property
    def is_computer_generated(self) -> bool:
        """Whether a person has to be told that no camera saw this."""
        return self.source_type in GENERATED

    @property
    def is_wholly_generated(self) -> bool:
        """Whether it is certain that all of it was made by a computer."""
        return self.source_type != COMPOSITE and self.disclosed.label == Label.GENERATED

    @property
    def disclosed(self) -> Disclosure:
        """What is said of its origin under the picture, in JSON-LD and in its bytes, in the active language."""
        return disclosure(self.source_type, self.declared, self.claimed)

    @property
    def disclosure(self) -> str:
        """The caption that says so; empty for photographs."""
        return self.disclosed.caption

    @property
    def is_in_doubt(self) -> bool:
        """Whether the file and the people who sent or declared it disagree, and no editor has decided yet."""
        said = (self.claimed, self.source_type)
        return any(contradicts(word, self.declared) for word in said) and self.confirmed != self.source_type

    def rendition_url(self, width: int, kind: str) -> str:
        """Where the rendition of this width (px) and format is served."""
        return self.beside(f"{width}.{kind}")

    def machine_images(self) -> list[MachineImage]:
        """The files for JSON-LD and for the cards of other sites, with absolute addresses and sizes."""
        return machine_images(self)

    def machine_urls(self) -> list[str]:
        """The addresses of `machine_images`: 16:9 first."""
        return [image.url for image in machine_images(self)]

    def beside(self, name: str) -> str:
        """The address of a file beside the original."""
        return f"{self.file.url.rsplit('/', 1)[0]}/{name}"

    def _keep(self, taken: pictures.Taken, claimed: str) -> None:
        """Store a picture that came in; the row is the caller's to save.

        Its file lies under the picture's own unguessable name and its content's hash, never under a name that was sent.
        """
        self.width, self.height, self.sha256 = taken.width, taken.height, taken.sha256
        self.source_type, self.declared, self.claimed = taken.source_type, dict(taken.declared), claimed
        name = f"pictures/{self.uid.hex}/original-{taken.sha256[:8]}.{taken.extension}"
        self.file.save(name, ContentFile(taken.data), save=False)

    def declare(self, source_type: str) -> None:
        """Change where the picture is said to come from, in the row and in the bytes of every copy.

        The old copies say another thing: pages show the original until the worker has made new ones.
        """
        if source_type == self.claimed:
            return
        before = str(self.file.name)
        with self.file.open() as original:
            taken = pictures.take_in(BytesIO(original.read()), source_type, self.declared)
        self._keep(taken, source_type)
        self.renditions, self.crops, self.rendered, self.confirmed = [], None, None, ""
        self.save(update_fields=[*_OF_ITS_FILE, "confirmed", "renditions", "crops", "rendered"])
        if self.file.name != before:
            transaction.on_commit(lambda: self.file.storage.delete(before))

    def stand_by_origin(self) -> None:
        """Take an editor's word for the origin as it was settled, whatever contradicts it."""
        self.confirmed = self.source_type
        self.save(update_fields=["confirmed"])

    def forget(self) -> None:
        """Delete the row, then the files: a crash between leaves files that nothing names, never a name without one."""
        storage, folder = self.file.storage, f"pictures/{self.uid.hex}"
        self.delete()
        for name in storage.listdir(folder)[1]:
            storage.delete(f"{folder}/{name}")
        storage.delete(folder)

    def render(self) -> int:
        """Make the renditions and the crops from the original and return how many; safe to run again.

        Each file takes the place of an older one in one step, so that no page ever shows a broken picture. What was
        changed meanwhile is found again as not rendered.
        """
        with self.file.open() as original:
            data = original.read()
        renditions, cut = [], []
        for rendition in pictures.renditions(data, self.source_type):
            self._put(f"{rendition.width}.{rendition.format}", rendition.data)
            renditions.append([rendition.width, rendition.height, rendition.format])
        for crop in crops(data, self.source_type, (self.focus_x, self.focus_y)):
            self._put(f"{crop.name}.jpeg", crop.data)
            cut.append([crop.name, crop.width, crop.height])
        same = Picture.objects.filter(pk=self.pk, file=self.file.name, focus_x=self.focus_x, focus_y=self.focus_y)
        self.renditions, self.crops, self.rendered = renditions, cut, timezone.now()
        same.update(renditions=renditions, crops=cut, rendered=self.rendered)
        return len(renditions) + len(cut)

    def _put(self, name: str, data: bytes) -> None:
        replace_file(self.file.storage, f"pictures/{self.uid.hex}/{name}", data)
