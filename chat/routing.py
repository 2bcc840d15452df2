"""Who gets the next session (SPEC B). Level-triggered: twice changes nothing, a lost trigger costs a second."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chat import locks
from chat.actions.assigning import Pick, assign
from chat.events import place_entry, tell_later
from chat.models import Assignment, ServiceSession, SessionQuerySet
from lib import quick
from lib.db import write
from shops.models import Desk, Member, Presence, Shop

TOLD = 100  # waiting buyers who hear at once that they moved up; the others see it at the next beat
BATCH = 50  # sessions per transaction, so that the desk is never held for long
_FREE = (
    f"shop_id = %s AND accepting AND on_break_since IS NULL AND load < capacity AND {locks.IS_AGENT} AND EXISTS "
    f'(SELECT 1 FROM "{Presence._meta.db_table}" AS lease '
    f'WHERE lease.member_id = "{Member._meta.db_table}"."id" AND lease.expires_at > %s)'
)


# Whether anybody waits (some row), and who is free: as read under the desk lock, kept up by `route` and `assign`.
Places = tuple[list[tuple[Any, ...]], list[Member]]


class Choice(NamedTuple):
    """The agent picked, and the idle rates of all who could be."""

    member: Member
    why: dict[str, Any]


def pick_agent(free: Sequence[Member], rng: random.Random | None = None) -> Choice | None:
    """Return the agent with the largest idle rate, ties at random (B2); None if nobody has a place."""
    rates = {
        member.pk: (member.capacity - member.load) / member.capacity for member in free if member.load < member.capacity
    }
    if not rates:
        return None
    best = max(rates.values())
    ties = [member for member in free if rates.get(member.pk) == best]
    chosen = (rng or random).choice(ties)
    idle = {str(pk): round(rate, 4) for pk, rate in rates.items()}
    return Choice(chosen, {"idle": idle, "load": chosen.load, "capacity": chosen.capacity, "ties": len(ties)})


def free_agents(shop_id: int, now: datetime) -> list[Member]:
    """Return who can be assigned to automatically: console open, accepting, not on a break, a place free (B1, C22)."""
    trip = quick.Trip()
    found = _ask_free(trip, shop_id, now)
    trip.go()
    return found


def sole_agent(shop: Shop) -> Member | None:
    """Return the only IM member where the platform gives it everything (B4, P13)."""
    if not shop.policy.sole_agent_takes_all:
        return None
    agents = quick.rows(Member, f"shop_id = %s AND {locks.IS_AGENT} LIMIT 2", [shop.pk])
    return agents[0] if len(agents) == 1 else None


def queue(shop: Shop) -> SessionQuerySet:
    """Return the waiting sessions in the shop's order (P8): by arrival, oldest or newest first."""
    waiting = ServiceSession.objects.queued().filter(shop=shop)
    if _newest_first(shop):
        return waiting.order_by("-queued_at", "-pk")
    return waiting.order_by("queued_at", "pk")


def place(session: ServiceSession) -> int:
    """Return a waiting session's place in the queue, 1 = next (D3)."""
    if session.queued_at is None:
        return 1
    side = "gt" if _newest_first(session.shop) else "lt"
    ahead = ServiceSession.objects.queued().filter(
        Q(**{f"queued_at__{side}": session.queued_at}) | Q(**{f"pk__{side}": session.pk}),
        **{"shop_id": session.shop_id, f"queued_at__{side}e": session.queued_at},
    )
    return 1 + ahead[:999].count()


