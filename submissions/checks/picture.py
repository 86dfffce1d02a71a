"""Is the picture large enough, and from where it is said to come?"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from articles.provenance import SOURCE_TYPES, contradicts, found_type
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
        declared, chosen = found_type(draft.cover.declared), draft.cover.source_type
        if contradicts(chosen, draft.cover.declared):
            yield self.note(
                _("The file says of itself: %(declared)s. You chose: %(chosen)s. Please choose again, or say why."),
                declared=SOURCE_TYPES[declared], chosen=SOURCE_TYPES[chosen],
            )  # fmt: skip
