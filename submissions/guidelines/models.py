"""A version of the guidelines: chapters of numbered rules, in every language; drafted, then put in force for good."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.log import logged
from cms.workflow import DeskItem, DeskQuerySet, Move, move
from submissions.guidelines.faults import faults_of
from submissions.guidelines.rules import AlreadySet, Chapter, Rule, refuse_if_set

if TYPE_CHECKING:
    from cms.models import User

PUBLISH = "submissions.publish_guidelines"


class GuidelinesQuerySet(DeskQuerySet["Guidelines"]):
    """Versions of the guidelines by when they hold."""

    def announced(self) -> GuidelinesQuerySet:
        """Versions that were put in force, also from a day that lies ahead, newest first: what readers may see."""
        return self.filter(status=Guidelines.Status.SET).order_by("-effective", "-number")

    def effective(self) -> GuidelinesQuerySet:
        """Versions that hold or held, newest first."""
        return self.announced().filter(effective__lte=timezone.localdate())

    def in_force(self) -> Guidelines:
        """The version that holds today; raises Guidelines.DoesNotExist before the first one."""
        found = self.effective().first()
        if found is None:
            raise Guidelines.DoesNotExist("no version of the guidelines is in force")
        return found


class Guidelines(DeskItem):
    """One version. It is never changed once it is in force: stories keep the number and hash of what they accepted."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SET = "set", _("put in force")

    DESK_TITLE = "number"
    DESK_NAME = _("Guidelines")

    number = models.PositiveSmallIntegerField(_("version"), unique=True, editable=False)
    effective = models.DateField(_("in force from"), null=True, blank=True)
    changelog_en = models.TextField(_("what is new, in English"), blank=True)
    changelog_zh_hans = models.TextField(_("what is new, in Chinese"), blank=True)

    objects = GuidelinesQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("guidelines")
        verbose_name_plural = _("guidelines")
        ordering = ["-number"]
        permissions = [("publish_guidelines", _("Can write new versions of the guidelines and put them in force"))]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def language(self) -> str:  # type: ignore[override]  # no column: a version is in every language
        """The language of the page, in which the version shows itself."""
        return get_language() or "en"

    @property
    def changelog(self) -> str:
        """What is new, in the language of the page."""
        return self.changelog_zh_hans if get_language() == "zh-hans" else self.changelog_en

    @property
    def lies_ahead(self) -> bool:
        """Whether the version begins on a day that is still to come."""
        return self.effective is not None and self.effective > timezone.localdate()

    def get_absolute_url(self) -> str:
        """The permanent address of this version."""
        return reverse("submissions:guidelines_version", args=[self.number])

    @cached_property
    def contents(self) -> list[Chapter]:
        """The chapters in order, each with its rules."""
        return list(self.chapters.prefetch_related("rules"))

    @property
    def rules(self) -> list[Rule]:
        """The rules in order."""
        return [rule for chapter in self.contents for rule in chapter.rules.all()]

    def before(self) -> Guidelines | None:
        """The version that this one follows: of those put in force, the last one before it."""
        others = Guidelines.objects.announced().exclude(pk=self.pk)
        if self.status == self.Status.SET:
            return others.filter(models.Q(effective__lt=self.effective) | self._same_day()).first()
        return others.first()

    def _same_day(self) -> models.Q:
        return models.Q(effective=self.effective, number__lt=self.number)

    def sha256(self, language: str) -> str:
        """SHA-256 (hex) of the version's whole text in one language: what a contributor agrees to."""
        suffix = language.replace("-", "_")
        lines = [f"v{self.number}"]
        for chapter in self.contents:
            lines.append(f"{chapter.number} {getattr(chapter, f'title_{suffix}')}")
            lines += [f"{rule.number} {getattr(rule, f'text_{suffix}')}" for rule in chapter.rules.all()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def save(self, **kwargs: Any) -> None:
        """Save a draft. Raises AlreadySet for a version that was put in force, unless it is taken back in time."""
        stored = Guidelines.objects.filter(pk=self.pk, status=self.Status.SET).first() if self.pk else None
        if stored and not (stored.lies_ahead and self.status == self.Status.DRAFT):
            raise AlreadySet(f"version {self.number} of the guidelines was put in force")
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a draft. Raises AlreadySet for a version that was put in force."""
        refuse_if_set(self.pk)
        return super().delete(*args, **kwargs)

    def draft(self, *, by: User) -> Guidelines:
        """Save this new version as a draft that says what the one in force says, under the next free number.

        Raises Guidelines.DoesNotExist where none is in force.
        """
        with logged():
            model = Guidelines.objects.in_force()
            # Two drafts begun at once take their numbers one after the other; stories may refer to the row meanwhile.
            Guidelines.objects.select_for_update(no_key=True).get(pk=model.pk)
            self.status, self.number = self.Status.DRAFT, _next_number()
            self.enter(by=by, move="draft", copy_of=model.number)
            for chapter in model.contents:
                chapter.copy_to(self)
        return self

    def discard(self, *, by: User) -> None:
        """Delete a draft and log that it was. Raises Conflict when it was moved or put in force meanwhile."""
        with self.locked(None, {self.Status.DRAFT}) as (row, log):
            log.append(row.decision("delete", row.status, by, number=row.number))
            row.delete()

    def moves_for(self, user: User) -> list[Move]:
        """The moves that `user` may make now: nothing takes back a version that has begun."""
        return [spec for spec in super().moves_for(user) if spec.name != "take_back" or self.lies_ahead]

    @move(
        sources=[Status.DRAFT],
        target=Status.SET,
        permission=PUBLISH,
        label=_("Put in force"),
        weight="primary",
    )
    def put_in_force(self, *, by: User, reason: str) -> None:
        """Make the draft the version that holds from its date on; from now on it never changes.

        Raises ValidationError that names every chapter, rule and language that is not ready.
        """
        last = Guidelines.objects.announced().select_for_update(no_key=True, of=("self",)).first()
        if faults := faults_of(self, last):
            raise ValidationError(faults)
        if last and last.number > self.number:
            self.number = _next_number()
        hashes = {f"sha256_{name}": self.sha256(name.replace("_", "-")) for name in ("en", "zh_hans")}
        self.note(number=self.number, effective=str(self.effective), **hashes)

    @move(
        sources=[Status.SET],
        target=Status.DRAFT,
        permission=PUBLISH,
        label=_("Take back to the drafts"),
        weight="danger",
    )
    def take_back(self, *, by: User, reason: str) -> None:
        """Make a draft again of a version whose day is still to come; later ones have to be taken back first."""
        if not self.lies_ahead:
            raise ValidationError(_("This version has begun, so it stays. Write a new one instead."))
        last = Guidelines.objects.announced().first()
        if last and last.pk != self.pk:
            raise ValidationError(
                _("Version %(number)s follows this one: take that back first."), params={"number": last.number}
            )


def _next_number() -> int:
    return int(Guidelines.objects.aggregate(most=models.Max("number", default=0))["most"]) + 1
