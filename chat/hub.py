"""Who listens to what in this process, and the one channel between processes: a bell, never a store."""

import asyncio
import heapq
import logging
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import orjson
from django.conf import settings

log = logging.getLogger(__name__)
BOOT = uuid.uuid4().hex
REMEMBERED = 5_000  # logs per topic whose last number is kept
QUIET = 2.0  # seconds without a further try after the bus did not take something from outside
HOLD = 0.05  # seconds that an event waits for the one before it


class Listener(Protocol):
    member_id: int | None

    def push(self, text: str) -> None: ...

    def order(self, what: str) -> None: ...


@dataclass(slots=True)
class Entry:
    """One frame for the listeners of a topic.

    `log` and `seq` name its place where it has one. Listeners other than `members` get `alt` instead (None: nothing).
    `order` is for the sockets themselves ("gone": the right to listen was lost).
    """

    topic: str
    text: str = ""
    log: str = ""
    seq: int = 0
    members: tuple[int, ...] | None = None
    alt: str | None = None
    order: str = ""

    def to(self, listener: Listener) -> None:
        if self.order:
            listener.order(self.order)
        elif self.members is None or listener.member_id in self.members:
            listener.push(self.text)
        elif self.alt is not None:
            listener.push(self.alt)


class Hub:
    """Dict of sets, touched only on the event loop; `publish` may be called from any thread."""

    def __init__(self) -> None:
        self._topics: dict[str, set[Listener]] = defaultdict(set)
        self._of: dict[Listener, set[str]] = defaultdict(set)
        self._last: dict[str, dict[str, int]] = {}
        self._held: dict[tuple[str, str], list[tuple[int, int, Entry]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bus: Bus | None = None
        self.on_gap: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Bind to the running loop and, with REDIS_URL, join the channel between processes."""
        self._loop = asyncio.get_running_loop()
        if settings.REDIS_URL and self._bus is None:
            self._bus = Bus(settings.REDIS_URL, self._deliver, lambda: self.on_gap())
            await self._bus.start()

    async def stop(self) -> None:
        if self._bus:
            await self._bus.stop()
        self._bus = self._loop = None

    def listen(self, topic: str, listener: Listener) -> None:
        self._topics[topic].add(listener)
        self._of[listener].add(topic)

    def unlisten(self, listener: Listener, topic: str | None = None) -> None:
        for name in [topic] if topic else list(self._of.get(listener, ())):
            self._of[listener].discard(name)
            self._topics[name].discard(listener)
            if not self._topics[name]:
                del self._topics[name]
                self._last.pop(name, None)
        if not self._of.get(listener):
            self._of.pop(listener, None)

    def listeners(self) -> list[Listener]:
        return list(self._of)

    def publish(self, entries: list[Entry]) -> None:
        """Tell this process's sockets and, through the bus, the other processes. Loses nothing that matters."""
        loop = self._loop
        if loop is None:
            publish_from_outside(entries)
            return
        try:
            loop.call_soon_threadsafe(self._take, entries)
        except RuntimeError:  # the loop has just closed; clients will ask on reconnect
            log.info("not told: the loop is closed")

    def _take(self, entries: list[Entry]) -> None:
        self._deliver(entries)
        if self._bus:
            self._bus.send(pack(entries))

    def _deliver(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.topic not in self._topics:
                continue
            if entry.log:
                self._in_order(entry)
            else:
                self._ring(entry)

    def _in_order(self, entry: Entry) -> None:
        key, heads = (entry.topic, entry.log), self._last.setdefault(entry.topic, {})
        last = heads.get(entry.log)
        if last is not None and entry.seq > last + 1:
            held = self._held.setdefault(key, [])
            heapq.heappush(held, (entry.seq, id(entry), entry))
            if len(held) == 1 and self._loop:
                self._loop.call_later(HOLD, self._release, key)
            return
        if len(heads) > REMEMBERED:
            heads.clear()  # a forgotten position only means that nothing is held back
        heads[entry.log] = max(entry.seq, last or 0)
        self._ring(entry)
        held = self._held.get(key, [])
        while held and held[0][0] <= heads[entry.log] + 1:
            _seq, _tie, ready = heapq.heappop(held)
            heads[entry.log] = max(ready.seq, heads[entry.log])
            self._ring(ready)

    def _release(self, key: tuple[str, str]) -> None:
        held = self._held.pop(key, [])
        if key[0] not in self._topics:  # the last listener has left
            return
        heads = self._last.setdefault(key[0], {})
        for seq, _tie, entry in sorted(held, key=lambda row: row[:2]):
            heads[key[1]] = max(seq, heads.get(key[1], 0))
            self._ring(entry)

    def _ring(self, entry: Entry) -> None:
        for listener in list(self._topics.get(entry.topic, ())):
            entry.to(listener)


class Bus:
    """One Redis or Valkey channel; frames of other processes come in, ours go out, in batches."""

    def __init__(self, url: str, deliver: Callable[[Iterable[Entry]], None], on_gap: Callable[[], None]) -> None:
        import redis.asyncio

        # redis-py's own defaults kill idle subscribers after 5 s.
        self._redis = redis.asyncio.Redis.from_url(url, socket_timeout=None, max_connections=8)
        self._deliver = deliver
        self._on_gap = on_gap
        self._out: asyncio.Queue[bytes] = asyncio.Queue(maxsize=10_000)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def send(self, blob: bytes) -> None:
        try:
            self._out.put_nowait(blob)
        except asyncio.QueueFull:  # only a bell: positions are compared every 20 s
            log.warning("bus: full, a batch was not told")

    async def _write(self) -> None:
        while True:
            blob = await self._out.get()
            try:
                await self._redis.publish(settings.BUS_CHANNEL, blob)
            except Exception:
                log.warning("bus: not published", exc_info=True)
                await asyncio.sleep(0.5)

    async def _read(self) -> None:
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                    await subscription.subscribe(settings.BUS_CHANNEL)
                    self._on_gap()  # whatever was said while nobody listened: compare positions now
                    async for message in subscription.listen():
                        self._deliver(unpack(message["data"]))
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("bus: lost, subscribing again", exc_info=True)
                await asyncio.sleep(0.5)


def pack(entries: list[Entry]) -> bytes:
    return orjson.dumps([BOOT, [[e.topic, e.text, e.log, e.seq, e.members, e.alt, e.order] for e in entries]])


def unpack(blob: bytes) -> list[Entry]:
    """Return another process's entries; our own come back empty."""
    boot, rows = orjson.loads(blob)
    return [] if boot == BOOT else [Entry(*row) for row in rows]


_outside = threading.Lock()
_client: object | None = None
_quiet_until = 0.0


def publish_from_outside(entries: list[Entry]) -> None:
    """Publish from a process without sockets (the worker, a command); without a bus there is nobody to tell."""
    global _client, _quiet_until
    if not settings.REDIS_URL or not entries or time.monotonic() < _quiet_until:
        return
    import redis

    with _outside:
        if _client is None:
            _client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=None)
        try:
            _client.publish(settings.BUS_CHANNEL, pack(entries))  # type: ignore[attr-defined]
        except redis.RedisError:
            # A bus that hangs would hold up every change of the worker, one after the other.
            _quiet_until = time.monotonic() + QUIET
            log.warning("bus: not published", exc_info=True)


hub = Hub()
