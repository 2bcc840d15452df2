"""First messages of one batch: they share what was read under the desk lock, and nobody gets a place twice."""

import pytest

from chat.models import ServiceSession
from tests import base
from tests.invariants import check

pytestmark = pytest.mark.django_db
State = ServiceSession.State


@pytest.mark.rule("B2", "B3", "B8")
def test_the_places_of_a_batch_are_counted_as_they_are_taken():
    shop = base.shop()
    lin, mia = base.agent(shop, "Lin", capacity=2), base.agent(shop, "Mia", capacity=1)
    lines = [base.buyer(shop) for _ in range(5)]
    for outcome in base.send(*[base.from_buyer(line) for line in lines]):
        base.done(outcome)
    found = [base.session(line) for line in lines]
    assert [one.state for one in found] == [State.ASSIGNED] * 3 + [State.QUEUED] * 2
    lin.refresh_from_db()
    mia.refresh_from_db()
    assert (lin.load, mia.load) == (2, 1)
    check()


@pytest.mark.rule("B3")
def test_behind_a_queue_nobody_of_the_batch_overtakes():
    shop = base.shop()
    first = base.writes(base.buyer(shop))  # nobody is there
    assert first.state == State.QUEUED
    lines = [base.buyer(shop) for _ in range(2)]
    base.send(*[base.from_buyer(line) for line in lines])
    assert [base.session(line).state for line in lines] == [State.QUEUED] * 2


@pytest.mark.rule("C23")
def test_one_that_is_refused_leaves_the_others_whole():
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=10)
    lines = [base.buyer(shop) for _ in range(3)]
    foreign = base.writes(base.buyer(shop))
    late = base.from_agent(lin, foreign)
    late.session_id = foreign.pk + 1000
    outcomes = base.send(base.from_buyer(lines[0]), late, base.from_buyer(lines[1]), base.from_buyer(lines[2]))
    assert [type(one).__name__ for one in outcomes] == ["Stored", "NotYours", "Stored", "Stored"]
    check()
