"""Articles by who may see them, and in which order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from articles.models.home import HomePlace
from articles.models.signed_off import PUBLISHED
from articles.models.withholding import Withholding
from cms.workflow import DeskQuerySet

if TYPE_CHECKING:
    from articles.models.article import Article  # noqa: F401  (the base class names it)

_COVER = ("file", "width", "height", "renditions", "focus_x", "focus_y")
CARD = (
    *("slug", "language", "headline", "dek", "byline", "reading_minutes", "published_at"),
    *("section__slug", "section__name_en", "section__name_zh_hans"),
    *(f"cover__{name}" for name in _COVER),
)
"""The columns that a card shows: of a list's articles nothing else is read."""


class ArticleQuerySet(DeskQuerySet["Article"]):
    """Articles by who may see them."""

    def published(self, *, until: datetime | None = None) -> Self:
        """What readers may see now: published, its time come, and not withheld. Used by every public surface.

        `until` leaves out what is newer: one bound instead of two, for an index can be walked from one only.
        """
        active = Withholding.objects.active().filter(article=OuterRef("pk"))
        latest = min(until or timezone.now(), timezone.now())
        return self.filter(~Exists(active), status=PUBLISHED, published_at__lte=latest)

    def in_language(self, language: str) -> Self:
        """Articles written in one language."""
        return self.filter(language=language)

    def placed_at_home(self) -> Self:
        """Those that editors put first on the home page, in their order."""
        # By their keys: joined from the articles' side, SQLite would walk through all of them for the few placed ones.
        placed = HomePlace.objects.filter(Q(until=None) | Q(until__gt=timezone.now()))
        here = self.filter(pk__in=placed.values("article"))
        return here.order_by("home_place__position", "-home_place__pk")

    def newest_first(self) -> Self:
        """In the order of the lists: `published_at`, then id, both falling (the key of the keyset pages)."""
        return self.order_by("-published_at", "-pk")

    def newest_first_of_few(self) -> Self:
        """In the same order, where few rows are looked for among very many: the database finds them by what they have.

        By a column that has an index it walks through all articles from the newest, and those of a tag may be the last.
        """
        return self.order_by(Coalesce("published_at", "created").desc(), "-pk")

    def for_cards(self) -> Self:
        """With what a card in a list shows, and nothing else."""
        return self.select_related("section", "cover").only(*CARD)

    def with_translations(self, *, until: datetime | None = None) -> Self:
        """Each annotated with the slug of its readable version in every language: `slug_in_<language>`."""
        versions = {
            f"slug_in_{code.replace('-', '_')}": Subquery(
                ArticleQuerySet(self.model)
                .published(until=until)
                .filter(series=OuterRef("series"), language=code)
                .order_by()
                .values("slug")[:1]
            )
            for code, _name in settings.LANGUAGES
        }
        return self.annotate(**versions)
