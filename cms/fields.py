"""Form fields for text from outside: cleaned before it is measured, and never with what cannot be seen.

So a text that only looks empty is empty, and one that grows in NFC is refused by the form, not by the database.
What comes back with an error is what was typed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from cms.text import clean_line, clean_lines
from cms.unseen import visible


class LineField(forms.CharField):
    """One line: a headline, a name, a tag."""

    def to_python(self, value: Any) -> str:
        """The line, as `clean_line` makes it."""
        return clean_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """Plain text of several lines: a message, a reason, an address."""

    def to_python(self, value: Any) -> str:
        """The lines, as `clean_lines` makes them."""
        return clean_lines(super().to_python(value) or "")


class TypedField(forms.CharField):
    """Text that its form reads itself: a story's body, a list of addresses."""

    def to_python(self, value: Any) -> str:
        """What was typed and can be seen."""
        return visible(super().to_python(value) or "")


class UnicodeSlugField(LineField, forms.SlugField):
    """A part of an address."""


IN_ADMIN: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.CharField: {"form_class": LineField},
    models.TextField: {"form_class": TypedField},
    models.SlugField: {"form_class": UnicodeSlugField},
    models.EmailField: {},
    models.URLField: {"assume_scheme": "https"},
}
"""For `formfield_overrides`: how editors' forms take text in."""
