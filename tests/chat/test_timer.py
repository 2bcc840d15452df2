"""The timer beside a session (SPEC C3): from the assignment, from the oldest open question, stopped by a human only."""

from datetime import UTC, datetime, timedelta

import pytest

from chat.actions import people, sessions
from chat.models import ServiceSession
from tests import base, invariants

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C3")]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEP = timedelta(seconds=20)  # below the life of a presence lease


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(START, tick=False)
    return time_machine


def timer(session):
    return ServiceSession.objects.get(pk=session.pk).timer_at


def test_it_starts_at_the_assignment_to_a_human_not_at_the_question(clock):
    lin = base.agent(base.shop(), "Lin", accepting=False)
    session = base.writes(base.buyer(lin.shop))
    assert timer(session) is None
    clock.shift(STEP)
    base.writes(session.conversation, "Hello?")
    assert timer(session) is None
    clock.shift(STEP)
    sessions.take(session.pk, lin)
    assert timer(session) == START + 2 * STEP


def test_it_stops_at_the_reply_and_starts_again_at_the_next_question(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    assert timer(session) == START
    clock.shift(STEP)
    base.replies(lin, session)
    assert timer(session) is None
    clock.shift(STEP)
    base.writes(session.conversation, "And in red?")
    assert timer(session) == START + 2 * STEP


def test_it_counts_from_the_oldest_open_question(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    base.replies(lin, session)
    clock.shift(STEP)
    base.writes(session.conversation, "And in red?")
    clock.shift(STEP)
    base.writes(session.conversation, "Hello?")
    assert timer(session) == START + STEP


def test_a_transfer_does_not_reset_it(clock):
    lin = base.agent(base.shop(), "Lin", accepting=False)
    wu = base.agent(lin.shop, "Wu", accepting=False)
    session = base.writes(base.buyer(lin.shop))
    clock.shift(STEP)
    sessions.take(session.pk, lin)
    clock.shift(STEP)
    sessions.transfer(session.pk, wu, lin)
    assert timer(session) == START + STEP
    clock.shift(STEP)
    base.replies(wu, session)
    assert timer(session) is None


def test_a_transfer_without_an_open_question_does_not_start_it(clock):
    lin = base.agent(base.shop(), "Lin")
    wu = base.agent(lin.shop, "Wu", accepting=False)
    session = base.writes(base.buyer(lin.shop))
    base.replies(lin, session)
    sessions.transfer(session.pk, wu, lin)
    assert timer(session) is None


def test_back_in_the_queue_and_out_again_it_still_counts_from_the_oldest_open_question(clock):
    lin = base.agent(base.shop(), "Lin")
    wu = base.agent(lin.shop, "Wu", accepting=False)
    asked, answered = base.writes(base.buyer(lin.shop)), base.writes(base.buyer(lin.shop))
    base.replies(lin, answered)
    people.set_im_permission(lin, False)
    clock.shift(STEP)
    base.writes(answered.conversation, "And in red?")
    clock.shift(STEP)
    for session in (asked, answered):
        sessions.take(session.pk, wu)
    assert (timer(asked), timer(answered)) == (START, START + STEP)
    invariants.check()


def test_automatic_reception_does_not_stop_it(clock):
    shop = base.shop()
    base.agent(shop, "Lin")
    session = base.writes(base.buyer(shop))
    clock.shift(STEP)
    base.clicks(session.conversation, base.question(shop))
    assert timer(session) == START


def test_it_is_gone_with_the_close(clock):
    lin = base.agent(base.shop(), "Lin")
    session = base.writes(base.buyer(lin.shop))
    sessions.close(session.pk, lin)
    assert timer(session) is None
