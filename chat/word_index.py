"""The word index of closed sessions: which of them hold these pairs of characters (DESIGN, Growth).

A document is one closed session: the pairs of all its messages and of its buyer's nickname. A term is a pair within a
scope (shop, week of the last message, field), packed into 64 bits: a lookup touches one shop and the weeks it asks for,
and new documents land beside each other. PostgreSQL keeps arrays under a GIN index, SQLite a contentless FTS5 table.
Scopes may collide and pairs may stand apart: whoever asks must look at the text itself.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from chat.models import Message

TABLE = "chat_words"
SAID, NAME = "said", "name"
SPOKEN = (Message.Sender.BUYER, Message.Sender.AGENT, Message.Sender.BOT)  # system notes say the same everywhere
_WEEK = int(timedelta(days=7).total_seconds())
_SCOPE_BITS, _PAIR_BITS = 22, 42


def week(at: datetime) -> int:
    return int(at.timestamp()) // _WEEK


def begins(number: int) -> datetime:
    """Return the first moment of a week."""
    return datetime.fromtimestamp(number * _WEEK, UTC)


def terms(shop_id: int, number: int, field: str, pairs: Iterable[int]) -> list[int]:
    """Return the terms of pairs in one scope, as signed numbers of 64 bits."""
    scope = zlib.crc32(f"{shop_id}:{number}:{field}".encode()) >> (32 - _SCOPE_BITS)
    base = (scope << _PAIR_BITS) - (1 << 63)
    return [base + pair for pair in pairs]


def token(term: int) -> str:
    """Return a term as FTS5 keeps it."""
    return f"{term + (1 << 63):016x}"


def find(shop_id: int, weeks: Sequence[int], fields: Sequence[str], pairs: Iterable[int], most: int) -> list[int]:
    """Return the documents that hold all the pairs in one field of one of these weeks; at most `most`, in no order."""
    wanted = sorted(pairs)
    choices = [terms(shop_id, number, field, wanted) for number in weeks for field in fields]
    with connection.cursor() as cursor:
        sql, params = _postgres(choices) if connection.vendor == "postgresql" else _sqlite(choices)
        cursor.execute(f"{sql} LIMIT %s", [*params, most])
        return [row[0] for row in cursor.fetchall()]


def among(ids: Sequence[int]) -> RawSQL:
    """Return ids as a subquery, however many they are."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
    return RawSQL("SELECT value FROM json_each(%s)", [str(list(ids))])


def documents(rows: Sequence[tuple[int, Iterable[int]]]) -> Iterator[tuple[int, str]]:
    """Return documents as FTS5 takes them."""
    return ((key, " ".join(map(token, found))) for key, found in rows)


def _postgres(choices: list[list[int]]) -> tuple[str, list[Any]]:
    # One lookup for each choice: asked for all at once, the planner prefers to read the whole table.
    arrays = ["{" + ",".join(map(str, choice)) + "}" for choice in choices]
    one = f"SELECT doc FROM {TABLE} WHERE terms @> asked.choice::bigint[]"
    return f"SELECT doc FROM unnest(%s::text[]) AS asked(choice) CROSS JOIN LATERAL ({one}) AS found", [arrays]


def _sqlite(choices: list[list[int]]) -> tuple[str, list[Any]]:
    asked = " OR ".join(f"({' AND '.join(map(token, choice))})" for choice in choices)
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [asked]
