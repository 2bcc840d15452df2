"""What is said on one socket is stored once and heard on the others (docs/wire.md, sockets)."""

import uuid

import pytest

from chat import beats
from chat.actions import sessions
from chat.history import BEHIND
from chat.models import Conversation, Message
from chat.sockets import db
from lib.db import write
from tests import base, invariants
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk():
    """A shop with an agent and a buyer whose session the agent has."""
    shop = base.shop()
    lin, line = base.agent(shop, "Lin"), base.buyer(shop, "mei")
    session = base.writes(line, "Is it in stock?")
    assert session.assignee == lin
    return lin, line, session


@pytest.mark.rule("C2")
def test_a_message_is_stored_once_and_pushed_to_the_other_side(desk):
    lin, line, session = desk
    agent, buyer = lines.agent(lin), lines.buyer(line)
    said, answer = base.body("Any news?"), base.body("Yes!")

    async def talk():
        await lines.enter(agent, buyer)
        first = await buyer.ask("message.send", **said)
        assert (first["type"], first["duplicate"]) == ("ok", False)
        heard = await agent.hear("event", conversation=line.pk, seq=first["event"]["seq"])
        assert heard["message"]["text"] == "Any news?"
        assert heard["row"]["unread"] == 2
        assert heard["row"]["waiting_since"]
        again = await buyer.ask("message.send", **said)
        assert (again["event"], again["duplicate"]) == (first["event"], True)
        other = await buyer.ask("message.send", **{**said, "text": "Something else"})
        assert (other["type"], other["code"]) == ("error", "key_reused")

        sent = await agent.ask("message.send", session=session.pk, **answer)
        assert sent["type"] == "ok"
        heard = await buyer.hear("event", seq=sent["event"]["seq"])
        assert (heard["message"]["text"], heard["message"]["sender"]) == ("Yes!", {"kind": "agent", "name": "Lin"})
        assert "row" not in heard
        assert (await agent.ask("message.send", session=session.pk, **answer))["duplicate"]

    lines.run(talk)
    assert Message.objects.filter(client_msg_id__in=[said["client_msg_id"], answer["client_msg_id"]]).count() == 2
    invariants.check()


def test_resume_brings_exactly_what_was_missed_in_order(desk):
    lin, line, session = desk
    for number in range(5):
        base.writes(line, f"more {number}")
    base.replies(lin, session)
    last = Conversation.objects.get(pk=line.pk).last_seq
    agent, buyer = lines.agent(lin), lines.buyer(line, after=3)

    async def talk():
        await lines.enter(buyer)
        assert [seq for seq, _kind in buyer.kinds(line.pk)] == list(range(4, last + 1))
        assert buyer.heard[-1] == {"type": "resumed", "last_seq": last}
        buyer.heard.clear()
        await buyer.say("resume", after=last - 1)
        await buyer.hear("resumed")
        assert [seq for seq, _kind in buyer.kinds(line.pk)] == [last]

        assert await agent.open()
        await agent.say("resume", desk=1, cursors={str(line.pk): last - 2})
        resumed = await agent.hear("resumed")
        assert [seq for seq, _kind in agent.kinds(line.pk)] == [last - 1, last]
        assert [f["seq"] for f in agent.heard if f["type"] == "desk"] == list(range(2, resumed["desk"] + 1))
        assert resumed["heads"] == {str(line.pk): [last, 0]}

    lines.run(talk)


def test_foreign_cursors_bring_nothing(desk):
    lin, line, _session = desk
    other = base.buyer(base.shop("Other"))
    base.writes(other)
    agent = lines.agent(lin)

    async def talk():
        assert await agent.open()
        await agent.say("resume", cursors={str(other.pk): 0, "999999": 0, str(2**63 - 1): 0})
        assert list((await agent.hear("resumed"))["heads"]) == [str(line.pk)]
        assert [f for f in agent.heard if f["type"] == "event"] == []

    lines.run(talk)


