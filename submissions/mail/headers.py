"""The header of a message, read without trust: bounded, one line each, never raising.

Read from the bytes by a scanner of our own: the library parses structured headers as it meets them, in time quadratic
in their length. It gets to see single values of a bounded length.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from cms.text import clean_line

MAX_VALUE = 2_000  # characters of one header that are looked at
_MAX_HEADER = 256 * 1024  # bytes of the whole header that are looked at
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:[ \t]*([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.MULTILINE)
_ENDS = re.compile(rb"\r?\n\r?\n")
# Codecs that are no charsets of mail: slow beyond reason on long input, or able to hide what is written.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw-unicode-escape", "undefined", "utf-7"}
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8"}
_valid_address = EmailValidator(allowlist=[])


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: by the charset that is declared where it fits, else as UTF-8 or GB 18030, else with marks."""
    for name in (_known(charset), "utf-8", "gb18030"):
        try:
            return data.decode(name)
        except (UnicodeError, ValueError):
            continue
    return data.decode(_known(charset), "replace")


def _known(charset: str) -> str:
    """The charset by which a name is understood, "utf-8" where it is unknown."""
    try:
        found = codecs.lookup(charset.strip()[:40])
    except (LookupError, ValueError, UnicodeError):
        return "utf-8"
    usable = getattr(found, "_is_text_encoding", True) and found.name not in _NO_CHARSETS
    return _WIDER.get(found.name, found.name) if usable else "utf-8"


def is_address(text: str) -> bool:
    """Whether it is an address that a letter can go to: ASCII, of a legal length, no tricks."""
    try:
        _valid_address(text)
    except ValidationError:
        return False
    return text.isascii() and len(text) <= 254


@dataclass(frozen=True)
class Headers:
    """The fields of a message's header in their order: (name in lower case, value as sent)."""

    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of_bytes(cls, raw: bytes) -> Headers:
        """Scan the header of a whole message."""
        start = raw[:_MAX_HEADER]
        if start.startswith(b"From "):  # the mark of a mailbox file, not a header
            start = start.partition(b"\n")[2]
        header = _ENDS.split(start, maxsplit=1)[0]
        found = (
            (name.decode("ascii").lower(), decoded(value[: 4 * MAX_VALUE], "utf-8")[:MAX_VALUE])
            for name, value in (match.groups() for match in _FIELD.finditer(header))
        )
        return cls(tuple((name, " ".join(value.split())) for name, value in found))

    def all(self, name: str) -> list[str]:
        """Every value of a field, as sent."""
        return [value for found, value in self.fields if found == name]

    def first(self, names: Iterable[str] | str) -> str:
        """The first value of the first of these fields that is there, as sent; "" where there is none."""
        names = [names] if isinstance(names, str) else names
        return next((value for name in names for value in self.all(name)), "")

    @staticmethod
    def plain(name: str, value: str) -> str:
        """A value with its encoded words (RFC 2047) read, as one clean line."""
        try:
            text = str(policy.default.header_factory(name, value[:MAX_VALUE]))
        except Exception:  # noqa: BLE001  (the library's parser raises whatever it likes on hostile values)
            text = value[:MAX_VALUE]
        return clean_line(text.encode("utf-8", "replace").decode())

    @property
    def subject(self) -> str:
        """The subject as one clean line."""
        return self.plain("subject", self.first("subject"))

    @property
    def message_id(self) -> str:
        """The Message-ID without what surrounds it; "" where it is missing."""
        found = re.search(r"<([^<>\s]+)>|(\S+)", self.first("message-id"))
        return (found[1] or found[2]) if found else ""

    @property
    def sender(self) -> str:
        """The address in From; "" where there is none that a letter could go to."""
        return self._from()[1]

    @property
    def name(self) -> str:
        """The name in From, as one clean line."""
        return self._from()[0][:255]

    @property
    def is_called_spam(self) -> bool:
        """Whether a mail server on the way called it spam. It is told to the editor and decides nothing."""
        said = (self.first(name).strip().lower() for name in ("x-spam-status", "x-spam-flag", "x-mailgun-sflag"))
        return any(word.startswith("yes") for word in said)

    def _from(self) -> tuple[str, str]:
        value = self.first("from")
        try:
            [found, *_rest] = policy.default.header_factory("from", value).addresses
            name, address = found.display_name, found.addr_spec
        except Exception:  # noqa: BLE001  (as above)
            name, address = _parsed(value)
        name = self.plain("subject", name)
        return ("" if "@" in name else name, address if is_address(address) else "")


def _parsed(value: str) -> tuple[str, str]:
    try:
        return parseaddr(value)
    except (MessageError, ValueError, IndexError):
        return "", ""
