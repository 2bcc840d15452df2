"""The word index of closed sessions: which of them hold these pairs of characters (DESIGN, Growth).

A document (lib/documents.py) is one closed session: the pairs of all its messages and of its buyer's nickname. A term
is a pair within a scope (shop, week of the last message, field): a lookup touches one shop and the weeks it asks for,
and new documents land beside each other. Scopes may collide and pairs may stand apart: whoever asks looks at the text.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from chat.models import Message
from lib import documents

TABLE = "chat_words"
SAID, NAME = "said", "name"
SPOKEN = (Message.Sender.BUYER, Message.Sender.AGENT, Message.Sender.BOT)  # system notes say the same everywhere
_WEEK = int(timedelta(days=7).total_seconds())


def week(at: datetime) -> int:
    return int(at.timestamp()) // _WEEK


def begins(number: int) -> datetime:
    """Return the first moment of a week."""
    return datetime.fromtimestamp(number * _WEEK, UTC)


def terms(shop_id: int, number: int, field: str, pairs: Iterable[int]) -> list[int]:
    """Return the terms of pairs in one scope, as signed numbers of 64 bits."""
    return documents.packed(f"{shop_id}:{number}:{field}", pairs)


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


def _postgres(choices: list[list[int]]) -> tuple[str, list[Any]]:
    # One lookup for each choice: asked for all at once, the planner prefers to read the whole table.
    arrays = ["{" + ",".join(map(str, choice)) + "}" for choice in choices]
    one = f"SELECT doc FROM {TABLE} WHERE terms @> asked.choice::bigint[]"
    return f"SELECT doc FROM unnest(%s::text[]) AS asked(choice) CROSS JOIN LATERAL ({one}) AS found", [arrays]


def _sqlite(choices: list[list[int]]) -> tuple[str, list[Any]]:
    asked = " OR ".join(f"({' AND '.join(map(documents.token, choice))})" for choice in choices)
    return f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [asked]