def route(desk: Desk, session: ServiceSession, now: datetime, *, named: bool = False) -> bool:
    """Try to give a session that arrives just now to an agent. Desk and conversation are locked.

    Behind a queue it waits its turn, however the order: `drain` serves the queue under the right locks. `named`: the
    agents whom the shop chose for such buyers come first, and at once; it is like everybody's when none is free (E6).
    """
    sole = sole_agent(desk.shop)
    if sole:
        assign(desk, [Pick(session, sole, Assignment.Kind.SOLE)], now)
        return True
    if desk.places is None:
        trip = quick.Trip()
        desk.places = ask_places(trip, desk.pk, session.pk)
        trip.go()
    ahead, free = desk.places
    choice = pick_agent([member for member in free if member.after_low_rating]) if named else None
    choice = choice or (None if ahead else pick_agent(free))
    if choice:
        assign(desk, [Pick(session, choice.member, Assignment.Kind.AUTO, why=choice.why)], now)
    else:
        ahead.append((1,))  # this one: whoever comes next under the same lock waits behind it
    return choice is not None


def ask_places(trip: quick.Trip, shop_id: int, other_than: int = 0) -> Places:
    """Let a trip ask, under the desk lock, who waits besides a session, and who is free."""
    ahead = trip.ask(f"{locks.WAITING} AND id <> %s LIMIT 1", [shop_id, other_than])
    return ahead, _ask_free(trip, shop_id, timezone.now())


def drain(shop_id: int) -> int:
    """Serve the queue until it is empty or nobody is free (B3); return how many sessions found an agent."""
    served = 0
    while anybody_waits(shop_id):
        with write():
            count = _drain_some(locks.desk(shop_id), timezone.now())
        served += count
        if count < BATCH:
            break
    return served


def anybody_waits(shop_id: int) -> bool:
    """Whether the shop has a queue at all; who queues later finds the free place by itself, or the worker does."""
    trip = quick.Trip()
    found = trip.ask(f"{locks.WAITING} LIMIT 1", [shop_id])
    trip.go()
    return bool(found)


def tell_places_later(desk: Desk) -> None:
    """After the commit, tell the first in the queue their new places (D3), once however many have moved."""
    tell_later(lambda: [place_entry(*moved) for moved in _places(desk)])


def drain_later(shop_id: int) -> None:
    """Serve the queue right after the commit: a place may have come free. If that fails, the worker does it."""
    transaction.on_commit(lambda: drain(shop_id) and None, robust=True)


def waiting_shops() -> list[int]:
    """Return the shops that have a queue."""
    return list(ServiceSession.objects.queued().order_by().values_list("shop_id", flat=True).distinct())


def _ask_free(trip: quick.Trip, shop_id: int, now: datetime) -> list[Member]:
    return trip.rows(Member, (_FREE, [shop_id, quick.moment(now)]), order="id")


def _places(desk: Desk) -> list[tuple[int, int, int]]:
    if desk.places_told:  # a batch of a hundred first messages would tell a hundred buyers a hundred times
        return []
    desk.places_told = True
    waiting = queue(desk.shop).values_list("conversation_id", "pk")[:TOLD]
    return [(line, pk, place) for place, (line, pk) in enumerate(waiting, 1)]


def _newest_first(shop: Shop) -> bool:
    """Whether the shop serves the last arrival first and its platform offers that (P8)."""
    return shop.queue_order == Shop.QueueOrder.LIFO and Shop.QueueOrder.LIFO in shop.policy.queue_orders


def _drain_some(desk: Desk, now: datetime) -> int:
    sole = sole_agent(desk.shop)
    free = [] if sole else free_agents(desk.pk, now)
    places = BATCH if sole else min(BATCH, sum(member.capacity - member.load for member in free))
    if not places:
        return 0
    heads = list(queue(desk.shop).values_list("pk", flat=True)[:places])
    picks: list[Pick] = []
    loads = {member.pk: member.load for member in free}
    for session in locks.sessions(desk.pk, heads):
        if sole:
            picks.append(Pick(session, sole, Assignment.Kind.SOLE))
            continue
        choice = pick_agent(free)
        assert choice is not None, "as many heads as places"
        choice.member.load += 1  # seen by the next pick; put back below, since assign counts it
        picks.append(Pick(session, choice.member, Assignment.Kind.AUTO, why=choice.why))
    for member in free:
        member.load = loads[member.pk]
    if picks:
        assign(desk, picks, now)
        tell_places_later(desk)
    return len(picks)
