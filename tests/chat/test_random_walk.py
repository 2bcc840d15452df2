"""Random days at a desk: whatever people do in whatever order, the invariants and a plain model of the rules hold."""

import os
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chat.actions import bot, handover, people, policy, sessions
from chat.models import Assignment, ServiceSession
from chat.worker import Worker
from shops.errors import NotAllowed, Refused
from shops.models import Member, Presence, Shop
from tests import base, invariants

AGENTS = 3
BUYERS = 10
State = ServiceSession.State
who = st.integers(0, AGENTS - 1)
which = st.integers(0, BUYERS - 1)


class Desk(RuleBasedStateMachine):
    """People act on the real database; `self.model` says, in plain Python, who may hold what."""

    @initialize(
        kind=st.sampled_from([("douyin", "fifo"), ("douyin", "lifo"), ("tiktok_shop", "fifo")]),
        team=st.sampled_from([AGENTS, 1, 2]),
    )
    def open_shop(self, kind, team):
        preset, order = kind
        self.clock = time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
        self.now = self.clock.start()
        self.shop = base.shop(preset=preset, queue_order=order)
        self.owner = base.agent(self.shop, "Owner", role="owner", online=False, im=False)
        self.team = [base.agent(self.shop, f"A{n}", online=False, capacity=2, im=n < team) for n in range(AGENTS)]
        self.lines = [base.buyer(self.shop) for _ in range(BUYERS)]
        self.model = Model(self.shop, self.team)
        self.seen = 0
        for n in range(team):
            self.agent_comes(n)
        self.buyers_write(range(BUYERS))  # more than there are places: the day starts with a queue

    def teardown(self):
        if hasattr(self, "clock"):
            invariants.check(drained=False)
            self.clock.stop()
        call_command("flush", verbosity=0, interactive=False)  # the next walk begins in an empty database

    def tick(self, seconds=1):
        """Let a moment pass, so that no two things happen at the same time."""
        self.now.shift(seconds)

    @rule(ns=st.sets(which, min_size=3))
    def buyers_write(self, ns):
        for n in sorted(ns):
            self.tick()
            base.writes(self.lines[n], ("Hello", "When do you ship?", "🙂")[n % 3])

    @rule(n=which)
    def buyer_asks_for_a_human(self, n):
        self.tick()
        with suppress(Refused):
            sessions.ask_human(self.shop.pk, self.lines[n].pk)

    @rule(n=who)
    def agent_comes(self, n):
        self.tick()
        with suppress(NotAllowed):
            people.came_online(self.team[n], "test", f"console-{self.team[n].pk}")

    @rule(n=who)
    def agent_goes(self, n):
        self.tick()
        base.leave(self.team[n])

    @rule(n=who, on=st.sampled_from([True, True, False]))
    def accepting(self, n, on):
        self.tick()
        people.set_accepting(self.team[n], on)

    @rule(n=who, capacity=st.integers(1, 4))
    def capacity(self, n, capacity):
        self.tick()
        people.set_capacity(self.team[n], capacity)

    @rule(n=who, allowed=st.sampled_from([True, True, False]))
    def im_permission(self, n, allowed):
        self.tick()
        people.set_im_permission(self.team[n], allowed)
        if allowed:
            self.agent_comes(n)

    @rule(n=who, reason=st.sampled_from([None, "Lunch"]))
    def takes_a_break(self, n, reason):
        self.tick()
        people.set_break(self.team[n], reason)

    @rule(minutes=st.sampled_from([None, 1, 10]))
    def absent_agents_give_back(self, minutes):
        policy.set_requeue_after(self.shop, minutes, self.owner)

    @rule(n=who, to=st.sampled_from([None, *range(AGENTS)]))
    def shift_ends(self, n, to):
        """All of one's own go to a colleague, or back to the queue."""
        self.tick()
        receiver = self.team[to] if to is not None else None
        giver = Member.objects.select_related("shop").get(pk=self.team[n].pk)
        with suppress(Refused, NotAllowed):
            handover.hand_over(giver, receiver, giver)
            assert giver.pk not in ServiceSession.objects.assigned().values_list("assignee", flat=True)

    @rule(n=which, to=who, by=who)
    def give(self, n, to, by):
        session = self.one(State.QUEUED, n)
        if session:
            self.by_hand(lambda: sessions.give(session.pk, self.team[to], self.team[by]), session, to, self.team[by])

    @rule(n=which, to=who)
    def transfer(self, n, to):
        session = self.one(State.ASSIGNED, n)
        if session:
            had = session.assignee
            self.by_hand(lambda: sessions.transfer(session.pk, self.team[to], had), session, to, had)

    @rule(n=which, text=st.sampled_from(["", "Good bye"]))
    def close(self, n, text):
        session = self.one(State.ASSIGNED, n)
        if session:
            self.tick()
            with suppress(Refused):  # read-only since P4, with a closing sentence
                sessions.close(session.pk, session.assignee, text)

    @rule(n=which)
    def reply(self, n):
        session = self.one(State.ASSIGNED, n)
        if session:
            self.tick()
            with suppress(Refused):
                base.replies(session.assignee, session)

    @rule(seconds=st.sampled_from([10, 20, 30, 50, 16 * 60, 25 * 3600, 8 * 86400]), gone=st.sets(who, max_size=1))
    def time_passes(self, seconds, gone):
        """Most consoles stay alive, the leases of the others run out; then the worker does what is due."""
        self.tick(seconds)
        people.renew("test", {f"console-{one.pk}": one.pk for n, one in enumerate(self.team) if n not in gone})
        Worker().once()

    @rule(on=st.sampled_from([False, False, True]))
    def switch_bot(self, on):
        self.tick()
        policy.set_bot(Shop.objects.get(pk=self.shop.pk), on, self.owner)

    @rule()
    def bot_answers(self):
        self.tick()
        bot.answer_due()

    @rule(order=st.sampled_from(["fifo", "lifo"]))
    @precondition(lambda self: self.shop.preset == "douyin")
    def queue_order(self, order):
        self.tick()
        policy.set_queue_order(self.shop, order, self.owner)

    def one(self, state, n):
        """Return one of the sessions in this state, None if there is none."""
        found = list(
            ServiceSession.objects.filter(shop=self.shop, state=state).select_related("assignee").order_by("pk")
        )
        return found[n % len(found)] if found else None

    def by_hand(self, act, session, to, by):
        self.tick()
        receiver, giver = Member.objects.get(pk=self.team[to].pk), Member.objects.get(pk=by.pk)
        code = refusal(act)
        if code is None:
            assert receiver.im_permission
            assert giver.im_permission
            assert Assignment.objects.get(session=session, ended_at=None).member_id == receiver.pk
        else:
            assert code == "same_agent" or not receiver.im_permission or not giver.im_permission

    @invariant()
    def holds(self):
        if not hasattr(self, "model"):
            return
        invariants.check(facts=False)  # once, at the end: each looks at every message
        new = list(Assignment.objects.filter(pk__gt=self.seen).order_by("pk"))
        self.seen = new[-1].pk if new else self.seen
        self.model.check(new)


