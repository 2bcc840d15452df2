"""Rows made from one example by moving its times, numbers and people; written in bulk beside the ORM.

Ten million rows as objects would take hours. What a row holds was worked out once, by the product's own code.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models

from lib import documents
from shops.models import Member

SEQS = ("seq", "first_seq", "last_buyer_seq", "last_automatic_seq", "last_human_seq")


class Stamp:
    """One row, ready to be repeated."""

    def __init__(self, row: models.Model, roles: Sequence[int]) -> None:
        """`roles` are the keys of the members who play in the example."""
        fields = row._meta.concrete_fields
        self.model = type(row)
        self.place = {field.attname: n for n, field in enumerate(fields)}
        self.zone = _zone()  # asked once: the connection is looked up slowly
        self.base = [_prepared(field, getattr(row, field.attname)) for field in fields]
        self.times = [(n, value) for n, value in enumerate(self.base) if isinstance(value, datetime)]
        self.seqs = [n for n, field in enumerate(fields) if field.attname in SEQS and self.base[n]]
        self.people = [
            (n, roles.index(self.base[n]))
            for n, field in enumerate(fields) if field.related_model is Member and self.base[n] is not None
        ]  # fmt: skip

    def row(self, moved: timedelta, seq: int, people: Sequence[int], own: Mapping[str, Any]) -> list[Any]:
        """Return the row moved in time, numbered from `seq`, with these people in the roles and values of its own."""
        found, zone = self.base.copy(), self.zone
        for n, at in self.times:
            found[n] = f"{at + moved}{zone}"
        for n in self.seqs:
            found[n] += seq
        for n, role in self.people:
            found[n] = people[role]
        for name, value in own.items():
            if name in self.place:
                found[self.place[name]] = value
        return found


def stored(at: datetime) -> str:
    """Return a moment (UTC, without zone) as the database in use takes it."""
    return f"{at}{_zone()}"


def _zone() -> str:
    return "+00" if connection.vendor == "postgresql" else ""


def naive(at: datetime) -> datetime:
    """Return a moment of UTC without its zone: what stamps count with."""
    return at.replace(tzinfo=None)


def _prepared(field: Any, value: Any) -> Any:
    if isinstance(value, datetime):
        return naive(value)
    return json.dumps(value) if isinstance(field, models.JSONField) else field.get_db_prep_save(value, connection)


def write(model: type[models.Model], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows with all their columns, keys included."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    connection.ensure_connection()
    raw: Any = connection.connection
    if connection.vendor == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    else:
        raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})', rows)


def write_documents(table: str, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Add documents (lib/documents.py) under keys of their own."""
    connection.ensure_connection()
    raw: Any = connection.connection
    if connection.vendor == "postgresql":
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} (doc, terms) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        texts = ((key, " ".join(map(documents.token, terms))) for key, terms in rows)
        raw.executemany(f"INSERT INTO {table} (rowid, terms) VALUES (?, ?)", texts)


def next_key(model: type[models.Model]) -> int:
    """Return the first key that is free."""
    return (model._base_manager.aggregate(most=models.Max("pk"))["most"] or 0) + 1


def count_on(*some: type[models.Model]) -> None:
    """Let PostgreSQL's own numbers go on behind the keys that were written."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in some:
                table = model._meta.db_table
                cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), {next_key(model)}, false)", [table])
