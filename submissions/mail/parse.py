"""One RFC 5322 message, read without trust: whatever the bytes are, `parse` returns a Mail and never raises.

The library's reader is neither bounded in memory nor in time, and raises many kinds of errors on hostile input. So
the raw bytes are measured first (`is_bomb`), and what still fails is a Mail whose `fault` says why; its raw bytes
then wait for a person.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import MIMEPart

from cms.text import MAX_TAGS
from submissions.mail.headers import Headers, decoded

MAX_BYTES = 25 * 1024 * 1024  # what large providers send at most
MAX_TEXT = 600_000  # characters of a text part that are read; the same as the form's field
MAX_PARTS = 200
_MAX_NESTED = 100  # the library recurses once a level
_MAX_LINES = 500_000  # 25 MB in base64 lines are 345,000
_MAX_DELIMITERS = 5_000  # lines that begin with "--": each might begin a part
_MAX_STRUCTURED = 8_000  # bytes of a Content-… header: its parser is quadratic
_STRUCTURED = re.compile(rb"(?:^|\r)content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_SEALED_TYPES = {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
_SEAL_ONLY = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = re.compile(
    r"\A\s*-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: [^\n]*\n)*\n(.*?)\n-----BEGIN PGP SIGNATURE-----",
    re.DOTALL,
)


@dataclass(frozen=True)
class Attachment:
    """A part that is not the message's text: its name as sent (one clean line), its type; the bytes of a picture."""

    name: str
    content_type: str
    data: bytes = field(repr=False)

    @property
    def is_picture(self) -> bool:
        """Whether it says that it is a picture; only decoding it tells."""
        return self.content_type.startswith("image/")


@dataclass(frozen=True)
class Mail:
    """What a message says. `fault` is "" or why it could not be read: "bomb", "unreadable", "sealed"."""

    headers: Headers
    sha256: str
    content_sha256: str
    text: str = ""
    html: str = ""
    flowed: bool = False
    attachments: tuple[Attachment, ...] = ()
    fault: str = ""

    def says_the_same(self, other: Mail) -> bool:
        """Whether both are one message, which a mail service may have packed anew: its sender, words and pictures."""
        return not (self.fault or other.fault) and self._said() == other._said()

    def _said(self) -> tuple[object, ...]:
        pictures = sorted(hashlib.sha256(part.data).hexdigest() for part in self.attachments)
        return self.headers.sender, (self.text if self.text.strip() else self.html).split(), pictures


def parse(raw: bytes) -> Mail:
    """Read a message. `sha256` is that of all bytes, `content_sha256` that of the body without its line ends."""
    digest, content = hashlib.sha256(raw).hexdigest(), _content_sha256(raw)
    if is_bomb(raw):
        return Mail(Headers.of_bytes(raw), digest, content, fault="bomb")
    try:
        message = message_from_bytes(raw, policy=policy.default)
        reader = _Reader()
        reader.read(message)
        if not reader.text.strip() and reader.html.count("<") > MAX_TAGS:
            reader.fault = reader.fault or "bomb"
    except Exception:  # noqa: BLE001  (the library raises whatever it likes on hostile bytes; a person looks at it)
        return Mail(Headers.of_bytes(raw), digest, content, fault="unreadable")
    return Mail(
        Headers.of_bytes(raw),
        digest,
        content,
        reader.text,
        reader.html,
        reader.flowed,
        tuple(reader.attachments),
        reader.fault,
    )


def _content_sha256(raw: bytes) -> str:
    """The hash of what follows the header: the same for each delivery of one message, whatever hosts wrote above."""
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]
    return hashlib.sha256(b"\n".join(body.split())).hexdigest()


def is_bomb(raw: bytes) -> bool:
    """Whether the message is built to cost memory or time: too large, too deep, too many parts, endless headers."""
    lower = raw.lower()
    return (
        len(raw) > MAX_BYTES
        or lower.count(b"boundary") + lower.count(b"message/") > _MAX_NESTED
        or raw.count(b"\n") + raw.count(b"\r") > 2 * _MAX_LINES
        or raw.count(b"\n--") + raw.count(b"\r--") > _MAX_DELIMITERS
        or any(len(found[0]) > _MAX_STRUCTURED for found in _STRUCTURED.finditer(raw))
    )


class _Reader:
    """Walks the parts of a message and keeps its plain text, its HTML, and the names of everything else."""

    def __init__(self) -> None:
        self.text = self.html = self.fault = ""
        self.flowed = False
        self.attachments: list[Attachment] = []
        self._parts = 0

    def read(self, part: MIMEPart) -> None:
        """Take one part in, or each part of a multipart one. A message that is enclosed is an attachment."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            self.fault = "bomb"
            return
        kind = part.get_content_type()
        if kind in _SEALED_TYPES and part.get_param("smime-type") != "certs-only":
            self.fault = self.fault or "sealed"
        elif part.get_content_maintype() == "multipart" and part.is_multipart():
            for inner in part.iter_parts():
                self.read(inner)
        elif kind not in _SEAL_ONLY:
            self._leaf(part, kind)

    def _leaf(self, part: MIMEPart, kind: str) -> None:
        shown = part.get_content_disposition() != "attachment" and not part.get_filename()
        if kind == "text/plain" and shown:
            self._plain(part)
        elif kind == "text/html" and shown:
            self.html = (self.html + _text_of(part))[: MAX_TEXT + 1]
        elif not (kind.startswith("text/") and shown):
            payload = part.get_payload(decode=True) if kind.startswith("image/") else b""
            self.attachments.append(Attachment(_name(part), kind, payload if isinstance(payload, bytes) else b""))

    def _plain(self, part: MIMEPart) -> None:
        """Several of them are one text: some programs begin a new part after each picture."""
        text = _text_of(part)
        if _PGP_MESSAGE in text:
            self.fault = self.fault or "sealed"
        signed = _PGP_SIGNED.match(text)
        text = signed[1] if signed else text
        self.text = (f"{self.text}\n\n{text}" if self.text.strip() else text)[: MAX_TEXT + 1]
        self.flowed = str(part.get_param("format", "")).lower() == "flowed"


def _text_of(part: MIMEPart) -> str:
    """The text of a part in whatever encoding it really has, its line ends as \\n, one character over the limit."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text = decoded(data[: 4 * MAX_TEXT], part.get_content_charset() or "")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")[: MAX_TEXT + 1]


def _name(part: MIMEPart) -> str:
    """The file's name (RFC 2231 or, against the rules yet common, RFC 2047): the last element of a path."""
    name = Headers.plain("subject", part.get_filename() or "")
    return re.split(r"[/\\]", name)[-1][:120]
