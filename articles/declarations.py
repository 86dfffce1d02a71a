"""What a picture's file itself says of its origin: XMP, IPTC, EXIF, C2PA, and the notes of known generators.

A file may name a person, a place or the words that somebody typed into a generator. None of that is kept: only which
kind of origin it declares, and by which tool. Whoever sends anonymously stays so.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, IptcImagePlugin

from articles import c2pa_reader, provenance

TOOLS = re.compile(
    r"(?<![A-Za-z])(Midjourney|DALL[-·. ]?E|Stable Diffusion|NovelAI|ComfyUI|InvokeAI|Fooocus|Adobe Firefly|Made with "
    r"Google AI|Imagen|Leonardo\.?AI|Ideogram|Bing Image Creator|Microsoft Designer|ChatGPT|OpenAI|FLUX\.1|Grok|"
    r"Draw Things|Tensor\.Art|Recraft|Seedream|Jimeng|Doubao|Hunyuan|Kling|Wanxiang|CogView)(?![A-Za-z])"
    r"|(文心一格|通义万相|即梦|豆包|可灵|混元|智谱清言)",
    re.IGNORECASE,
)
"""Names by which generators sign what they make."""

NOTES = {
    "parameters": ("Stable Diffusion web UI", re.compile(r"\bSteps: \d{1,5}, ")),
    "prompt": ("ComfyUI", re.compile(r'"class_type"')),
    "workflow": ("ComfyUI", re.compile(r'"nodes"')),
    "invokeai_metadata": ("InvokeAI", re.compile(r"\{")),
    "sd-metadata": ("InvokeAI", re.compile(r"\{")),
    "Dream": ("InvokeAI", re.compile(r"-[sS]\s?\d")),
    "fooocus_scheme": ("Fooocus", re.compile(r"\w")),
    "generation_data": ("Tensor.Art", re.compile(r"\{")),
    "Description": ("Midjourney", re.compile(r"\bJob ID: [0-9a-f-]{36}")),
}
"""A PNG's text -> the generator that writes it, and how it is known."""

_SIGNED = ("Software", "Source", "Comment", "Description", "Author", "Title")  # PNG texts in which tools sign
_EXIF = {"Software": ExifTags.Base.Software, "ImageDescription": ExifTags.Base.ImageDescription}
_IPTC = {"Credit": (2, 110), "Originating Program": (2, 65)}
_WEB_UI = re.compile(r"\bSteps: \d{1,5}, Sampler: ")
_LOOKED_AT = 20_000  # characters of one text: signatures stand at an end of it
_MOST = 5  # traces that are kept


def read(image: Image.Image, raw: bytes) -> dict[str, Any]:
    """Everything that the file declares; `image` was loaded from `raw`. Never raises for what a file contains.

    The keys of `provenance.read_declared` and, each only where present: `c2pa` (what `c2pa_reader.read` says) and
    `traces`, the marks that a generator left, such as "ComfyUI (PNG prompt)".
    """
    declared = provenance.read_declared(image)
    if "aigc" not in declared and (record := provenance.aigc_record(_text(image.info.get("AIGC")))):
        declared["aigc"] = record
    if manifest := c2pa_reader.read(image, raw):
        declared["c2pa"] = manifest
    if traces := list(dict.fromkeys(_traces(image)))[:_MOST]:
        declared["traces"] = traces
    return declared


def _traces(image: Image.Image) -> Iterator[str]:
    """Each mark of a generator: its name, and where it stands."""
    for name, (tool, sign) in NOTES.items():
        if sign.search(_text(image.info.get(name))):
            yield f"{tool} (PNG {name})"
    signed = {f"PNG {name}": _text(image.info.get(name)) for name in _SIGNED}
    for where, text in (signed | _exif(image) | _iptc(image) | provenance.read_credits(image)).items():
        if found := TOOLS.search(text):
            yield f"{found[0]} ({where})"
        elif _WEB_UI.search(text):
            yield f"Stable Diffusion web UI ({where})"


def _exif(image: Image.Image) -> dict[str, str]:
    """The EXIF texts in which tools sign."""
    texts: dict[str, str] = {}
    with contextlib.suppress(Exception):  # its reader raises whatever it likes on hostile bytes
        exif = image.getexif()
        texts = {f"EXIF {name}": _text(exif.get(tag)) for name, tag in _EXIF.items()}
        comment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment)
        # eight bytes name the character set; Latin letters are found in UTF-16 once its zeros are gone
        texts["EXIF UserComment"] = _text(comment).replace("\0", "")
    return texts


def _iptc(image: Image.Image) -> dict[str, str]:
    """The IPTC texts (JPEG only) in which tools sign."""
    if image.format not in {"JPEG", "MPO"}:
        return {}
    texts: dict[str, str] = {}
    with contextlib.suppress(Exception):  # as above
        found = IptcImagePlugin.getiptcinfo(image) or {}  # type: ignore[arg-type]  # Image.open gives a file
        texts = {f"IPTC {name}": _text(found.get(key)) for name, key in _IPTC.items()}
    return texts


def _text(value: object) -> str:
    """A value of a file's metadata as text; what is long keeps both its ends."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = value[: 4 * _LOOKED_AT].decode("utf-8", "replace")
    if not isinstance(value, str):
        return ""
    return value if len(value) <= _LOOKED_AT else value[: _LOOKED_AT // 2] + value[-_LOOKED_AT // 2 :]
