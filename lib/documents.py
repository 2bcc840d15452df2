"""Documents of terms for searching: PostgreSQL keeps arrays under a GIN index, SQLite a contentless FTS5 table.

A term is packed into 64 bits: a scope, so that a search touches its own part of the index, and what is looked for.
Scopes may collide: whoever finds a document must look at the text itself.
"""

import zlib
from collections.abc import Iterable, Sequence

from django.db import connection

_SCOPE_BITS, _TERM_BITS = 22, 42


def packed(scope: str, terms: Iterable[int]) -> list[int]:
    """Return terms within a scope, as signed numbers of 64 bits."""
    base = (zlib.crc32(scope.encode()) >> (32 - _SCOPE_BITS) << _TERM_BITS) - (1 << 63)
    return [base + term for term in terms]


def token(term: int) -> str:
    """Return a term as FTS5 keeps it."""
    return f"{term + (1 << 63):016x}"


def store(table: str, rows: Sequence[tuple[int, Iterable[int]]]) -> list[tuple[int, int]]:
    """Write each row's terms; return the documents with their rows' keys. SQLite leaves a row's older one behind."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"INSERT INTO {table} (doc, terms) VALUES (%s, %s) ON CONFLICT (doc) DO UPDATE"
            cursor.executemany(f"{sql} SET terms = excluded.terms", [(key, list(terms)) for key, terms in rows])
            return [(key, key) for key, _terms in rows]
        docs = []
        for key, terms in rows:
            cursor.execute(f"INSERT INTO {table} (terms) VALUES (%s)", [" ".join(map(token, terms))])
            docs.append((cursor.lastrowid, key))
        return docs


def forget(table: str, rows: Sequence[tuple[int, Iterable[int]]]) -> None:
    """Remove documents, each with exactly the terms that it was stored with: SQLite keeps no copy to find them by."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DELETE FROM {table} WHERE doc = ANY(%s)", [[doc for doc, _terms in rows]])
            return
        for doc, terms in rows:
            sql = f"INSERT INTO {table} ({table}, rowid, terms) VALUES ('delete', %s, %s)"
            cursor.execute(sql, [doc, " ".join(map(token, terms))])


def clear(table: str) -> None:
    """Remove every document."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DELETE FROM {table}")
        else:
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
