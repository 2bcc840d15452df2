"""Empty the tables between tests; the audit log's triggers, which refuse that, stand aside meanwhile.

On PostgreSQL TRUNCATE makes new files for every table and index, full or not.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pytest
from django.core.management.color import Style
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql.operations import DatabaseOperations

LARGE = 1 << 20  # bytes


def install() -> None:
    """Let `flush` delete the rows of the tables that have some, without the order that their keys ask for."""
    sqlite: Any = import_module("django.db.backends.sqlite3.base").DatabaseOperations  # imported otherwise, a circle
    pytest.MonkeyPatch().setattr(DatabaseOperations, "sql_flush", _sql_flush)
    pytest.MonkeyPatch().setattr(sqlite, "sql_flush", _sqlite_flush)
    # Django's own permissions and content types, which nothing here uses, are not made anew each time.
    pytest.MonkeyPatch().setattr(flush, "emit_post_migrate_signal", lambda *_args, **_kwargs: None)


def _sqlite_flush(ops: BaseDatabaseOperations, style: Style, tables: Sequence[str], **options: Any) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
        )
        full = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        triggers = [(name, sql) for name, sql, table in cursor.fetchall() if table in full]
    deletes = [f"DELETE FROM {ops.quote_name(table)}" for table in full]
    return [*(f"DROP TRIGGER {name}" for name, _sql in triggers), *deletes, *(sql for _name, sql in triggers)]


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
