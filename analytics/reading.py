"""Read numbers of a span of days: the one way that pages, the API and exports share (G12).

Clean days come from the roll-ups, everything else from the facts as they are; one snapshot holds both together.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from analytics import conditions, periods, rollups, sums
from analytics.conditions import Rules
from analytics.periods import Days
from analytics.sums import Numbers
from chat.models import Assignment, ServiceSession, SessionQuerySet
from lib.db import snapshot
from shops.models import Shop


def by_day(shop: Shop, days: Days, by: Rules, now: datetime) -> dict[date, Numbers]:
    """Return the shop's numbers of each day."""
    found: dict[date, Numbers] = {day: {} for day in days}
    with snapshot():
        state = rollups.state(shop, days, by)
        for row in state.rows:
            found[row.day] = row.numbers
        for sessions, some in _live(shop, days, state):
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
        state = rollups.state(shop, days, by, agents=True)
        for row in state.rows:
            if row.member_id:
                found[row.member_id] = sums.add(found[row.member_id], row.numbers)
        for sessions, some in _live(shop, days, state):
            for (_day, member), numbers in sums.of_agents(sessions, shop, some, by, now).items():
                found[member] = sums.add(found[member], numbers)
    return {member: with_stars(numbers) for member, numbers in found.items()}


def people(shop: Shop, days: Days) -> int:
    """Return how many different buyers started a session (G9); counted from the facts, people don't add up."""
    return _started(shop, days).values("buyer").distinct().count()


def people_of_steps(shop: Shop, steps: list[Days]) -> list[int]:
    """Return how many different buyers started a session in each of these spans, which follow one another (G9)."""
    if not steps:
        return []
    spans = [periods.span(shop, step) for step in steps]
    number = Case(
        *(When(started_at__lt=span.end, then=Value(n)) for n, span in enumerate(spans)), output_field=IntegerField()
    )
    rows = _started(shop, Days(steps[0].first, steps[-1].last)).annotate(step=number).values("step")
    found = {row["step"]: row["people"] for row in rows.annotate(people=Count("buyer", distinct=True))}
    return [found.get(n, 0) for n in range(len(steps))]


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


def _live(shop: Shop, days: Days, state: rollups.State) -> list[tuple[SessionQuerySet, list[date]]]:
    """Return the sessions that no roll-up holds, with their days: the open ones, the finished ones of unclean days.

    Only days that have any: a question over ninety of them costs more to say than to answer.
    """
    span, mine = periods.span(shop, days), sums.sessions_of(shop)
    running = mine.open().filter(started_at__gte=span.start, started_at__lt=span.end)
    begun = {periods.local_day(shop, at) for at in running.values_list("started_at", flat=True)}
    found = [(running, sorted(begun))] if begun else []
    live = _having(shop, mine.closed(), state.live)
    if live:
        found.append((mine.closed().filter(sums.within(shop, live)), live))
    return found


def _having(shop: Shop, sessions: SessionQuerySet, days: list[date]) -> list[date]:
    """Return on which of these days any of the sessions started: from one to the next by the index."""
    found, rest = [], sorted(days)
    while rest:
        span = periods.span(shop, Days(rest[0], rest[-1]))
        later = sessions.filter(started_at__gte=span.start, started_at__lt=span.end).order_by("started_at")
        at = later.values_list("started_at", flat=True).first()
        if at is None:
            break
        day = periods.local_day(shop, at)
        found += [day] if day in rest else []
        rest = [one for one in rest if one > day]
    return found


def _started(shop: Shop, days: Days) -> QuerySet[ServiceSession]:
    span = periods.span(shop, days)
    mine = sums.sessions_of(shop).filter(conditions.BUYER, started_at__gte=span.start, started_at__lt=span.end)
    return mine.order_by()