def refusal(act):
    """Do it; return the code if it was refused."""
    try:
        act()
    except Refused as refused:
        return refused.code
    except NotAllowed:
        return "forbidden"
    return None


class Model:
    """The rules in plain Python, from what was written down: why each agent, in which order, within which bounds."""

    def __init__(self, shop, team):
        self.shop, self.team = shop, team
        self.places = {}  # session → its place in the queue, kept when it is put back
        self.line = []  # who waited after the last step, head first

    def check(self, new):
        for row in new:
            if row.kind == Assignment.Kind.AUTO:
                self.best_was_picked(row)
            elif row.kind == Assignment.Kind.SOLE:
                assert self.shop.preset == "tiktok_shop"
        queued = ServiceSession.objects.queued().filter(shop=self.shop)
        now_waiting = dict(queued.values_list("pk", "queued_at"))
        self.the_queue_was_served_in_order([row.session_id for row in new if not row.by_id], now_waiting)
        for pk, place in now_waiting.items():
            assert self.places.get(pk, place) == place, "a place is kept"
        arrived = ServiceSession.objects.filter(shop=self.shop, queued_at__isnull=False)
        self.places = dict(arrived.values_list("pk", "queued_at"))
        order = Shop.objects.values_list("queue_order", flat=True).get(pk=self.shop.pk)
        self.line = sorted(now_waiting, key=lambda pk: (now_waiting[pk], pk), reverse=order == "lifo")
        self.nobody_holds_without_the_right()

    def best_was_picked(self, row):
        """The picked one had the largest idle rate, and the rate is that of its load and capacity (B2)."""
        idle, why = row.why["idle"], row.why
        assert idle[str(row.member_id)] == max(idle.values()) > 0
        assert idle[str(row.member_id)] == round((why["capacity"] - why["load"]) / why["capacity"], 4)
        assert why["ties"] == sum(rate == max(idle.values()) for rate in idle.values())
        assert set(idle) <= {str(member.pk) for member in self.team}

    def the_queue_was_served_in_order(self, served, now_waiting):
        """Of those that waited before, the heads of the line went, in order; nobody behind them did (B3)."""
        earlier = [pk for pk in served if pk in self.line]
        assert earlier == [pk for pk in self.line if pk in earlier]
        if earlier:
            passed = self.line[: self.line.index(earlier[-1])]
            assert not [pk for pk in passed if pk in now_waiting], "somebody was passed over"

    def nobody_holds_without_the_right(self):
        held = ServiceSession.objects.assigned().filter(shop=self.shop)
        assert not held.exclude(assignee__im_permission=True).exists()
        assert not Presence.objects.exclude(member__im_permission=True).exists()
        agents = sum(Member.objects.filter(shop=self.shop, im_permission=True).values_list("is_active", flat=True))
        assert not (self.shop.preset == "tiktok_shop" and agents == 1 and self.line), "the only agent gets everything"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("B1", "B2", "B3", "B4", "B5", "B6", "B8", "A1", "P8", "P13", "C22")
def test_whatever_people_do_the_rules_of_routing_hold():
    chosen = settings(
        max_examples=int(os.environ.get("RANDOM_WALKS", "20")),
        stateful_step_count=30,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # each step writes to a database: to shrink would take minutes
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Desk, settings=chosen)
