"""Add up facts into numbers, by day of the shop: of the whole shop, and of each agent (G7, G9)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Lead
from django.utils import timezone

from analytics import bot_sums, conditions, periods, ready
from analytics.conditions import Rules, through
from analytics.ready import Ready
from chat import turns
from chat.models import Assignment, ServiceSession, SessionQuerySet
from shops import profiles
from shops.models import Shop

Numbers = dict[str, int]
ByDay = dict[date, Numbers]
ByAgent = dict[tuple[date, int], Numbers]

COUNTED = (
    "consultations", "counted", "answered", "auto_solved", "needing", "human_in_time", "late", "unanswered", "replied",
    "rated", "satisfied", "dissatisfied", "consultations_rated", "judged", "judged_low", "with_automatic",
    "stars_1", "stars_2", "stars_3", "stars_4", "stars_5",
)  # fmt: skip
OF_ASSIGNED = ("consultations", "counted", "answered", "auto_solved", "needing", "human_in_time", "late", "unanswered")
OF_RATED = (
    "rated", "satisfied", "dissatisfied", "consultations_rated", "stars_1", "stars_2", "stars_3", "stars_4", "stars_5",
)  # fmt: skip
SUMMED = ("reply_us", *turns.COUNTS)
HOURS = tuple(f"hour_{hour}" for hour in range(24))  # consultations by the hour of the shop in which they started


def day_of(shop: Shop, days: Iterable[date], column: str = "started_at") -> Case:
    """Return the expression that says on which of these days a moment lies, as a number of the calendar."""
    spans = [(day, periods.span(shop, periods.Days(day, day))) for day in days]
    whens = [
        When(**{f"{column}__gte": span.start, f"{column}__lt": span.end}, then=Value(day.toordinal()))
        for day, span in spans
    ]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def within(shop: Shop, days: Iterable[date], column: str = "started_at") -> Q:
    """Return the condition that a moment lies on one of these days; neighbours become one span."""
    found, ordered = Q(pk__in=[]), sorted(days)
    runs: list[periods.Days] = []
    for day in ordered:
        if runs and (day - runs[-1].last).days == 1:
            runs[-1] = periods.Days(runs[-1].first, day)
        else:
            runs.append(periods.Days(day, day))
    for run in runs:
        span = periods.span(shop, run)
        found |= Q(**{f"{column}__gte": span.start, f"{column}__lt": span.end})
    return found


def of_shop(sessions: SessionQuerySet, shop: Shop, days: list[date], by: Rules, now: datetime) -> ByDay:
    """Return the shop's numbers of each day on which any of these sessions started."""
    wanted = {**_of_shop(by, connection.vendor), "n_turns_slow": _turns("turns_slow", now)}
    rows = _by_day(sessions, shop, days).annotate(**wanted)
    found = {_date(row): {name[2:]: int(value) for name, value in row.items() if name[:2] == "n_"} for row in rows}
    for at in sessions.filter(conditions.BUYER).order_by().values_list("started_at", flat=True):
        local = at.astimezone(shop.zone)
        numbers, hour = found.setdefault(local.date(), {}), HOURS[local.hour]
        numbers[hour] = numbers.get(hour, 0) + 1
    for day, numbers in bot_sums.of_shop(sessions, shop).items():
        found.setdefault(day, {}).update(numbers)  # one may have closed since the first question
    return found


def of_agents(sessions: SessionQuerySet, shop: Shop, days: list[date], by: Rules, now: datetime) -> ByAgent:
    """Return each agent's numbers of each day, by the rules of G7: who had it, who replied first, who was rated."""
    found: ByAgent = defaultdict(dict)
    assigned, replied, rated = _of_agents(by, connection.vendor)
    _assigned(found, sessions, shop, days, assigned)
    _grouped(found, _by_day(sessions.filter(first_human_by__isnull=False), shop, days), "first_human_by", replied)
    _grouped(found, _by_day(sessions.filter(rated_member__isnull=False), shop, days), "rated_member", rated)
    _turn_shares(found, sessions, shop, days)
    pending = {"turns_slow": Count("pk", filter=conditions.pending_slow(now)), "turns_due": Count("pk", filter=DUE_NOW)}
    waiting = sessions.filter(turn_since__isnull=False, last_assignee__isnull=False)
    _grouped(found, _by_day(waiting, shop, days), "last_assignee", pending)
    if by.profile.counts == profiles.TURNS:
        for numbers in found.values():
            numbers["counted"], numbers["answered"] = numbers.get("turns_due", 0), numbers.get("turns_due_fast", 0)
    return found


def add(*parts: Numbers) -> Numbers:
    """Return the sum of numbers, name by name."""
    total: Numbers = defaultdict(int)
    for part in parts:
        add_to(total, part)
    return total


