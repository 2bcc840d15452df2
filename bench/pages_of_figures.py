"""What bench/analytics.py asks: every page and call of the figures of one shop, and DuckDB the same."""

import math
import resource
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from analytics import conditions, kinds, listing, metrics, periods, writing
from bench import history
from bench.duck import VALUES, Duck
from shops.models import Shop

ROUNDS, WARM = 5, 1
AGENTS = [one.key for one in metrics.AGENTS]
EMPLOYEES = ["people", "response_time", "first_response", "turns_fast", "turns_slow"]
DAYS_90, DAYS_30 = 90, 30


class Asking:
    """One shop's pages for its owner, and the raw rows in DuckDB."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.duck = shop, Duck()
        # Views know nothing of the bench: a signed-in browser asks, every layer between is measured.
        self.client = Client(headers={"Accept-Language": "en"}, SERVER_NAME="localhost")
        self.client.force_login(history.owner(shop).user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        self.today = periods.local_day(shop, self.now)

    @property
    def now(self) -> datetime:
        """The moment as the views see it: on a busy machine a run takes longer than turns need to become slow (G9)."""
        return timezone.now()

    def days(self, count: int) -> periods.Days:
        return periods.Days(self.today - timedelta(days=count - 1), self.today)

    def get(self, path: str, days: int) -> Any:
        query = {}
        if days:
            asked = self.days(days)
            query = {"range": "custom", "start": asked.first.isoformat(), "end": asked.last.isoformat()}
        answer = self.client.get(path, query)
        assert answer.status_code == 200, (path, answer.status_code, answer.content[:300])
        return answer

    def facts(self, days: periods.Days) -> None:
        span = periods.span(self.shop, days)
        self.duck.facts(shop=self.shop.pk, zone=self.shop.time_zone, start=span.start, until=span.end)


def measure(shop: Shop, *, export: bool) -> dict[str, Any]:
    """Return milliseconds of each view and of DuckDB's answer to the same, and which values differ."""
    asking = Asking(shop)
    found: dict[str, Any] = {"views": {}, "duck": {}, "wrong": [], "compared": 0}
    for name, (path, days) in VIEWS.items():
        ask = partial(asking.get, path.format(shop.pk), days)
        answer, took = _timed(ask)
        found["views"][name] = took
        check = CHECKS.get(name)
        if check is not None:
            expected, found["duck"][name] = _timed(partial(check, asking))
            shown = SHOWN[name](answer.json()) if path.startswith("/api") else None
            if shown is not None:
                found["compared"] += _compare(name, shown, expected, found["wrong"])
    if export:
        found["export"] = _export(shop)
    return found


def _timed(ask: Callable[[], Any]) -> tuple[Any, tuple[float, float]]:
    """Return an answer, and the medians of its milliseconds on the wall and of CPU."""
    for _ in range(WARM):
        ask()
    wall, cpu = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), time.process_time()
        answer = ask()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    return answer, (round(statistics.median(wall), 2), round(statistics.median(cpu), 2))


def _compare(name: str, shown: Any, expected: Any, wrong: list[Any]) -> int:
    """Compare value by value; return how many there were."""
    if isinstance(expected, dict):
        return sum(_compare(f"{name}.{key}", _at(shown, key), value, wrong) for key, value in expected.items())
    if isinstance(expected, list):
        return sum(_compare(f"{name}.{n}", _at(shown, n), value, wrong) for n, value in enumerate(expected))
    same = shown == expected or (
        shown is not None and expected is not None and math.isclose(shown, expected, rel_tol=1e-9, abs_tol=1e-9)
    )
    if not same:
        wrong.append([name, shown, float(expected) if expected is not None else None])
    return 1


def _at(shown: Any, key: Any) -> Any:
    try:
        return shown[key]
    except (KeyError, IndexError, TypeError):
        return None


def _export(shop: Shop) -> dict[str, Any]:
    """Write all sessions of the largest shop as XLSX; peak memory beside what the process had before."""
    days = periods.last(shop, DAYS_90, timezone.now())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told: list[int] = []
    began = time.perf_counter()
    table = kinds.sessions(shop, listing.Asked(days=days), timezone.now())
    rows = writing.write_xlsx(table, shop, Path(settings.DATA_DIR) / "sessions.xlsx", told.append)
    took = time.perf_counter() - began
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "rows": rows, "seconds": round(took, 1), "per_100000": round(took / rows * 100_000, 1),
        "peak_memory_mb_on_top": round(more / 1024, 1), "words_of_progress": len(told),
    }  # fmt: skip


