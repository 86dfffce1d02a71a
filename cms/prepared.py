"""Queries of the pages that are read most: compiled by the ORM once, then run with each request's own values.

Building and compiling a query takes Django several times as long as the database takes to answer it. What is asked
is still said once, as a queryset; only its statement is kept. PostgreSQL keeps it too, with its plan, as planning takes
several times as long as the answer.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

from django.db import NotSupportedError, connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
T = TypeVar("T")
Row = tuple[Any, ...]
_PARAM = re.compile("%[s%]")
MOMENT = datetime(1000, 1, 1, tzinfo=UTC)
"""Stands where a moment belongs: long past, for `published()` takes the earlier of the moment it is given and now."""


@dataclass(frozen=True)
class _Compiled(Generic[M]):
    """A queryset with its statement, and what turns the columns of a row into Python's values."""

    queryset: QuerySet[M]
    compiler: SQLCompiler
    converters: dict[int, Any]
    sql: str
    params: Row

    def models(self, rows: list[Row]) -> list[M]:
        """What the queryset would have made of these rows."""
        mine = copy.copy(self.compiler)
        mine.connection = connection  # each thread has its own
        mine.get_converters = lambda _columns: self.converters  # type: ignore[method-assign, assignment]
        mine.execute_sql = lambda *_, **__: [rows]  # type: ignore[method-assign, assignment]
        asked = self.queryset.all()
        asked.query.get_compiler = lambda *_, **__: mine  # type: ignore[method-assign]
        return list(ModelIterable(asked))

    @cached_property
    def places(self) -> dict[str, int]:
        """Name of a column of the model itself, or of an annotation -> its place in a row."""
        own = (self.compiler.klass_info or {})["select_fields"]
        select: Any = self.compiler.select
        return {select[place][0].target.attname: place for place in own} | self.compiler.annotation_col_map

    def value(self, row: Row, name: str) -> Any:
        """One column of a row, as the model would have it."""
        place = self.places[name]
        found = row[place]
        convert, expression = self.converters.get(place, ((), None))
        for step in convert:
            found = step(found, expression, connection)
        return found


class Rows(Sequence[M]):
    """What a prepared query has read: rows as the database gave them, made into models when somebody looks at one.

    To make models takes as long as to ask for the rows, and a page that is printed from its plate needs none.
    """

    def __init__(self, compiled: _Compiled[M], rows: list[Row]) -> None:
        self._compiled, self.rows = compiled, rows

    @cached_property
    def _models(self) -> list[M]:
        return self._compiled.models(self.rows)

    def value(self, name: str) -> Any:
        """A column or an annotation of the first row."""
        return self._compiled.value(self.rows[0], name)

    @property
    def label(self) -> str:
        """Whose rows they are."""
        return self._compiled.queryset.model._meta.label

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> M: ...
    @overload
    def __getitem__(self, place: slice) -> list[M]: ...
    def __getitem__(self, place: int | slice) -> M | list[M]:
        return self._models[place]


class Prepared(Generic[M]):
    """A queryset in which `places` stand for values: name -> a value of the same type that nothing else in it has.

    `make` is called once, with the places, at the first run; what depends on the time or the language of that moment
    and is no place stays as it was then. The queryset may join and annotate, but not prefetch.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], **places: Any) -> None:
        self._make, self._places = make, places
        self._known: _Compiled[M] | None = None

    def __call__(self, **values: Any) -> Rows[M]:
        """Run it with a value for each place; one query. Raises KeyError for a place without a value."""
        compiled = self._known = self._known or self._compile()
        fill = {bound(place): bound(values[name]) for name, place in self._places.items()}
        params = tuple(fill.get(param, param) for param in compiled.params)
        return Rows(compiled, planned_once(lambda: _rows(compiled.sql, params)))

    def _compile(self) -> _Compiled[M]:
        rows = self._make(**self._places)
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        missing = [name for name, place in self._places.items() if bound(place) not in params]
        assert not missing, f"{missing} do not stand in the query"  # noqa: S101
        converters = compiler.get_converters([column for column, *_rest in compiler.select or []])
        if connection.vendor == "postgresql":
            sql, params = _with_constants(sql, params, {bound(place) for place in self._places.values()})
        return _Compiled(rows, compiler, converters, sql, tuple(params))


def _with_constants(sql: str, params: Any, places: set[Any]) -> tuple[str, list[Any]]:
    """The statement with all parameters but the places written out: a plan that is kept uses a partial index only
    where it sees the index's own `status = 'published'`."""
    from psycopg.sql import quote

    rest: Iterator[Any] = iter(params)
    left = []

    def fill(mark: re.Match[str]) -> str:
        if mark[0] == "%%":
            return "%%"
        if (param := next(rest)) in places:
            left.append(param)
            return "%s"
        return quote(param, connection.connection).replace("%", "%%")

    connection.ensure_connection()
    return _PARAM.sub(fill, sql), left


def planned_once(ask: Callable[[], T]) -> T:
    """What `ask` reads. PostgreSQL gets parameters beside statements, and keeps their plans (`prepare_threshold`)."""
    try:
        return _beside(ask)
    except NotSupportedError:
        if connection.in_atomic_block:
            raise
        # A migration has changed a column's type since it was planned ("cached plan must not change result type").
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL")  # psycopg forgets its names with it
        return _beside(ask)


def _beside(ask: Callable[[], T]) -> T:
    if connection.vendor != "postgresql":
        return ask()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    session = connection.connection
    usual, session.cursor_factory = session.cursor_factory, ServerBindingCursor
    try:
        return ask()
    finally:
        session.cursor_factory = usual


def _rows(sql: str, params: Row) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def bound(value: Any) -> Any:
    """A value as the ORM hands it to the database, and finds it in a statement's parameters: only moments differ."""
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
