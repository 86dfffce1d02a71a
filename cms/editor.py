"""The rich-text editor for bodies: what it offers is what the one sanitiser keeps."""

from __future__ import annotations

from typing import Any

from django_prose_editor.widgets import ProseEditorWidget

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


class BodyWidget(ProseEditorWidget):
    """A plain text area that becomes the editor where scripts run."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")
