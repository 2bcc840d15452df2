"""The two sockets: deliver what the hub rings, hand what is sent to the writer."""

import asyncio
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext as _

from chat import access, catchup, frames, incoming, pacing, sending, watching
from chat.actions import background, people
from chat.actions.items import Receipt
from chat.events import tell
from chat.events import text as as_text
from chat.hub import BOOT, Entry, hub
from chat.sockets import FORBIDDEN, PROTOCOL, Socket, db
from shops import access as shop_access
from shops import audit, devices, sign_ins
from shops.errors import NotAllowed, NotYours, Refused
from shops.identity import BuyerToken, read
from shops.models import Member

AUTH_TIME, RESUME_TIME = 5, 20  # seconds until a socket must have said who it is, and where it stands
REMEMBERED = 2_000  # sessions whose conversation a console's socket knows
CARD_OR_FILE = ("product_card", "order_card", "after_sale_card", "coupon_card", "faq_card", "image", "video")


class BuyerSocket(Socket):
    """A buyer's page; a bearer token in the first frame, so the origin does not matter."""

    side = "buyer"
    token: BuyerToken

    async def allowed(self) -> bool:
        return True

    async def opened(self) -> None:
        asyncio.get_running_loop().call_later(AUTH_TIME, lambda: None if self.ready else self.end(PROTOCOL))

    async def auth(self, frame: dict[str, Any]) -> None:
        """Say who one is and from which number on one missed."""
        frames.only(frame, "token", "after")
        token, after = frame.get("token"), frames.seq(frame.get("after", 0))
        if not isinstance(token, str):
            raise frames.BadFrame("A token is a text.")
        found = read(token)
        line = await db(access.line, found)
        hub.unlisten(self)  # a second token may be of another conversation
        self.token, self.line_id, self.name, self.ready = found, line.pk, line.buyer.nickname, True
        self.listen(f"c{line.pk}")
        await self.push_all(await db(catchup.buyer, self.token, after))

    async def resume(self, frame: dict[str, Any]) -> None:
        """Send what was missed, in order, then `resumed`."""
        if not self.ready:
            raise frames.BadFrame("Say who you are first.")
        frames.only(frame, "after")
        await self.push_all(await db(catchup.buyer, self.token, frames.seq(frame.get("after", 0))))

    async def send_message(self, frame: dict[str, Any]) -> None:
        pacing.sends(self.token)
        body = incoming.draft(_body(frame))
        post = (
            await db(sending.from_buyer, self.token, body)
            if body.kind in CARD_OR_FILE
            else sending.from_buyer(self.token, body)
        )
        self.store(frame, post)

    async def receipt(self, frame: dict[str, Any]) -> None:
        frames.only(frame, "conversation", "delivered", "read")
        if "conversation" in frame and incoming.identifier(frame["conversation"], "conversation") != self.line_id:
            raise NotYours
        delivered, seen = frames.seq(frame.get("delivered")), frames.seq(frame.get("read", 0))
        self.store(frame, Receipt(self.token.conversation_id, "buyer", delivered, seen))

    async def typing(self, frame: dict[str, Any]) -> None:
        frames.only(frame, "session", "on")
        incoming.flag(frame.get("on"), "on")
        if frame.get("session") is not None:
            incoming.identifier(frame["session"], "session")
        member_id = await db(catchup.agent_of, self.token.conversation_id)
        if member_id:
            said = _typing(self.token.conversation_id, "buyer", self.name, frame["on"])
            tell([Entry(topic, said) for topic in (f"m{member_id}", f"w{self.token.conversation_id}")])

    async def _beat(self, frame: dict[str, Any]) -> None:
        await self.beat(frame)

    handlers = {
        "auth": auth,
        "resume": resume,
        "message.send": send_message,
        "receipt": receipt,
        "typing": typing,
        "beat": _beat,
    }


