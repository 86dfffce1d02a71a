"""Private codes: who knows one may open a receipt or a case. They are derived; the database has their hashes.

A code is 130 bits in Crockford's base 32 (no I, L, O, U), so that it can be read out and typed. It is the HMAC of a
random seed kept with the item under SECRET_KEY: letters can name the private page again, yet a copy of the database
alone opens nothing but what a letter that is still queued holds (`Letter.private`, emptied when it is sent).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
_TYPED = str.maketrans("ilo", "110", " -–—_.")


def new_seed() -> str:
    """A random seed of 128 bits, in hexadecimal."""
    return secrets.token_hex(16)


def code_of(seed: str, *, use: str, key: str | None = None) -> str:
    """The code that belongs to `seed` for one use, such as "receipt"."""
    message = f"copydesk.{use}.{seed}".encode()
    number = int.from_bytes(hmac.digest((key or settings.SECRET_KEY).encode(), message, "sha256")[:17], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def known_code(seed: str, *, use: str, known_hash: str) -> str:
    """The code of `seed` whose hash is kept, under the present key or one of the fallback keys; "" if none fits."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        code = code_of(seed, use=use, key=key)
        if hmac.compare_digest(hash_of(code), known_hash):
            return code
    return ""


def as_kept(code: str) -> str:
    """A code as it was made, however it was typed: case, dashes and easily mistaken characters do not matter."""
    return code.strip().lower().translate(_TYPED)


def hash_of(code: str) -> str:
    """SHA-256 (hex) of a code as typed."""
    return hashlib.sha256(as_kept(code).encode()).hexdigest()


def printable(code: str) -> str:
    """The code in capitals, in groups that can be read out."""
    groups = [code[start : start + 5] for start in range(0, LENGTH, 5)]
    return "-".join(groups).upper()
