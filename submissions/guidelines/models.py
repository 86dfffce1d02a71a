"""A version of the guidelines: chapters of numbered rules, in every language."""

from __future__ import annotations

import hashlib
from functools import cached_property

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class GuidelinesQuerySet(models.QuerySet["Guidelines"]):
    """Versions of the guidelines by when they hold."""

    def effective(self) -> GuidelinesQuerySet:
        """Versions that hold or held, newest first."""
        return self.filter(effective__lte=timezone.localdate()).order_by("-effective", "-number")

    def in_force(self) -> Guidelines:
        """The version that holds today; raises Guidelines.DoesNotExist before the first one."""
        found = self.effective().first()
        if found is None:
            raise Guidelines.DoesNotExist("no version of the guidelines is in force")
        return found


class Guidelines(models.Model):
    """One version. It is never changed once it is in force: stories keep the number and hash of what they accepted."""

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    effective = models.DateField(_("in force from"))
    changelog_en = models.TextField(_("what is new, in English"), blank=True)
    changelog_zh_hans = models.TextField(_("what is new, in Chinese"), blank=True)

    objects = GuidelinesQuerySet.as_manager()

    class Meta:
        verbose_name = _("guidelines")
        verbose_name_plural = _("guidelines")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def changelog(self) -> str:
        """What is new, in the language of the page."""
        return self.changelog_zh_hans if get_language() == "zh-hans" else self.changelog_en

    def get_absolute_url(self) -> str:
        """The permanent address of this version."""
        return reverse("submissions:guidelines_version", args=[self.number])

    @cached_property
    def contents(self) -> list[Chapter]:
        """The chapters in order, each with its rules."""
        return list(self.chapters.prefetch_related("rules"))

    def sha256(self, language: str) -> str:
        """SHA-256 (hex) of the version's whole text in one language: what a contributor agrees to."""
        suffix = language.replace("-", "_")
        lines = [f"v{self.number}"]
        for chapter in self.contents:
            lines.append(f"{chapter.number} {getattr(chapter, f'title_{suffix}')}")
            lines += [f"{rule.number} {getattr(rule, f'text_{suffix}')}" for rule in chapter.rules.all()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Chapter(models.Model):
    """A group of rules under one title."""

    guidelines = models.ForeignKey(Guidelines, models.CASCADE, related_name="chapters")
    number = models.PositiveSmallIntegerField(_("number"))
    title_en = models.CharField(_("title in English"), max_length=200)
    title_zh_hans = models.CharField(_("title in Chinese"), max_length=200)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["guidelines", "number"], name="one_chapter_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def title(self) -> str:
        """The title in the language of the page."""
        return self.title_zh_hans if get_language() == "zh-hans" else self.title_en


class Rule(models.Model):
    """One numbered rule; `reason_code` is how letters and figures name it across versions."""

    chapter = models.ForeignKey(Chapter, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("number"), max_length=10)
    reason_code = models.SlugField(_("reason code"), max_length=30, blank=True)
    text_en = models.TextField(_("text in English"))
    text_zh_hans = models.TextField(_("text in Chinese"))

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["chapter", "number"], name="one_rule_number")]

    def __str__(self) -> str:
        return self.number

    @property
    def text(self) -> str:
        """The rule in the language of the page."""
        return self.text_zh_hans if get_language() == "zh-hans" else self.text_en
