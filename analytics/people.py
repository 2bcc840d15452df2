"""Count people and their orders over spans of days (G9, G14): the stored sets of clean days united with the facts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from analytics import crowds, rollups
from analytics.conditions import Rules
from analytics.crowds import ORDERING, ORDERS, PEOPLE, SERVED
from analytics.periods import Days
from lib import id_sets
from lib.db import once, snapshot
from lib.id_sets import Ids
from shops.models import Shop

Sets = dict[date, list[Ids]]


def of_steps(shop: Shop, steps: list[Days], by: Rules) -> list[int]:
    """Return how many different buyers started a session in each of these spans, which follow one another (G9)."""
    if not steps:
        return []
    each = of_days(shop, Days(steps[0].first, steps[-1].last), by)
    return [total(each, step) for step in steps]


def total(each: Sets, days: Iterable[date]) -> int:
    """Return how many different buyers these days have together."""
    return id_sets.count([some for day in days for some in each.get(day, ())])


@once
def of_days(shop: Shop, days: Days, by: Rules) -> Sets:
    """Return the buyers who started a session on each day."""
    found: Sets = defaultdict(list)
    with snapshot():
        state = rollups.state(shop, days, by, PEOPLE)
        for day, _member, people in state.rows:
            found[day].append(id_sets.unpack(people))
        for sessions, _some in rollups.live(shop, days, state.live):
            for day, buyers in crowds.people(sessions, shop).items():
                found[day].append(id_sets.ordered(buyers))
    return found


def of_agents(shop: Shop, days: Days, by: Rules) -> dict[int, int]:
    """Return for each agent how many different buyers' sessions were assigned to it (G9)."""
    found: dict[int, list[Ids]] = defaultdict(list)
    with snapshot():
        state = rollups.state(shop, days, by, PEOPLE, agents=True)
        for _day, member, people in state.rows:
            found[member].append(id_sets.unpack(people))
        for sessions, _some in rollups.live(shop, days, state.live):
            for (_day, member), buyers in crowds.of_agents(sessions, shop).items():
                found[member].append(id_sets.ordered(buyers))
    return {member: many for member, sets in found.items() if (many := id_sets.count(sets))}


def orders(shop: Shop, days: Days, by: Rules) -> dict[str, Any]:
    """Return the buyers served, those of them who ordered, and the orders' value in the shop's currency (G14)."""
    served: list[Ids] = []
    ordering: list[Ids] = []
    amounts: list[tuple[Ids, Ids]] = []
    with snapshot():
        state = rollups.state(shop, days, by, SERVED, ORDERING, ORDERS)
        for _day, _member, answered, bought, totals in state.rows:
            served.append(id_sets.unpack(answered))
            ordering.append(id_sets.unpack(bought))
            amounts.append(id_sets.unpack_amounts(totals))
        for sessions, _some in rollups.live(shop, days, state.live):
            for crowd in crowds.of_shop(sessions, shop).values():
                served.append(id_sets.ordered(crowd.served))
                ordering.append(id_sets.ordered(crowd.ordering))
                amounts.append(id_sets.ordered_amounts(crowd.orders))
    value = Decimal(id_sets.total(amounts)).scaleb(-2)
    return {"served": id_sets.count(served), "ordering": id_sets.count(ordering), "order_value": value}
