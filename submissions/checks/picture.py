"""Is the picture large enough, and from where it is said to come?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from articles.provenance import GENERATED, SOURCE_TYPES
from submissions.checks.base import Check, Draft, Verdict

WIDE_ENOUGH = 1200  # pixels: the article's column on a good screen; the form itself refuses what is below 320


class PictureSize(Check):
    """A cover that will look soft on a large screen."""

    id = "picture-size"
    rule = "cover"
    label = _("Size of the picture")
    field = "cover"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Look at the width; 0 is not known yet."""
        if draft.cover and 0 < draft.cover.width < WIDE_ENOUGH:
            yield self.note(
                _(
                    "The picture is %(width)s × %(height)s pixels and will look soft on large screens. "
                    "If you have the original, send that: %(wide)s pixels wide or more."
                ),
                width=draft.cover.width, height=draft.cover.height, wide=WIDE_ENOUGH,
            )  # fmt: skip


class PictureOrigin(Check):
    """The file says another thing about its origin than the contributor chose."""

    id = "picture-origin"
    rule = "cover"
    label = _("Origin of the picture")
    field = "cover_source_type"

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Compare only what is declared by both sides."""
        if draft.cover is None:
            return
        declared = str(draft.cover.declared.get("source_type", ""))
        if "aigc" in draft.cover.declared and declared not in GENERATED:
            declared = "trainedAlgorithmicMedia"
        chosen = draft.cover.source_type
        if declared in SOURCE_TYPES and chosen in SOURCE_TYPES and declared != chosen:
            yield self.note(
                _("The file says of itself: %(declared)s. You chose: %(chosen)s. Please choose again, or say why."),
                declared=SOURCE_TYPES[declared], chosen=SOURCE_TYPES[chosen],
            )  # fmt: skip
