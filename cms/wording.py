"""The letters of a move, read before they go, and worded anew where the editor wishes.

A rehearsal makes the move and undoes it: what was written meanwhile is exactly what would go. What only the recipient
may read stands in the text as a placeholder such as {{receipt link}}, which has to stay.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import linebreaks, urlize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from cms import letters
from cms.log import logged
from cms.models import Letter
from cms.unseen import visible
from cms.workflow import DeskItem

MOST = 20  # letters of one move that can be worded anew
_MARK = re.compile(letters.MARK.format("([a-z_]+)"))
_PLACEHOLDER = re.compile(r"\{\{\s*([a-z ]+?)\s*\}\}")


class _EnoughError(Exception):
    """The rehearsal is over; everything is undone."""


@dataclass(frozen=True)
class Wording:
    """How an editor wants one letter to read; `name` is the letter's, so that no other gets the text."""

    name: str
    subject: str
    text: str


def rehearse(item: DeskItem, move: str, **details: Any) -> list[Letter]:
    """The letters that the move would write now. Nothing is changed and nothing is mailed.

    Raises what the move would raise.
    """
    written: list[Letter] = []
    token = letters.reader.set(written.append)
    try:
        with contextlib.suppress(_EnoughError), logged():
            getattr(type(item)._base_manager.get(pk=item.pk), move)(**details)
            raise _EnoughError
    finally:
        letters.reader.reset(token)
    return written


@contextlib.contextmanager
def worded(wordings: Sequence[Wording]) -> Iterator[None]:
    """Let the letters that are written inside read as `wordings` say, one after the other; the rest as they are.

    Raises ValidationError (for "letter-0-subject", "letter-0-text" …) where one of them cannot go like that.
    """
    waiting = list(enumerate(wordings))

    def reword(letter: Letter) -> None:
        if waiting:
            number, wording = waiting.pop(0)
            _reword(letter, wording, f"letter-{number}")

    token = letters.reader.set(reword if waiting else None)
    try:
        yield
    finally:
        letters.reader.reset(token)


def wordings_of(sent: Mapping[str, str]) -> list[Wording]:
    """The wordings in a form that was sent; none where the letters were not looked at."""
    found = []
    for number in range(MOST):
        if (name := sent.get(f"letter-{number}-name")) is None:
            break
        parts = (sent.get(f"letter-{number}-{part}", "") for part in ("subject", "text"))
        found.append(Wording(name, *map(visible, parts)))
    return found


def shown(text: str) -> str:
    """A letter's text for the editor's eyes: a placeholder stands for what only the recipient may read."""
    return _MARK.sub(lambda mark: _placeholder(mark[1]), text)


def _placeholder(name: str) -> str:
    return "{{" + name.replace("_url", " link").replace("_", " ") + "}}"


def _reword(letter: Letter, wording: Wording, field: str) -> None:
    if wording.name != letter.name:
        raise ValidationError(
            {f"{field}-text": _("Another letter goes now than the one that you read. Read it again.")}
        )
    subject = " ".join(wording.subject.split())
    text = wording.text.replace("\r\n", "\n").strip() + "\n"
    _check(letter, subject, text, field)
    if text != shown(letter.body_text):
        letter.body_text = _with_marks(letter, text)
        letter.body_html = _html_of(letter)
    letter.subject = subject


def _check(letter: Letter, subject: str, text: str, field: str) -> None:
    """Refuse a letter without a subject, and one whose reader would miss the link or the code."""
    faults: dict[str, Any] = {}
    if not subject:
        faults[f"{field}-subject"] = _("A letter needs a subject.")
    if len(subject) > 500:
        faults[f"{field}-subject"] = _("The subject is longer than 500 characters.")
    present = {found[1] for found in _PLACEHOLDER.finditer(text)}
    wanted = dict.fromkeys(_placeholder(name) for name in _MARK.findall(letter.body_text))
    if missing := [mark for mark in wanted if mark.strip("{}") not in present]:
        lacking = _("Put %(marks)s back into the text: we fill in there what only the recipient may read.")
        faults[f"{field}-text"] = lacking % {"marks": " ".join(missing)}
    if faults:
        raise ValidationError(faults)


def _with_marks(letter: Letter, text: str) -> str:
    """The text as the row keeps it: the marks of what this letter has, in place of their placeholders."""
    marks = {_placeholder(name).strip("{}"): letters.MARK.format(name) for name in letter.private}
    return _PLACEHOLDER.sub(lambda found: marks.get(found[1], found[0]), text)


def _html_of(letter: Letter) -> str:
    """A plain HTML rendering of a text that was written by hand, its links to click."""
    text = linebreaks(mark_safe(urlize(letter.body_text, autoescape=True)))
    for name in letter.private:
        mark = letters.MARK.format(name)
        if name.endswith("_url"):
            text = mark_safe(text.replace(mark, f'<a href="{mark}">{mark}</a>'))
    with translation.override(letter.language):
        html = render_to_string("email/by_hand.html", {**letters.house(letter.language), "text": text})
    return letters.inlined(html)
