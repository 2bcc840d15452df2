"""Every frame of the sockets as everybody who could open one, and what each of them then hears (SPEC A1, A4, A6)."""

import re
import uuid
from functools import partial
from typing import Any

import pytest

from chat.consumers import AgentSocket, BuyerSocket
from chat.hub import hub
from chat.models import Event, Message, Note, ServiceSession
from chat.team_socket import TeamSocket
from shops.permissions import FRAMES, TOPICS, Row
from tests import base, source
from tests.chat import lines
from tests.permissions.cells import may
from tests.permissions.world import IM_ROLES, MISSING, Person, World

pytestmark = pytest.mark.django_db(transaction=True)
SOCKETS = {"buyer": BuyerSocket, "agent": AgentSocket, "team": TeamSocket}
ROW = "give it a row in shops/permissions.toml"
# What each frame that names a session or a line needs besides.
FIELDS: dict[str, Any] = {
    "message.send": lambda: base.body(), "read": lambda: {"seq": 1}, "typing": lambda: {"on": True},
    "watch": dict, "receipt": lambda: {"delivered": 1},
}  # fmt: skip


def test_every_frame_has_a_row() -> None:
    taken = {f"{name} {frame}" for name, socket in SOCKETS.items() for frame in socket.handlers}
    assert sorted(taken) == sorted(FRAMES), ROW


def test_every_topic_has_a_row() -> None:
    named = re.compile(r'f"([a-z])\{[\w.]+\}"')
    code = "\n".join(source.text(f"chat/{name}.py") for name in ("events", "consumers", "watching", "team_socket"))
    assert set(named.findall(code)) == set(TOPICS), ROW


@pytest.mark.rule("A1", "A4", "A6")
def test_a_socket_opens_for_whom_its_row_lets_in_and_hears_what_is_theirs() -> None:
    world = World()
    members = [one for one in world.people if one.client.cookies]
    for name in ("agent", "team"):
        for person in members:
            for shop in (world.shop, world.other):
                assert _opens(person, name, shop.pk) == _may_open(world, person, name, shop.pk), f"{person.name} {name}"


def _may_open(world: World, person: Person, name: str, shop_id: int) -> bool:
    if shop_id == world.other.pk:
        return person.name == "owner of another shop"
    return person.signed_in and may(world.shop.preset, person, FRAMES[f"{name} resume"].needs[0])


def _opens(person: Person, name: str, shop_id: int) -> bool:
    cookie = f"sessionid={person.client.cookies['sessionid'].value}"
    heads = [("host", lines.HOST), ("cookie", cookie), ("origin", f"http://{lines.HOST}")]
    line, opened = lines.Line(f"/ws/{name}/{shop_id}/", *heads), False

    async def talk() -> None:
        nonlocal opened
        opened = await line.open()
        if opened:
            await line.say("resume")
            await line.hear("resumed")
            for listener in hub.listeners():
                assert all(_hears(person, topic, shop_id) for topic in hub._of[listener]), person.name
            await line.leave()

    lines.run(talk)
    return opened


def _hears(person: Person, topic: str, shop_id: int) -> bool:
    """Whether the topic is the person's: by its row, and of its own shop or member."""
    own = {"s": shop_id, "m": person.member.pk if person.member else 0}
    by_row = not person.role or any(may("douyin", person, need) for need in TOPICS[topic[0]].needs)
    return by_row and (not person.role or int(topic[1:]) == own[topic[0]])


@pytest.mark.rule("A1", "A6")
def test_a_frame_reaches_what_its_row_says_and_nothing_else() -> None:
    world = World()
    for role in IM_ROLES:
        person = next(one for one in world.people if one.name == role)
        wrong: list[str] = []
        line = lines.agent(world.members[role])
        lines.run(partial(_ask, world, line, person, wrong))
        assert wrong == []


