"""The command that keeps the site and its worker running."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

TICK = 0.25  # seconds between two looks at the children
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a dead worker is started again
PATIENCE = 15  # seconds that a child has to finish its work when told to stop
SERVER_PATIENCE = 10  # the same for the server's own processes: shorter, or they would outlive it
PROCESSES = min(8, os.cpu_count() or 1)
THREADS = 64  # of each process: so many may be sending slowly at a time
MEMORY = {"MALLOC_ARENA_MAX": "2"}  # or each thread keeps what it has freed for itself (mallopt(3))

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def die_with_parent() -> None:
    """Ask Linux, in a child, for a signal when its parent ends: killed outright, that could send none."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process that only we stop: in a group of its own, no Ctrl-C reaches it before we say so."""

    def __init__(self, *arguments: str) -> None:
        self.arguments = [sys.executable, *arguments]
        self.pause = SHORTEST_PAUSE
        self.start()

    def start(self) -> None:
        """Start the process."""
        self.started = self.seen = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - the words are ours
            self.arguments,
            cwd=settings.BASE_DIR,
            env=MEMORY | os.environ,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - we have no threads
        )

    def keep_alive(self) -> None:
        """Start the process again when it has died, after a pause that doubles until a run lasts."""
        now = time.monotonic()
        if self.process.poll() is None:
            self.seen = now
            return
        if self.seen - self.started > LONGEST_PAUSE:
            self.pause = SHORTEST_PAUSE
        if now - self.seen > self.pause:
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            self.start()

    def stop(self) -> None:
        """End the process, by force when it does not listen."""
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Command(BaseCommand):
    """Run the web server and the worker until a signal comes or the server dies."""

    help = "Serve the site and run its worker until stopped."
    requires_system_checks = []  # the server and the worker run them

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where to listen and with how much."""
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--processes", type=int, default=PROCESSES, help="as many as there are cores, at most 8")

    def handle(self, *, host: str, processes: int, **_options: Any) -> None:
        """Start, watch and stop both. Raises CommandError when the port is taken or the server dies."""
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # a background job ignores some, so do we
                signal.signal(number, lambda *_: stopped.set())
        address = free_address(host)
        server = Child("-m", "granian", *granian_arguments(address, processes))
        worker = Child("manage.py", "worker")
        try:
            self.watch(stopped, server, worker, address)
        finally:
            server.stop()
            worker.stop()

    def watch(self, stopped: threading.Event, server: Child, worker: Child, address: str) -> None:
        """Say where the site is once it answers, and keep the worker alive until told to stop."""
        announced = False
        while not stopped.wait(TICK):
            if server.process.poll() is not None:
                raise CommandError("The server has died; the lines above say why.")
            worker.keep_alive()
            if not announced and answers(address):
                announced = True
                self.announce()

    def announce(self) -> None:
        """Print the places that a newcomer wants to see."""
        site = settings.SITE_URL
        self.stdout.write(f"\n  Copydesk is at  {site}/\n  the desk at     {site}/admin/desk/")
        if settings.DEBUG:
            self.stdout.write(f"  every letter at {site}/outbox/")
        self.stdout.write("  Ctrl-C stops it.\n\n", ending="")
        self.stdout.flush()


def free_address(host: str) -> str:
    """Return the IP address of the host, having seen that our port is free there.

    Raises CommandError, in words for the person at the terminal, when it is not.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, settings.PORT, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise CommandError(
            f"Port {settings.PORT} of {host} is not to be had: {getattr(error, 'strerror', None) or error}. "
            f"Stop what uses it, or choose another: PORT={settings.PORT + 1} make run"
        ) from error
    return str(address[0])


def granian_arguments(address: str, processes: int, threads: int = THREADS) -> list[str]:
    """Return the server's command line: plain HTTP/1, many threads (cms/waiting_room.py), quiet but for trouble."""
    options = {
        "interface": "wsgi",
        "host": address,
        "port": settings.PORT,
        "http": "1",
        "workers": processes,
        "blocking-threads": threads,
        "workers-kill-timeout": SERVER_PATIENCE,
        "log-level": "error",  # it would warn of the threads
    }
    return ["cms.wsgi:application", "--no-ws", *(f"--{name}={value}" for name, value in options.items())]


def answers(address: str) -> bool:
    """Return whether the site answers, and with anything but an error of its own."""
    connection = http.client.HTTPConnection(address, settings.PORT, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(settings.SITE_URL).netloc})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
