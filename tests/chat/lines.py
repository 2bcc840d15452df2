"""Sockets against the real ASGI application, in this process: `run` an async talk, a `Line` is one socket."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from chat import beats
from chat.hub import hub
from sellercenter.asgi import application
from shops import identity
from shops.models import Member
from tests import base

HOST = "localhost:8000"
PATIENCE = 10.0


def run(talk: Callable[[], Awaitable[None]]) -> None:
    """Run a talk on a loop of its own; stop pulse, writer and bot afterwards, as the server does at its end."""

    async def whole() -> None:
        try:
            await talk()
        finally:
            await beats.stop()

    asyncio.run(whole())


class Line:
    """One socket: what it says, and what it heard."""

    def __init__(self, path: str, *headers: tuple[str, str]) -> None:
        self.headers = headers
        given = [(name.encode(), value.encode("latin1")) for name, value in headers]
        self.socket = WebsocketCommunicator(application, path, headers=given)
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None
        self.token = ""  # buyers: what the first frame says
        self.after = 0

    async def open(self) -> bool:
        """Return whether the handshake was accepted."""
        accepted, _code = await self.socket.connect(timeout=PATIENCE)
        return bool(accepted)

    async def say(self, type: str, **frame: Any) -> None:
        await self.socket.send_to(text_data=orjson.dumps({"type": type, **frame}).decode())

    async def hear(self, type: str, **fields: Any) -> dict[str, Any]:
        """Return the next frame of this type with these fields; what comes before it is kept in `heard`."""
        while True:
            frame = await self._next()
            assert frame is not None, f"closed with {self.code} instead of {type}; heard {self.heard[-3:]}"
            if frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    async def ask(self, type: str, **frame: Any) -> dict[str, Any]:
        """Say something and return its answer, ok or error."""
        key = uuid.uuid4().hex
        await self.say(type, id=key, **frame)
        while True:
            answer = await self._next()
            assert answer is not None, f"closed with {self.code}"
            if answer.get("id") == key:
                return answer

    async def send(self, text: str = "Hello", **fields: Any) -> dict[str, Any]:
        """Send a message; return its answer."""
        return await self.ask("message.send", **base.body(text, **fields))

    async def close_code(self) -> int | None:
        """Return the code that the server closes with."""
        while await self._next() is not None:
            pass
        return self.code

    async def leave(self) -> None:
        await self.socket.disconnect(timeout=PATIENCE)

    def kinds(self, conversation: int) -> list[tuple[int, str]]:
        """What was heard of a conversation's log: number and kind."""
        return [(f["seq"], f["kind"]) for f in self.heard if f["type"] == "event" and f["conversation"] == conversation]

    async def _next(self) -> dict[str, Any] | None:
        output = await self.socket.receive_output(timeout=PATIENCE)
        if output["type"] == "websocket.close":
            self.code = output["code"]
            return None
        frame: dict[str, Any] = orjson.loads(output["text"])
        self.heard.append(frame)
        return frame


def buyer(line: Any, after: int = 0) -> "Line":
    """A buyer's socket, not open yet; `token` and `after` are what it will say first."""
    found = Line("/ws/buyer/")
    found.token = identity.issue(base.token(line))
    found.after = after
    return found


async def enter(*lines: Line) -> None:
    """Open sockets and say their first frame."""
    for line in lines:
        assert await line.open()
        if line.token:
            await line.say("auth", token=line.token, after=line.after)
        else:
            await line.say("resume")
        await line.hear("resumed")


def cookie(member: Member) -> str:
    """Return the cookie header of a browser that this person has signed in with."""
    client = Client()
    client.force_login(member.user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def agent(member: Member, origin: str | None = f"http://{HOST}", shop_id: int | None = None) -> Line:
    """An agent's socket from a page of this origin, not open yet."""
    headers = [("host", HOST), ("cookie", cookie(member))]
    headers += [("origin", origin)] if origin is not None else []
    return Line(f"/ws/agent/{shop_id or member.shop_id}/", *headers)


def team(member: Member) -> Line:
    """A team page's socket, not open yet."""
    found = agent(member)
    return Line(f"/ws/team/{member.shop_id}/", *found.headers)


def consumers() -> list[Any]:
    """The sockets that this process listens with."""
    return hub.listeners()
