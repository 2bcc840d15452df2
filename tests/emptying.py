"""Empty the tables between tests; the audit log's triggers, which refuse that, stand aside meanwhile.

On PostgreSQL TRUNCATE makes new files for every table and index, full or not.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from django.core.management.color import Style
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations

LARGE = 1 << 20  # bytes


def install() -> None:
    """Let `flush` delete the rows of the tables that have some, without the order that their keys ask for."""
    pytest.MonkeyPatch().setattr(DatabaseOperations, "sql_flush", _sql_flush)
    sqlite: Any = import_module("django.db.backends.sqlite3.base").DatabaseOperations  # imported otherwise, a circle
    flush = sqlite.sql_flush

    def without_triggers(ops: Any, style: Style, tables: Sequence[str], **options: Any) -> list[str]:
        found = _triggers()
        drops = [f"DROP TRIGGER {name}" for name, _sql in found]
        return [*drops, *flush(ops, style, tables, **options), *(sql for _name, sql in found)]

    pytest.MonkeyPatch().setattr(sqlite, "sql_flush", without_triggers)


def _triggers() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return list(cursor.fetchall())


def _sql_flush(
    ops: BaseDatabaseOperations, style: Style, tables: Sequence[str], *, reset_sequences: bool = False,
    allow_cascade: bool = False,
) -> list[str]:  # fmt: skip
    full = _full(tables)
    if not full:
        return []
    # Deleted rows stay in their pages until somebody sweeps: what has grown is cut off.
    large = ", ".join(ops.quote_name(table) for table, size in full if size > LARGE)
    deletes = [f"DELETE FROM {ops.quote_name(table)}" for table, _size in full]
    cut = [f"TRUNCATE {large} CASCADE"] if large else []
    return ["SET session_replication_role = replica", *cut, *deletes, "SET session_replication_role = DEFAULT"]


def _full(tables: Sequence[str]) -> list[tuple[str, int]]:
    """Return the tables that hold rows, with their bytes."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}', pg_relation_size('\"{table}\"') WHERE EXISTS (SELECT 1 FROM \"{table}\")"
        for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [(table, size) for table, size in cursor.fetchall()]
