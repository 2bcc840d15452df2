"""Read numbers of a span of days: the one way that pages, the API and exports share (G12)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, QuerySet

from analytics import conditions, periods, sums
from analytics.conditions import Rules
from analytics.periods import Days
from analytics.sums import Numbers
from chat.models import Assignment, ServiceSession
from shops.models import Shop


def by_day(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[date, Numbers]:
    """Return the shop's numbers of each day."""
    wanted = list(days)
    sessions = sums.sessions_of(shop).filter(sums.within(shop, wanted))
    found = sums.of_shop(sessions, shop, wanted, by, now)
    return {day: with_stars(found.get(day, {})) for day in wanted}


def total(shop: Shop, days: Days, by: Rules, now: datetime) -> Numbers:
    """Return the shop's numbers of all these days together."""
    return sums.add(*by_day(shop, days, by, now).values())


def by_agent(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[int, Numbers]:
    """Return each agent's numbers of all these days together (G7)."""
    wanted = list(days)
    sessions = sums.sessions_of(shop).filter(sums.within(shop, wanted))
    found: dict[int, Numbers] = defaultdict(dict)
    for (_day, member), numbers in sums.of_agents(sessions, shop, wanted, by, now).items():
        found[member] = sums.add(found[member], numbers)
    return {member: with_stars(numbers) for member, numbers in found.items()}


def people(shop: Shop, days: Days) -> int:
    """Return how many different buyers started a session (G9); counted from the facts, people don't add up."""
    return _started(shop, days).values("buyer").distinct().count()


def people_of_agents(shop: Shop, days: Days) -> dict[int, int]:
    """Return for each agent how many different buyers' sessions were assigned to it (G9)."""
    rows = Assignment.objects.filter(session__in=_started(shop, days)).order_by().values("member")
    found = rows.annotate(people=Count("session__buyer", distinct=True))
    return {row["member"]: row["people"] for row in found}


def with_stars(numbers: Numbers) -> Numbers:
    """Add how many ratings there are, and the sum of their stars."""
    each = {n: numbers.get(f"stars_{n}", 0) for n in range(1, 6)}
    return {**numbers, "stars": sum(each.values()), "star_sum": sum(n * count for n, count in each.items())}


def hours(shop: Shop, days: Days) -> Iterable[datetime]:
    """Return when the consultations of these days started, in the shop's own time."""
    return (at.astimezone(shop.zone) for at in _started(shop, days).values_list("started_at", flat=True).iterator())


def _started(shop: Shop, days: Days) -> QuerySet[ServiceSession]:
    span = periods.span(shop, days)
    mine = sums.sessions_of(shop).filter(conditions.BUYER, started_at__gte=span.start, started_at__lt=span.end)
    return mine.order_by()
