"""Every frame type of both sockets against a table of malformed input, on a real server process."""

import json
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from chat.models import Message
from shops import identity
from tests import base
from tests.browser.server import Live
from tests.hostile.values import NOT_OBJECTS, STRANGE_NAMES, wrong

pytestmark = pytest.mark.system
PLAIN: dict[str, Any] = {"proxy": None, "compression": None, "close_timeout": 2}
UNKNOWN = {
    "websocket.disconnect",
    "websocket.receive",
    "dispatch",
    "close",
    "end",
    "order",
    "send_beat",
    "push",
    "handlers",
    "ready",
}
UNKNOWN |= {"Resume", "resume ", "message_send", "event", "ok", "error", "beats", "gone"}
AT_ONCE = 25  # bad frames on one socket: the 30th in a minute ends it
# Stable codes that a frame may be refused with; `internal` and `busy` are not among them.
CODES = {"bad_frame", "invalid", "not_found", "not_assignee", "attachment_gone"}
SEND = {"client_msg_id": "key", "kind": "choice", "text": "text"}
# Each type with its fields: kind, or kind and "?" where it may be left out.
BUYER = {
    "auth": {"token": "token", "after": "seq?"},
    "resume": {"after": "seq?"},
    "message.send": SEND,
    "receipt": {"delivered": "seq", "read": "seq?", "conversation": "id?"},
    "typing": {"on": "flag", "session": "id?"},
    "beat": {"n": "seq"},
}
AGENT = {
    "auth": {"token": "token"},
    "resume": {"desk": "seq?", "cursors": "object?"},
    "message.send": {**SEND, "session": "id"},
    "read": {"session": "id", "seq": "seq"},
    "receipt": {"conversation": "id", "delivered": "seq", "read": "seq?"},
    "typing": {"session": "id", "on": "flag"},
    "watch": {"session": "id?"},
    "beat": {"n": "seq"},
}
FILES = [("image", "attachment"), ("video", "attachment"), ("product_card", "ref"), ("order_card", "ref")]


class Side:
    """One side of the talk: how it opens its socket, what a good value of each kind is."""

    def __init__(self, live: Live, types: dict[str, dict[str, str]], good: dict[str, Any]) -> None:
        self.live, self.types, self.good = live, types, good
        self.frames = 0

    def open(self) -> AbstractContextManager[ClientConnection]:
        raise NotImplementedError

    def message(self) -> dict[str, Any]:
        """A message that is stored."""
        return {"type": "message.send", "id": "good", **base.body("好的")}

    def frame(self, type: str) -> dict[str, str]:
        """A good frame, each value as JSON."""
        fields = {name: json.dumps(self.value(name, kind)) for name, kind in self.types[type].items()}
        return {"type": json.dumps(type), **fields}

    def value(self, name: str, kind: str) -> Any:
        fallback = {
            "id": 1,
            "seq": 1,
            "flag": True,
            "text": "hi",
            "choice": "text",
            "key": str(uuid.uuid4()),
            "object": {},
        }
        return self.good[name] if name in self.good else fallback[kind.rstrip("?")]


class Buyer(Side):
    @contextmanager
    def open(self) -> Iterator[ClientConnection]:
        with connect(f"ws{self.live.url[4:]}/ws/buyer/", **PLAIN) as socket:
            socket.send(json.dumps({"type": "auth", "token": self.good["token"], "after": 0}))
            yield socket


class Agent(Side):
    headers: dict[str, str]

    @contextmanager
    def open(self) -> Iterator[ClientConnection]:
        address, own = f"ws{self.live.url[4:]}/ws/agent/{self.good['shop']}/", Origin(self.live.url)
        with connect(address, origin=own, additional_headers=self.headers, **PLAIN) as socket:
            socket.send('{"type":"resume"}')
            yield socket

    def message(self) -> dict[str, Any]:
        return {**super().message(), "session": self.good["session"]}


@pytest.fixture(scope="module")
def people(live: Live) -> tuple[Buyer, Agent, dict[str, list[str]]]:
    """A buyer, the agent who has its session, and ids of another shop and of nothing."""
    shop, other = base.shop("Frames"), base.shop("Other")
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    session = base.writes(line)
    assert session.assignee == lin
    base.agent(other, "Far")
    far = base.writes(base.buyer(other))
    foreign = {
        "session": [far.pk, 999_999, 2**63 - 1],
        "conversation": [far.conversation_id, 999_999, 2**63 - 1],
        "ref": [base.product(other).pk, base.order(far.conversation).pk, 999_999],
        "attachment": [999_999, 2**63 - 1],
    }
    buyer = Buyer(
        live, BUYER, {"token": identity.issue(base.token(line)), "conversation": line.pk, "session": session.pk}
    )
    agent = Agent(live, AGENT, {"token": "x", "shop": shop.pk, "conversation": line.pk, "session": session.pk})
    cookie = live.cookie(lin.user)
    agent.headers = {"Cookie": f"{cookie['name']}={cookie['value']}"}
    return buyer, agent, {name: [str(pk) for pk in found] for name, found in foreign.items()}


def written(frame: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in frame.items()) + "}"


