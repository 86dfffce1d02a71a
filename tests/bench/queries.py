"""What a page asks the database, and how the database goes about it."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext


def counted(client: Client, path: str) -> tuple[list[str], HttpResponse]:
    """Open a page; return the statements it ran, and the page."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return [query["sql"] for query in queries], response


def plans(client: Client, path: str) -> list[str]:
    """The plan of every query of a page, with the very parameters that Django binds: SQLite plans by them too."""
    ran: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        ran.append((sql, params))
        return execute(sql, params, many, context)

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
