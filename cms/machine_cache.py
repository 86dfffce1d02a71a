"""A cache that all processes of one machine share: counts, who is looking, what may be used once.

A small SQLite file beside the data, not the site's own database: what lies here is worth nothing an hour later, and a
form that is counted shall not wait for a story that is being written. Values are kept as JSON.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils.crypto import salted_hmac

T = TypeVar("T")
_PATIENCE, _PAUSE = 5, 0.01  # seconds to wait for another process' write, and between two attempts
_MANY = 1000  # writes between two clearings
_MAKE = """
    CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS kept_until ON kept (until);
"""
_READ = "SELECT value, until FROM kept WHERE key = ? AND until > ?"
_WRITE = "INSERT OR REPLACE INTO kept (key, value, until) VALUES (?, ?, ?)"
_CROWD_OUT = (
    "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY until LIMIT max(0, (SELECT count(*) FROM kept) - ?))"
)


class MachineCache(BaseCache):
    """Django's cache interface over a file; `add` and `incr` are one step each, whoever else writes.

    LOCATION is the file's path. Beyond MAX_ENTRIES what ends soonest goes first, a thousand writes later at most.
    """

    def __init__(self, path: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path, self._writes = path, 0
        self._connection: sqlite3.Connection | None = None  # Django makes one of us for each thread

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` where there is none or its time is over."""
        row = self._file().execute(_READ, (self._place(key, version), time.time())).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value for `timeout` seconds. Raises TypeError for what JSON cannot say."""
        row = self._place(key, version), json.dumps(value), self._until(timeout)
        self._write(lambda file: file.execute(_WRITE, row))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; whether this call has kept it."""
        place, row = self._place(key, version), (json.dumps(value), self._until(timeout))

        def add(file: sqlite3.Connection) -> bool:
            if file.execute(_READ, (place, time.time())).fetchone():
                return False
            file.execute(_WRITE, (place, *row))
            return True

        return self._write(add)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a number and return the sum; its time stays. Raises ValueError where there is none."""
        place = self._place(key, version)

        def incr(file: sqlite3.Connection) -> int:
            row = file.execute(_READ, (place, time.time())).fetchone()
            if row is None:
                raise ValueError(f"Key {key!r} not found")
            value = int(json.loads(row[0])) + delta
            file.execute(_WRITE, (place, json.dumps(value), row[1]))
            return value

        return self._write(incr)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give a value a new time; whether there was one."""
        place, until = self._place(key, version), self._until(timeout)
        change = "UPDATE kept SET until = ? WHERE key = ? AND until > ?"
        return self._write(lambda file: bool(file.execute(change, (until, place, time.time())).rowcount))

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a value; whether there was one."""
        place = self._place(key, version)
        return self._write(lambda file: bool(file.execute("DELETE FROM kept WHERE key = ?", (place,)).rowcount))

    def clear(self) -> None:
        """Forget everything."""
        self._write(lambda file: file.execute("DELETE FROM kept"))

    def _place(self, key: str, version: int | None) -> str:
        """The name in the file, from which nobody learns whose count it is, as libraries' names may tell."""
        whole = self.make_and_validate_key(key, version=version)
        return salted_hmac("machine-cache", whole, algorithm="sha256").hexdigest()

    def _until(self, timeout: Any) -> float:
        moment = self.get_backend_timeout(timeout)
        return float("inf") if moment is None else moment

    def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Do it in a transaction that has the file to itself from its start: what it reads stays so."""
        file = self._file()
        with file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("DELETE FROM kept WHERE until <= ?", (time.time(),))
            self._writes += 1
            if self._writes % _MANY == 1:
                file.execute(_CROWD_OUT, (self._max_entries,))
            return change(file)

    def _file(self) -> sqlite3.Connection:
        if self._connection is None:
            file = sqlite3.connect(self._path, _PATIENCE, isolation_level=None)
            _log_ahead(file)
            file.executescript(_MAKE)
            self._connection = file
        return self._connection


def _log_ahead(file: sqlite3.Connection) -> None:
    """Write without waiting for the disk, and so that the file is whole after a loss of power.

    A new file is changed to that by one alone, and SQLite lets nobody wait for it. Raises OperationalError.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            file.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE)
    file.execute("PRAGMA synchronous=NORMAL")
