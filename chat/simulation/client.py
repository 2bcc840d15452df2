"""What buyers and agents share: the socket that comes back, the outbox, the log that takes one number after another."""

import asyncio
import contextlib
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from chat.simulation.journal import Journal, digest
from chat.simulation.tally import Sent, Tally

WINDOW = 3  # unacknowledged messages on the way
GAP_WAIT = 0.2  # seconds before a gap is fetched
ANSWER_WAIT = 15.0  # the server answers within 10 s; longer means that the line is dead
TRY_AGAIN = {"busy", "retry", "throttled", "internal", "draining"}
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0


class Gone(Exception):
    """The server said not to come back (4403), or sign-in failed."""


@dataclass
class World:
    """What all clients of one run share."""

    urls: list[str]
    shop: int
    secret: str
    utterances: list[str]
    journal: Journal
    tally: Tally
    http: httpx.AsyncClient
    products: list[int] = field(default_factory=list)
    followers: dict[int, set[str]] = field(default_factory=dict)  # conversation -> agents that follow it
    agents: dict[str, int] = field(default_factory=dict)  # who -> member id
    sending: bool = True
    silence: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    async def pause(self, seconds: float) -> None:
        """Wait so long, but not beyond the time in which people talk."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.silence.wait(), seconds)

    def fall_silent(self) -> None:
        self.sending = False
        self.silence.set()


@dataclass
class Log:
    """One conversation as a client holds it: what was applied, and what waits for the number before it."""

    conversation: int
    last: int = 0
    pending: dict[int, dict[str, Any]] = field(default_factory=dict)
    fetching: bool = False


@dataclass
class Item:
    key: str
    frame: dict[str, Any]
    conversation: int
    out: float | None = None


class Client:
    """One person's client; `who` is its sender key once it is known."""

    def __init__(self, world: World, place: int) -> None:
        self.world = world
        self.who = f"?{place}"
        self.turn = place
        self.socket: ClientConnection | None = None
        self.ready = False
        self.outbox: dict[str, Item] = {}
        self.place = 0
        self.tasks: set[asyncio.Task[Any]] = set()
        self.backoff = FIRST_BACKOFF
        self.gone = ""
        self.trouble = ""  # why the last line broke
        self.expired = False  # the identity: a new one before the next connection

    # what a buyer or an agent says differently

    async def connect(self) -> None:
        """Open the socket, say the first frame; raise Gone if there is no way back."""
        raise NotImplementedError

    async def frame(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError

    async def applied(self, log: Log, event: dict[str, Any]) -> None:
        raise NotImplementedError

    async def page(self, log: Log) -> dict[str, Any]:
        """Return the page of events after what this client has."""
        raise NotImplementedError

    # the line

    @property
    def url(self) -> str:
        return self.world.urls[self.turn % len(self.world.urls)]

    async def live(self) -> None:
        """Stay connected until the run is over; come back with full-jitter backoff, at the next address."""
        connected_once = False
        while not self.world.over:
            try:
                await self.connect()
                self.world.tally.count["reconnects"] += connected_once
                connected_once = True
                await self._read()
            except Gone as error:
                self.gone = str(error)
                return
            except (OSError, TimeoutError, WebSocketException, httpx.HTTPError) as error:
                self.trouble = repr(error)
            self._dropped()
            if self.gone:
                return
            if not self.world.over:
                await asyncio.sleep(random.uniform(0, self.backoff))
                self.backoff = min(self.backoff * 2, LONGEST_BACKOFF)

    async def open(self, path: str, **options: Any) -> None:
        """Open the socket at the current address."""
        base = "ws" + self.url.removeprefix("http")
        self.socket = await connect(
            base + path, compression=None, proxy=None, open_timeout=10, ping_interval=None, close_timeout=2, **options
        )

    async def say(self, **frame: Any) -> None:
        """Send a frame if there is a line; one that breaks is for `live` to notice, which reads."""
        if self.socket is not None:
            with contextlib.suppress(WebSocketException):
                await self.socket.send(orjson.dumps(frame).decode())

    async def _read(self) -> None:
        assert self.socket is not None
        while True:
            # the server beats every 20 s: much longer silence is a dead line
            text = await asyncio.wait_for(self.socket.recv(), 50)
            await self._take(orjson.loads(text))

    async def _take(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "ok":
            await self._acknowledged(frame)
        elif kind == "error" and frame.get("id") in self.outbox:
            await self._refused(frame)
        elif kind == "error":
            self.world.tally.refusals[f"frame: {frame['code']}"] += 1
        else:
            if kind == "beat":
                await self.say(type="beat", n=frame["n"])
            await self.frame(frame)
            if kind == "resumed":
                self.ready, self.backoff = True, FIRST_BACKOFF
                await self.pump()

    def _dropped(self) -> None:
        code = self.socket.close_code if self.socket is not None else None
        if code == 4403:
            self.gone = "permission gone"
        if code == 4401:
            self.expired = True
        self.socket, self.ready = None, False
        self.turn += 1
        for item in self.outbox.values():
            item.out = None

    # sending

    async def send(self, conversation: int, text: str, heard: bool, **fields: Any) -> None:
        """Put a text into the outbox; it is journalled on disk before it leaves."""
        key = str(uuid.uuid4())
        self.place += 1
        self.world.tally.sent[key] = Sent(self.who, conversation, self.place, waited_for=heard)
        self.world.journal.put(
            self.who, "send", conversation=conversation, key=key, kind="text", hash=digest(text), place=self.place
        )
        await self.world.journal.safe()
        frame = {"type": "message.send", "id": key, "client_msg_id": key, "kind": "text", "text": text, **fields}
        self.outbox[key] = Item(key, frame, conversation)
        await self.pump()

    async def pump(self) -> None:
        """Send what fits into the window, in order, with the same keys as before."""
        for item in list(self.outbox.values())[:WINDOW]:
            if not self.ready or item.key not in self.outbox:
                return
            if item.out is None:
                item.out = time.perf_counter()
                sent = self.world.tally.sent[item.key]
                sent.at = sent.at or item.out
                await self.say(**item.frame)

    async def _acknowledged(self, frame: dict[str, Any]) -> None:
        item = self.outbox.pop(frame["id"], None)
        if item is None:
            return
        seq = frame["event"]["seq"]
        self.world.journal.put(
            self.who, "ack", conversation=item.conversation, key=item.key, seq=seq, duplicate=frame["duplicate"]
        )
        self.spawn(self._count_ack(item.key, seq))
        await self.pump()

    async def _count_ack(self, key: str, seq: int) -> None:
        await self.world.journal.safe()
        self.world.tally.acknowledged(key, seq)

    async def _refused(self, frame: dict[str, Any]) -> None:
        item = self.outbox[frame["id"]]
        if frame["code"] in TRY_AGAIN:
            self.world.tally.refusals[f"again: {frame['code']}"] += 1
            self.spawn(self._again(item))
            return
        del self.outbox[item.key]
        self.world.tally.refusals[frame["code"]] += 1
        self.world.journal.put(self.who, "refused", conversation=item.conversation, key=item.key, code=frame["code"])
        await self.pump()

    async def _again(self, item: Item) -> None:
        await asyncio.sleep(random.uniform(0.3, 0.6))
        item.out = None
        await self.pump()

    def stale(self) -> bool:
        """Whether a message waits for its answer longer than the server may take."""
        now = time.perf_counter()
        return any(item.out is not None and now - item.out > ANSWER_WAIT for item in self.outbox.values())

    async def drop(self) -> None:
        """Give the line up; `live` opens a new one."""
        if self.socket is not None:
            await self.socket.close()

    # applying

    async def offer(self, log: Log, event: dict[str, Any]) -> None:
        """Apply the event if it is the next one; keep it and fetch after a moment if it is not."""
        if event["seq"] > log.last:
            log.pending[event["seq"]] = event
        while (following := log.pending.pop(log.last + 1, None)) is not None:
            await self._apply(log, following)
        if log.pending and not log.fetching:
            self.fetch(log, GAP_WAIT)

    async def _apply(self, log: Log, event: dict[str, Any]) -> None:
        log.last = event["seq"]
        message = event["message"] or {}
        key = message.get("client_msg_id")
        self.world.journal.put(
            self.who,
            "receive",
            conversation=log.conversation,
            seq=event["seq"],
            kind=event["kind"],
            key=key,
            hash=digest(message["text"]) if message else None,
        )
        if key:
            self.world.tally.received(self.who, key, event["seq"], fresh=True)
        await self.applied(log, event)

    def fetch(self, log: Log, after: float = 0.0) -> None:
        """Fetch what is missing in the background, page by page, until there is no more."""
        if not log.fetching:
            log.fetching = True
            self.spawn(self._fetch(log, after))

    async def _fetch(self, log: Log, after: float) -> None:
        try:
            await asyncio.sleep(after)
            if after and not log.pending:
                return
            self.world.tally.count["gaps"] += bool(after)
            while not self.world.over:
                page = await self.page(log)
                for event in page["results"]:
                    await self.offer(log, event)
                log.pending = {seq: event for seq, event in log.pending.items() if seq > log.last}
                if log.last >= page["last_seq"] or not page["results"]:
                    return
        except (httpx.HTTPError, Gone, WebSocketException):
            pass  # the next beat or the next resume asks again
        finally:
            log.fetching = False

    def spawn(self, work: Awaitable[Any]) -> None:
        """Run something beside the reading; keep a reference, as the loop does not."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # REST

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call the API at any address that answers; obey Retry-After; give up after some tries."""
        return await attempt(self, lambda url: self.world.http.request(method, url + path, **options))


async def attempt(client: Client, call: Callable[[str], Awaitable[httpx.Response]]) -> httpx.Response:
    """Repeat a call while the server is away, busy or throttling."""
    urls, wait = client.world.urls, FIRST_BACKOFF
    for turn in range(10):
        try:
            answer = await call(urls[(client.turn + turn) % len(urls)])
            if answer.status_code not in (429, 502, 503):
                return answer
            wait = max(wait, float(answer.headers.get("Retry-After", 1)))
        except httpx.TransportError:
            if client.world.over or turn == 9:
                raise
        await asyncio.sleep(random.uniform(wait / 2, wait))
        wait = min(wait * 1.5, 8.0)
    raise httpx.TransportError("the server stayed away")
