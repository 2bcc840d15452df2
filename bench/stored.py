"""What a database holds of the conversations in a journal: own SQL, nothing of the product is imported."""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# Table -> the columns that are read; the first one is the key, the second names the conversation.
TABLES = {
    "chat_conversation": ("id", "id", "last_seq"),
    "chat_message": ("id", "conversation_id", "seq", "sender", "kind", "text", "client_msg_id", "created_at"),
    "chat_event": ("id", "conversation_id", "seq", "kind", "message_id", "at"),
    "chat_servicesession": ("id", "conversation_id", "state", "assignee_id"),
}
CHUNK = 500


@dataclass
class Stored:
    """Rows as dictionaries, in the order of their ids."""

    conversations: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def connection(url: str) -> Iterator[Any]:
    """Open the database behind sqlite:///path or postgres://…"""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)) as link:
            yield link
    else:
        import psycopg

        with psycopg.connect(url) as link:
            yield link


def load(url: str, conversations: Iterable[int]) -> Stored:
    """Read every row that the check needs."""
    with connection(url) as link:
        wanted = sorted(conversations)
        parts = {table: rows(link, table, wanted) for table in TABLES}
    for message in parts["chat_message"]:
        message["client_msg_id"] = plain_key(message["client_msg_id"])
    for event in parts["chat_event"]:
        event["at"] = moment(event["at"])
    return Stored(*(parts[table] for table in TABLES))


def rows(link: Any, table: str, conversations: list[int]) -> list[dict[str, Any]]:
    """Return the rows of these conversations, as stored."""
    columns = TABLES[table]
    names = list(dict.fromkeys(columns))
    found: list[dict[str, Any]] = []
    for start in range(0, len(conversations), CHUNK):
        some = ",".join(str(int(one)) for one in conversations[start : start + CHUNK])
        query = f"SELECT {', '.join(names)} FROM {table} WHERE {columns[1]} IN ({some}) ORDER BY {columns[0]}"
        found += [dict(zip(names, row, strict=True)) for row in link.execute(query).fetchall()]
    return found


def plain_key(value: Any) -> str | None:
    """Return a client_msg_id the same way whichever database or journal it comes from."""
    return uuid.UUID(str(value)).hex if value else None


def moment(value: Any) -> float:
    """Return a stored time as seconds since 1970; a time without a zone is UTC."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
