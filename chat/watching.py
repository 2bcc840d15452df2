"""Who has a session open (C26): leads see any session live, colleagues see each other. Signals only, never stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from chat import access, looking, serializers
from chat.events import tell, text
from chat.hub import Entry, hub
from chat.models import ServiceSession
from shops import permissions
from shops.errors import NotAllowed
from shops.models import Member

WATCHED = "cw"  # letters of the topics that who watches hears
LEASE = 50.0  # seconds that a look lasts after the frame that named it; clients repeat it at every beat
AGAIN = 1.0  # seconds between two answers of one window to "who is here"


def admit(member: Member, session_id: int, is_new: bool = True) -> tuple[Member, ServiceSession]:
    """Return the member as it is now and a session that it may see; raise NotYours, NotAllowed. The one door to it."""
    now = access.colleague(member, member.pk)  # the socket's own copy is as old as the socket
    found = access.session(now, session_id)
    if not permissions.hears(now, "l"):
        raise NotAllowed
    if is_new:
        now.user = member.user
        looking.note(now, found, "live")
    return now, found


def typing(session: ServiceSession, member: Member, on: bool) -> Entry:
    """Return the frame that tells colleagues who look at a session that one of them is typing."""
    frame = {"type": "typing", "conversation": session.conversation_id, "who": "agent", "name": member.nickname}
    return Entry(_room(session.pk), text({**frame, "member": member.pk, "on": on}))


class Watch:
    """One window's look at one session: ends with its socket, with the lease, or when another session is opened.

    It listens to what the buyer hears, since that costs the message's way nothing, and passes on this session's part.
    """

    def __init__(self, push: Callable[[str], None], window: str, member: Member, session: ServiceSession) -> None:
        self.member_id: int | None = member.pk
        self.session_id = session.pk
        self._push, self._window, self._line = push, window, session.conversation_id
        self._who = _face(member)
        self._loop = asyncio.get_running_loop()
        self._said = 0.0
        self._saying: asyncio.TimerHandle | None = None
        self._lease = self._loop.call_later(LEASE, self.stop)
        hub.listen(_room(session.pk), self)
        self._follow(member, session)
        tell([Entry(_room(session.pk), order="who")])

    def renew(self, member: Member, session: ServiceSession) -> None:
        """Look on for another lease, as far as the member may by now."""
        self._lease.cancel()
        self._lease = self._loop.call_later(LEASE, self.stop)
        self._who = _face(member)
        self._follow(member, session)
        self._say()

    def stop(self) -> None:
        """Look no more; may be called again."""
        self._lease.cancel()
        if self._saying:
            self._saying.cancel()
        hub.unlisten(self)
        if self._who:
            tell([self._looking(False)])
        self._who = {}

    def push(self, frame: str) -> None:
        """Pass on what is of this session, once: the buyer's topic carries the whole line's."""
        told = orjson.loads(frame)
        match told["type"]:
            case "looking":
                is_meant = told["window"] != self._window
            case "event":
                is_meant = told["session"] == self.session_id
            case "typing":  # the buyer's copy of an agent's typing names no member
                is_meant = told["who"] == "buyer" or told.get("member", self.member_id) != self.member_id
            case kind:
                is_meant = kind == "receipt"
        if is_meant:
            self._push(frame)

    def order(self, what: str) -> None:
        """Answer "who", at most once a second: a newcomer asks everybody."""
        if what == "who" and self._saying is None:
            wait = max(0.0, self._said + AGAIN - self._loop.time())
            self._saying = self._loop.call_later(wait, self._say)

    def end(self, _code: int) -> None:
        """The process stops."""
        self.stop()

    def _follow(self, member: Member, session: ServiceSession) -> None:
        """Hear the session itself where a lead may and hears it by no other way: own ones and the queue are told."""
        for topic in (f"c{self._line}", f"w{self._line}"):  # the letters of WATCHED
            if is_live(member, session):
                hub.listen(topic, self)
            else:
                hub.unlisten(self, topic)
        hub.listen(_room(session.pk), self)

    def _say(self) -> None:
        self._said, self._saying = self._loop.time(), None
        if self._who:
            tell([self._looking(True)])

    def _looking(self, on: bool) -> Entry:
        frame = {"type": "looking", "session": self.session_id, "window": self._window, "who": self._who, "on": on}
        return Entry(_room(self.session_id), text(frame))


def is_live(member: Member, session: ServiceSession) -> bool:
    """Whether the member watches rather than has, or waits for, the session."""
    others = session.state == ServiceSession.State.ASSIGNED and session.assignee_id != member.pk
    return others and all(permissions.hears(member, letter) for letter in WATCHED)


def _face(member: Member) -> dict[str, Any]:
    return {"id": member.pk, "nickname": member.nickname, "avatar": serializers.picture(member)}


def _room(session_id: int) -> str:
    return f"l{session_id}"
