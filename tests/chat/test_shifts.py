"""Breaks, hours and agents who vanish (SPEC C22): who gets nothing, what is kept, who is warned."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chat.actions import people, policy, sessions
from chat.worker import Worker
from shops.errors import NotAllowed
from shops.models import Duty
from tests import base, invariants
from tests.chat.stage import Stage, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("C22")]
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


def patch(member, **body):
    return base.desk(member).patch(f"/api/v1/shops/{member.shop_id}/presence", body, format="json")


def get(member, name, **query):
    return base.desk(member).get(f"/api/v1/shops/{member.shop_id}/{name}", query)


def spans(member):
    rows = Duty.objects.filter(member=member).order_by("started_at", "pk")
    return [(row.state, row.reason, row.started_at, row.ended_at) for row in rows]


def alive(*members):
    """Renew the leases of open consoles, as the pulse does."""
    people.renew("test", {f"console-{one.pk}": one.pk for one in members})


def test_on_a_break_nothing_is_assigned_automatically_but_a_colleague_may_hand_over():
    stage = Stage()
    with stage.listening():
        state = patch(stage.lin, on_break=True, break_reason="Lunch").json()
        told = stage.heard()
        assert (state["break_reason"], state["on_break_since"] is not None) == ("Lunch", True)
        [frame] = told["Wu"]
        assert (frame["kind"], frame["member"]["on_break"], frame["member"]["break_reason"]) == (
            "member.changed", True, "Lunch",
        )  # fmt: skip
        assert base.writes(stage.line).state == "queued"
        waiting = base.writes(stage.other)
        sessions.give(waiting.pk, stage.lin, stage.wu)
        stage.heard()
        assert [base.session(line).assignee for line in (stage.line, stage.other)] == [None, stage.lin]
        patch(stage.lin, on_break=False)
        stage.heard()
    assert base.session(stage.line).assignee == stage.lin
    assert get(stage.wu, "presence").json()["on_break_since"] is None


def test_a_break_stays_when_the_console_is_closed_and_opened_again(clock):
    lin = base.agent(base.shop(), "Lin")
    patch(lin, on_break=True, break_reason="Rest")
    clock.shift(timedelta(minutes=5))
    base.leave(lin)
    clock.shift(timedelta(minutes=5))
    people.came_online(lin, "test", "again")
    clock.shift(timedelta(minutes=5))
    patch(lin, on_break=False)
    at = [NINE + timedelta(minutes=5 * n) for n in range(4)]
    assert spans(lin) == [
        ("online", "", at[0], at[0]),
        ("break", "Rest", at[0], at[1]),
        ("offline", "", at[1], at[2]),
        ("break", "Rest", at[2], at[3]),
        ("online", "", at[3], None),
    ]


def test_malformed_breaks_are_refused():
    lin = base.agent(base.shop(), "Lin")
    for body in ({"on_break": "yes"}, {"on_break": True, "break_reason": "x" * 61}, {"break_reason": 7}):
        assert patch(lin, **body).status_code == 400
    assert patch(lin, break_reason="Lunch").json()["on_break_since"] is None


def test_a_killed_process_ends_the_span_where_its_lease_ended(clock):
    lin = base.agent(base.shop(), "Lin")
    clock.shift(timedelta(hours=2))
    Worker().once()
    assert spans(lin) == [
        ("online", "", NINE, NINE + people.LEASE),
        ("offline", "", NINE + people.LEASE, None),
    ]


def test_who_comes_back_before_the_dead_lease_was_swept_was_away_meanwhile(clock):
    stage = Stage()
    lin = stage.lin
    clock.shift(timedelta(hours=2))
    with stage.listening():
        people.came_online(lin, "next boot", "socket")
        frames = stage.heard()["Wu"]
    assert [frame["member"]["online"] for frame in frames] == [False, True]
    back = NINE + timedelta(hours=2)
    assert spans(lin)[1:] == [("offline", "", NINE + people.LEASE, back), ("online", "", back, None)]


def test_the_spans_of_a_member_follow_one_another_without_a_hole(clock):
    lin = base.agent(base.shop(), "Lin")
    steps = [lambda: base.leave(lin), lambda: people.came_online(lin, "test", f"console-{lin.pk}"), Worker().once,
             lambda: people.set_break(lin, "Tea"), lambda: people.set_break(lin, "Lunch"), lambda: alive(lin),
             lambda: people.set_break(lin, None), lambda: people.set_im_permission(lin, False),
             lambda: people.set_im_permission(lin, True), lambda: people.set_accepting(lin, False)]  # fmt: skip
    for turn in range(30):
        clock.shift(timedelta(seconds=20))
        with suppress(NotAllowed):
            steps[turn * 7 % len(steps)]()
    rows = spans(lin)
    assert len(rows) > 8
    assert [row[3] for row in rows[:-1]] == [row[2] for row in rows[1:]]
    assert rows[-1][3] is None


def test_leads_read_the_hours_of_all_others_are_refused(clock):
    shop = base.shop(time_zone="Asia/Shanghai")
    lin, lead = base.agent(shop, "Lin"), base.agent(shop, "Qing", role="service_lead")
    clock.shift(timedelta(hours=1))
    alive(lin, lead)
    people.set_break(lin, "Lunch")
    clock.shift(timedelta(minutes=30))
    alive(lin, lead)
    people.set_break(lin, None)
    clock.shift(timedelta(minutes=30))
    base.leave(lin)
    clock.shift(timedelta(hours=1))
    found = {row["member"]["nickname"]: row for row in get(lead, "duty").json()["results"]}
    hour = 3600
    mine = found["Lin"]
    assert (mine["online"], mine["on_break"], mine["offline"]) == (1.5 * hour, 0.5 * hour, hour)
    assert [span["state"] for span in mine["spans"]] == ["online", "break", "online", "offline"]
    assert mine["spans"][1]["reason"] == "Lunch"
    empty = get(lead, "duty", start="2026-11-20", end="2026-11-20").json()["results"]
    assert {row["online"] for row in empty} == {0}
    for query in ({"start": "yesterday"}, {"start": "2026-11-20", "end": "2026-11-19"},
                  {"start": "2026-01-01", "end": "2026-03-01"}, {"day": "1"}):  # fmt: skip
        assert get(lead, "duty", **query).status_code == 400
    assert get(lin, "duty").status_code == 403
    zoe = base.agent(base.shop("Hill"), "Zoe", role="owner")
    assert [row["member"]["nickname"] for row in get(zoe, "duty").json()["results"]] == ["Zoe"]


def test_leads_are_warned_of_an_agent_who_is_away_with_open_sessions(clock):
    stage = Stage()
    held(stage)
    base.writes(stage.other)
    assert get(stage.lead, "absent").json()["results"] == []
    clock.shift(timedelta(minutes=1))
    with stage.listening():
        base.leave(stage.lin)
        [frame] = [frame for frame in stage.heard()["Lead"] if frame["type"] == "desk"]
    assert (frame["kind"], frame["member"]["nickname"], frame["member"]["online"]) == ("member.changed", "Lin", False)
    [row] = get(stage.lead, "absent").json()["results"]
    assert (row["member"]["nickname"], row["open"], row["unanswered"]) == ("Lin", 2, 1)
    assert row["since"].startswith("2026-11-23T09:01")
    assert row["oldest_waiting"].startswith("2026-11-23T09:00")
    assert get(stage.wu, "absent").status_code == 403


@pytest.mark.rule("B8")
def test_after_the_shops_minutes_an_absent_agents_unanswered_session_waits_in_its_old_place(clock):
    stage = Stage()
    policy.set_requeue_after(stage.shop, 5, base.agent(stage.shop, "Owner", role="owner", accepting=False))
    answered, unanswered = held(stage), base.writes(stage.other)
    place = unanswered.queued_at
    base.leave(stage.lin)
    clock.shift(timedelta(minutes=4, seconds=59))
    alive(stage.wu, stage.lead)
    Worker().once()
    assert base.session(stage.other).assignee == stage.lin
    with stage.listening():
        clock.shift(timedelta(seconds=2))
        alive(stage.wu, stage.lead)
        Worker().once()
        told = stage.heard()
    assert [frame["kind"] for frame in told["Wu"] if frame["type"] == "desk"] == ["session.requeued"]
    moved = base.session(stage.other)
    assert (moved.state, moved.queued_at, moved.timer_at) == ("queued", place, unanswered.timer_at)
    assert base.session(stage.line).assignee == answered.assignee == stage.lin
    people.set_accepting(stage.wu, True)
    assert base.session(stage.other).assignee == stage.wu
    Worker().once()
    invariants.check()


def test_who_only_loads_the_page_again_keeps_a_session_that_waited_long(clock):
    shop = base.shop()
    owner = base.agent(shop, "Owner", role="owner", accepting=False)
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    policy.set_requeue_after(shop, 5, owner)
    base.writes(line)
    clock.shift(timedelta(minutes=30))
    alive(lin, owner)
    base.leave(lin)
    Worker().once()
    assert base.session(line).assignee == lin
    people.came_online(lin, "test", "again")
    clock.shift(timedelta(seconds=40))
    Worker().once()
    assert base.session(line).assignee == lin


@pytest.mark.rule("B4")
def test_the_only_agent_keeps_everything(clock):
    shop = base.shop(preset="tiktok_shop")
    lin, line = base.agent(shop, "Lin"), base.buyer(shop)
    shop.requeue_after = 5
    shop.save(update_fields=["requeue_after"])
    base.writes(line)
    base.leave(lin)
    clock.shift(timedelta(minutes=30))
    Worker().once()
    assert base.session(line).assignee == lin


@pytest.mark.rule("A3")
def test_only_the_desks_setting_roles_choose_the_minutes():
    shop = base.shop()
    lin, owner = base.agent(shop, "Lin"), base.agent(shop, "Owner", role="owner")
    with pytest.raises(NotAllowed):
        policy.set_requeue_after(shop, 5, lin)
    assert policy.set_requeue_after(shop, 5, owner).requeue_after == 5
    assert policy.set_requeue_after(shop, None, owner).requeue_after is None
