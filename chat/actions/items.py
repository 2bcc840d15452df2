"""What the batch writer is given, and what it gives back."""

import uuid
from dataclasses import dataclass, field
from typing import Any

import orjson

from chat.serializers import EventShape


@dataclass(slots=True, kw_only=True)
class Post:
    """One message on its way in: checked, its card resolved, its place still open."""

    shop_id: int
    conversation_id: int
    sender_kind: str
    sender: str  # the sender key: b:12, a:5
    client_msg_id: uuid.UUID
    body_hash: str
    kind: str
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    attachment_id: int | None = None
    member_id: int | None = None  # agents
    session_id: int | None = None  # agents name the session, a buyer's is the open one
    entry: dict[str, Any] = field(default_factory=dict)  # buyers: where a new session comes from
    question_id: int | None = None  # a click on the FAQ card
    desk: bool = False  # the desk must be locked first


@dataclass(slots=True)
class Receipt:
    """How far one side has got; positions only grow."""

    conversation_id: int
    side: str  # buyer | shop
    delivered: int
    read: int
    member_id: int | None = None


Item = Post | Receipt


@dataclass(slots=True)
class Stored:
    """The answer to a Post: its event, and whether it was there already."""

    event: EventShape
    duplicate: bool = False
    _json: bytes = b""

    def json(self) -> bytes:
        """Return the event as JSON, made once for all who hear of it."""
        if not self._json:
            self._json = orjson.dumps(self.event)
        return self._json


class NeedsDesk(Exception):
    """Found under the lock to open or move a session: goes into the next batch with its desk declared."""


class NeedsCare(Exception):
    """Not for the fast lane: it opens, routes, binds or may be refused, or somebody else holds its conversation.

    `desk` says that it will open a session.
    """

    def __init__(self, desk: bool) -> None:
        super().__init__()
        self.desk = desk


Outcome = Stored | Exception | None
