"""A server as in production, and many requests to it."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from cms.management.commands.serve import MEMORY, PROCESSES, THREADS, granian_arguments
from tests.bench.house import ROOT

MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_IN_TURN = """
function request()
  n = n % #paths + 1
  return wrk.format("GET", paths[n])
end
"""
PATIENCE = 20  # seconds in which a server has to come up, or to end


@dataclass(frozen=True)
class Rate:
    """Requests a second, and in how many milliseconds half and 99 of a hundred were answered."""

    second: float
    half: float
    most: float

    def __str__(self) -> str:
        return f"{self.second:.0f}/s, p50 {self.half:.1f} ms, p99 {self.most:.1f} ms"


@contextlib.contextmanager
def serving(
    application: str, port: int, environment: dict[str, str], *, processes: int = PROCESSES, threads: int = THREADS
) -> Iterator[None]:
    """Run a WSGI application as `manage.py serve` runs the site; it is stopped at the end."""
    options = [word for word in granian_arguments("127.0.0.1", processes, threads)[1:] if not word.startswith("--port")]
    command = [sys.executable, "-m", "granian", application, *options, f"--port={port}"]
    with subprocess.Popen(command, cwd=ROOT, env=MEMORY | environment) as process:
        try:
            _wait_for(port)
            yield
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(port: int) -> None:
    """Return once somebody listens. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            fetch(f"http://127.0.0.1:{port}/healthz")
            return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on port {port}")


def fetch(url: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Get one page, whatever its status; return the answer and its body as it came over the line."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    query = f"?{parts.query}" if parts.query else ""
    try:
        connection.request("GET", parts.path + query, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def hammer(url: str, connections: int, seconds: int) -> Rate:
    """Ask for one page over and over."""
    response, _body = fetch(url)
    assert response.status == 200, (url, response.status)
    return hammer_each([url], connections, seconds)


def hammer_each(urls: list[str], connections: int, seconds: int) -> Rate:
    """Ask for these pages one after the other and over again.

    By wrk where it is installed, else by threads of our own (which measure less).
    """
    paths = [f"{parts.path}?{parts.query}".rstrip("?") for parts in map(urlsplit, urls)]
    if not shutil.which("wrk"):
        return _asked(urlsplit(urls[0]).netloc, itertools.cycle(paths), connections, seconds)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        listed = ",".join(f"{json.dumps(path)}" for path in paths)
        script.write(f"local paths, n = {{{listed}}}, 0\n{_IN_TURN}")
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name, urls[0]]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output, output
    half, most = (_milliseconds(output, share) for share in (50, 99))
    return Rate(float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), half, most)


def _milliseconds(output: str, share: int) -> float:
    number, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s|m)", output).groups()
    return float(number) * MILLISECONDS[unit]


def _asked(host: str, paths: Iterator[str], connections: int, seconds: int) -> Rate:
    until, times = time.monotonic() + seconds, []

    def ask() -> None:
        connection = http.client.HTTPConnection(host, timeout=PATIENCE)
        while time.monotonic() < until:
            begun = time.perf_counter()
            connection.request("GET", next(paths))
            connection.getresponse().read()
            times.append((time.perf_counter() - begun) * 1000)

    askers = [threading.Thread(target=ask) for _ in range(connections)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    times.sort()
    return Rate(len(times) / seconds, times[len(times) // 2], times[len(times) * 99 // 100])
