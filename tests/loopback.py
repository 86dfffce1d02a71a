"""A program outside the newsroom, on loopback: a real server that is posted to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@dataclass(frozen=True)
class Posted:
    """One request that came: its headers and its body."""

    headers: Message
    body: bytes


class Listener(HTTPServer):
    """Keeps what it is posted in `told`, and answers with `status` and `answer`; a redirect would lead nowhere."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[Posted] = []
        self.status, self.answer = 200, b""
        self.url = f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(Posted(self.headers, body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """A listener while it listens."""
    with Listener() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
