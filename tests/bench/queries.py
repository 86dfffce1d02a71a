"""What a page asks the database, and how the database goes about it."""

from __future__ import annotations

import re
import time
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.page_cache import pages, site_changed

ROUNDS = 25  # enough for one that nothing else on the machine disturbed


def counted(client: Client, path: str) -> tuple[list[str], HttpResponse]:
    """Open a page; return the statements it ran, and the page."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return [query["sql"] for query in queries], response


def milliseconds(client: Client, path: str, *, kept: bool = False) -> float:
    """How long a page takes without a server around: the shortest of some requests.

    With `kept`, what the cache has from the request before is used, as between two decisions; else it is as after one.
    """
    times = []
    for _round in range(ROUNDS):
        if not kept:
            site_changed()
        begun = time.perf_counter()
        client.get(path)
        times.append((time.perf_counter() - begun) * 1000)
    return min(times)


def plans(client: Client, path: str) -> list[str]:
    """The plan of every query of a page that is not kept, with the very parameters that Django binds.

    SQLite plans by them too: it uses a partial index only where it sees that the value is the index's own.
    """
    ran: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        ran.append((sql, params))
        return execute(sql, params, many, context)

    pages.clear()
    with connection.execute_wrapper(listen):
        client.get(path)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    lines = []
    for sql, params in ran:
        if sql.startswith("SELECT"):
            lines.append(f"- {re.sub(r'(?<=SELECT ).*?(?= FROM )', '…', sql)[:100]}")
            with connection.cursor() as cursor:
                cursor.execute(f"{explain} {sql}", params)
                lines += [f"    {row[-1]}" for row in cursor.fetchall()]
    return lines
