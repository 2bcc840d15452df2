"""Rows by key with constant SQL, and several statements in one trip: on the message path, compiling a query and
waiting for its answer cost more than running it.

PostgreSQL gets a trip as one pipeline of prepared statements; each of them sees what those before it locked and wrote,
as if they were sent one by one. SQLite has no network and takes them one by one.
"""

import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)
Where = tuple[str, list[Any]]


_here = threading.local()


class Step(NamedTuple):
    """One statement; `many` are its parameters row by row, `take` gets what it returns."""

    sql: str
    params: Sequence[Any] = ()
    many: Sequence[Sequence[Any]] | None = None
    take: Callable[[list[tuple[Any, ...]]], object] | None = None


class Trip:
    """Statements that go to the database together, in the order given; answers are there after `go`."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def run(self, sql: str, params: Sequence[Any] = (), many: Sequence[Sequence[Any]] | None = None) -> None:
        """Add a statement whose answer does not matter."""
        self._steps.append(Step(sql, params, many))

    def ask(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Add a query; return the list that `go` fills with plain rows."""
        found: list[tuple[Any, ...]] = []
        self._steps.append(Step(sql, params, take=found.extend))
        return found

    def rows(self, model: type[M], where: Where, *, order: str = "", lock: bool = False, skip: bool = False) -> list[M]:
        """Add a query for whole rows of a model; return the list that `go` fills.

        `lock` locks them in that order where the database has row locks; `skip` passes over those that others hold.
        """
        sql, params = _select(model, connection.vendor) + where[0], where[1]
        if order:
            sql += f' ORDER BY "{order}"'
        if lock and connection.features.has_select_for_update:
            sql += " FOR NO KEY UPDATE SKIP LOCKED" if skip else " FOR NO KEY UPDATE"  # no key of ours changes
        found: list[M] = []
        self._steps.append(Step(sql, params, take=lambda rows: found.extend(_made(model, rows))))
        return found

    def go(self) -> None:
        """Send what was added, after what hold_back kept; raise the first error."""
        kept = held_back()
        steps = [*(kept._taken() if kept else ()), *self._taken()]
        if not steps:
            return
        if connection.vendor == "postgresql":
            _pipelined(steps)
        else:
            with connection.cursor() as cursor:
                for step in steps:
                    _sent(cursor, step)

    def end(self) -> None:
        """Send what was added, as a transaction's last; PostgreSQL commits in the same trip, so Django's own finds
        nothing left to do. Of what is to be undone nothing is sent."""
        if connection.get_rollback():
            self._taken()
        elif connection.vendor == "postgresql":
            _pipelined(self._taken(), commit=True)

    def _taken(self) -> list[Step]:
        steps, self._steps = self._steps, []
        return steps


