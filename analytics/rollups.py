"""Keep the roll-ups: the worker adds marked days up again, pages read clean days and, live, all the others (DESIGN).

A finished session that changes leaves a mark in its transaction. A day is clean if it was added up by the rules in
force and no mark points into it; so a page is exact at any moment, however far behind the worker is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db.models import F, Max, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from analytics import bot_sums, conditions, crowds, periods, sums
from analytics.conditions import Rules
from analytics.crowds import Crowd
from analytics.models import DayRoll, DayRound
from analytics.periods import Days
from analytics.sums import ByAgent, ByDay
from chat import turns
from chat.actions import figures
from chat.models import DayMark, ServiceSession, SessionQuerySet
from lib import id_sets
from lib.db import once, write
from shops.models import Shop

JSON = ("numbers", "answers")
SHOPS, DAYS, MARKS = 20, 31, 2000  # that one pass of the worker takes on


@dataclass(frozen=True, slots=True)
class State:
    """Which days of a span are clean, with their stored rows: day, member and the columns asked for."""

    rows: list[tuple[Any, ...]]
    live: tuple[date, ...]


def add_up_due(now: datetime | None = None) -> int:
    """Add up the days that marks point into, a shop a transaction; return how many."""
    at = now or timezone.now()
    # Unsettled days keep their marks: who was looked after longest ago comes first, or a few would take every pass.
    marked = DayMark.objects.values("shop").annotate(looked_at=Max("shop__day_round__looked_at"))
    due = marked.order_by(F("looked_at").asc(nulls_first=True), "shop").values_list("shop", flat=True)[:SHOPS]
    return sum(_add_up(shop, at) for shop in Shop.objects.filter(pk__in=list(due)))


def state(shop: Shop, days: Days, by: Rules, *columns: str, agents: bool = False) -> State:
    """Return the clean days' rows, the shop's or the agents', and the days to be read live. Call it in a snapshot."""
    # Asked for apart: each kind of row has an index of its own.
    own = _rows(shop, days, by.basis, False, *(() if agents else columns))
    clean = {row[0] for row in own} - _marked(shop, days)
    rows = _rows(shop, days, by.basis, True, *columns) if agents else own
    return State([row for row in rows if row[0] in clean], tuple(day for day in days if day not in clean))


@once
def _marked(shop: Shop, days: Days) -> set[date]:
    span = periods.span(shop, days)
    marks = DayMark.objects.filter(shop=shop, at__gte=span.start, at__lt=span.end).values_list("at", flat=True)
    return {periods.local_day(shop, at) for at in marks}


@once
def _rows(shop: Shop, days: Days, basis: str, agents: bool, *columns: str) -> list[tuple[Any, ...]]:
    rolls = DayRoll.objects.filter(shop=shop, day__range=(days.first, days.last), basis=basis)
    kind = rolls.filter(member__isnull=not agents)
    # JSON comes as text: a shop's agents have a thousand small objects, Django's reader takes five times as long.
    wanted = [Cast(name, TextField()) if name in JSON else name for name in columns]
    places = [place for place, name in enumerate(columns, 2) if name in JSON]
    rows = [list(row) for row in kind.values_list("day", "member", *wanted)]
    for row in rows:
        for place in places:
            row[place] = orjson.loads(row[place])
    return [tuple(row) for row in rows]


@once
def live(shop: Shop, days: Days, unstored: tuple[date, ...]) -> list[tuple[SessionQuerySet, list[date]]]:
    """Return the sessions that no roll-up holds, with their days: the open ones, the finished ones of unclean days.

    Only days that have any: a question over ninety of them costs more to say than to answer.
    """
    span, mine = periods.span(shop, days), sums.sessions_of(shop)
    running = mine.open().filter(started_at__gte=span.start, started_at__lt=span.end)
    begun = {periods.local_day(shop, at) for at in running.values_list("started_at", flat=True)}
    found = [(running, sorted(begun))] if begun else []
    unclean = _having(shop, mine.closed(), unstored)
    if unclean:
        found.append((mine.closed().filter(sums.within(shop, unclean)), unclean))
    return found


def _having(shop: Shop, sessions: SessionQuerySet, days: Iterable[date]) -> list[date]:
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


def _add_up(shop: Shop, now: datetime) -> int:
    by = conditions.rules(shop)
    with write():
        if not _mine(shop, now):
            return 0
        marks = DayMark.objects.filter(shop=shop).order_by("at", "pk")[:MARKS]
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


def _mine(shop: Shop, now: datetime) -> bool:
    """Take the shop's days until the end of the transaction; say no if another worker is at them."""
    mine = DayRound.objects.filter(shop=shop)
    if not mine.exists():  # an insertion would wait for who holds the row, whatever it does on conflict
        DayRound.objects.bulk_create([DayRound(shop=shop)], ignore_conflicts=True)
    if not list(mine.select_for_update(skip_locked=True).values_list("pk")):
        return False
    mine.update(looked_at=now)
    return True


def _unsettled(shop: Shop, days: Iterable[date], now: datetime) -> set[date]:
    """Return the days with a turn that is about to count as not replied (G9): they are read live until then."""
    waiting = ServiceSession.objects.closed().filter(shop=shop, turn_since__gte=now - turns.SLOW)
    chosen = waiting.filter(sums.within(shop, days))
    return {periods.local_day(shop, at) for at in chosen.values_list("started_at", flat=True)}


def _store(shop: Shop, days: list[date], by: Rules, now: datetime) -> None:
    finished = ServiceSession.objects.closed().filter(sums.within(shop, days), shop=shop)
    of_shop: ByDay = sums.of_shop(finished, shop, days, by, now)
    of_agents: ByAgent = sums.of_agents(finished, shop, days, by, now)
    crowd, had = crowds.of_shop(finished, shop), crowds.of_agents(finished, shop)
    asked = bot_sums.of_questions(finished, shop)
    rows = [
        _row(shop, day, by, of_shop.get(day, {}), answers=asked.get(day, {}), **crowd.get(day, Crowd()).packed())
        for day in days
    ]
    rows += [
        _row(shop, day, by, numbers, member_id=member, people=id_sets.pack(had.get((day, member), ())))
        for (day, member), numbers in of_agents.items()
    ]
    DayRoll.objects.filter(shop=shop, day__in=days).delete()
    DayRoll.objects.bulk_create(rows, 500)


def _row(shop: Shop, day: date, by: Rules, numbers: sums.Numbers, **more: Any) -> DayRoll:
    some = {name: value for name, value in numbers.items() if value}
    return DayRoll(shop=shop, day=day, basis=by.basis, numbers=some, **more)
