"""When sessions close, expire and become read-only (SPEC P2-P5, P12, C5), by a clock that only the test moves."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.actions import messages, policy, sessions
from chat.models import Event, ServiceSession
from chat.worker import Worker
from lib.db import write
from shops.errors import Refused
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)
State = ServiceSession.State
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Stop the clock; `clock.shift(…)` is the only way forward."""
    time_machine.move_to(START, tick=False)
    return time_machine


def later(clock, span):
    """Let time pass, then let the worker do everything that is due."""
    clock.shift(span)
    Worker().once()


def fresh(session):
    return base.session(session.conversation)


def assert_refused(code, action, *arguments, **named):
    with pytest.raises(Refused) as refused:
        action(*arguments, **named)
    assert refused.value.code == code
    return refused.value


@pytest.mark.rule("P2", "C5")
def test_a_buyer_silent_for_15_minutes_after_the_reply_ends_the_session(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    later(clock, 5 * MINUTE)
    base.replies(lin, session)
    assert fresh(session).closes_at == START + 20 * MINUTE
    later(clock, 15 * MINUTE - timedelta(seconds=1))
    assert fresh(session).state == State.ASSIGNED
    later(clock, timedelta(seconds=1))
    closed = fresh(session)
    assert (closed.state, closed.close_reason, closed.closed_at) == (State.CLOSED, "buyer_silent", START + 20 * MINUTE)
    lin.refresh_from_db()
    assert lin.load == 0
    assert Event.objects.get(session=session, kind="session.closed").data == {"reason": "buyer_silent", "survey": False}
    invariants.check()


@pytest.mark.rule("P2")
def test_a_later_reply_starts_the_15_minutes_again(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    base.replies(lin, session)
    later(clock, 10 * MINUTE)
    base.replies(lin, session, "Anything else?")
    assert fresh(session).closes_at == START + 25 * MINUTE


@pytest.mark.rule("P2")
def test_a_session_in_which_the_shop_owes_the_answer_is_never_closed_for_silence(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    base.replies(lin, session)
    base.writes(session.conversation, "And in red?")
    later(clock, 10 * DAY)
    assert (fresh(session).state, fresh(session).closes_at) == (State.ASSIGNED, None)


@pytest.mark.rule("P2")
def test_a_question_stored_together_with_the_reply_before_it_is_still_owed(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    with write():
        messages.post([base.from_agent(lin, session), base.from_buyer(session.conversation, "And in red?")])
    assert (fresh(session).closes_at, fresh(session).waiting_since) == (None, START)


@pytest.mark.rule("P2", "C5")
def test_an_answer_of_the_bot_starts_the_15_minutes_too(clock):
    shop = base.shop(bot_enabled=True)
    session = base.clicks(base.buyer(shop), base.question(shop))
    assert fresh(session).closes_at == START + 15 * MINUTE
    later(clock, 15 * MINUTE)
    assert (fresh(session).state, fresh(session).close_reason) == (State.CLOSED, "buyer_silent")
    invariants.check()


@pytest.mark.rule("P2")
@pytest.mark.parametrize("bot_enabled", [True, False])
def test_who_asks_for_a_human_after_the_bots_answer_is_not_silent(clock, bot_enabled):
    shop = base.shop(bot_enabled=bot_enabled)
    session = base.clicks(base.buyer(shop), base.question(shop))
    later(clock, 10 * MINUTE)
    sessions.ask_human(shop.pk, session.conversation_id)
    later(clock, 2 * HOUR)
    assert (fresh(session).state, fresh(session).closes_at) == (State.QUEUED, None)
    base.replies(base.agent(shop, "Lin"), fresh(session))
    assert fresh(session).closes_at == START + 2 * HOUR + 25 * MINUTE


@pytest.mark.rule("P3", "C5")
def test_seven_days_without_a_human_reply_end_the_session_counted_from_the_oldest_question(clock):
    shop = base.shop(preset="tiktok_shop")
    lin, _wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", online=False)
    session = base.writes(base.buyer(shop))
    later(clock, 3 * DAY)
    base.writes(session.conversation, "Hello?")
    assert fresh(session).closes_at == START + 7 * DAY
    clock.shift(4 * DAY - timedelta(seconds=1))
    assert sessions.close_due() == 0
    clock.shift(1)
    assert sessions.close_due() == 1
    closed = fresh(session)
    assert (closed.state, closed.close_reason, closed.last_assignee) == (State.CLOSED, "shop_silent", lin)
    lin.refresh_from_db()
    assert lin.load == 0
    invariants.check(drained=False)


@pytest.mark.rule("P3")
@pytest.mark.parametrize(("online", "state"), [(True, State.ASSIGNED), (False, State.QUEUED)])
def test_only_a_human_reply_stops_the_seven_days_not_the_bots(clock, online, state):
    shop = base.shop(preset="tiktok_shop")
    lin, _wu = base.agent(shop, "Lin", online=online), base.agent(shop, "Wu", online=False)
    session = base.clicks(base.buyer(shop), base.question(shop))
    assert (session.state, fresh(session).closes_at) == (state, START + 7 * DAY)
    later(clock, HOUR)
    if state == State.QUEUED:
        sessions.take(session.pk, lin)
    base.replies(lin, session)
    assert fresh(session).closes_at is None
    later(clock, 30 * DAY)
    assert fresh(session).state == State.ASSIGNED


@pytest.mark.rule("P3")
def test_a_session_that_nobody_took_ends_after_seven_days_as_well(clock):
    shop = base.shop(preset="tiktok_shop")
    base.agent(shop, "Lin", online=False), base.agent(shop, "Wu", online=False)
    session = base.writes(base.buyer(shop))
    assert session.state == State.QUEUED
    later(clock, 7 * DAY)
    assert (fresh(session).state, fresh(session).close_reason) == (State.CLOSED, "shop_silent")
    invariants.check()


@pytest.mark.rule("P2", "P3")
def test_where_both_silences_count_the_first_to_come_due_names_the_reason(clock):
    shop = base.shop(overrides={"buyer_silent_close": 3600, "shop_silent_close": 1800})
    lin = base.agent(shop, "Lin")
    asked, answered = base.writes(base.buyer(shop)), base.writes(base.buyer(shop))
    base.replies(lin, answered)
    assert (fresh(asked).closes_at, fresh(answered).closes_at) == (START + 30 * MINUTE, START + HOUR)
    later(clock, HOUR)
    assert (fresh(asked).close_reason, fresh(answered).close_reason) == ("shop_silent", "buyer_silent")


@pytest.mark.rule("P4", "C5")
def test_24_hours_after_the_buyers_last_message_an_open_session_is_read_only_and_keeps_its_load(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    clock.shift(2 * HOUR)
    base.writes(session.conversation, "Hello?")
    assert fresh(session).read_only_at == START + 26 * HOUR
    later(clock, 24 * HOUR - timedelta(seconds=1))
    base.replies(lin, session, "Just in time.")
    base.writes(session.conversation, "And in red?")
    later(clock, 24 * HOUR)
    assert_refused("read_only", base.replies, lin, session, "Too late.")
    assert_refused("read_only", sessions.close, session.pk, lin, "Bye.")
    lin.refresh_from_db()
    assert (fresh(session).state, lin.load) == (State.ASSIGNED, 1)
    closed = sessions.close(session.pk, lin)
    lin.refresh_from_db()
    assert (closed.state, lin.load) == (State.CLOSED, 0)
    assert_refused("read_only", base.replies, lin, session, "Still too late.")
    assert fresh(session).read_only_at == START + 50 * HOUR - timedelta(seconds=1)
    invariants.check(drained=False)


@pytest.mark.rule("P4")
def test_a_new_question_makes_a_read_only_session_writable_again(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    later(clock, 25 * HOUR)
    base.writes(session.conversation, "Is anybody there?")
    base.replies(lin, session)
    assert fresh(session).waiting_since is None


@pytest.mark.rule("P4")
def test_where_there_is_no_limit_an_open_session_stays_writable(clock):
    shop = base.shop(preset="tiktok_shop")
    lin, _wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", online=False)
    session = base.writes(base.buyer(shop))
    assert fresh(session).read_only_at is None
    base.replies(lin, session)
    clock.shift(100 * DAY)
    base.replies(lin, session, "Still here.")


@pytest.mark.rule("P5", "C5")
@pytest.mark.parametrize(("preset", "window"), [("douyin", 72 * HOUR), ("tiktok_shop", 30 * DAY)])
def test_the_last_agent_may_still_write_into_a_closed_session_which_stays_as_it_is(clock, preset, window):
    shop = base.shop(preset=preset)
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", online=False)
    session = base.writes(base.buyer(shop))
    base.replies(lin, session)
    sessions.close(session.pk, lin)
    before = fresh(session)
    assert before.read_only_at == START + window
    clock.shift(window - timedelta(seconds=1))
    base.replies(lin, before, "One more thing.")
    after = fresh(session)
    assert (after.state, after.closed_at, after.read_only_at) == (State.CLOSED, START, before.read_only_at)
    assert (after.closes_at, after.expires_at, after.timer_at, after.assignee) == (None, None, None, None)
    lin.refresh_from_db()
    assert lin.load == 0
    assert_refused("not_assignee", base.replies, wu, after, "Me too.")
    clock.shift(1)
    assert_refused("read_only", base.replies, lin, after, "Too late.")
    invariants.check()


@pytest.mark.rule("C5")
def test_a_late_reply_answers_what_was_left_open(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    sessions.close(session.pk, lin)
    assert fresh(session).waiting_since == START
    clock.shift(HOUR)
    base.replies(lin, fresh(session), "Sorry for the wait.")
    assert (fresh(session).waiting_since, fresh(session).first_human_at) == (None, START + HOUR)
    invariants.check()


@pytest.mark.rule("C5")
def test_a_buyer_who_comes_back_starts_a_new_session_and_the_old_one_takes_no_more_replies(clock):
    lin = base.agent(base.shop(), "Lin")
    old = base.writes(base.buyer(lin.shop))
    sessions.close(old.pk, lin)
    base.leave(lin)
    wu = base.agent(lin.shop, "Wu")
    clock.shift(30)
    new = base.writes(old.conversation, "One more question.")
    assert (new.pk != old.pk, new.assignee, new.started_at) == (True, wu, START + timedelta(seconds=30))
    refused = assert_refused("superseded", base.replies, lin, ServiceSession.objects.get(pk=old.pk))
    assert refused.data == {"session": new.pk}
    invariants.check(drained=False)


@pytest.mark.rule("P12", "C6")
def test_a_session_is_about_to_expire_20_hours_after_the_oldest_open_question(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    clock.shift(HOUR)
    base.writes(session.conversation, "Hello?")
    assert fresh(session).expires_at == START + 20 * HOUR
    listed = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions?filter=expiring").json()["results"]
    clock.move_to(START + 20 * HOUR, tick=False)
    due = base.desk(lin).get(f"/api/v1/shops/{lin.shop_id}/sessions?filter=expiring").json()["results"]
    assert (listed, [row["id"] for row in due]) == ([], [session.pk])
    base.replies(lin, session)
    assert fresh(session).expires_at is None


@pytest.mark.rule("P2", "P3", "P4", "P5", "P12")
def test_a_shops_own_numbers_hold_instead_of_the_platforms(clock):
    shop = base.shop(
        overrides={
            "buyer_silent_close": 60, "shop_silent_close": 7200, "open_reply_window": 600,
            "closed_reply_window": 900, "expiring_after": 300,
        }
    )  # fmt: skip
    lin = base.agent(shop, "Lin")
    asked, answered = base.writes(base.buyer(shop)), base.writes(base.buyer(shop))
    base.replies(lin, answered)
    asked = fresh(asked)
    assert (asked.closes_at, asked.expires_at) == (START + 2 * HOUR, START + 5 * MINUTE)
    assert (asked.read_only_at, fresh(answered).closes_at) == (START + 10 * MINUTE, START + MINUTE)
    assert sessions.close(answered.pk, lin).read_only_at == START + 15 * MINUTE


@pytest.mark.rule("P2", "P3", "P4", "P12")
def test_changed_numbers_move_what_is_due_in_every_open_session_of_that_shop_alone(clock):
    shop, other = base.shop(), base.shop("Meadow")
    lin, guest = base.agent(shop, "Lin"), base.agent(other, "Guest")
    asked, answered, elsewhere = (base.writes(base.buyer(of)) for of in (shop, shop, other))
    closed = base.writes(base.buyer(shop))
    base.replies(lin, answered)
    base.replies(guest, elsewhere)
    sessions.close(closed.pk, lin)
    clock.shift(MINUTE)
    policy.set_overrides(
        shop, {"buyer_silent_close": 1800, "shop_silent_close": 3600, "open_reply_window": None, "expiring_after": 7200}
    )
    asked, answered = fresh(asked), fresh(answered)
    assert (asked.closes_at, asked.expires_at, asked.read_only_at) == (START + HOUR, START + 2 * HOUR, None)
    assert (answered.closes_at, answered.read_only_at) == (START + 30 * MINUTE, None)
    assert fresh(elsewhere).closes_at == START + 15 * MINUTE
    assert fresh(closed).read_only_at == START + 72 * HOUR
    policy.set_overrides(shop, {})
    assert (fresh(asked).closes_at, fresh(answered).closes_at) == (None, START + 15 * MINUTE)
    assert fresh(asked).read_only_at == START + DAY


@pytest.mark.rule("C5")
def test_the_closing_sentence_goes_out_with_the_close(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    clock.shift(MINUTE)
    closed = sessions.close(session.pk, lin, "Thank you for coming.")
    last = list(Event.objects.filter(session=session).order_by("seq").select_related("message"))[-2:]
    assert [(event.kind, event.message and event.message.text) for event in last] == [
        ("message", "Thank you for coming."),
        ("session.closed", None),
    ]
    assert (closed.close_reason, closed.waiting_since, closed.first_human_at) == ("agent", None, START + MINUTE)
    invariants.check()


@pytest.mark.rule("C5")
def test_a_place_freed_by_an_automatic_close_goes_to_who_waits(clock):
    lin = base.agent(base.shop(), "Lin", capacity=1)
    held = base.writes(base.buyer(lin.shop))
    base.replies(lin, held)
    waiting = base.writes(base.buyer(lin.shop))
    assert waiting.state == State.QUEUED
    clock.shift(15 * MINUTE)
    base.people.came_online(lin, "test", f"console-{lin.pk}")
    assert sessions.close_due() == 1
    assert (fresh(held).state, fresh(waiting).assignee) == (State.CLOSED, lin)
    invariants.check()