class AgentSocket(Socket):
    """An agent's console: the session cookie, so the exact own origin is required; or, asked for with `?by=token`, an
    app's token in the first frame, and no cookie counts."""

    side = "agent"
    member: Member
    known = False
    watch: watching.Watch | None = None

    async def allowed(self) -> bool:
        self.lines: dict[int, int] = {}  # session → conversation: fixed for ever, rights are checked at the commit
        if self.asked.get("by") == ["token"]:
            self.first = ("auth",)
            return True
        if not own_origin(self.scope):
            return False
        try:
            await self._enter(self.scope["user"]._wrapped, self.scope["session"].session_key)
        except (NotYours, NotAllowed, AttributeError):
            return False
        return True

    async def _enter(self, user: object, sign_in: str) -> None:
        self.member = await db(shop_access.agent, user, int(self.scope["url_route"]["kwargs"]["shop_id"]))
        audit.come_from(str((self.scope.get("client") or [""])[0]))
        self.member_id, self.sign_in, self.known = self.member.pk, sign_in, True
        self.first = Socket.first

    async def opened(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(AUTH_TIME, lambda: None if self.known else self.end(PROTOCOL))
        loop.call_later(RESUME_TIME, lambda: None if self.ready else self.end(PROTOCOL))

    async def auth(self, frame: dict[str, Any]) -> None:
        """Say who one is, once, with an app's access token; `resume` follows. It holds while the app is signed in."""
        frames.only(frame, "token")
        token = frame.get("token")
        if not isinstance(token, str):
            raise frames.BadFrame("A token is a text.")
        if self.known:
            raise frames.BadFrame("It is known who this is.")
        user, device = await db(devices.read, token)
        try:
            await self._enter(user, sign_ins.key_of(device))
        except (NotYours, NotAllowed):
            self.end(FORBIDDEN)
            raise
        if (answer := frames.answer_id(frame)) is not None:
            self.push(as_text({"type": "ok", "id": answer}))

    def silence(self) -> None:
        super().silence()
        self.look_away()

    def look_away(self) -> None:
        if self.watch:
            self.watch.stop()
            self.watch = None

    async def left(self) -> None:
        if self.ready:
            await db(people.went_offline, self.member.shop_id, BOOT, self.socket_id)

    async def resume(self, frame: dict[str, Any]) -> None:
        """Send what was missed of the desk and of one's conversations, then `resumed`; the console is open now (B1)."""
        frames.only(frame, "desk", "cursors")
        desk, cursors = frames.seq(frame.get("desk", 0)), frames.cursors(frame.get("cursors", {}))
        if not self.ready:
            self.require("m", "s")  # all or nothing: nobody comes online who may not hear the desk
            self.listen(f"m{self.member.pk}")  # from here on a right that is lost ends this socket
            try:
                await db(people.came_online, self.member, BOOT, self.socket_id)
            except NotAllowed:
                self.order("gone")
                return
            self.listen(f"s{self.member.shop_id}")
            self.ready = True
            if app := sign_ins.app_of(self.sign_in):
                await db(background.opened, self.member, app)
        await self.push_all(await db(catchup.agent, self.member, desk, cursors))

    async def send_message(self, frame: dict[str, Any]) -> None:
        pacing.sends(self.member)
        session_id = incoming.identifier(frame.get("session"), "session")
        body = incoming.draft(_body(frame, "session"), incoming.AGENT_KINDS)
        if session_id not in self.lines:
            if len(self.lines) >= REMEMBERED:
                self.lines.clear()
            session = await db(access.session, self.member, session_id)
            self.lines[session_id] = session.conversation_id
        if body.kind in CARD_OR_FILE:
            post = await db(lambda: sending.from_agent(self.member, access.session(self.member, session_id), body))
        else:
            post = sending.addressed(self.member, session_id, self.lines[session_id], body, body.data)
        self.store(frame, post)

    async def look(self, frame: dict[str, Any]) -> None:
        """Say how far one has looked into a session; it is no longer unread."""
        frames.only(frame, "session", "seq")
        session_id = incoming.identifier(frame.get("session"), "session")
        seq = frames.seq(frame.get("seq"))
        session = await db(access.session, self.member, session_id)
        self.store(frame, Receipt(session.conversation_id, "shop", seq, seq, self.member.pk))

    async def receipt(self, frame: dict[str, Any]) -> None:
        frames.only(frame, "conversation", "delivered", "read")
        line = incoming.identifier(frame.get("conversation"), "conversation")
        delivered = frames.seq(frame.get("delivered"))
        await db(catchup.own_line, self.member, line)
        self.store(frame, Receipt(line, "shop", delivered, frames.seq(frame.get("read", 0)), self.member.pk))

    async def typing(self, frame: dict[str, Any]) -> None:
        frames.only(frame, "session", "on")
        incoming.flag(frame.get("on"), "on")
        session = await db(access.session, self.member, incoming.identifier(frame.get("session"), "session"))
        if session.assignee_id != self.member.pk:
            raise Refused("not_assignee", _("This session is with somebody else now."))
        line, on = session.conversation_id, frame["on"]
        said = Entry(f"c{line}", _typing(line, "agent", self.member.nickname, on))
        tell([said, watching.typing(session, self.member, on)])

    async def look_on(self, frame: dict[str, Any]) -> None:
        """Say which session stands open in this window, again at every beat; without one: none any more (C26)."""
        frames.only(frame, "session")
        wanted = incoming.identifier(frame["session"], "session") if "session" in frame else None
        if self.watch and self.watch.session_id != wanted:
            self.look_away()
        answer = frames.answer_id(frame)
        more: dict[str, Any] = {}
        if wanted is not None:
            more = await self._look_at(wanted)
        if answer is not None:
            self.push(as_text({"type": "ok", "id": answer, **more}))

    async def _look_at(self, session_id: int) -> dict[str, Any]:
        """Begin a look or renew it; return the position of what is followed live."""
        try:
            member, session = await db(watching.admit, self.member, session_id, self.watch is None)
        except NotYours:
            self.look_away()
            raise
        if self.watch:
            self.watch.renew(member, session)
        elif self._ending is None:
            self.watch = watching.Watch(self.push, self.socket_id[:12], member, session)
        is_live = watching.is_live(member, session)
        return {"live": is_live, **({"last_seq": session.conversation.last_seq} if is_live else {})}

    async def _beat(self, frame: dict[str, Any]) -> None:
        await self.beat(frame)

    handlers = {
        "auth": auth,
        "resume": resume,
        "message.send": send_message,
        "read": look,
        "receipt": receipt,
        "typing": typing,
        "watch": look_on,
        "beat": _beat,
    }


def own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the handshake comes from a page of this very site; a missing origin is refused."""
    headers = dict(scope["headers"])
    origin, host = headers.get(b"origin", b"").decode("latin1"), headers.get(b"host", b"").decode("latin1")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    schemes = ("https",) if settings.HTTPS else ("http", "https")
    exact = origin in [f"{scheme}://{host}" for scheme in schemes]
    return bool(host) and exact and validate_host(name, settings.ALLOWED_HOSTS)


def _body(frame: dict[str, Any], *more: str) -> dict[str, Any]:
    return {name: value for name, value in frame.items() if name not in ("type", "id", *more)}


def _typing(line: int, who: str, name: str, on: bool) -> str:
    return as_text({"type": "typing", "conversation": line, "who": who, "name": name, "on": on})
