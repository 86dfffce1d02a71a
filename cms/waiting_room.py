"""Who is still sending waits in a room of its own, and at most a few requests are worked on at a time.

The server gives a request to a thread as soon as its head has come. A story that a phone uploads for a minute would
hold that thread for a minute, and a handful of them all that there are. So there are many threads, a body is taken in
before the request takes a place, and there are few places: threads that work at once only wait for each other, as
Python lets one of them run at a time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from io import BytesIO
from queue import SimpleQueue
from typing import IO, Any

from cms.middleware import DRAINED, MOST_BYTES

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
_IN_MEMORY = 1024 * 1024  # bytes; what is larger waits in a file, which is gone when it is closed
_PIECE = 64 * 1024


class WaitingRoom:
    """A WSGI application around ours, in which `at_once` requests are worked on at a time.

    Below the `public` paths nobody may send more than MOST_BYTES: the application says so by the announced length, and
    gets no body. Elsewhere editors and mail services have measures of their own, up to DRAINED bytes.
    """

    def __init__(self, application: Application, at_once: int, public: tuple[str, ...] = ()) -> None:
        self._application, self._public = application, public
        self._places: SimpleQueue[None] = SimpleQueue()
        for _place in range(at_once):
            self._places.put(None)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as the application does. An answer that is sent piece by piece holds no place meanwhile."""
        announced = environ.get("CONTENT_LENGTH", "")
        size = int(announced[:18]) if announced.isdecimal() else 0
        is_public = environ.get("PATH_INFO", "").startswith(self._public)
        body = _taken_in(environ["wsgi.input"], size, keep=size <= (MOST_BYTES if is_public else DRAINED))
        if body is None:
            return _refused(start_response, "400 Bad Request")
        if size > DRAINED and not is_public:
            return _refused(start_response, "413 Content Too Large")
        environ["wsgi.input"] = body
        self._places.get()
        try:
            return self._application(environ, start_response)
        finally:
            self._places.put(None)


def _refused(start_response: Any, status: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
    return [status.encode()]


def _taken_in(body: IO[bytes], size: int, *, keep: bool) -> IO[bytes] | None:
    """A body of `size` bytes, or none of it where it is not kept; read, as a browser shows no answer while it sends.

    None where the sender has hung up before its end, which nobody may take for whole.
    """
    taken: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY) if size else BytesIO()  # noqa: SIM115 - it is returned
    left = min(size, DRAINED)
    while left > 0:
        try:
            piece = body.read(min(left, _PIECE))
        except OSError:
            return None
        if not piece:
            return None
        left -= len(piece)
        if keep:
            taken.write(piece)
    taken.seek(0)
    return taken
