"""Who hears of a change: the session's agent, everybody while it waits, nobody else; a buyer nothing of the desk."""

import pytest
from django.db import transaction

from chat.actions import bot, people, ratings, sessions
from chat.actions.items import Receipt
from chat.models import ServiceSession
from lib.db import write
from tests import base
from tests.chat.stage import Stage, held, waiting
from tests.listening import ears

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("A1", "C6")
def test_taking_im_permission_away_moves_the_sessions_for_all_who_stay_and_ends_the_sockets_of_who_goes():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        people.set_im_permission(stage.lin, False)
        told = stage.heard()
        assert stage.pages[stage.line.pk].state["place"] == 1
        assert stage.consoles["Lin"].ears.orders == ["gone"]
        assert stage.consoles["Wu"].ears.orders == []
    assert next(frame["kind"] for frame in told["Wu"] if frame["type"] == "desk") == "session.requeued"
    assert stage.consoles["Wu"].state["rows"][session.pk]["state"] == "queued"


@pytest.mark.rule("C4", "C6")
def test_a_colleague_hears_no_word_and_no_row_of_a_session_that_is_not_theirs():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        base.writes(stage.line, "A secret")
        base.replies(stage.lin, session, "Another secret")
        sessions.mark(session.pk, stage.lin, True)
        ratings.invite(session.pk, stage.lin)
        ratings.rate(stage.shop.pk, stage.line.pk, session.pk, 1, "A secret too")
        sessions.close(session.pk, stage.lin, "The last secret")
        told = stage.heard()
    for name in ("Wu", "Lead"):
        assert "secret" not in str(told[name])
        assert {frame["type"] for frame in told[name]} == {"desk"}
        assert [frame["row"] for frame in told[name]] == [None] * len(told[name])
    kinds = ["session.marked", "session.invited", "session.rated", "session.closed"]
    assert [frame["kind"] for frame in told["Wu"]] == kinds
    assert "The last secret" in str(told["Lin"])


@pytest.mark.rule("B6", "C6")
def test_after_a_transfer_the_former_agent_gets_an_empty_row_and_nothing_more():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        sessions.transfer(session.pk, stage.wu, stage.lin)
        told = stage.heard()
        [moved] = told["Lin"]
        assert (moved["kind"], moved["session"], moved["row"]) == ("session.transferred", session.pk, None)
        assert session.pk in stage.consoles["Wu"].state["rows"]
        base.writes(stage.line, "A secret")
        base.replies(stage.wu, base.session(stage.line), "Another secret")
        told = stage.heard()
        assert told["Lin"] == []
        assert [frame["type"] for frame in told["Wu"]] == ["event", "event"]


@pytest.mark.rule("B5", "C6")
def test_who_waits_is_shown_to_every_agent_until_somebody_takes_it():
    stage = Stage()
    waiting(stage)
    with stage.listening():
        base.writes(stage.line, "Hello?")
        told = stage.heard()
        assert [told[name][0]["message"]["text"] for name in ("Lin", "Wu", "Lead")] == ["Hello?"] * 3
        sessions.take(base.session(stage.line).pk, stage.wu)
        base.writes(stage.line, "A secret")
        told = stage.heard()
        for name in ("Lin", "Lead"):
            assert [(frame["type"], frame["row"]) for frame in told[name]] == [("desk", None)]


@pytest.mark.rule("C1")
def test_while_the_bot_has_a_session_no_agent_is_told_of_it():
    stage = Stage(bot_enabled=True)
    with stage.listening():
        session = base.writes(stage.line, "A secret")
        bot.answer(session.pk)
        told = stage.heard()
        assert [told[name] for name in ("Lin", "Wu", "Lead")] == [[], [], []]
        assert len(told[stage.line.pk]) == 3
        sessions.ask_human(stage.shop.pk, stage.line.pk)
        told = stage.heard()
        assert {"desk", "event"} == {frame["type"] for frame in told["Lin"]}
        assert [frame["row"] for frame in told["Wu"]] == [None]


@pytest.mark.rule("C1")
def test_an_agents_old_session_stays_still_while_the_bot_has_the_new_one():
    stage = Stage()
    session = held(stage)
    sessions.close(session.pk, stage.lin)
    stage.shop.bot_enabled = True
    stage.shop.save(update_fields=["bot_enabled"])
    with stage.listening():
        base.writes(stage.line, "A secret")
        told = stage.heard()
        assert told["Lin"] == []
    here = f"/api/v1/shops/{stage.shop.pk}/sessions/{session.pk}"
    assert "secret" not in str(base.desk(stage.lin).get(f"{here}/events").json())


@pytest.mark.rule("C4")
def test_a_buyer_hears_the_own_conversation_only_and_nothing_of_the_desk():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        sessions.mark(session.pk, stage.lin, True)
        people.set_capacity(stage.lin, 3)
        base.send(Receipt(stage.line.pk, "shop", 2, 2, stage.lin.pk))
        base.replies(stage.lin, session, "Only for Ann")
        sessions.transfer(session.pk, stage.wu, stage.lin)
        base.writes(stage.other, "Only of Bob")
        told = stage.heard()
    assert "Bob" not in str(told[stage.line.pk])
    assert "Ann" not in str(told[stage.other.pk])
    assert {frame.get("kind", "receipt") for frame in told[stage.line.pk]} == {"receipt", "message", "session.assigned"}
    for said in ("marked", "row", "load", "capacity", "assignee", "unread"):
        assert f"'{said}'" not in str(told[stage.line.pk])


@pytest.mark.rule("C6")
def test_the_desk_log_catches_up_to_the_same_state_as_the_frames():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        desk = base.desk(stage.wu)
        cursor = stage.consoles["Wu"].state["desk"]
        sessions.mark(session.pk, stage.lin, True)
        sessions.transfer(session.pk, stage.wu, stage.lin)
        people.set_accepting(stage.lin, False)
        base.writes(stage.other)
        told = stage.heard()
        page = desk.get(f"/api/v1/shops/{stage.shop.pk}/desk/events?after={cursor}").json()
    frames = [frame for frame in told["Wu"] if frame["type"] == "desk"]
    named = [(frame["seq"], frame["kind"], frame["session"], frame["member"]) for frame in frames]
    assert [(e["seq"], e["kind"], e["session"], e["member"]) for e in page["results"]] == named
    last = {row["session"]: row["row"] for row in page["results"] if row["session"]}
    assert last == stage.consoles["Wu"].state["rows"]
    assert (page["through"], page["last_seq"], page["reset"]) == (frames[-1]["seq"], frames[-1]["seq"], False)


@pytest.mark.rule("C6")
def test_a_change_that_is_rolled_back_tells_nobody():
    stage = Stage()
    session = held(stage)
    with stage.listening():
        with write():
            sessions.mark(session.pk, stage.lin, True)
            base.send(base.from_buyer(stage.line, "A secret"))
            transaction.set_rollback(True)
        assert not any(stage.heard().values())
    assert not ServiceSession.objects.get(pk=session.pk).marked


@pytest.mark.rule("D3")
def test_many_who_come_at_once_tell_whoever_waits_the_place_once():
    shop = base.shop()
    first = base.buyer(shop)
    session = base.writes(first)
    with ears(f"c{first.pk}") as heard:
        base.send(*[base.from_buyer(base.buyer(shop)) for _ in range(5)])
    assert heard.frames == [{"type": "queue", "session": session.pk, "place": 1}]
