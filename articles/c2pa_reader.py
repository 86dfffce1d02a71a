"""Content Credentials (C2PA): what a signed manifest in a file says of its origin.

With the optional package `c2pa-python` the signature is checked, offline. Without it, the manifest's own words are
found all the same, and shown as unchecked: they are plain text inside the manifest.
"""

from __future__ import annotations

import json
import logging
import re
from io import BytesIO

from PIL import Image

from articles.provenance import COMPOSITE, GENERATED

log = logging.getLogger(__name__)

_CODE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")
_AVIF_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # the uuid of C2PA's box in BMFF files
_LARGEST = 4 * 1024 * 1024  # bytes that are looked at
_STATES = {"Valid": "valid", "Trusted": "valid", "Invalid": "invalid"}


def read(image: Image.Image, raw: bytes) -> dict[str, str]:
    """`state` ("valid", "invalid", "unchecked") and `source_type` (an IPTC code or ""); {} without a manifest.

    Never raises for what a file contains.
    """
    manifest = _manifest(image, raw)
    if b"c2pa" not in manifest:
        return {}
    state = _checked(image, raw)
    return {"state": state, "source_type": _source_type(_CODE.findall(manifest))}


def _manifest(image: Image.Image, raw: bytes) -> bytes:
    """The manifest store's bytes, wherever the format has them."""
    if image.format in {"JPEG", "MPO"}:
        parts = [data for name, data in getattr(image, "applist", ()) if name == "APP11"]
    elif image.format == "PNG":
        parts = [chunk[1] for chunk in getattr(image, "private_chunks", ()) if chunk[0] == b"caBX"]
    else:
        mark = b"C2PA" if image.format == "WEBP" else _AVIF_BOX
        start = raw.find(mark)
        parts = [raw[start:]] if start >= 0 else []
    return b"".join(parts)[:_LARGEST]


def _source_type(codes: list[bytes]) -> str:
    """The one type that the manifest and those of its ingredients amount to."""
    found = list(dict.fromkeys(code.decode() for code in codes))
    generated = [code for code in found if code in GENERATED]
    if len(generated) > 1 or (generated and "digitalCapture" in found):
        return COMPOSITE
    return (generated or found or [""])[0]


def _checked(image: Image.Image, raw: bytes) -> str:
    """Whether the signature fits the bytes; nothing is fetched for that."""
    try:
        from c2pa import Context, Reader, Settings
    except ImportError:
        return "unchecked"
    kind = {"MPO": "image/jpeg"}.get(str(image.format), f"image/{str(image.format).lower()}")
    try:
        offline = Settings.from_dict({"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}})
        with Context(offline) as context, Reader(kind, BytesIO(raw), context=context) as reader:
            return _STATES.get(str(json.loads(reader.json()).get("validation_state")), "invalid")
    except Exception:  # its own errors, by whatever is wrong with the manifest
        log.debug("content credentials cannot be read", exc_info=True)
        return "invalid"
