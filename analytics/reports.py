"""What pages, the API and exports show: each report is made by one function here, so that all give the same (G12)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from analytics import conditions, metrics, people, periods, reading, shapes, sums
from analytics.conditions import Rules
from analytics.metrics import Metric
from analytics.periods import Days, Range
from lib.db import snapshot
from shops.models import Member, Shop

Values = dict[str, float | None]
MORE = (1, 2, 5, 10, 20)  # what the what-if asks of G8


@snapshot()
def overview(shop: Shop, asked: Range, now: datetime) -> shapes.OverviewShape:
    """Return the shop's figures of a range beside their targets and those of the span before (G1-G6, G14)."""
    by = conditions.rules(shop)
    found, earlier = (_with_orders(shop, days, by, now) for days in (asked.days, asked.previous))
    assert found is not None
    return {**head(shop, asked, by), "figures": [figure(one, by, shop, found, earlier) for one in metrics.OVERVIEW]}


@snapshot()
def trend(
    shop: Shop,
    asked: Range,
    now: datetime,
    step: str = "day",
    chosen: tuple[Metric, ...] = metrics.TREND,
) -> shapes.TrendShape:
    """Return figures of each day, week or month of a range, and of the span before."""
    by = conditions.rules(shop)
    results, previous = (
        _steps(shop, days, by, now, step, chosen) if days else [] for days in (asked.days, asked.previous)
    )
    words = [described(one, by, shop) for one in chosen]
    return {**head(shop, asked, by), "metrics": words, "results": results, "previous": previous}


@snapshot()
def agents(shop: Shop, asked: Range, now: datetime) -> shapes.AgentsShape:
    """Return the figures of every agent that had a session of the range (G7)."""
    by = conditions.rules(shop)
    rows = _agent_rows(shop, asked, by, now, metrics.AGENTS)
    return {**head(shop, asked, by), "metrics": _words(metrics.AGENTS, by, shop), "results": rows}


@snapshot()
def mine(member: Member, asked: Range, now: datetime) -> shapes.MyFiguresShape:
    """Return one agent's own figures of a range (G7, A2: nobody else's)."""
    shop, by = member.shop, conditions.rules(member.shop)
    found, earlier = (
        reading.by_agent(shop, days, by, now).get(member.pk, {}) if days else None
        for days in (asked.days, asked.previous)
    )
    figures = [figure(one, by, shop, found or {}, earlier) for one in metrics.AGENTS]
    return {**head(shop, asked, by), "figures": figures}


@snapshot()
def quality(shop: Shop, asked: Range, now: datetime) -> shapes.QualityShape:
    """Return the quality monitor: the shop's figures of G9 and every employee's."""
    by = conditions.rules(shop)
    found, earlier = (_with_people(shop, days, by, now) for days in (asked.days, asked.previous))
    figures = [figure(one, by, shop, found or {}, earlier) for one in metrics.QUALITY]
    rows = _agent_rows(shop, asked, by, now, metrics.QUALITY)
    words = _words(metrics.QUALITY, by, shop)
    return {**head(shop, asked, by), "figures": figures, "metrics": words, "employees": rows}


@snapshot()
def ratings(shop: Shop, asked: Range, now: datetime) -> shapes.RatingFiguresShape:
    """Return the ratings of a range: the shop's, and each agent's (G9)."""
    by = conditions.rules(shop)
    found, earlier = (reading.total(shop, days, by, now) if days else None for days in (asked.days, asked.previous))
    figures = [figure(one, by, shop, found or {}, earlier) for one in metrics.RATING]
    rows = _agent_rows(shop, asked, by, now, metrics.RATING)
    words = _words(metrics.RATING, by, shop)
    return {
        **head(shop, asked, by), "figures": figures, "stars": _stars(found or {}), "metrics": words, "results": rows,
    }  # fmt: skip


