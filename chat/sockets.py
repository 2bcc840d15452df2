"""The base of both consumers: one guard for every frame, one bounded way out, no hop to Channels' shared thread."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qs

import orjson
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from chat import frames
from chat.actions.items import Item, Outcome, Stored
from chat.events import text as as_text
from chat.hub import Listener, hub
from chat.writer import WAIT, writer
from shops import errors, permissions
from shops.errors import Invalid
from shops.identity import BadIdentity
from shops.models import Member

log = logging.getLogger(__name__)
UNSENT = 256 * 1024  # characters that may wait for a slow socket
SEND_TIME = 10.0
ERRORS_A_MINUTE = 30
PROTOCOL, EXPIRED, FORBIDDEN, SLOW, DRAINING = 4400, 4401, 4403, 4408, 4503
T = TypeVar("T")
_pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="socket-db")


async def db(work: Callable[..., T], *args: Any) -> T:
    """Run a query or an action in a thread of our own pool."""
    return await sync_to_async(_run, thread_sensitive=False, executor=_pool)(work, *args)


def _run(work: Callable[..., T], *args: Any) -> T:
    try:
        return work(*args)
    finally:
        # PostgreSQL: back to the pool. SQLite: kept open unless broken.
        close_old_connections() if connection.vendor == "sqlite" else connection.close()


class Socket(AsyncWebsocketConsumer):
    """What all sides share. Subclasses list their frames in `handlers`: type → method; rows of permissions.toml say
    who may send each, under the name of the `side`, and who may hear what.
    """

    side: ClassVar[str] = ""
    member: Member | None = None  # a buyer's page has none
    handlers: ClassVar[dict[str, Callable[[Any, dict[str, Any]], Awaitable[None]]]] = {}
    member_id: int | None = None  # agents
    sign_in = ""  # agents: the cookie's session
    line_id = 0  # buyers: the conversation
    ready = False
    first: tuple[str, ...] = ("auth", "resume")  # what may be said before it is

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take one frame after the other. Channels' own loop makes two tasks and a database hop of each."""
        self.scope, self.base_send = scope, send
        self.asked = parse_qs(scope["query_string"].decode("latin-1"))
        self.language = _language(self.asked, scope["headers"])
        try:
            with translation.override(self.language):
                while True:
                    message = await receive()
                    await self.dispatch(message)
                    if message["type"] == "websocket.disconnect":
                        return
        finally:
            self.silence()

    async def dispatch(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "websocket.receive":
                await self._receive(message.get("text"))
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                await self._disconnect()

    async def _connect(self) -> None:
        self.socket_id = uuid.uuid4().hex
        self._out: deque[str] = deque()
        self._waiting = 0
        self._more = asyncio.Event()
        self._room = asyncio.Event()
        self._ending: int | None = None
        self._errors: deque[float] = deque(maxlen=ERRORS_A_MINUTE)
        self.heard_at = time.monotonic()
        self.sender: asyncio.Task[None] | None = None
        if not await self.allowed():
            await self.close(code=FORBIDDEN)
            return
        await self.accept()
        await hub_ready()
        self.sender = asyncio.create_task(self._send_all())
        await self.opened()

    async def _disconnect(self) -> None:
        self.silence()
        if self.sender:
            self.sender.cancel()
        await self.left()

    # What subclasses fill in.
    async def allowed(self) -> bool:
        raise NotImplementedError

    async def opened(self) -> None:
        """Called once after the accept."""

    async def left(self) -> None:
        """Called once at the end."""

    async def _receive(self, text: str | None) -> None:
        answer = None
        try:
            frame = frames.read(text)
            answer = frames.answer_id(frame)
            handler = self.handlers.get(frame["type"])
            if handler is None:
                raise frames.BadFrame("This type is not known.")
            if not self.ready and frame["type"] not in self.first:
                raise frames.BadFrame("Say who you are first.")
            self.heard_at = time.monotonic()
            permissions.enter_frame(self.member, f"{self.side} {frame['type']}")
            await handler(self, frame)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.fail(error, answer)

    def fail(self, error: Exception, answer: str | None = None) -> None:
        """Answer every failure with a stable code; the socket stays, unless it does nothing but fail."""
        with translation.override(self.language):  # the writer answers from elsewhere
            body = refusal(error)
            said = as_text({"type": "error", "id": answer, **body})
        if body["code"] == "internal":
            log.exception("frame failed", exc_info=error)
        self.push(said)
        if isinstance(error, (frames.BadFrame, Invalid)):
            self._errors.append(time.monotonic())
            if len(self._errors) == ERRORS_A_MINUTE and self._errors[-1] - self._errors[0] < 60:
                self.end(PROTOCOL)
        if isinstance(error, BadIdentity):
            self.end(EXPIRED)

    def push(self, text: str) -> None:
        """Queue a frame; a socket that does not keep up is closed and may resume."""
        if self._ending is not None:
            return
        self._out.append(text)
        self._waiting += len(text)
        if self._waiting > UNSENT:
            self.end(SLOW)
        self._more.set()

    async def push_all(self, texts: list[str]) -> None:
        """Queue what was missed, however much, no faster than the socket takes it."""
        for text in texts:
            while self._waiting > UNSENT // 4 and self._ending is None:
                self._room.clear()
                await self._room.wait()
            self.push(text)

    def listen(self, *topics: str, listener: Listener | None = None) -> None:
        """Hear topics from here on; raise NotAllowed, and hear none, unless the row of each lets in who this is."""
        self.require(*topics)
        for topic in topics:
            hub.listen(topic, listener or self)

    def require(self, *topics: str) -> None:
        """Raise NotAllowed unless one may hear topics of all these letters."""
        if not all(permissions.hears(self.member, topic) for topic in topics):
            raise errors.NotAllowed

    def silence(self) -> None:
        """Hear nothing more; may be called again."""
        hub.unlisten(self)

    def order(self, what: str) -> None:
        """Obey the hub: "gone" is a right that was lost; "again", come back and show anew who you are."""
        if what == "gone":
            self.end(FORBIDDEN)
        elif what == "again":
            self.end(DRAINING)

    def end(self, code: int) -> None:
        """Close after what is queued, or at once where the queue is the trouble."""
        if self._ending is None:
            self._ending = code
            self._more.set()
            self._room.set()

    async def _send_all(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                async with asyncio.timeout(SEND_TIME):
                    await self._flush()
            except Exception:  # not "something is left": more may have come while the task was ending
                self._out.clear()
                self.end(SLOW)
            if self._out and self._ending != SLOW:
                self._more.set()
            elif self._ending is not None:
                self.silence()  # the client may never read the close: it gets no beats, its lease runs out
                with contextlib.suppress(Exception):
                    await self.close(code=self._ending)
                return

    async def _flush(self) -> None:
        while self._out and self._ending != SLOW:
            text = self._out.popleft()
            await self.base_send({"type": "websocket.send", "text": text})
            self._waiting -= len(text)
            self._room.set()

    def store(self, frame: dict[str, Any], item: Item) -> None:
        """Hand an item to the writer; the answer to the frame follows the commit, frames behind it need not wait."""
        answer = frames.answer_id(frame)
        late = asyncio.get_running_loop().call_later(WAIT, lambda: self.fail(errors.Busy(), answer))

        def done(outcome: Outcome) -> None:
            if late.when() <= asyncio.get_running_loop().time():
                return  # answered as busy already; the same key finds the truth
            late.cancel()
            if isinstance(outcome, Exception):
                self.fail(outcome, answer)
            elif isinstance(outcome, Stored):
                self.push(sent(answer, outcome))
            elif answer is not None:
                self.push(as_text({"type": "ok", "id": answer}))

        try:
            writer.submit_from_loop(item, done)
        except errors.Busy:
            late.cancel()
            raise

    async def beat(self, frame: dict[str, Any]) -> None:
        """The answer to a beat: `heard_at` is all that counts."""
        frames.only(frame, "n")
        frames.seq(frame.get("n"))


def sent(answer: str | None, stored: Stored) -> str:
    """Return the answer to a stored message."""
    head = {"type": "ok", "id": answer, "duplicate": stored.duplicate}
    return as_text({**head, "event": orjson.Fragment(stored.json())})


def refusal(error: Exception) -> dict[str, Any]:
    """Return the code and words of a failure, the same as over REST."""
    match error:
        case errors.Refused():
            return {"code": error.code, "detail": error.words, **error.data}
        case Invalid():
            return {"code": "invalid", "detail": _("Some fields are not right."), "fields": error.fields}
        case frames.BadFrame():
            return {"code": "bad_frame", "detail": str(error)}
        case errors.NotYours():
            return {"code": "not_found", "detail": _("There is no such thing here.")}
        case errors.NotAllowed():
            return {"code": "forbidden", "detail": str(error) or _("You may not do this.")}
        case errors.Throttled():
            more = {"retry": True, "retry_after": error.retry_after}
            return {"code": "throttled", "detail": _("This is too fast; please wait a moment."), **more}
        case errors.Busy() | OperationalError():
            return {"code": "busy", "detail": _("The desk is busy; please try again."), "retry": True}
        case BadIdentity():
            return {"code": "unauthenticated", "detail": error.words}
    return {"code": "internal", "detail": _("This did not work."), "retry": True}


def _language(asked: dict[str, list[str]], headers: list[tuple[bytes, bytes]]) -> str:
    """Return the language of words in errors: what the address asks for (`?lang=`), else what the client prefers."""
    said = asked.get("lang", [""])[0]
    if said in dict(settings.LANGUAGES):
        return said
    request = HttpRequest()
    request.META["HTTP_ACCEPT_LANGUAGE"] = dict(headers).get(b"accept-language", b"").decode("latin-1")
    return translation.get_language_from_request(request)


async def hub_ready() -> None:
    """Start what a process with sockets needs, where no lifespan did (daphne)."""
    from chat import beats  # it beats for these sockets

    await beats.start()
