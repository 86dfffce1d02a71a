"""Plates: HTML that was made once, to be printed again wherever it would come out the same.

`cms.page_cache` drops every page at every move, since it knows nothing of what depends on what. Most pages show after a
move just what they showed before. A plate is kept under the hash of all the values that it was made from, so it cannot
be outdated: other values are another plate. A view reads what its page shows, and only a page of new values is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cms.generations import FRAME, generation
from cms.prepared import Rows

# In each process' own memory, as its own templates made them: pages of 30 KB, cards of 1 KB. Not in CACHES, of which
# Django looks through all four times a request.
PLATES = LocMemCache("plates", {"OPTIONS": {"MAX_ENTRIES": 1000}})
CARDS = LocMemCache("cards", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
_PLAIN = frozenset({str, SafeString, int, float, bool, type(None), date, datetime, UUID})
_JSON = frozenset({list, dict})  # what a JSON column has read: its repr says all of it


def plate(make: Callable[[], str], *shows: Any, store: BaseCache = PLATES) -> str:
    """The HTML that was made of `shows` before in this language, else what `make()` returns now.

    `shows` is all that `make` takes its text from, but for settings and templates: rows as they were read (with the
    rows that they lead to), and plain values; `store` keeps it. Raises TypeError for what no words tell apart.
    """
    facts = repr([get_language(), *map(_facts, shows)])
    key = f"plate:{hashlib.sha256(facts.encode()).hexdigest()}"
    return str(store.get_or_set(key, make, None))


def printed(request: HttpRequest, template: str, context: Callable[[], dict[str, Any]], *shows: Any) -> HttpResponse:
    """The page that a template makes of `context()`, from its plate where there is one; `shows` as in `plate`.

    The address, and the masthead and footer, are added to what it shows.
    """
    around = generation(FRAME), template, request.path
    return HttpResponse(plate(lambda: render_to_string(template, context(), request), *around, *shows))


def _facts(value: Any) -> Any:
    """What a template can take from a value without asking the database, as something whose repr says all of it."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Rows) and _PLAIN.issuperset(map(type, chain.from_iterable(value.rows))):
        return value.label, value.rows
    if isinstance(value, Model) and "_prefetched_objects_cache" not in vars(value):  # of which repr tells a part only
        columns = {name: _column(found) for name, found in vars(value).items() if name != "_state"}
        rows = {name: _facts(row) for name, row in value._state.fields_cache.items()}
        return value._meta.label, columns, rows
    if isinstance(value, (list, tuple)):
        return [_facts(one) for one in value]
    raise TypeError(f"a plate cannot be made of {type(value).__name__}")


def _column(value: Any) -> Any:
    if type(value) in _JSON or type(value) in _PLAIN:
        return value
    return value.name if isinstance(value, FieldFile) else _facts(value)