async def _ask(world: World, line: lines.Line, person: Person, wrong: list[str]) -> None:
    await lines.enter(line)
    sees = may(world.shop.preset, person, "see all sessions")
    for frame, fields in FIELDS.items():
        for whose in ("colleague's", "another shop's", "missing"):
            things = world.foreign if whose == "another shop's" else world.colleagues
            session, conversation = things.session.pk, things.line.pk
            if whose == "missing":
                session = conversation = MISSING
            named = {"conversation": conversation} if frame == "receipt" else {"session": session}
            answer = await line.ask(frame, **named, **fields())
            reached = whose == "colleague's" and sees and frame != "receipt"
            refused = "not_assignee" if FRAMES[f"agent {frame}"].whose == "own" and reached else "not_found"
            fits = answer["type"] != "error" if reached and refused == "not_found" else answer.get("code") == refused
            if not fits:
                wrong.append(f"{frame} as {person.name}, {whose}: {answer}")
    await line.leave()


@pytest.mark.rule("A6")
def test_a_buyers_frames_reach_the_own_line_only() -> None:
    world = World()
    before = _rows()
    line = lines.buyer(world.things["agent"].line)

    async def talk() -> None:
        await lines.enter(line)
        for other in (world.colleagues.line.pk, world.foreign.line.pk, MISSING):
            answer = await line.ask("receipt", conversation=other, delivered=1)
            assert answer["code"] == "not_found"
        for of in (world.colleagues, world.foreign):
            body = {"client_msg_id": str(uuid.uuid4()), "kind": "order_card", "ref": of.order.pk}
            assert (await line.ask("message.send", **body))["code"] == "not_found"
        assert {topic for one in hub.listeners() for topic in hub._of[one]} == {f"c{world.things['agent'].line.pk}"}
        await line.leave()

    lines.run(talk)
    assert _rows() == before


@pytest.mark.rule("A1", "A4")
def test_the_rows_decide_who_may_send_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row given to others, or taken away, shuts each frame on a socket that is open already."""
    world = World()
    named = {"buyer": ("message.send", "receipt", "typing", "beat"), "agent": ("resume", *FIELDS, "beat"),
             "team": ("resume", "beat")}  # fmt: skip
    owner, line = world.members["owner"], world.things["agent"].line
    sockets = {"buyer": lines.buyer(line), "agent": lines.agent(world.members["agent"]), "team": lines.team(owner)}
    before = _rows()

    async def talk(name: str) -> None:
        await lines.enter(sockets[name])
        for frame in named[name]:
            with monkeypatch.context() as patch:
                patch.setitem(FRAMES, f"{name} {frame}", Row(("platform",)))
                assert (await sockets[name].ask(frame))["code"] == "forbidden", f"{name} {frame} to others"
                patch.delitem(FRAMES, f"{name} {frame}")
                assert (await sockets[name].ask(frame))["code"] == "forbidden", f"{name} {frame} without a row"
        await sockets[name].leave()

    for name in named:
        lines.run(partial(talk, name))
    assert _rows() == before


@pytest.mark.rule("A1", "A6")
def test_the_rows_decide_who_hears_a_topic(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    lead, seen = world.members["service_lead"], world.colleagues.session

    async def refused(letter: str, other: lines.Line, frame: str, **fields: Any) -> None:
        assert await other.open()
        with monkeypatch.context() as patch:
            patch.setitem(TOPICS, letter, Row(("platform",)))
            assert (await other.ask(frame, **fields))["code"] == "forbidden", letter
        assert hub.listeners() == []
        await other.leave()

    line = lines.agent(lead)

    async def watches() -> None:
        await lines.enter(line)
        for letter, answer in (("w", {"live": False}), ("c", {"live": False}), ("l", {"code": "forbidden"})):
            with monkeypatch.context() as patch:
                patch.setitem(TOPICS, letter, Row(("platform",)))
                told = await line.ask("watch", session=seen.pk)
                assert {name: told.get(name) for name in answer} == answer, letter
        assert (await line.ask("watch", session=seen.pk))["live"]
        await line.leave()

    lines.run(watches)
    phone = lines.buyer(world.things["agent"].line)
    lines.run(partial(refused, "c", phone, "auth", token=phone.token))
    for letter in "ms":
        lines.run(partial(refused, letter, lines.team(world.members["owner"]), "resume"))
        lines.run(partial(refused, letter, lines.agent(world.members["agent"]), "resume"))


def _rows() -> list[Any]:
    counts = [model.objects.count() for model in (Event, Message, Note)]
    return [*counts, list(ServiceSession.objects.order_by("pk").values_list("pk", "state", "assignee", "unread"))]