def dissatisfaction(shop: Shop, now: datetime) -> shapes.DissatisfactionShape:
    """Return G8 with its problem's size, how it came about day by day, and what better ratings would change (G13)."""
    by, days = conditions.rules(shop), periods.last(shop, periods.DISSATISFACTION_DAYS, now)
    each = reading.by_day(shop, Days(days.first - timedelta(days=days.count), days.last), by, now)
    found = sums.add(*(each[day] for day in days))
    rated, low = found["judged"], found["judged_low"]
    one = figure(metrics.DISSATISFACTION, by, shop, found, None)
    return {
        "figure": one,
        "updated_on": periods.local_day(shop, now).isoformat(),
        "start": days.first.isoformat(),
        "end": days.last.isoformat(),
        "rated": rated,
        "dissatisfied": low,
        "stars": _stars(found),
        "what_if": [_what_if(more, rated, low, one["target"]) for more in MORE] if rated else [],
        "results": _rolling(days, each),
    }


def heatmap(shop: Shop, asked: Range, now: datetime) -> shapes.HeatmapShape:
    """Return consultations by weekday and hour of the shop, for planning shifts."""
    by, cells, days = conditions.rules(shop), [[0] * 24 for _ in range(7)], [0] * 7
    for day, numbers in reading.by_day(shop, asked.days, by, now).items():
        days[day.weekday()] += 1
        for hour, name in enumerate(sums.HOURS):
            cells[day.weekday()][hour] += numbers.get(name, 0)
    return {**head(shop, asked, by), "cells": cells, "days": days, "busiest": max(map(max, cells))}


def distribution(shop: Shop, asked: Range, now: datetime) -> shapes.DistributionShape:
    """Return how many first responses (G4) took how long."""
    by = conditions.rules(shop)
    found = reading.total(shop, asked.days, by, now)
    ends: list[int | None] = [*conditions.CLASSES, None]
    results: list[shapes.ResponseClassShape] = [
        {"above": low, "upto": high, "count": found.get(f"class_{n}", 0)}
        for n, (low, high) in enumerate(zip([0, *conditions.CLASSES], ends, strict=True))
    ]
    return {**head(shop, asked, by), "results": results, "of": found.get("replied", 0)}


def head(shop: Shop, asked: Range, by: Rules) -> shapes.HeadShape:
    """Return what every report says first: of which days, by whose rules."""
    days, previous = asked.days, asked.previous
    found: shapes.DateRangeShape = {
        "key": asked.key,
        "start": days.first.isoformat(),
        "end": days.last.isoformat(),
        "previous_start": previous.first.isoformat() if previous else None,
        "previous_end": previous.last.isoformat() if previous else None,
        "time_zone": shop.time_zone,
    }
    profile: shapes.MetricProfileShape = {
        "key": by.profile.key, "version": by.profile.version, "name": str(by.profile.name), "clock": by.clock,
    }  # fmt: skip
    return {"range": found, "profile": profile}


def described(metric: Metric, by: Rules, shop: Shop) -> shapes.MetricShape:
    """Return a figure's words and target (G10)."""
    return {
        "key": metric.key,
        "rule": metric.rule,
        "label": metrics.label(metric, by),
        "definition": metrics.definition(metric, by),
        "left_out": str(metric.left_out),
        "unit": metric.unit,
        "better": metric.better,
        "target": shop.policy.targets.get(metric.key),
    }


def figure(
    metric: Metric, by: Rules, shop: Shop, numbers: Mapping[str, Any], earlier: Mapping[str, Any] | None
) -> shapes.FigureShape:
    """Return a figure with its value, beside that of the span before."""
    value = _plain(metric.value(numbers))
    previous = _plain(metric.value(earlier)) if earlier is not None else None
    change = value - previous if value is not None and previous is not None else None
    words = described(metric, by, shop)
    return {**words, "value": value, "of": int(numbers.get(metric.of) or 0), "previous": previous, "change": change}


def _plain(value: Any) -> float | None:
    return value if value is None or isinstance(value, (int, float)) else float(value)


