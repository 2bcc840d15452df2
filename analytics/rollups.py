"""Keep the roll-ups: the worker adds marked days up again, pages read clean days and, live, all the others (DESIGN).

A finished session that changes leaves a mark in its transaction. A day is clean if it was added up by the rules in
force and no mark points into it; so a page is exact at any moment, however far behind the worker is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from analytics import conditions, periods, sums
from analytics.conditions import Rules
from analytics.models import DayRoll
from analytics.periods import Days
from analytics.sums import ByAgent, ByDay
from chat import turns
from chat.actions import figures
from chat.models import DayMark, ServiceSession
from lib.db import write
from shops.models import Shop

SHOPS, DAYS, MARKS = 20, 31, 2000  # that one pass of the worker takes on
_last = [0]  # the shop that this process's last pass ended with


@dataclass(frozen=True, slots=True)
class State:
    """Which days of a span are clean, and their stored rows."""

    rows: list[DayRoll]
    live: list[date]


def add_up_due(now: datetime | None = None) -> int:
    """Add up the days that marks point into, a shop a transaction; return how many."""
    at = now or timezone.now()
    marked = DayMark.objects.order_by("shop").values_list("shop", flat=True).distinct()
    # Unsettled days keep their marks: the next shops come first, or a few would take every pass.
    due = list(marked.filter(shop__gt=_last[0])[:SHOPS])
    due += list(marked.filter(shop__lte=_last[0])[: SHOPS - len(due)])
    _last[0] = due[-1] if due else 0
    return sum(_add_up(shop, at) for shop in Shop.objects.filter(pk__in=due))


def state(shop: Shop, days: Days, by: Rules, *, agents: bool = False) -> State:
    """Return the clean days' rows and the days that must be read live. Call it in a snapshot."""
    span = periods.span(shop, days)
    marks = DayMark.objects.filter(shop=shop, at__gte=span.start, at__lt=span.end).values_list("at", flat=True)
    marked = {periods.local_day(shop, at) for at in marks}
    rolls = DayRoll.objects.filter(shop=shop, day__range=(days.first, days.last), basis=by.basis)
    found = list(rolls.filter(member=None))
    if agents:
        found += rolls.filter(member__isnull=False)  # asked for by itself: each kind of row has an index of its own
    rows = [row for row in found if row.day not in marked]
    clean = {row.day for row in rows if row.member_id is None}
    return State([row for row in rows if row.day in clean], [day for day in days if day not in clean])


def _add_up(shop: Shop, now: datetime) -> int:
    by = conditions.rules(shop)
    with write():
        marks = DayMark.objects.select_for_update(skip_locked=True).filter(shop=shop).order_by("at", "pk")[:MARKS]
        by_day: dict[date, list[int]] = defaultdict(list)
        for mark in marks:
            by_day[periods.local_day(shop, mark.at)].append(mark.pk)
        days = sorted(set(by_day) - _unsettled(shop, by_day, now))[:DAYS]
        if not days:
            return 0
        # First the marks, then the sums: who changes a session meanwhile leaves a mark that stays.
        figures.taken([pk for day in days for pk in by_day[day]])
        _store(shop, days, by, now)
    return len(days)


def _unsettled(shop: Shop, days: Iterable[date], now: datetime) -> set[date]:
    """Return the days with a turn that is about to count as not replied (G9): they are read live until then."""
    waiting = ServiceSession.objects.closed().filter(shop=shop, turn_since__gte=now - turns.SLOW)
    chosen = waiting.filter(sums.within(shop, days))
    return {periods.local_day(shop, at) for at in chosen.values_list("started_at", flat=True)}


def _store(shop: Shop, days: list[date], by: Rules, now: datetime) -> None:
    finished = ServiceSession.objects.closed().filter(sums.within(shop, days), shop=shop)
    of_shop: ByDay = sums.of_shop(finished, shop, days, by, now)
    of_agents: ByAgent = sums.of_agents(finished, shop, days, by, now)
    rows = [DayRoll(shop=shop, day=day, basis=by.basis, numbers=_some(of_shop.get(day, {}))) for day in days]
    rows += [
        DayRoll(shop=shop, day=day, member_id=member, basis=by.basis, numbers=_some(numbers))
        for (day, member), numbers in of_agents.items()
    ]
    DayRoll.objects.filter(shop=shop, day__in=days).delete()
    DayRoll.objects.bulk_create(rows, 500)


def _some(numbers: sums.Numbers) -> sums.Numbers:
    return {name: value for name, value in numbers.items() if value}
