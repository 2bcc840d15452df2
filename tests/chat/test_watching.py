"""A lead sees a session live, colleagues see each other look and type (C26); signals, nothing stored."""

import pytest

from chat import watching
from chat.actions import people, sessions
from chat.sockets import db
from shops.models import Member
from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast():
    """A shop with a lead and two agents; Lin has Mei's session."""
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    wu, lead = base.agent(shop, "Wu", accepting=False), base.agent(shop, "Lea", role="service_lead", accepting=False)
    line = base.buyer(shop, "mei")
    session = base.writes(line, "Is it in stock?")
    assert session.assignee == lin
    return lin, wu, lead, line, session


@pytest.mark.rule("C26")
def test_a_lead_hears_a_watched_session_as_it_happens(cast):
    lin, _wu, lead, line, session = cast
    watcher, agent, buyer = lines.agent(lead), lines.agent(lin), lines.buyer(line)

    async def talk():
        await lines.enter(watcher, agent, buyer)
        answer = await watcher.ask("watch", session=session.pk)
        assert (answer["type"], answer["live"], answer["last_seq"]) == ("ok", True, session.conversation.last_seq)
        said = await buyer.send("In red?")
        heard = await watcher.hear("event", conversation=line.pk)
        assert heard["seq"] == said["event"]["seq"]
        assert "row" not in heard
        await buyer.say("typing", on=True)
        assert (await watcher.hear("typing", who="buyer"))["name"] == "Mei"
        await agent.send("Yes", session=session.pk)
        assert (await watcher.hear("event", conversation=line.pk))["message"]["text"] == "Yes"
        assert (await watcher.ask("message.send", session=session.pk, **base.body("Hi")))["code"] == "not_assignee"
        assert (await watcher.ask("watch"))["type"] == "ok"
        watcher.heard.clear()
        await buyer.send("And in blue?")
        await agent.hear("event", conversation=line.pk)
        await watcher.ask("watch", session=session.pk)
        assert not watcher.kinds(line.pk)

    lines.run(talk)


@pytest.mark.rule("C26")
def test_who_may_not_see_a_session_cannot_watch_it(cast):
    _lin, wu, _lead, line, session = cast
    far = base.agent(base.shop("Other"), "Far", role="owner")
    agent, foreign, buyer = lines.agent(wu), lines.agent(far), lines.buyer(line)

    async def talk():
        await lines.enter(agent, foreign, buyer)
        for socket in (agent, foreign):
            answer = await socket.ask("watch", session=session.pk)
            assert (answer["type"], answer["code"]) == ("error", "not_found")
            assert (await socket.ask("watch", session=999_999))["code"] == "not_found"
        await buyer.send("In red?")
        for socket in (agent, foreign):
            await socket.ask("watch")
            assert not socket.kinds(line.pk)
            assert "looking" not in {frame["type"] for frame in socket.heard}

    lines.run(talk)


@pytest.mark.rule("C26")
def test_a_lead_that_is_one_no_more_is_shown_out_at_the_next_beat(cast):
    _lin, _wu, lead, line, session = cast
    watcher, buyer = lines.agent(lead), lines.buyer(line)

    async def talk():
        await lines.enter(watcher, buyer)
        await watcher.ask("watch", session=session.pk)
        await db(lambda: Member.objects.filter(pk=lead.pk).update(role="agent"))
        assert (await watcher.ask("watch", session=session.pk))["code"] == "not_found"
        await buyer.send("In red?")
        await watcher.ask("watch")
        assert not watcher.kinds(line.pk)

    lines.run(talk)


@pytest.mark.rule("C26")
def test_colleagues_see_each_other_come_type_and_go(cast):
    lin, _wu, lead, line, session = cast
    watcher, agent, buyer = lines.agent(lead), lines.agent(lin), lines.buyer(line)

    async def talk():
        await lines.enter(watcher, agent, buyer)
        await agent.ask("watch", session=session.pk)
        await watcher.ask("watch", session=session.pk)
        hers = await agent.hear("looking", session=session.pk, on=True)
        assert hers["who"] == {"id": lead.pk, "nickname": "Lea", "avatar": ""}
        assert (await watcher.hear("looking", on=True))["who"] == {"id": lin.pk, "nickname": "Lin", "avatar": ""}
        await agent.say("typing", session=session.pk, on=True)
        assert (await watcher.hear("typing", who="agent"))["member"] == lin.pk
        await watcher.leave()
        gone = await agent.hear("looking", on=False)
        assert (gone["who"]["id"], gone["window"]) == (lead.pk, hers["window"])
        await buyer.hear("typing", who="agent")
        assert "looking" not in {frame["type"] for frame in buyer.heard}
        assert all(frame.get("who") != "agent" for frame in agent.heard)

    lines.run(talk)


@pytest.mark.rule("C26", "B6")
def test_who_gave_a_session_away_is_shown_but_hears_no_more_of_it(cast):
    lin, wu, _lead, line, session = cast
    sessions.transfer(session.pk, wu, lin)
    giver, receiver, buyer = lines.agent(lin), lines.agent(wu), lines.buyer(line)

    async def talk():
        await lines.enter(giver, receiver, buyer)
        await receiver.ask("watch", session=session.pk)
        assert not (await giver.ask("watch", session=session.pk))["live"]
        assert (await receiver.hear("looking", on=True))["who"]["nickname"] == "Lin"
        await buyer.send("Hello?")
        await receiver.hear("event", conversation=line.pk)
        await giver.ask("watch", session=session.pk)
        assert not giver.kinds(line.pk)

    lines.run(talk)


@pytest.mark.rule("C26")
def test_a_look_ends_with_its_lease_and_another_session_of_the_line_is_not_passed_on(cast, monkeypatch):
    lin, _wu, lead, line, session = cast
    monkeypatch.setattr(watching, "LEASE", 0.05)
    watcher, agent, buyer = lines.agent(lead), lines.agent(lin), lines.buyer(line)

    async def talk():
        await lines.enter(watcher, agent, buyer)
        monkeypatch.setattr(watching, "LEASE", 50.0)
        await agent.ask("watch", session=session.pk)
        monkeypatch.setattr(watching, "LEASE", 0.05)
        await watcher.ask("watch", session=session.pk)
        await agent.hear("looking", on=False)
        monkeypatch.setattr(watching, "LEASE", 50.0)
        await watcher.ask("watch", session=session.pk)
        await db(people.set_accepting, lin, False)
        await db(sessions.close, session.pk, lin)
        await watcher.hear("event", kind="session.closed")
        await buyer.send("One more question")
        await agent.hear("desk", kind="session.queued")
        await watcher.ask("watch", session=session.pk)
        assert session.pk in {frame["session"] for frame in watcher.heard if frame["type"] == "event"}
        newer = [f for f in watcher.heard if f["type"] == "event" and f["session"] != session.pk]
        assert all("row" in frame for frame in newer)  # the queue's own frames, which every agent gets

    lines.run(talk)