@contextmanager
def hold_back(writes: Trip) -> Iterator[None]:
    """Keep what is added to this trip back until something else is sent to the database, or the block ends.

    So whoever asks sees it, and savepoints hold or undo it, as if it had been sent at once. Open it in a transaction.
    """

    def ahead(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        writes.go()
        return execute(sql, params, many, context)

    _here.kept = writes
    try:
        with connection.execute_wrapper(ahead):
            yield
    finally:
        _here.kept = None
    writes.go()


def held_back() -> Trip | None:
    """Return the trip whose writes this thread keeps back, if any."""
    kept: Trip | None = getattr(_here, "kept", None)
    return kept


class Question:
    """A queryset of plain rows that is compiled once; each asking puts its numbers where the first one's were."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, Any]]) -> None:
        self._build, self._count = build, len(inspect.signature(build).parameters)
        self._texts: dict[str, tuple[str, list[Any]]] = {}

    def ask(self, *values: int) -> list[tuple[Any, ...]]:
        """Return the rows for these values, in the order of the builder's parameters."""
        trip = Trip()
        found = self.added(trip, *values)
        trip.go()
        return found

    def added(self, trip: Trip, *values: int) -> list[tuple[Any, ...]]:
        """Add it to a trip, see Trip.ask."""
        sql, params = self._text()
        # The places were marked by numbers that nothing has: -1, -2 …
        return trip.ask(sql, [values[-1 - one] if type(one) is int and one < 0 else one for one in params])

    def _text(self) -> tuple[str, list[Any]]:
        vendor = connection.vendor
        if vendor not in self._texts:
            marked = self._build(*(-1 - place for place in range(self._count)))
            sql, params = marked.query.sql_with_params()
            self._texts[vendor] = sql, list(params)
        return self._texts[vendor]


def among(column: str, values: Iterable[Any]) -> Where:
    """Return the condition "column is one of values" and its parameters; PostgreSQL sees one text for any number."""
    found = list(values)
    if connection.vendor == "postgresql":
        kind = "bigint" if all(type(value) is int for value in found) else "uuid"
        return f'"{column}" = ANY(%s::{kind}[])', ["{" + ",".join(map(str, found)) + "}"]
    return f'"{column}" IN ({", ".join(["%s"] * len(found))})', found


def within(column: str, query: str) -> str:
    """Return the condition "column is one of what a query finds", which runs once whatever is known of its tables.

    PostgreSQL makes a join of IN (SELECT …). A plan of a nearly empty table, kept while it fills, joined row by row.
    """
    return f'"{column}" = ANY(ARRAY({query}))' if connection.vendor == "postgresql" else f'"{column}" IN ({query})'


def moment(at: datetime) -> Any:
    """Return a moment as a parameter of constant SQL."""
    return connection.ops.adapt_datetimefield_value(at)


def rows(model: type[M], where: str, params: list[Any], *, order: str = "", lock: bool = False) -> list[M]:
    """Return whole rows of a model, see Trip.rows."""
    trip = Trip()
    found = trip.rows(model, (where, params), order=order, lock=lock)
    trip.go()
    return found


def by_id(model: type[M], ids: Iterable[int]) -> dict[int, M]:
    """Return rows by primary key."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.pk: row for row in rows(model, *among("id", wanted))}


def _sent(cursor: Any, step: Step) -> None:
    if step.many is not None:
        cursor.executemany(step.sql, step.many)
        return
    cursor.execute(step.sql, step.params)
    if step.take:
        step.take(cursor.fetchall())


def _pipelined(steps: Sequence[Step], *, commit: bool = False) -> None:
    from lib import pipeline  # only where there is a PostgreSQL

    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    link: Any = connection.connection
    started = time.monotonic()
    with connection.wrap_database_errors:
        answers = pipeline.run(link, [(step.sql, step.params) for step in steps], commit=commit)
    for step, rows in zip(steps, answers, strict=True):
        if step.take:
            step.take(rows)
    if connection.queries_logged:
        span = f"{time.monotonic() - started:.3f}"
        connection.queries_log.extend({"sql": step.sql, "time": span} for step in steps)


@functools.cache
def _select(model: type[models.Model], vendor: str) -> str:
    """Return the head of a query for whole rows; columns are named: a new one breaks nothing prepared."""
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE '


@functools.cache
def _shape(model: type[models.Model], vendor: str) -> tuple[list[str], list[tuple[int, list[Any], Any]]]:
    """Return the fields' names, and for each whose stored form differs its place and how to read it."""
    fields = model._meta.concrete_fields
    readers = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        convert = connection.ops.get_db_converters(column) + column.get_db_converters(connection)
        if convert:
            readers.append((place, convert, column))
    return [field.attname for field in fields], readers


def _made(model: type[M], rows: list[tuple[Any, ...]]) -> list[M]:
    names, readers = _shape(model, connection.vendor)
    made = []
    for row in rows:
        values = list(row)
        for place, convert, column in readers:
            for reader in convert:
                values[place] = reader(values[place], column, connection)
        made.append(model.from_db(connection.alias, names, values))
    return made
