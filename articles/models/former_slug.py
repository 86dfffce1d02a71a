"""Former addresses of what lists articles: sections, tags and authors. An article's own are its `Redirect`s."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

L = TypeVar("L", bound="Listing")


class FormerSlug(models.Model):
    """A slug that a section, a tag or an author had. It leads to what had it last, whatever its slug is by now."""

    kind = models.CharField(max_length=20)
    slug = models.SlugField(max_length=80, allow_unicode=True, db_index=False)
    of = models.PositiveBigIntegerField()  # an id, and no foreign key: it is of three tables

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="one_former_slug")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


class Listing(models.Model):
    """What has a page with its articles, at an address of its slug. A slug that is given up is remembered."""

    slug = models.SlugField(_("slug"), unique=True)

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        """Save; in the same transaction, note the slug that goes."""
        model = type(self)
        with transaction.atomic():
            before = model._base_manager.filter(pk=self.pk).values_list("slug", flat=True).first() if self.pk else None
            super().save(**kwargs)
            if before and before != self.slug:
                FormerSlug.objects.update_or_create(kind=model._meta.model_name, slug=before, defaults={"of": self.pk})

    @classmethod
    def formerly(cls: type[L], slug: str) -> L | None:
        """What had this slug last and is still there, else None. Ask first what has it now."""
        former = FormerSlug.objects.filter(kind=cls._meta.model_name, slug=slug).values("of")
        return cls._default_manager.filter(pk__in=former).first()
