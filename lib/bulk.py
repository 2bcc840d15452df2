"""Whole batches in one statement: what the message path writes, without a Python object per row.

PostgreSQL takes all rows as one JSON text (a constant statement, prepared once); SQLite takes its rows one by one,
which is cheap there, since there is no network.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import orjson
from django.db import connection, models

from lib import quick
from lib.quick import Trip

Row = Sequence[Any]


class Writes(Trip):
    """Bulk writes, among other statements, that go to the database in one trip."""

    def insert(self, model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
        """Insert rows of the named fields; values are plain Python (dict for JSON, aware datetimes)."""
        self._add(model, tuple(names), rows, _insert_sql(model, tuple(names), connection.vendor))

    def update(self, model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
        """Update rows by primary key; each row is the new values of the named fields, then the key."""
        sql = _update_sql(model, tuple(names), connection.vendor)
        self._add(model, (*names, _pk(model).name), rows, sql)

    def _add(self, model: type[models.Model], names: tuple[str, ...], rows: Sequence[Row], sql: str) -> None:
        if not rows:
            return
        if connection.vendor == "postgresql":
            columns = [_column(model, name) for name in names]
            packed = [dict(zip(columns, row, strict=True)) for row in rows]
            self.run(sql, [orjson.dumps(packed, default=str, option=orjson.OPT_NON_STR_KEYS).decode()])
        else:
            self.run(sql, many=_adapted(model, names, rows))


@contextmanager
def together() -> Iterator[Writes]:
    """Let this module's writes inside go in one trip, in their order: at the end, or before the next other statement.

    A block inside a block joins it. A block left by an error sends no more; its transaction or savepoint is undone.
    """
    outer = quick.held_back()
    if isinstance(outer, Writes):
        yield outer
        return
    writes = Writes()
    with quick.hold_back(writes):
        yield writes


def insert(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows at once, see Writes.insert."""
    with together() as writes:
        writes.insert(model, names, rows)


def update(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Update rows at once, see Writes.update."""
    with together() as writes:
        writes.update(model, names, rows)


def run(sql: str, params: Sequence[Any]) -> None:
    """Send another write, in its order among the others."""
    with together() as writes:
        writes.run(sql, params)


def add_all(rows: Iterable[models.Model]) -> None:
    """Insert objects of one model with all their fields; a key that is not known is the database's, and not read."""
    found = list(rows)
    if not found:
        return
    fields = [field for field in found[0]._meta.concrete_fields if not (field.primary_key and found[0].pk is None)]
    values = [[field.pre_save(row, add=True) for field in fields] for row in found]
    insert(type(found[0]), [field.name for field in fields], values)
    for row in found:
        row._state.adding = False


def save(row: models.Model, names: Sequence[str]) -> None:
    """Update these fields of one object."""
    fields = [row._meta.get_field(name) for name in names]
    update(type(row), names, [[*(getattr(row, field.attname) for field in fields), row.pk]])  # type: ignore[union-attr]


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve primary keys before the insert. On SQLite the caller holds the only write transaction."""
    trip = Trip()
    found = ask_ids(trip, model, count)
    trip.go()
    return [row[0] for row in found]


def ask_ids(trip: Trip, model: type[models.Model], count: int) -> list[tuple[int]]:
    """Let a trip reserve primary keys; return the list that it fills with one row for each."""
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        return trip.ask(f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)", [count])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s RETURNING seq", [count, table])
        found = cursor.fetchone()
        if found is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s) RETURNING seq", [table, count])
            found = cursor.fetchone()
    return [(key,) for key in range(found[0] - count + 1, found[0] + 1)]


def _adapted(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> list[list[Any]]:
    adapters = _adapters(model, tuple(names), connection.vendor)
    return [
        [value if adapt is None or value is None else adapt(value) for adapt, value in zip(adapters, row, strict=True)]
        for row in rows
    ]


@functools.cache
def _insert_sql(model: type[models.Model], names: tuple[str, ...], vendor: str) -> str:
    columns = ", ".join(f'"{_column(model, name)}"' for name in names)
    if vendor == "postgresql":
        return f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {columns} FROM {_records(model, names)}'
    marks = ", ".join(["%s"] * len(names))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'


@functools.cache
def _update_sql(model: type[models.Model], names: tuple[str, ...], vendor: str) -> str:
    table, key = model._meta.db_table, _pk(model)
    columns = [_column(model, name) for name in names]
    if vendor == "postgresql":
        sets = ", ".join(f'"{column}" = v."{column}"' for column in columns)
        records = _records(model, [*names, key.name])
        return f'UPDATE "{table}" SET {sets} FROM {records} WHERE "{table}"."{key.column}" = v."{key.column}"'
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    return f'UPDATE "{table}" SET {sets} WHERE "{key.column}" = %s'


def _records(model: type[models.Model], names: Sequence[str]) -> str:
    columns = ", ".join(f'"{_column(model, name)}" {_type(model._meta.get_field(name))}' for name in names)
    return f"json_to_recordset(%s::json) AS v({columns})"


def _type(field: Any) -> str:
    # rel_db_type: a key's own type would be "bigint GENERATED …"; varchar(n) would cut silently in a cast.
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    return "varchar" if kind.startswith("varchar") else kind


@functools.cache
def _adapters(model: type[models.Model], names: tuple[str, ...], vendor: str) -> list[Any]:
    return [_adapter(model._meta.get_field(name)) for name in names]


def _adapter(field: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "sqlite" and isinstance(field, (models.DateTimeField, models.UUIDField)):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _column(model: type[models.Model], name: str) -> str:
    return model._meta.get_field(name).column  # type: ignore[union-attr,return-value]


def _pk(model: type[models.Model]) -> Any:
    return model._meta.pk
