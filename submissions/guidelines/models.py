"""A version of the guidelines: chapters of numbered rules, in every language; drafted, then put in force for good."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.log import logged
from cms.workflow import DeskItem, DeskQuerySet, Move, move
from submissions.guidelines.faults import faults_of

if TYPE_CHECKING:
    from cms.models import User

PUBLISH = "submissions.publish_guidelines"


class AlreadySet(Exception):  # noqa: N818  (the newsroom's word)
    """A version that was put in force is never changed: stories keep the hash of what was accepted."""


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


def refuse_if_set(pk: Any) -> None:
    """Raise AlreadySet where the version of this primary key was put in force."""
    if Guidelines.objects.filter(pk=pk, status=Guidelines.Status.SET).exists():
        raise AlreadySet("this version of the guidelines was put in force")


class Chapter(models.Model):
    """A group of rules under one title."""

    guidelines = models.ForeignKey(Guidelines, models.CASCADE, related_name="chapters")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    title_zh_hans = models.CharField(_("title in Chinese"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["number", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.title_zh_hans if get_language() == "zh-hans" else self.title_en

    def save(self, **kwargs: Any) -> None:
        """Save; a chapter that gets another number takes its rules along. Raises AlreadySet if it is in force."""
        refuse_if_set(self.guidelines_id)
        super().save(**kwargs)
        for rule in self.rules.exclude(number__startswith=f"{self.number}."):
            rule.number = f"{self.number}.{rule.number.rpartition('.')[2]}"
            rule.save(update_fields=["number"])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete. Raises AlreadySet if it is in force."""
        refuse_if_set(self.guidelines_id)
        return super().delete(*args, **kwargs)

    def copy_to(self, draft: Guidelines) -> None:
        """Make this chapter and its rules part of a draft too; the rules keep their ids."""
        titles = {"title_en": self.title_en, "title_zh_hans": self.title_zh_hans}
        copy = Chapter.objects.create(guidelines=draft, number=self.number, **titles)
        fields = ("position", "number", "key", "reason_code", "text_en", "text_zh_hans")
        Rule.objects.bulk_create(
            Rule(chapter=copy, **{name: getattr(rule, name) for name in fields}) for rule in self.rules.all()
        )


class Rule(models.Model):
    """One numbered rule. `key` names it in every version, whatever its number; letters and checks by `reason_code`."""

    chapter = models.ForeignKey(Chapter, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    number = models.CharField(
        _("number"),
        max_length=10,
        validators=[
            RegexValidator(r"^\d{1,3}\.\d{1,3}\Z", _("Write the chapter's number, a point and a number: 4.2."))
        ],
    )
    key = models.SlugField(
        _("lasting id"),
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text=_("The same in every version, whatever the number. Left empty, it is made of the English text."),
    )
    reason_code = models.SlugField(
        _("reason code"), max_length=30, blank=True, help_text=_("Letters and checks cite the rule by it.")
    )
    text_en = models.TextField(_("text in English"), blank=True)
    text_zh_hans = models.TextField(_("text in Chinese"), blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.number

    @property
    def text(self) -> str:
        """The rule in the language of the page."""
        return self.text_zh_hans if get_language() == "zh-hans" else self.text_en

    def save(self, **kwargs: Any) -> None:
        """Save, placed by its number and with a lasting id. Raises AlreadySet if the version is in force."""
        refuse_if_set(self.chapter.guidelines_id)
        last = self.number.rpartition(".")[2]
        self.position = int(last) if last.isdecimal() else 0
        self.key = self.key or self._new_key()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "position", "key"}
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete. Raises AlreadySet if the version is in force."""
        refuse_if_set(self.chapter.guidelines_id)
        return super().delete(*args, **kwargs)

    def _new_key(self) -> str:
        """The reason code or the first words, told apart from the version's other ids by a number."""
        words = "-".join(slugify(self.text_en).split("-")[:5])[:34].strip("-")
        wanted = self.reason_code or words or f"rule-{slugify(self.number)}"
        others = Rule.objects.filter(chapter__guidelines=self.chapter.guidelines_id).exclude(pk=self.pk)
        taken = set(others.values_list("key", flat=True))
        return next(key for key in (wanted, *(f"{wanted}-{n}" for n in range(2, 999))) if key not in taken)