def test_who_missed_too_much_or_knows_too_much_reads_pages_instead(desk):
    lin, line, _session = desk
    with write():
        base.send(*[base.from_buyer(line, f"{n}") for n in range(BEHIND)])
    last = Conversation.objects.get(pk=line.pk).last_seq
    agent, buyer, ahead = lines.agent(lin), lines.buyer(line, after=0), lines.buyer(line, after=last + 1)

    async def talk():
        await lines.enter(buyer, ahead)
        for one in (buyer, ahead):
            assert {"type": "reset", "conversation": line.pk} in one.heard
            assert one.kinds(line.pk) == []
        assert await agent.open()
        await agent.say("resume", desk=10**6, cursors={str(line.pk): 0})
        resumed = await agent.hear("resumed")
        assert [f for f in agent.heard if f["type"] == "reset"] == [
            {"type": "reset", "desk": resumed["desk"]},
            {"type": "reset", "conversation": line.pk},
        ]

    lines.run(talk)


def test_a_long_silence_with_long_messages_is_caught_up_on(desk):
    _lin, line, _session = desk
    with write():
        base.send(*[base.from_buyer(line, f"{n} " + "字" * 1990) for n in range(400)])
    last = Conversation.objects.get(pk=line.pk).last_seq
    buyer = lines.buyer(line, after=last - 400)

    async def talk():
        await lines.enter(buyer)
        assert [seq for seq, _kind in buyer.kinds(line.pk)] == list(range(last - 399, last + 1))

    lines.run(talk)


def test_receipts_only_grow_and_reach_the_other_side(desk):
    lin, line, session = desk
    base.replies(lin, session)
    last = Conversation.objects.get(pk=line.pk).last_seq
    agent, buyer = lines.agent(lin), lines.buyer(line)

    async def talk():
        await lines.enter(agent, buyer)
        so_far = (0, 0)
        for delivered, read in ((2, 1), (1, 0), (last, 3), (10**9, 2)):
            await buyer.say("receipt", delivered=delivered, read=read)
        while so_far != (last, 3):  # several that one batch stored are told as one
            heard = (await agent.hear("receipt", conversation=line.pk))["buyer"]
            assert (heard["delivered"], heard["read"]) >= so_far
            assert heard["read"] <= heard["delivered"] <= last
            so_far = heard["delivered"], heard["read"]
        await agent.say("receipt", conversation=line.pk, delivered=last, read=last)
        while (await buyer.hear("receipt"))["shop"] != {"delivered": last, "read": last}:
            pass

    lines.run(talk)
    invariants.check()


def test_only_the_agent_of_a_session_is_seen_typing(desk):
    lin, line, session = desk
    wu = base.agent(lin.shop, "Wu")
    mine, others, buyer = lines.agent(lin), lines.agent(wu), lines.buyer(line)

    async def talk():
        await lines.enter(mine, others, buyer)
        refused = await others.ask("typing", session=session.pk, on=True)
        assert refused["code"] in ("not_assignee", "not_found")
        await mine.say("typing", session=session.pk, on=True)
        heard = await buyer.hear("typing")
        assert heard == {"type": "typing", "conversation": line.pk, "who": "agent", "name": "Lin", "on": True}
        assert [f for f in buyer.heard if f["type"] == "typing"] == [heard]
        await buyer.say("typing", on=True)
        heard = await mine.hear("typing")
        assert (heard["who"], heard["name"], heard["on"]) == ("buyer", "Mei", True)
        await others.say("resume")
        await others.hear("resumed")
        assert [f for f in others.heard if f["type"] == "typing"] == []

    lines.run(talk)


def test_what_was_looked_at_is_read_in_the_other_window_too(desk):
    lin, line, session = desk
    first, second = lines.agent(lin), lines.agent(lin)

    async def talk():
        await lines.enter(first, second)
        assert (await first.ask("read", session=session.pk, seq=line.last_seq + 3))["type"] == "ok"
        assert (await second.hear("row"))["row"] == {"id": session.pk, "unread": 0}
        beats.all_now()
        assert (await second.hear("beat"))["heads"][str(line.pk)][1] == 0

    lines.run(talk)
    session.refresh_from_db()
    assert session.unread == 0