def _words(chosen: Iterable[Metric], by: Rules, shop: Shop) -> list[shapes.MetricShape]:
    return [described(one, by, shop) for one in chosen]


def _values(chosen: Iterable[Metric], numbers: Mapping[str, Any]) -> Values:
    return {one.key: _plain(one.value(numbers)) for one in chosen}


def _with_orders(shop: Shop, days: Days | None, by: Rules, now: datetime) -> Mapping[str, Any] | None:
    return {**reading.total(shop, days, by, now), **people.orders(shop, days, by)} if days else None


def _with_people(shop: Shop, days: Days | None, by: Rules, now: datetime) -> Mapping[str, Any] | None:
    if days is None:
        return None
    return {**reading.total(shop, days, by, now), "people": people.of_steps(shop, [days], by)[0]}


def _agent_rows(
    shop: Shop, asked: Range, by: Rules, now: datetime, chosen: tuple[Metric, ...]
) -> list[shapes.AgentRowShape]:
    found, earlier = (
        _of_agents(shop, days, by, now, chosen) if days else None for days in (asked.days, asked.previous)
    )
    rows: list[shapes.AgentRowShape] = []
    for one in Member.objects.filter(shop=shop, pk__in=set(found or ())).order_by("nickname"):
        before = _values(chosen, earlier.get(one.pk, {})) if earlier is not None else None
        who: shapes.AgentShape = {"id": one.pk, "nickname": one.nickname, "active": one.is_active}
        rows.append({"member": who, "values": _values(chosen, (found or {})[one.pk]), "previous": before})
    return rows


def _of_agents(
    shop: Shop, days: Days, by: Rules, now: datetime, chosen: tuple[Metric, ...]
) -> dict[int, Mapping[str, int]]:
    found: dict[int, Mapping[str, int]] = dict(reading.by_agent(shop, days, by, now))
    if metrics.PEOPLE in chosen:
        for pk, many in people.of_agents(shop, days, by).items():
            found[pk] = {**found.get(pk, {}), "people": many}
    return found


def _steps(
    shop: Shop, days: Days, by: Rules, now: datetime, step: str, chosen: tuple[Metric, ...]
) -> list[shapes.DayRowShape]:
    """Return the values of each step of the range; weeks and months are cut at its ends."""
    each = reading.by_day(shop, days, by, now)
    groups: dict[date, list[date]] = {}
    for day in days:
        start = {"week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}.get(step, day)
        groups.setdefault(start, []).append(day)
    found = [sums.add(*(each[day] for day in group)) for group in groups.values()]
    if metrics.PEOPLE in chosen:
        spans = [Days(group[0], group[-1]) for group in groups.values()]
        for numbers, many in zip(found, people.of_steps(shop, spans, by), strict=True):
            numbers["people"] = many
    return [
        {"day": group[0].isoformat(), "end": group[-1].isoformat(), "values": _values(chosen, numbers)}
        for group, numbers in zip(groups.values(), found, strict=True)
    ]


def _stars(numbers: Mapping[str, int]) -> list[shapes.StarCountShape]:
    return [{"stars": n, "count": numbers.get(f"stars_{n}", 0)} for n in range(5, 0, -1)]


def _what_if(more: int, rated: int, low: int, target: float | None) -> shapes.WhatIfShape:
    value = low / (rated + more)
    return {"more": more, "value": value, "reaches": target is not None and value < target}


def _rolling(days: Days, each: Mapping[date, Mapping[str, int]]) -> list[shapes.DayRowShape]:
    """Return G8 as it stood at the end of each day: over as many days up to it."""
    found: list[shapes.DayRowShape] = []
    window = sums.add(*(dict(each[day]) for day in days.before()))
    for day in days:
        gone = day - timedelta(days=days.count)
        for name in ("judged", "judged_low"):
            window[name] += each[day].get(name, 0) - each[gone].get(name, 0)
        value = metrics.DISSATISFACTION.value(window)
        found.append({"day": day.isoformat(), "end": day.isoformat(), "values": {"dissatisfaction": value}})
    return found
