"""The raw bounds: a bare ASGI application that stores, acknowledges and delivers, and does nothing else.

R1 (RAW=r1): asyncpg, 8 connections, one INSERT per message, numbers from a counter in the process. R1n (RAW=r1n): the
same, numbered by the database under the conversation's row lock in the same statement, as any server must that is not
alone. R2 (RAW=r2): psycopg, everything that waits goes into one multi-row INSERT, numbers from the process.
`uvicorn bench.raw:application` with RAW and RAW_DATABASE_URL set. No identities, no rights, no sessions:
`/ws/buyer/?c=<conversation>` and `/ws/agent/?c=<one>,<two>…` are what they say.
"""

import asyncio
import os
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import orjson

Send = Callable[[dict[str, Any]], Awaitable[None]]
Put = tuple[int, int, uuid.UUID, str, str]  # conversation, seq, key, sender, text

CONNECTIONS = 8
TABLE = """
CREATE TABLE IF NOT EXISTS raw_message (
    id bigserial PRIMARY KEY, conversation bigint NOT NULL, seq bigint NOT NULL, key uuid NOT NULL,
    sender text NOT NULL, text text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation, seq), UNIQUE (conversation, key))
"""
ONE = "INSERT INTO raw_message (conversation, seq, key, sender, text) VALUES ($1, $2, $3, $4, $5)"
LINES = "CREATE TABLE IF NOT EXISTS raw_conversation (id bigint PRIMARY KEY, last_seq bigint NOT NULL)"
NUMBERED = """
WITH line AS (
    INSERT INTO raw_conversation (id, last_seq) VALUES ($1, 1)
    ON CONFLICT (id) DO UPDATE SET last_seq = raw_conversation.last_seq + 1 RETURNING last_seq)
INSERT INTO raw_message (conversation, seq, key, sender, text) SELECT $1, last_seq, $2, $3, $4 FROM line RETURNING seq
"""
MANY = (
    "INSERT INTO raw_message (conversation, seq, key, sender, text)"
    " SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::uuid[], %s::text[], %s::text[])"
)


class OneByOne:
    """R1: a pool of connections; whoever gets one runs its own statement, which is its own commit."""

    async def start(self, url: str) -> dict[int, int]:
        import asyncpg

        self.pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
        await self.pool.execute(TABLE)
        found = await self.pool.fetch("SELECT conversation, max(seq) AS last FROM raw_message GROUP BY 1")
        return {row["conversation"]: row["last"] for row in found}

    async def store(self, conversation: int, key: uuid.UUID, sender: str, text: str) -> int:
        last[conversation] += 1
        seq = last[conversation]
        await self.pool.execute(ONE, conversation, seq, key, sender, text)
        return seq


class Numbered(OneByOne):
    """R1n: the database counts."""

    async def start(self, url: str) -> dict[int, int]:
        found = await super().start(url)
        await self.pool.execute(LINES)
        return found

    async def store(self, conversation: int, key: uuid.UUID, sender: str, text: str) -> int:
        return int(await self.pool.fetchval(NUMBERED, conversation, key, sender, text))


class Batches:
    """R2: one connection; while a commit runs the next batch gathers."""

    async def start(self, url: str) -> dict[int, int]:
        import psycopg

        self.link = await psycopg.AsyncConnection.connect(url, autocommit=True)
        await self.link.execute(TABLE)
        found = await self.link.execute("SELECT conversation, max(seq) FROM raw_message GROUP BY 1")
        lasts: dict[int, int] = dict(await found.fetchall())
        self.waiting: list[tuple[Put, asyncio.Future[None]]] = []
        self.wanted = asyncio.Event()
        self.task = asyncio.create_task(self._run())
        return lasts

    async def store(self, conversation: int, key: uuid.UUID, sender: str, text: str) -> int:
        last[conversation] += 1
        seq = last[conversation]
        future = asyncio.get_running_loop().create_future()
        self.waiting.append(((conversation, seq, key, sender, text), future))
        self.wanted.set()
        await future
        return seq

    async def _run(self) -> None:
        while True:
            await self.wanted.wait()
            self.wanted.clear()
            batch, self.waiting = self.waiting, []
            columns = [list(column) for column in zip(*(put for put, _future in batch), strict=True)]
            await self.link.execute(MANY, columns)
            for _put, future in batch:
                future.set_result(None)


KINDS: dict[str, type[OneByOne] | type[Batches]] = {"r1": OneByOne, "r1n": Numbered, "r2": Batches}
store = KINDS[os.environ.get("RAW", "r1")]()
last: dict[int, int] = defaultdict(int)
listeners: dict[tuple[str, int], set[Send]] = defaultdict(set)


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    """Serve the lifespan, a health address and the sockets."""
    if scope["type"] == "lifespan":
        await receive()
        last.update(await store.start(os.environ["RAW_DATABASE_URL"]))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ready"})
    else:
        await _socket(scope, receive, send)


async def _socket(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    await receive()
    side = "agent" if scope["path"].startswith("/ws/agent/") else "buyer"
    numbers = parse_qs(scope["query_string"].decode())["c"][0]
    held = [int(number) for number in numbers.split(",")]
    for conversation in held:
        listeners[side, conversation].add(send)
    await send({"type": "websocket.accept"})
    running: set[asyncio.Task[None]] = set()
    try:
        while (message := await receive())["type"] == "websocket.receive":
            frame = orjson.loads(message["text"])
            if frame["type"] == "message.send":
                task = asyncio.create_task(_message(frame, side, held[0], send))
                running.add(task)
                task.add_done_callback(running.discard)
            else:
                await send({"type": "websocket.send", "text": '{"type":"resumed"}'})
    finally:
        for conversation in held:
            listeners[side, conversation].discard(send)


async def _message(frame: dict[str, Any], side: str, own: int, send: Send) -> None:
    """Number, store, acknowledge, deliver to the other side."""
    conversation = frame.get("session", own)
    key, text = frame["client_msg_id"], frame["text"]
    seq = await store.store(conversation, uuid.UUID(key), side, text)
    message = {"client_msg_id": key, "sender": {"kind": side}, "kind": "text", "text": text}
    event = {"seq": seq, "kind": "message", "message": message}
    answer = {"type": "ok", "id": frame["id"], "event": event, "duplicate": False}
    with suppress(Exception):  # a socket that closed meanwhile
        await send({"type": "websocket.send", "text": orjson.dumps(answer).decode()})
    pushed = orjson.dumps({"type": "event", "conversation": conversation, **event}).decode()
    other = "agent" if side == "buyer" else "buyer"
    for listener in tuple(listeners[other, conversation]):
        with suppress(Exception):
            await listener({"type": "websocket.send", "text": pushed})