@pytest.mark.rule("B6")
def test_after_a_transfer_the_old_socket_hears_no_more_of_the_session(desk):
    lin, line, session = desk
    wu = base.agent(lin.shop, "Wu")
    old, new, buyer = lines.agent(lin), lines.agent(wu), lines.buyer(line)

    async def talk():
        await lines.enter(old, new, buyer)
        await old.ask("message.send", session=session.pk, **base.body("One moment."))
        await db(sessions.transfer, session.pk, wu, lin)
        assert (await new.hear("desk", kind="session.transferred"))["row"]["assignee"]["nickname"] == "Wu"
        assert (await old.hear("desk", kind="session.transferred"))["row"] is None
        before = old.kinds(line.pk)
        seq = (await buyer.send("Still there?"))["event"]["seq"]
        await new.hear("event", conversation=line.pk, seq=seq)
        await buyer.say("typing", on=True)
        await new.hear("typing")
        await old.say("resume", cursors={str(line.pk): 0})
        assert (await old.hear("resumed"))["heads"] == {}
        assert old.kinds(line.pk) == before
        refused = await old.ask("message.send", session=session.pk, **base.body())
        assert refused["code"] == "not_assignee"
        looked = await old.ask("read", session=session.pk, seq=1)
        assert looked["code"] == "not_assignee"
        told = await old.ask("receipt", conversation=line.pk, delivered=1, read=1)
        assert told["code"] == "not_found"

    lines.run(talk)
    invariants.check()


def test_a_beat_says_where_everything_stands(desk):
    lin, line, _session = desk
    agent, buyer = lines.agent(lin), lines.buyer(line)
    last = Conversation.objects.get(pk=line.pk).last_seq

    async def talk():
        await lines.enter(agent, buyer)
        beats.all_now()
        beat = await agent.hear("beat")
        assert beat["heads"] == {str(line.pk): [last, 1]}
        assert beat["desk"] >= 1
        assert (await buyer.hear("beat"))["last_seq"] == last
        for consumer in lines.consumers():
            consumer.heard_at = 0.0
        await agent.say("beat", n=beat["n"])
        await agent.say("resume")
        await agent.hear("resumed")
        assert sorted(consumer.heard_at > 0 for consumer in lines.consumers()) == [False, True]

    lines.run(talk)


@pytest.mark.rule("D3")
def test_who_waits_is_told_the_place():
    shop = base.shop()
    base.writes(base.buyer(shop))
    line = base.buyer(shop)
    session = base.writes(line)
    buyer = lines.buyer(line)

    async def talk():
        await lines.enter(buyer)
        assert {"type": "queue", "session": session.pk, "place": 2} in buyer.heard

    lines.run(talk)


@pytest.mark.rule("D3")
def test_who_waits_hears_of_moving_up_when_somebody_ahead_is_served():
    shop = base.shop()
    ahead = base.writes(base.buyer(shop))
    line = base.buyer(shop)
    session = base.writes(line)
    lin = base.agent(shop, "Lin", accepting=False)
    buyer = lines.buyer(line)

    async def talk():
        await lines.enter(buyer)
        await db(sessions.take, ahead.pk, lin)
        assert (await buyer.hear("queue", session=session.pk))["place"] == 1

    lines.run(talk)


def test_nobody_writes_into_a_session_of_another_shop_or_agent(desk):
    _lin, line, session = desk
    stranger = base.agent(base.shop("Other"), "Stranger")
    agent = lines.agent(stranger)
    count = Message.objects.count()

    async def talk():
        await lines.enter(agent)
        for pk in (session.pk, 999_999, 2**63 - 1):
            refused = await agent.ask("message.send", session=pk, **base.body())
            assert refused["code"] == "not_found"
            assert (await agent.ask("read", session=pk, seq=1))["code"] == "not_found"
            assert (await agent.ask("typing", session=pk, on=True))["code"] == "not_found"
        refused = await agent.ask("receipt", conversation=line.pk, delivered=1, read=1)
        assert refused["code"] == "not_found"

    lines.run(talk)
    assert Message.objects.count() == count


def test_a_second_token_on_the_same_socket_leaves_the_first_conversation():
    shop = base.shop()
    base.agent(shop, "Lin")
    first, second = base.buyer(shop), base.buyer(shop)
    socket, other = lines.buyer(first), lines.buyer(first)
    token = lines.buyer(second).token

    async def talk():
        await lines.enter(socket, other)
        await socket.say("auth", token=token, after=0)
        await socket.hear("resumed")
        await other.send("Only for the first", client_msg_id=str(uuid.uuid4()))
        await socket.say("resume", after=0)
        await socket.hear("resumed")
        assert socket.kinds(first.pk) == []

    lines.run(talk)
