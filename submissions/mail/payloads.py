"""What a mail service posted, looked at before the library reads it.

The library hands messages to Python's reader, which is bounded neither in memory nor in time (see `parse.py`). So each
text of a request is measured first, and a message that is a bomb goes to the desk as it is.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import FILE, ChunkIter, LazyStream, Parser
from django.utils.datastructures import MultiValueDict

from cms.numbers import whole_number
from submissions.mail.parse import is_bomb

MOST_BYTES = 50 * 1024 * 1024  # a message of 25 MB, and its texts or attachments once more
_MOST_FIELDS = 1_000
_SHORT = 1_000  # characters: too few for a bomb
_LONGEST_LINE = 16_000  # characters of a header or an address: parsing 32,000 takes 0.2 s, and it is quadratic
_ALL_LINES = 256_000
_WHOLE = {"RawEmail", "body-mime", "raw", "raw_msg", "email_rfc822"}
_TEXTS = {
    "TextBody", "HtmlBody", "StrippedTextReply", "Content", "Data", "Text-part", "Html-part", "body-plain", "body-html",
    "stripped-text", "stripped-html", "stripped-signature", "text", "html", "content",
}  # fmt: skip
_MARKS = {"From", "Subject", "message-headers", "TextBody", "HtmlBody", "Text-part", "Html-part"}
_RECIPIENTS = {"OriginalRecipient", "recipient", "Recipient", "rcpt_to"}


class Payload:
    """The texts of one request, by their names."""

    def __init__(self, request: HttpRequest) -> None:
        self.texts = list(_texts_of(request))

    @property
    def whole(self) -> list[bytes]:
        """The messages in it, where the service hands on the bytes that it received."""
        return [data for name, data in self.texts if name in _WHOLE and data]

    @property
    def has_message(self) -> bool:
        """Whether it looks like a message at all, and not like news about one that we sent."""
        return bool(self.whole) or any(name in _MARKS for name, _data in self.texts)

    @property
    def recipient(self) -> str:
        """The address that the message was delivered to, as the service says; "" where it is not known."""
        named = [data for name, data in self.texts if name in _RECIPIENTS]
        return named[0].decode("utf-8", "replace") if len(named) == 1 else ""

    @property
    def is_bomb(self) -> bool:
        """Whether reading it would cost memory or time without bounds."""
        if any(len(data) > _SHORT and is_bomb(data) for _name, data in self.texts):
            return True
        if self.whole:
            return False
        lines = [len(data) for name, data in self.texts if not _is_text(name)]
        return max(lines, default=0) > _LONGEST_LINE or sum(lines) > _ALL_LINES

    @property
    def unopened(self) -> list[bytes]:
        """The messages as they are, for the desk; one that came in pieces is put together without being read."""
        if self.whole:
            return self.whole
        named = [
            f"{name}: ".encode() + data for name, data in self.texts if not name.startswith(("signature", "token"))
        ]
        head = b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\n"
        return [head + b"\r\n".join(named)]


def _is_text(name: str) -> bool:
    return name in _TEXTS or name.startswith(("Attachment", "InlineAttachment", "attachment-"))


def read(request: HttpRequest) -> bool:
    """Read the request's body, up to MOST_BYTES; False where it is larger.

    Django's own limits are for what people type. Basic authentication is not checked yet: this is all that a stranger
    can make us hold.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and whole_number(length, MOST_BYTES) is None:
        return False
    body = request.read(MOST_BYTES + 1)
    setattr(request, "_body", body)  # noqa: B010  (where Django keeps it; there is no other way to a limit of one's own)
    request.upload_handlers = [_Form(request)]
    return len(body) <= MOST_BYTES


class _Form(FileUploadHandler):
    """Reads a form of several parts, in which a message of 25 MB may be a plain field: all of it is in memory."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> tuple[QueryDict, MultiValueDict[str, UploadedFile[Any]]]:
        """Return the fields and the files."""
        post = QueryDict(mutable=True)
        files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict()
        parts: Any = Parser(LazyStream(ChunkIter(input_data, 2**16)), boundary)
        for kind, meta, stream in parts:
            if len(post) + len(files) > _MOST_FIELDS:
                break
            options = meta["content-disposition"][1] if "content-disposition" in meta else {}
            name, data = _text(options.get("name", b"")), stream.read()
            if kind == FILE:
                content_type = meta.get("content-type", ("application/octet-stream", {}))[0].strip()
                made = SimpleUploadedFile(_text(options.get("filename", b"")) or "file", data, content_type)
                files.appendlist(name, made)
            elif name:
                post.appendlist(name, data.decode("utf-8", "replace"))
        return post, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Never asked: everything was read above."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never asked."""


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _texts_of(request: HttpRequest) -> Iterator[tuple[str, bytes]]:
    """Every text in a request by the nearest name, and what a base64 text stands for."""
    if request.content_type == "application/json":
        yield from _walk(json.loads(request.body))
        return
    for name, values in request.POST.lists():
        for value in values:
            if name in {"mandrill_events", "message-headers"}:
                yield from _walk(json.loads(str(value)), name)
            else:
                yield name, _bytes(str(value))
    for name, file in request.FILES.items():
        yield name, file.read()  # type: ignore[union-attr]
        file.seek(0)  # type: ignore[union-attr]


def _walk(payload: Any, name: str = "") -> Iterator[tuple[str, bytes]]:
    """The texts in what JSON holds, without recursion."""
    stack = [(name, payload)]
    while stack:
        name, value = stack.pop()
        if isinstance(value, dict):
            sealed = value.get("email_rfc822_is_base64") is True
            for key, inner in reversed(value.items()):
                stack.append((key, _opened(inner) if sealed and key == "email_rfc822" else inner))
        elif isinstance(value, list):
            stack.extend((name, inner) for inner in reversed(value))
        elif isinstance(value, bytes):
            yield name, value
        elif isinstance(value, str):
            yield name, _opened(value) if name in {"Content", "Data", "content"} else _bytes(value)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _opened(text: Any) -> bytes:
    """What stands in base64; the text itself where it is none."""
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError, TypeError):
        return _bytes(str(text))
