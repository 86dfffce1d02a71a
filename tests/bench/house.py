"""What every measurement stands on: a house of its own, watched processes, and a table of findings."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parents[2]
_FOREIGN = {"CACHE_URL", "EMAIL_URL", "SITE_NAME", "CONTACT_EMAIL", "DATABASE_POOL", "ALLOWED_HOSTS"}


@dataclass(frozen=True)
class Finished:
    """A process that has ended: its time and processor time in seconds, its largest memory in MiB, what it printed."""

    seconds: float
    processor: float
    peak: float
    output: str


@dataclass(frozen=True)
class House:
    """A data folder and a database that nobody else uses, with the production settings."""

    folder: Path
    database_url: str
    port: int

    @property
    def site_url(self) -> str:
        """Where a server of this house listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment of this house's processes: live settings, over plain http."""
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        return inherited | {
            "COPYDESK_DATA": str(self.folder),
            "DATABASE_URL": self.database_url,
            "DEBUG": "0",
            "INSECURE_HTTP": "1",
            "SECOND_FACTOR": "0",  # the desk itself is measured: an editor without one would be led to its set-up
            "LOG_LEVEL": "ERROR",
            "PORT": str(self.port),
            "SECRET_KEY": "only for measurements: thirty-two characters and a few more",
            "SITE_URL": self.site_url,
            "DJANGO_SETTINGS_MODULE": "cms.settings",
        }

    def run(self, *words: str) -> Finished:
        """Run our Python with these words, and wait for it. Raises CalledProcessError when it fails."""
        begun = time.perf_counter()
        command = [sys.executable, *words]
        with subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, text=True) as process:
            output = process.stdout.read()
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output)
        kibibytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
        processor = usage.ru_utime + usage.ru_stime
        return Finished(time.perf_counter() - begun, processor, kibibytes / 1024, output)

    def manage(self, *words: str) -> Finished:
        """Run `manage.py`."""
        return self.run("manage.py", *words)

    def move_in(self) -> None:
        """Make this process one of the house's, with Django set up; pages find their static files."""
        self.manage("collectstatic", "--no-input", "--verbosity=0")
        os.environ.update(self.environment())
        import django

        django.setup()

    @staticmethod
    def move_out() -> None:
        """Close this process' connections, so that the database can go."""
        from django.db import connection

        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@contextlib.contextmanager
def new_house(database: str = "") -> Iterator[House]:
    """Yield an empty, migrated house; it is gone afterwards.

    `database` is the URL of a PostgreSQL server on which a database may be made; "" is the embedded database.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by default it would leave the house standing
    folder = Path(tempfile.mkdtemp(prefix="copydesk-bench-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url, drop = _create(database) if database else (f"sqlite:///{folder / 'copydesk.sqlite3'}", None)
    try:
        house = House(folder, url, port)
        house.manage("migrate", "--verbosity=0")
        yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if drop:
            drop()


def _create(server: str):
    """Make a database on a server; return its URL and what drops it."""
    import psycopg
    from psycopg import sql

    name = f"bench_{secrets.token_hex(4)}"

    def execute(statement: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    execute("CREATE DATABASE {}")
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}")), lambda: execute("DROP DATABASE {} WITH (FORCE)")


def parser(about: str) -> ArgumentParser:
    """The options that every measurement has."""
    made = ArgumentParser(description=about)
    made.add_argument(
        "--database",
        metavar="URL",
        default="",
        help="a PostgreSQL server, such as $TEST_DATABASE_URL under deploy/services.sh; else SQLite",
    )
    return made


@dataclass
class Findings:
    """What was measured, beside what it may be."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str, budget: str = "", met: bool = True) -> None:
        """Note one figure; without a budget it is only told."""
        self.rows.append((what, figure, budget, ("met" if met else "MISSED") if budget else ""))

    def show(self) -> int:
        """Print the table; return 1 where a budget was missed, for the command's exit."""
        widths = [max(len(row[place]) for row in self.rows) for place in range(4)]
        # Where much else runs, times say little about us: the load stands beside them.
        machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
        print(f"\n{self.title} ({machine})")
        for row in self.rows:
            print("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        return int(any(row[3] == "MISSED" for row in self.rows))


def engine(house: House) -> str:
    """What the house's database is called."""
    return "SQLite" if house.database_url.startswith("sqlite") else "PostgreSQL"
