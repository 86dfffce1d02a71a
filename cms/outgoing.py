"""What the newsroom sends to other programs: only to addresses of the settings, never to one that a visitor typed."""

from __future__ import annotations

import time
import urllib.request
from typing import Any

TIMEOUT = 3.0  # seconds
MOST_BYTES = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is sent goes where the setting says, and nowhere else."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow none: urllib then raises an HTTPError."""


def post(url: str, data: bytes, headers: dict[str, str]) -> bytes:
    """Post to an address of the settings and return the answer's body.

    Raises OSError or HTTPException where there is no good answer (a status of 300 or more is none), ValueError where
    the address is no web address, or the answer is too long or too slow.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError("the setting is no web address")
    request = urllib.request.Request(url, data, headers)  # noqa: S310  (the scheme is checked)
    end, answer = time.monotonic() + TIMEOUT, b""
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as response:
        while part := response.read1(8192):
            answer += part
            if len(answer) > MOST_BYTES or time.monotonic() > end:
                raise ValueError("the answer is too long or too slow")
    return answer