def add_to(total: Numbers, part: Numbers) -> None:
    """Add numbers to a sum, name by name."""
    for name, value in part.items():
        total[name] = total.get(name, 0) + value


@lru_cache
def _of_shop(by: Rules, vendor: str) -> dict[str, Ready]:
    """Return what is summed of a shop's sessions, but for what depends on the time of asking."""
    now = timezone.now()
    which = conditions.of(by, now)
    wanted: dict[str, Any] = {f"n_{name}": Count("pk", filter=which[name]) for name in COUNTED}
    wanted["n_reply_us"] = Sum(by.reply_us, filter=which["replied"], default=0)
    wanted |= {f"n_{name}": _turns(name, now) for name in turns.COUNTS if name != "turns_slow"}
    wanted |= {f"n_class_{n}": Count("pk", filter=one) for n, one in enumerate(conditions.classes(by, now))}
    if by.profile.counts == profiles.TURNS:
        wanted |= {"n_counted": _turns("turns_due", now), "n_answered": _turns("turns_due_fast", now)}
    return ready.made(ServiceSession, wanted)


@lru_cache
def _of_agents(by: Rules, vendor: str) -> tuple[dict[str, Ready], dict[str, Ready], dict[str, Ready]]:
    """Return what is summed of the sessions that an agent had, replied to first, was rated for."""
    which = conditions.of(by, timezone.now())  # none of these depends on the time
    had = {name: Count("pk", filter=through(which[name], "session")) for name in OF_ASSIGNED}
    replied = {
        "replied": Count("pk", filter=which["replied"]),
        "reply_us": Sum(by.reply_us, filter=which["replied"], default=0),
    }
    rated = {name: Count("pk", filter=which[name]) for name in OF_RATED}
    return ready.made(Assignment, had), ready.made(ServiceSession, replied), ready.made(ServiceSession, rated)


DUE_NOW = Q(turn_since__isnull=False, turn_due=True)


def _turns(name: str, now: datetime) -> Any:
    """Return the sum over turns: those a human ended, and the running ones where they count already (G9)."""
    total = Sum(name, default=0)
    if name == "turns_slow":
        return total + Count("pk", filter=conditions.pending_slow(now))
    return total + Count("pk", filter=DUE_NOW) if name == "turns_due" else total


def _by_day(sessions: SessionQuerySet, shop: Shop, days: list[date]) -> QuerySet[Any, Any]:
    return sessions.order_by().annotate(day=day_of(shop, days)).values("day")


def _date(row: dict[str, Any]) -> date:
    return date.fromordinal(row["day"])


def _grouped(found: ByAgent, rows: QuerySet[Any, Any], who: str, wanted: Mapping[str, Any]) -> None:
    for row in rows.values("day", who).annotate(**{f"n_{name}": value for name, value in wanted.items()}):
        numbers = found[_date(row), row[who]]
        for name in wanted:
            numbers[name] = numbers.get(name, 0) + int(row[f"n_{name}"])


def _assigned(
    found: ByAgent, sessions: SessionQuerySet, shop: Shop, days: list[date], wanted: dict[str, Ready]
) -> None:
    """After a transfer a session counts for every agent it was assigned to, once each."""
    rows = Assignment.objects.filter(session__in=sessions.order_by(), again=False)
    _grouped(found, rows.annotate(day=day_of(shop, days, "session__started_at")).values("day"), "member", wanted)


def _turn_shares(found: ByAgent, sessions: SessionQuerySet, shop: Shop, days: list[date]) -> None:
    """An agent's share of a session's turns: from what was counted when it came, to when the next one came."""
    rows = Assignment.objects.filter(session__in=sessions.order_by()).order_by()
    shares = {
        f"share_{name}": Window(Lead(name), partition_by="session", order_by=F("pk").asc()) for name in turns.COUNTS
    }
    until = {f"all_{name}": F(f"session__{name}") for name in turns.COUNTS}
    inner = rows.annotate(day=day_of(shop, days, "session__started_at"), **shares, **until)
    names = ["day", "member_id", *turns.COUNTS, *shares, *until]
    sql, params = inner.values_list(*names).query.sql_with_params()
    sums = ", ".join(f"SUM(COALESCE(share_{n}, all_{n}) - {n})" for n in turns.COUNTS)
    aliases = ", ".join(["day", "member", *turns.COUNTS, *shares, *until])
    with connection.cursor() as cursor:
        cursor.execute(f"WITH x ({aliases}) AS ({sql}) SELECT day, member, {sums} FROM x GROUP BY day, member", params)
        for day, member, *values in cursor.fetchall():
            numbers = found[date.fromordinal(day), member]
            for name, value in zip(turns.COUNTS, values, strict=True):
                numbers[name] = numbers.get(name, 0) + int(value)


def sessions_of(shop: Shop) -> SessionQuerySet:
    """Return all sessions of a shop."""
    return ServiceSession.objects.filter(shop=shop)