def malformed(side: Side, foreign: dict[str, list[str]]) -> Iterator[str | bytes]:
    """Yield every bad frame of one side."""
    yield from NOT_OBJECTS
    yield from (b"", b"{}", b'{"type":"beat","n":1}', b"\x00\xff" * 50)
    for text in wrong("choice"):
        yield f'{{"type":{text}}}'
        yield f'{{"type":{text},"id":"x"}}'
    for type in UNKNOWN | {*BUYER, *AGENT} - {*side.types}:
        yield f'{{"type":"{type}","code":4403,"session":1,"seq":1,"on":true}}'
    for type in side.types:
        yield from _of_type(side, type, foreign)
    yield from _files(side, foreign)


def _of_type(side: Side, type: str, foreign: dict[str, list[str]]) -> Iterator[str]:
    good = side.frame(type)
    ignored = type == "typing" and side.types is BUYER  # there the session is only looked at for its shape
    for name, kind in side.types[type].items():
        if not kind.endswith("?"):
            yield written({key: value for key, value in good.items() if key != name})
        bad = [*wrong(kind.rstrip("?"), optional=ignored), *([] if ignored else foreign.get(name, []))]
        for text in bad:
            yield written({**good, name: text})
    for name in STRANGE_NAMES:
        yield written({**good, name: "1"})
    for text in wrong("frame id"):
        yield written({**good, "id": text})


def _files(side: Side, foreign: dict[str, list[str]]) -> Iterator[str]:
    for kind, name in FILES:
        good = {**side.frame("message.send"), "kind": json.dumps(kind)}
        yield written(good)  # text instead of what it needs
        good.pop("text")
        yield written(good)
        for text in [*wrong("id"), *foreign[name]]:
            yield written({**good, "client_msg_id": f'"{uuid.uuid4()}"', name: text})
    yield written({**side.frame("message.send"), "kind": '"emoji"'})
    for kind in ("faq_card", "bot_answer", "rating_card", "note"):
        yield written({**side.frame("message.send"), "kind": json.dumps(kind)})


def answers(side: Side, frames: list[str | bytes]) -> list[dict[str, Any]]:
    """Send bad frames, then a good message on the same socket; return the errors that came until it was stored."""
    errors: list[dict[str, Any]] = []
    with side.open() as socket:
        for frame in frames:
            socket.send(frame)
        socket.send(json.dumps(side.message()))
        while True:
            said = json.loads(socket.recv(timeout=20))
            if said.get("id") == "good":
                assert said["type"] == "ok", said
                return errors
            assert said["type"] != "ok", said
            if said["type"] == "error":
                errors.append(said)


def test_every_malformed_frame_gets_one_error_and_harms_nobody(live: Live, people: Any) -> None:
    buyer, agent, foreign = people
    total = 0
    for side in (buyer, agent):
        frames = [frame for frame in dict.fromkeys(malformed(side, foreign)) if len(frame) < 60_000]
        for start in range(0, len(frames), AT_ONCE):
            sent = frames[start : start + AT_ONCE]
            errors = answers(side, sent)
            unstable = [error for error in errors if error["code"] not in CODES or not error["detail"]]
            assert (unstable, len(errors)) == ([], len(sent)), [frame[:200] for frame in sent]
        total += len(frames)
    assert total >= 2000
    _unharmed(live, people)


def _unharmed(live: Live, people: Any) -> None:
    assert live.process is not None
    assert live.process.poll() is None
    assert "Traceback" not in live.log, live.log[-3000:]
    for side in people[:2]:
        assert answers(side, []) == []
    assert not Message.objects.exclude(text__in=["好的", "Is it in stock?"]).exists()


@pytest.mark.parametrize("frame", ["x" * 65_537, '"' + "字" * 30_000 + '"', b"x" * 65_537])
def test_a_frame_above_64_kib_closes_with_1009(live: Live, people: Any, frame: str | bytes) -> None:
    for side in people[:2]:
        with side.open() as socket:
            assert _close_code(socket, frame) == 1009
    _unharmed(live, people)


def test_text_that_is_no_utf8_closes_with_1007(live: Live, people: Any) -> None:
    with people[0].open() as socket:
        with socket.send_context():
            socket.protocol.send_text(b"\xed\xa0\x80")
        assert _close_code(socket) == 1007
    _unharmed(live, people)


@pytest.mark.parametrize("token", ["", "x", "é" * 9, "a:b:c", "." * 30_000, "eyJhbGciOiJub25lIn0.e30."])
def test_a_bad_token_closes_with_4401(live: Live, people: Any, token: str) -> None:
    with people[0].open() as socket:
        assert _close_code(socket, json.dumps({"type": "auth", "token": token})) == 4401
    _unharmed(live, people)


def test_thirty_errors_a_minute_close_with_4400(live: Live, people: Any) -> None:
    for side in people[:2]:
        with side.open() as socket:
            for _ in range(30):
                socket.send("?")
            assert _close_code(socket) == 4400
    _unharmed(live, people)


def _close_code(socket: ClientConnection, *frames: str | bytes) -> int | None:
    try:
        for frame in frames:
            socket.send(frame)
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
