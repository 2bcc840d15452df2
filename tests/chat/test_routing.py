"""Who gets the next session (SPEC B)."""

import random
from collections import Counter

import pytest

from chat import routing
from chat.actions import people, policy, sessions
from chat.models import Assignment, ServiceSession
from shops.errors import Refused
from shops.models import Member
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)
State = ServiceSession.State


@pytest.mark.rule("B1")
def test_only_an_open_accepting_console_with_a_free_place_is_assigned_to():
    shop = base.shop()
    closed = base.agent(shop, "Closed", online=False)
    pausing = base.agent(shop, "Pausing", accepting=False)
    full = base.agent(shop, "Full", capacity=1)
    first = base.writes(base.buyer(shop))
    assert first.assignee == full
    assert base.writes(base.buyer(shop)).state == State.QUEUED
    assert not Assignment.objects.filter(member__in=[closed, pausing]).exists()
    invariants.check()


@pytest.mark.rule("B1")
def test_closing_the_page_stops_assignment_and_a_pausing_agent_still_gets_hand_overs():
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu")
    base.leave(lin)
    people.set_accepting(wu, False)
    waiting = base.writes(base.buyer(shop))
    assert waiting.state == State.QUEUED
    assert sessions.give(waiting.pk, wu, lin).assignee == wu
    invariants.check()


@pytest.mark.rule("B1")
def test_a_lease_that_ran_out_counts_as_a_closed_page(time_machine):
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    shop = base.shop()
    base.agent(shop, "Lin")
    time_machine.shift(46)
    assert base.writes(base.buyer(shop)).state == State.QUEUED


@pytest.mark.rule("B1")
def test_a_console_whose_lease_was_swept_away_in_a_stall_comes_back(time_machine):
    time_machine.move_to("2026-11-23T09:00:00Z", tick=False)
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    waiting = base.writes(base.buyer(shop))
    time_machine.shift(60)
    assert people.expire() == 1
    second = base.writes(base.buyer(shop))
    assert (waiting.assignee, second.assignee) == (lin, None)
    people.renew("test", {f"console-{lin.pk}": lin.pk})
    second.refresh_from_db()
    assert second.assignee == lin
    invariants.check()


@pytest.mark.rule("B2")
def test_the_largest_idle_rate_wins():
    shop = base.shop()
    ten = base.agent(shop, "Ten", capacity=10)
    thirty = base.agent(shop, "Thirty", capacity=30)
    Member.objects.filter(pk=ten.pk).update(load=2)
    Member.objects.filter(pk=thirty.pk).update(load=3)
    free = list(Member.objects.filter(pk__in=[ten.pk, thirty.pk]))
    choice = routing.pick_agent(free)
    assert choice.member == thirty
    assert choice.why == {"idle": {str(ten.pk): 0.8, str(thirty.pk): 0.9}, "load": 3, "capacity": 30, "ties": 1}


@pytest.mark.rule("B2")
def test_ties_are_drawn_at_random():
    free = [Member(pk=pk, capacity=10, load=4) for pk in (1, 2, 3)]
    drawn = Counter(routing.pick_agent(free, random.Random(seed)).member.pk for seed in range(3000))
    expected = 1000
    assert sum((count - expected) ** 2 / expected for count in drawn.values()) < 13.8  # chi-square, 2 degrees, p 0.001


@pytest.mark.rule("B2")
def test_each_automatic_assignment_keeps_why_this_agent():
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=4)
    base.writes(base.buyer(shop))
    base.writes(base.buyer(shop))
    assert [row.why for row in Assignment.objects.order_by("pk")] == [
        {"idle": {str(lin.pk): 1.0}, "load": 0, "capacity": 4, "ties": 1},
        {"idle": {str(lin.pk): 0.75}, "load": 1, "capacity": 4, "ties": 1},
    ]


@pytest.mark.parametrize(("order", "expected"), [("fifo", [0, 1, 2]), ("lifo", [2, 1, 0])])
@pytest.mark.rule("B3", "P8")
def test_the_queue_drains_in_the_shops_order_when_somebody_comes_online(order, expected):
    shop = base.shop(queue_order=order)
    lines = [base.buyer(shop) for _ in range(3)]
    for line in lines:
        base.writes(line)
    base.agent(shop, "Lin", capacity=10)
    served = list(Assignment.objects.order_by("pk").values_list("session__conversation_id", flat=True))
    assert served == [lines[index].pk for index in expected]
    invariants.check()


@pytest.mark.rule("B3")
@pytest.mark.parametrize("trigger", ["accepting", "close", "transfer", "capacity"])
def test_a_place_that_comes_free_pulls_from_the_queue(trigger):
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=1, accepting=trigger != "accepting")
    wu = base.agent(shop, "Wu", capacity=1, accepting=False)
    held = None if trigger == "accepting" else base.writes(base.buyer(shop))
    waiting = base.writes(base.buyer(shop))
    assert waiting.state == State.QUEUED
    match trigger:
        case "accepting":
            people.set_accepting(lin, True)
        case "close":
            sessions.close(held.pk, lin)
        case "transfer":
            sessions.transfer(held.pk, wu, lin)
        case "capacity":
            people.set_capacity(lin, 2)
    waiting.refresh_from_db()
    assert waiting.assignee == lin
    invariants.check()


