"""What a check looks at, what it says, and what it is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from articles.models import Picture

Words: TypeAlias = "str | _StrPromise"
Compared: TypeAlias = Literal["", "published", "everything"]

_HREF = re.compile(r'<a href="([^"]*)"')
_BARE_LINK = re.compile(r"https?://[!-;=?-~]{1,500}")  # visible ASCII but < and >
_TRAILING = ".,;:!?)]}'\""


class Level(StrEnum):
    """How much a verdict weighs: nothing found, worth a look, or in the way of sending."""

    PASS = "pass"  # noqa: S105
    NOTE = "note"
    STOP = "stop"


@dataclass(frozen=True)
class Cover:
    """What is known of the picture: size in pixels (0: unknown), the origin chosen, and what its file declares."""

    width: int = 0
    height: int = 0
    source_type: str = ""
    declared: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, picture: Picture | None, chosen: str) -> Cover | None:
        """What is known of a picture that was taken in; None without one."""
        if picture is None:
            return None
        return cls(picture.width, picture.height, chosen or picture.source_type, picture.declared)


@dataclass(frozen=True)
class Draft:
    """A story as the checks see it: `body` is sanitised HTML, `text` the same as plain text.

    `compared` says with what its text is compared: nothing, what was published, or (for the editor) also what waits;
    `left_out` names the story itself and its article. A check `kept` here what another one needs too.
    """

    headline: str = ""
    dek: str = ""
    body: str = ""
    text: str = ""
    language: str = "en"
    sources: tuple[str, ...] = ()
    byline: str = ""
    anonymous: bool = False
    ai_use: str = ""
    cover: Cover | None = None
    compared: Compared = ""
    left_out: tuple[uuid.UUID, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_chinese(self) -> bool:
        """Whether the story is declared to be in Chinese."""
        return self.language.startswith("zh")

    @property
    def links(self) -> list[str]:
        """The addresses in the body, linked or typed, each once, in order."""
        linked = [unescape(found) for found in _HREF.findall(self.body)]
        typed = [found.rstrip(_TRAILING) for found in _BARE_LINK.findall(self.text)]
        return list(dict.fromkeys(linked + typed))


@dataclass(frozen=True)
class Verdict:
    """What a check says of a draft, in the language of whoever reads it.

    `passage` is the exact text that it points at, or ""; `field` the form's field where the way out is taken; `link`
    an address on this site and what it is called.
    """

    check: str
    level: Level
    words: Words = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    passage: str = ""
    field: str = "body"
    link: tuple[str, str] = ("", "")

    @property
    def message(self) -> str:
        """The words in the active language."""
        return str(self.words) % self.values if self.values else str(self.words)


class Check:
    """One thing that is looked at. `rule` is the reason code of the guidelines' rule that it serves."""

    id: ClassVar[str]
    rule: ClassVar[str]
    label: ClassVar[Words]
    field: ClassVar[str] = "body"

    def examine(self, draft: Draft) -> Iterable[Verdict]:
        """Yield what is to be said of the draft: nothing if all is well. Time grows with the text and no faster."""
        raise NotImplementedError

    def note(
        self, words: Words, *, passage: str = "", field: str = "", link: tuple[str, str] = ("", ""), **values: Any
    ) -> Verdict:
        """Something worth a look, which keeps nobody from sending."""
        return Verdict(self.id, Level.NOTE, words, values, passage, field or self.field, link)

    def stop(self, words: Words, *, passage: str = "", field: str = "", **values: Any) -> Verdict:
        """Something that must be put right before the story is sent: `words` name the way out."""
        return Verdict(self.id, Level.STOP, words, values, passage, field or self.field)
