"""Generations: names for the present state of what readers see, of which every process learns at once.

Without CACHE_URL a generation is sixteen bytes of a file that all processes of the machine have mapped into their
memory. Whoever changes it writes there, and all others read it with their next request, without asking the system: a
call to it would let go of Python's lock, and the other threads would take their turn before every kept page.
"""

from __future__ import annotations

import functools
import mmap
import secrets
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

SITE, FRAME = "generation", "frame"
"""What has generations: all of the site, and the masthead and footer around every page, which no move changes."""
_SIZE = 16  # bytes


def generation(what: str = SITE) -> str:
    """Name the present generation."""
    if settings.CACHE_URL:
        return str(cache.get_or_set(f"copydesk:{what}", lambda: secrets.token_hex(_SIZE), None))
    return _mapped(f"{settings.DATA}/{what}.now")[:].hex()


def begin(what: str) -> None:
    """Start a new generation."""
    if settings.CACHE_URL:
        cache.set(f"copydesk:{what}", secrets.token_hex(_SIZE), None)
    else:
        # Who reads while this is half written sees a name that nothing was kept under, and that nobody will see again.
        _mapped(f"{settings.DATA}/{what}.now")[:] = secrets.token_bytes(_SIZE)


@functools.cache
def _mapped(path: str) -> mmap.mmap:
    """The file's bytes, shared with all that map it; written when it is made, so that the disk has room for them."""
    with Path(path).open("a+b") as file:
        if file.tell() < _SIZE:  # two may do so at once: only the first bytes are looked at
            file.write(secrets.token_bytes(_SIZE))
            file.flush()
        return mmap.mmap(file.fileno(), _SIZE)
