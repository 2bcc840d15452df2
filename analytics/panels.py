"""What the pages of figures show beside the numbers: gauges, changes, charts, links to the sessions behind them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from analytics import asked, drawing, shapes, tables, words
from analytics.periods import Range
from shops.models import Shop


def cards(shop: Shop, found: Range, figures: Sequence[shapes.FigureShape], own: bool = False) -> list[Any]:
    """Return the figures of a range as cards, each with the way to its sessions; `own` ones are the reader's."""
    return [card(shop, one, behind(shop, found, one["key"], own=own)) for one in figures]


def card(shop: Shop, one: shapes.FigureShape, link: str = "") -> dict[str, Any]:
    """Return a figure in words: value, target, change against the span before."""
    unit, value, target = one["unit"], one["value"], one["target"]
    changed = words.change(unit, one["change"], shop)
    gauge = None
    if value is not None and unit == "rate":
        gauge = drawing.gauge(value, target, full=_full(value, target, one["better"]))
    return {
        **one,
        "shown": words.cell(unit, value, shop),
        "target_shown": words.cell(unit, target, shop) if target is not None else "",
        "reached": _reached(value, target, one["better"]),
        "change_shown": changed,
        "previous_shown": words.cell(unit, one["previous"], shop),
        "tone": _tone(changed, one["better"]),
        "of_shown": words.shown("count", one["of"]) if unit in ("rate", "seconds", "stars") else "",
        "gauge": gauge,
        "link": link,
    }


def _full(value: float, target: float | None, better: str) -> float:
    """A rate that should be small is drawn larger: its target near the middle."""
    return max(value, target * 2) if better == "down" and target else 1.0


def _reached(value: float | None, target: float | None, better: str) -> bool | None:
    if value is None or target is None:
        return None
    return value < target if better == "down" else value >= target


def _tone(changed: str, better: str) -> str:
    """A change that is too small to be shown is neither good nor bad."""
    sign = changed[:1]
    if sign not in ("+", "−") or not better:
        return ""
    return "ok" if (sign == "+") == (better == "up") else "danger"


def behind(shop: Shop, found: Range, figure: str, member: int | None = None, own: bool = False) -> str:
    """Return the address of the sessions that a figure counts."""
    part = "over" if figure == "dissatisfaction" else ""
    here = reverse("my-sessions" if own else "analytics-sessions", args=[shop.pk])
    return f"{here}?{asked.query_of(found, figure=figure, member=member, part=part)}"


def trend(shop: Shop, told: shapes.TrendShape, key: str) -> dict[str, Any]:
    """Return one figure over time as a chart, the span before as a second line."""
    metric = next(one for one in told["metrics"] if one["key"] == key)
    return _chart(shop, metric, told["results"], told["previous"], metric["target"])


def rolling(shop: Shop, told: shapes.DissatisfactionShape) -> dict[str, Any]:
    """Return the dissatisfaction rate as it stood at the end of each day."""
    return _chart(shop, told["figure"], told["results"], [], told["figure"]["target"])


def _chart(
    shop: Shop, metric: shapes.MetricShape, now: Sequence[shapes.DayRowShape], before: Sequence[shapes.DayRowShape],
    target: float | None,
) -> dict[str, Any]:  # fmt: skip
    key, unit = metric["key"], metric["unit"]
    current, earlier = ([one["values"][key] for one in steps] for steps in (now, before))
    earlier = earlier[: len(current)]
    ticks = drawing.scale([*current, *earlier, target], unit)
    days = [words.day(date.fromisoformat(one["day"])) for one in now]
    tips = [_tip(shop, metric, n, now, before) for n in range(len(now))]
    drawn = drawing.lines(days, tips, ticks[-1], current, earlier)
    grid = [(drawing.place(drawing.height(one, ticks[-1])), words.cell(unit, one, shop)) for one in ticks]
    goal = drawing.place(drawing.height(target, ticks[-1])) if target is not None else ""
    return {
        **drawn, "grid": grid, "goal": goal, "label": metric["label"], "definition": metric["definition"],
        "empty": not any(value is not None for value in current), "compared": bool(before),
    }  # fmt: skip


def _tip(
    shop: Shop,
    metric: shapes.MetricShape,
    n: int,
    now: Sequence[shapes.DayRowShape],
    before: Sequence[shapes.DayRowShape],
) -> str:
    key, unit, one = metric["key"], metric["unit"], now[n]
    said = f"{step(one)}: {words.cell(unit, one['values'][key], shop)}"
    if n < len(before):
        said += "\n" + _("Before, %(day)s: %(value)s") % {
            "day": step(before[n]), "value": words.cell(unit, before[n]["values"][key], shop)
        }  # fmt: skip
    return said


def step(one: shapes.DayRowShape) -> str:
    """Return a step of a trend by its days."""
    first = words.day(date.fromisoformat(one["day"]))
    return first if one["day"] == one["end"] else f"{first} – {words.day(date.fromisoformat(one['end']))}"


def heat(told: shapes.HeatmapShape) -> list[dict[str, Any]]:
    """Return the rows of the heat map: each hour's consultations and their depth of colour."""
    return [
        {"day": day, "often": often,
         "cells": [{"count": count, "shade": drawing.shade(count, told["busiest"])} for count in cells]}
        for day, often, cells in zip(words.weekdays(), told["days"], told["cells"], strict=True)
    ]  # fmt: skip


def bars(table: tables.Table, shop: Shop, counts: Sequence[int], link: tables.Link | None = None) -> dict[str, Any]:
    """Return a table with a bar in each row."""
    found = tables.shown(table, shop, link)
    return {**found, "bars": list(zip(found["rows"], drawing.shares(counts), strict=True))}
