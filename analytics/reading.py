"""Read numbers of a span of days: the one way that pages, the API and exports share (G12).

Clean days come from the roll-ups, everything else from the facts as they are; one snapshot holds both together.
"""

from collections import defaultdict
from datetime import date, datetime

from analytics import rollups, sums
from analytics.conditions import Rules
from analytics.periods import Days
from analytics.sums import Numbers
from lib.db import once, snapshot
from shops.models import Shop


@once
def by_day(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[date, Numbers]:
    """Return the shop's numbers of each day."""
    found: dict[date, Numbers] = {day: {} for day in days}
    with snapshot():
        state = rollups.state(shop, days, by, "numbers")
        for day, _member, numbers in state.rows:
            found[day] = numbers
        for sessions, some in rollups.live(shop, days, state.live):
            for day, numbers in sums.of_shop(sessions, shop, some, by, now).items():
                found[day] = sums.add(found[day], numbers)
    return {day: with_stars(numbers) for day, numbers in found.items()}


def total(shop: Shop, days: Days, by: Rules, now: datetime) -> Numbers:
    """Return the shop's numbers of all these days together."""
    return sums.add(*by_day(shop, days, by, now).values())


def by_agent(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[int, Numbers]:
    """Return each agent's numbers of all these days together (G7)."""
    found: dict[int, Numbers] = defaultdict(dict)
    with snapshot():
        state = rollups.state(shop, days, by, "numbers", agents=True)
        for _day, member, numbers in state.rows:
            sums.add_to(found[member], numbers)
        for sessions, some in rollups.live(shop, days, state.live):
            for (_day, member), numbers in sums.of_agents(sessions, shop, some, by, now).items():
                sums.add_to(found[member], numbers)
    return {member: with_stars(numbers) for member, numbers in found.items()}


def with_stars(numbers: Numbers) -> Numbers:
    """Add how many ratings there are, and the sum of their stars."""
    each = {n: numbers.get(f"stars_{n}", 0) for n in range(1, 6)}
    return {**numbers, "stars": sum(each.values()), "star_sum": sum(n * count for n, count in each.items())}
