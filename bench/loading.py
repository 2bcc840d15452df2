"""Millions of rows into empty tables: unchecked, and without indexes until all are there."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

CACHE = 1_000_000  # KiB, for SQLite while it makes indexes
_SQLITE = (f"PRAGMA cache_size=-{CACHE}", "PRAGMA synchronous=OFF", "PRAGMA foreign_keys=OFF")
_POSTGRES = ("SET session_replication_role = replica", "SET maintenance_work_mem = '1GB'")
_POSTGRES_AFTER = ("RESET session_replication_role", "RESET maintenance_work_mem")


@contextmanager
def loading(*tables: str) -> Iterator[None]:
    """Our rows are whole. Checked, each parent that comes after its children has whole tables searched for them.

    Within a transaction indexes stay: what waits there to be checked keeps them. After an error the database is for
    nothing more.
    """
    if connection.in_atomic_block:
        with _unchecked():
            yield
        return
    made = _dropped(tables)
    with _unchecked():
        yield
        _run(*made)
    connection.close()  # with what was set for it


@contextmanager
def _unchecked() -> Iterator[None]:
    sqlite = connection.vendor == "sqlite"
    if not (sqlite and connection.in_atomic_block):  # where SQLite takes no such thing
        _run(*(_SQLITE if sqlite else _POSTGRES))
    yield
    _run(*(() if sqlite else _POSTGRES_AFTER))


def _dropped(tables: tuple[str, ...]) -> list[str]:
    """Drop what is no constraint's own; return how each is made."""
    if connection.vendor == "sqlite":
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"
    else:
        sql = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = %s::regclass AND NOT indisprimary
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"""
    found: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql, [table])
            found += cursor.fetchall()
    _run(*(f'DROP INDEX "{name.strip(chr(34))}"' for name, _made in found))
    return [made for _name, made in found]


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one)
