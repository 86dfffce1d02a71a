"""The chapters of a version of the guidelines and their numbered rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from submissions.guidelines.models import Guidelines


class AlreadySet(Exception):  # noqa: N818  (the newsroom's word)
    """A version that was put in force is never changed: stories keep the hash of what was accepted."""


def refuse_if_set(pk: Any) -> None:
    """Raise AlreadySet where the version of this primary key was put in force."""
    if apps.get_model("submissions", "Guidelines").objects.filter(pk=pk, status="set").exists():
        raise AlreadySet("this version of the guidelines was put in force")


class Chapter(models.Model):
    """A group of rules under one title."""

    guidelines = models.ForeignKey("submissions.Guidelines", models.CASCADE, related_name="chapters")
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