def _overview(asking: Asking, days: int = DAYS_90) -> Any:
    asking.facts(asking.days(days))
    whole = asking.duck.values([one.key for one in metrics.TREND])
    return {**whole.get(0, {}), **asking.duck.orders()}


def _trend(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    found = asking.duck.values([one.key for one in metrics.TREND], by="local::DATE")
    return {day.isoformat(): values for day, values in found.items()}


def _agents(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    return {who: {key: one.get(key) for key in AGENTS} for who, one in asking.duck.of_agents(asking.now).items()}


def _quality(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    of_shop = asking.duck.values(["people", "consultations", "first_response"])[0] | asking.duck.turns(asking.now)[0]
    rows = asking.duck.of_agents(asking.now).items()
    return {"shop": of_shop, "agents": {who: {key: one.get(key) for key in EMPLOYEES} for who, one in rows}}


def _ratings(asking: Asking, days: int = DAYS_90) -> Any:
    asking.facts(asking.days(days))
    return asking.duck.values([one.key for one in metrics.RATING])[0]


def _dissatisfaction(asking: Asking) -> Any:
    last = periods.last(asking.shop, periods.DISSATISFACTION_DAYS, asking.now)
    asking.facts(last)
    return asking.duck.values(["dissatisfaction"])[0]


def _bot(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    return asking.duck.values([one.key for one in metrics.BOT if one.key in VALUES])[0]  # of E4, what messages say


def _bot_page(asking: Asking) -> None:
    _bot(asking)
    asking.duck.values([one.key for one in metrics.BOT if one.key in VALUES], by="local::DATE")


def _heatmap(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    heat = asking.duck.heat()
    return [[heat.get((day, hour), 0) for hour in range(24)] for day in range(7)]


def _distribution(asking: Asking) -> Any:
    asking.facts(asking.days(DAYS_90))
    return asking.duck.spread(conditions.CLASSES)


def _overview_page(asking: Asking) -> None:
    _overview(asking)
    asking.duck.values([one.key for one in metrics.TREND], by="local::DATE")
    asking.duck.heat()
    asking.duck.spread(conditions.CLASSES)


def _quality_page(asking: Asking) -> None:
    _quality(asking)
    asking.duck.values(["people", "consultations", "first_response"], by="local::DATE")
    asking.duck.turns(asking.now, by="local::DATE")


def _figures(told: Any) -> Any:
    return {one["key"]: one["value"] for one in told["figures"]}


def _rows(told: Any) -> Any:
    return {one["member"]["id"]: one["values"] for one in told}


_PAGE, _API = "/shops/{}/analytics/", "/api/v1/shops/{}/analytics/"
# Name: address, days asked for (0: the page's own).
VIEWS: dict[str, tuple[str, int]] = {
    "page overview": (_PAGE, DAYS_90),
    "page agents": (f"{_PAGE}agents/", DAYS_90),
    "page quality": (f"{_PAGE}quality/", DAYS_90),
    "page ratings (30 days)": (f"{_PAGE}ratings/", DAYS_30),
    "page all sessions": (f"{_PAGE}sessions/", DAYS_90),
    "page score (60 days)": (f"{_PAGE}score/", 0),
    "page bot": (f"{_PAGE}bot/", DAYS_90),
    **{f"api {name}": (f"{_API}{name}", DAYS_90) for name in (
        "overview", "trend", "agents", "quality", "ratings", "ratings/latest", "sessions", "bot", "heatmap",
        "distribution",
    )},
    "api dissatisfaction": (f"{_API}dissatisfaction", 0),
}  # fmt: skip
CHECKS: dict[str, Callable[[Asking], Any]] = {
    "page overview": _overview_page, "page agents": _agents, "page quality": _quality_page,
    "page ratings (30 days)": partial(_ratings, days=DAYS_30), "page score (60 days)": _dissatisfaction,
    "page bot": _bot_page,
    "api overview": _overview, "api trend": _trend, "api agents": _agents, "api quality": _quality,
    "api ratings": _ratings, "api bot": _bot, "api heatmap": _heatmap, "api distribution": _distribution,
    "api dissatisfaction": _dissatisfaction,
}  # fmt: skip
SHOWN: dict[str, Callable[[Any], Any]] = {
    "api overview": _figures, "api ratings": _figures, "api bot": _figures,
    "api trend": lambda told: {one["day"]: one["values"] for one in told["results"]},
    "api agents": lambda told: _rows(told["results"]),
    "api quality": lambda told: {"shop": _figures(told), "agents": _rows(told["employees"])},
    "api heatmap": lambda told: told["cells"],
    "api distribution": lambda told: [one["count"] for one in told["results"]],
    "api dissatisfaction": lambda told: {"dissatisfaction": told["figure"]["value"]},
}  # fmt: skip
