"""Content Credentials (C2PA): what a signed manifest in a file says of its origin.

With the optional package `c2pa-python` (the extra `c2pa`) the signature is checked, offline. Without it, the manifest's
own words are found all the same, and shown as unchecked: they are plain text inside the manifest.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from articles.provenance import COMPOSITE, GENERATED
from cms.text import clean_line

log = logging.getLogger(__name__)

_CODE = re.compile(rb"digitalsourcetype/([A-Za-z]{1,60})")
_AVIF_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")  # the uuid of C2PA's box in BMFF files
_LARGEST = 4 * 1024 * 1024  # bytes that are looked at; a larger manifest counts as broken
_SECONDS = 10  # for the check, the start of its process included
_LONGEST_NAME = 60
_PROGRAM = Path(__file__).with_name("c2pa_check.py")
_STATES = {"Valid": "valid", "Trusted": "valid", "Invalid": "invalid"}


def read(image: Image.Image, raw: bytes) -> dict[str, str]:
    """`state` ("valid", "invalid", "unchecked") and `source_type` (an IPTC code or ""); {} without a manifest.

    Where the library has read it, `generator` is the program that signed. Its signer is not kept: it may be a person.
    Never raises for what a file contains.
    """
    manifest = _manifest(image, raw)
    if b"c2pa" not in manifest:
        return {}
    checked = _checked(image, raw) if len(manifest) < _LARGEST else {"state": "Invalid"}
    said = _CODE.findall(" ".join(checked.get("codes", [])).encode())
    found = {"state": _STATES.get(checked["state"], "invalid") if checked else "unchecked"}
    found["source_type"] = _source_type(said or _CODE.findall(manifest))
    if generator := clean_line(checked.get("generator", ""))[:_LONGEST_NAME]:
        found["generator"] = generator
    return found


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


def _checked(image: Image.Image, raw: bytes) -> dict[str, Any]:
    """What the library finds in a process of its own (c2pa_check.py); {} where it is not installed.

    A file over which it stumbles, or takes too long, is "Invalid".
    """
    if find_spec("c2pa") is None:
        return {}
    kind = {"MPO": "image/jpeg"}.get(str(image.format), f"image/{str(image.format).lower()}")
    command = [sys.executable, "-I", str(_PROGRAM), kind]  # isolated: our modules' names are in nobody's way
    try:
        # An empty environment: it needs none of our secrets.
        done = subprocess.run(command, input=raw, capture_output=True, timeout=_SECONDS, check=True, env={})  # noqa: S603
        return dict(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError, RecursionError):
        log.debug("content credentials cannot be read", exc_info=True)
        return {"state": "Invalid"}
