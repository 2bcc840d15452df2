"""The team page's socket (A4): rings when something changed at the desk; what, the page reads by REST.

It is no open console: whoever watches the team does not come online by it and gets no session.
"""

import asyncio
import contextlib
import time
from typing import Any

from chat import catchup, frames, team
from chat.beats import CHECK, EVERY, SILENT
from chat.consumers import RESUME_TIME, own_origin
from chat.events import text as as_text
from chat.hub import hub
from chat.sockets import DRAINING, EXPIRED, FORBIDDEN, PROTOCOL, SLOW, Socket, db
from shops import access
from shops.errors import NotAllowed, NotYours
from shops.models import Member

PAUSE = 1.0  # seconds between two rings


class TeamSocket(Socket):
    """Who may see the team; rights are looked at every few seconds, as for consoles."""

    side = "team"
    member: Member

    async def allowed(self) -> bool:
        if not own_origin(self.scope):
            return False
        try:
            user, shop_id = self.scope["user"]._wrapped, int(self.scope["url_route"]["kwargs"]["shop_id"])
            self.member = await db(_admit, user, shop_id)
        except (NotYours, NotAllowed, AttributeError):
            return False
        self.sign_in = self.scope["session"].session_key
        self._bell = Bell(self)
        self._pulse: asyncio.Task[None] | None = None
        return True

    async def opened(self) -> None:
        asyncio.get_running_loop().call_later(RESUME_TIME, lambda: None if self.ready else self.end(PROTOCOL))

    def silence(self) -> None:
        super().silence()
        if bell := getattr(self, "_bell", None):
            bell.stop()
        if pulse := getattr(self, "_pulse", None):
            pulse.cancel()

    async def resume(self, frame: dict[str, Any]) -> None:
        """Begin to listen, or say once more that one does."""
        frames.only(frame)
        if not self.ready:
            self.listen(f"s{self.member.shop_id}", f"m{self.member.pk}", listener=self._bell)
            self.ready = True
            self._pulse = asyncio.create_task(self._keep())
        self.push(as_text({"type": "resumed"}))

    async def _keep(self) -> None:
        """Beat, and end with the right to look or with the sign-in."""
        since = 0
        while self._ending is None:
            await asyncio.sleep(CHECK)
            since += CHECK
            with contextlib.suppress(Exception):  # the database is away: the next look tells
                await self._look()
            if since >= EVERY:
                since = 0
                self.push(as_text({"type": "beat", "n": int(time.time())}))

    async def _look(self) -> None:
        if time.monotonic() - self.heard_at > SILENT:
            self.end(SLOW)
        try:
            _agents, signed_in = await db(_look, self.member, self.sign_in)
        except (NotYours, NotAllowed):
            self.end(FORBIDDEN)
        else:
            if not signed_in:
                self.end(EXPIRED)

    async def _beat(self, frame: dict[str, Any]) -> None:
        await self.beat(frame)

    handlers = {"resume": resume, "beat": _beat}


class Bell:
    """Hears what the shop's consoles hear, and passes on only that there was something."""

    member_id: int | None = None

    def __init__(self, socket: TeamSocket) -> None:
        self._socket, self._loop = socket, asyncio.get_running_loop()
        self._rang = 0.0
        self._later: asyncio.TimerHandle | None = None

    def push(self, _text: str) -> None:
        if self._later is None:
            wait = max(0.0, self._rang + PAUSE - self._loop.time())
            self._later = self._loop.call_later(wait, self._ring)

    def order(self, what: str) -> None:
        """Another role, another password, no more IM permission: the handshake decides anew."""
        if what in ("again", "gone"):
            self._socket.end(DRAINING)

    def end(self, code: int) -> None:
        """The process stops."""
        self._socket.end(code)

    def stop(self) -> None:
        hub.unlisten(self)
        if self._later:
            self._later.cancel()

    def _ring(self) -> None:
        self._rang, self._later = self._loop.time(), None
        self._socket.push(as_text({"type": "team"}))


def _admit(user: object, shop_id: int) -> Member:
    return team.require(access.member(user, shop_id))


def _look(member: Member, sign_in: str) -> tuple[set[int], set[str]]:
    """Return which sign-ins last; raise NotYours or NotAllowed if the member may no longer look."""
    _admit(member.user, member.shop_id)
    return catchup.allowed(set(), {sign_in})