@pytest.mark.rule("B4", "P13")
def test_the_only_im_member_gets_everything_whatever_its_state():
    shop = base.shop(preset="tiktok_shop")
    only = base.agent(shop, "Only", online=False, accepting=False, capacity=1)
    got = [base.writes(base.buyer(shop)) for _ in range(3)]
    assert {session.assignee for session in got} == {only}
    assert set(Assignment.objects.values_list("kind", flat=True)) == {"sole"}
    invariants.check()


@pytest.mark.rule("B4", "P13")
def test_where_the_platform_does_not_say_so_the_only_agent_queues_as_usual():
    shop = base.shop(preset="douyin")
    base.agent(shop, "Only", online=False)
    assert base.writes(base.buyer(shop)).state == State.QUEUED


@pytest.mark.rule("B4")
def test_when_all_but_one_lose_im_permission_the_last_one_gets_the_queue():
    shop = base.shop(preset="tiktok_shop")
    lin, wu = base.agent(shop, "Lin", online=False), base.agent(shop, "Wu", online=False)
    waiting = base.writes(base.buyer(shop))
    assert waiting.state == State.QUEUED
    people.set_im_permission(wu, False)
    waiting.refresh_from_db()
    assert waiting.assignee == lin


@pytest.mark.rule("B5")
def test_taking_ignores_accepting_and_may_exceed_capacity():
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=1, accepting=False)
    for _ in range(2):
        session = sessions.take(base.writes(base.buyer(shop)).pk, lin)
        assert session.assignee == lin
    lin.refresh_from_db()
    assert lin.load == 2
    invariants.check()


@pytest.mark.rule("B6", "C3")
def test_a_transfer_moves_load_and_keeps_the_timer():
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    session = base.writes(base.buyer(shop))
    before = session.timer_at
    moved = sessions.transfer(session.pk, wu, lin)
    lin.refresh_from_db()
    wu.refresh_from_db()
    assert (moved.assignee, moved.timer_at, lin.load, wu.load) == (wu, before, 0, 1)
    assert [(row.member_id, row.kind, row.ended_at is None) for row in Assignment.objects.order_by("pk")] == [
        (lin.pk, "auto", False),
        (wu.pk, "transfer", True),
    ]
    invariants.check()


@pytest.mark.rule("B7")
def test_the_second_to_take_transfer_or_close_is_told():
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin", accepting=False), base.agent(shop, "Wu", accepting=False)
    session = base.writes(base.buyer(shop))
    sessions.take(session.pk, lin)
    for again, code in [
        (lambda: sessions.take(session.pk, wu), "not_waiting"),
        (lambda: sessions.transfer(session.pk, lin, wu), "not_assignee"),
        (lambda: sessions.close(session.pk, wu), "not_assignee"),
        (lambda: sessions.transfer(session.pk, lin, lin), "same_agent"),
    ]:
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == code
    sessions.close(session.pk, lin)
    with pytest.raises(Refused) as refused:
        sessions.close(session.pk, lin)
    assert refused.value.code == "already_closed"
    invariants.check()


@pytest.mark.rule("A1", "B8")
def test_losing_im_permission_returns_open_sessions_to_their_old_places():
    shop = base.shop()
    lin = base.agent(shop, "Lin", capacity=2)
    first, second = base.writes(base.buyer(shop)), base.writes(base.buyer(shop))
    third = base.writes(base.buyer(shop))
    assert third.state == State.QUEUED
    people.set_im_permission(lin, False)
    order = list(routing.queue(shop).values_list("pk", flat=True))
    assert order == [first.pk, second.pk, third.pk]
    lin.refresh_from_db()
    assert lin.load == 0
    with pytest.raises(Refused):
        sessions.take(first.pk, lin)
    invariants.check()


@pytest.mark.rule("A1")
def test_a_colleague_without_im_permission_can_get_no_session():
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    staff = base.agent(shop, "Staff", online=False, im=False, role="staff")
    session = base.writes(base.buyer(shop))
    with pytest.raises(Refused) as refused:
        sessions.transfer(session.pk, staff, lin)
    assert refused.value.code == "not_agent"


@pytest.mark.rule("P8", "A3")
def test_only_offered_queue_orders_and_only_by_those_who_may():
    shop = base.shop(preset="tiktok_shop")
    owner = base.agent(shop, "Owner", role="owner")
    with pytest.raises(Refused) as refused:
        policy.set_queue_order(shop, "lifo", owner)
    assert refused.value.code == "not_offered"


@pytest.mark.rule("B8")
def test_draining_twice_changes_nothing():
    shop = base.shop()
    base.agent(shop, "Lin", capacity=1)
    base.writes(base.buyer(shop))
    base.writes(base.buyer(shop))
    before = list(ServiceSession.objects.values_list("pk", "state", "assignee_id"))
    assert routing.drain(shop.pk) == 0
    assert list(ServiceSession.objects.values_list("pk", "state", "assignee_id")) == before


@pytest.mark.rule("P1")
def test_new_bounds_of_capacity_hold_for_everybody_at_once():
    shop = base.shop()
    many, few = base.agent(shop, "Many", capacity=50), base.agent(shop, "Few", capacity=1)
    policy.set_overrides(shop, {"capacity_min": 2, "capacity_default": 4, "capacity_max": 5})
    assert list(
        Member.objects.filter(pk__in=[many.pk, few.pk]).order_by("capacity").values_list("capacity", flat=True)
    ) == [2, 5]
    invariants.check()
