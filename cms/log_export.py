"""The log as a file: CSV for spreadsheets, JSON lines for programs; written as it is read, in flat memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

from cms.models import Decision

CHUNK = 1000  # lines read at a time
COLUMNS = (
    "number", "created", "kind", "item", "version", "move", "source", "target", "actor", "actor_name", "reason",
    "rules", "details", "previous", "hash",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Read = Callable[[int, int], list[Decision]]


def record(decision: Decision) -> dict[str, Any]:
    """One line as its hash sees it (`cms.log.digest`), and the hashes."""
    row = {name: getattr(decision, name) for name in COLUMNS if name != "actor"}
    row |= {
        "created": decision.created.isoformat(timespec="microseconds"),
        "item": str(decision.item),
        "actor": decision.actor_id,
    }
    return {name: row[name] for name in COLUMNS}


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it (OWASP)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_jsonl(read: Read) -> Iterator[str]:
    """The lines as JSON, one object a line."""
    for chunk in _chunks(read):
        yield "".join(json.dumps(record(line), ensure_ascii=False) + "\n" for line in chunk)


class _Echo:
    def write(self, text: str) -> str:
        """Give back what the writer made of a row."""
        return text


def as_csv(read: Read) -> Iterator[str]:
    """The lines as CSV (RFC 4180) with a byte order mark, by which spreadsheets know Chinese from noise."""
    writer: Any = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for chunk in _chunks(read):
        yield "".join(writer.writerow([_cell(value) for value in record(line).values()]) for line in chunk)


def _cell(value: Any) -> Any:
    if isinstance(value, int):
        return value
    return harmless(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True))


def _chunks(read: Read) -> Iterator[list[Decision]]:
    number = -1
    while chunk := read(number, CHUNK):
        yield chunk
        number = chunk[-1].number


FORMATS = {"csv": ("text/csv; charset=utf-8", as_csv), "jsonl": ("application/jsonl; charset=utf-8", as_jsonl)}
"""How the log can be had: by the name in the address, its type and what writes it."""
