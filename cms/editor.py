"""The rich-text editor for bodies: what it offers is what the one sanitiser keeps."""

from __future__ import annotations

from typing import Any

from django_prose_editor.widgets import ProseEditorWidget, importmap
from js_asset import Media, Stylesheet

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "Link": {"enableTarget": False},
    "HardBreak": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
}


# Asleep until static/editor.js wakes them: nobody waits for the look of what is not there yet.
SHEETS = ("django_prose_editor/material-icons.css", "django_prose_editor/editor.css", "editor.css")


class BodyWidget(ProseEditorWidget):
    """A plain text area that becomes the editor where scripts run, once static/editor.js has fetched that."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")

    @property
    def media(self) -> Media:
        """Where the editor's modules are, and its sheets. The modules take half a second of a telephone's time."""
        return Media(importmap=importmap, css={"all": [Stylesheet(path, disabled=True) for path in SHEETS]})
