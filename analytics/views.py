"""The pages of figures of a whole shop; no arithmetic here. Owner and super admin only (A2)."""

from datetime import datetime
from functools import cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import asked, kinds, listing, metrics, panels, periods, reports, tables
from analytics.asked import Picked
from analytics.periods import Range
from lib.db import snapshot
from shops import pages
from shops.models import Member, Shop

STEPS = ("day", "week", "month")
LATEST = 20  # ratings on the quality monitor


def frame(request: HttpRequest, member: Member, tab: str, chosen: Picked | None, **more: Any) -> dict[str, Any]:
    """Return what the pages of figures share: the tabs and, where there is a range, its picker."""
    about: dict[str, Any] = {**pages.frame(member, "analytics"), "tab": tab}
    if chosen is not None:
        most = more.get("most", periods.LOOK_BACK)
        about["picker"] = asked.picker(request, member.shop, chosen, most)
        about["range_query"] = asked.query_of(chosen.range)
    about["takes"] = [(kind, kinds.label(kind)) for kind in kinds.OF_PAGE.get(tab, ())]
    return {**about, **more}


@pages.of_shop
@snapshot()
def analytics(request: HttpRequest, member: Member) -> HttpResponse:
    """Service analytics: the shop's figures, their course, when buyers write, how long they wait (G1-G6)."""
    shop, now, chosen = member.shop, timezone.now(), asked.picked(request, member.shop)
    found = chosen.range
    told = reports.overview(shop, found, now)
    heat, spread = reports.heatmap(shop, found, now), reports.distribution(shop, found, now)
    more = {
        "cards": panels.cards(shop, found, told["figures"]),
        "profile": told["profile"],
        **course(request, shop, found, metrics.TREND, now),
        "heat": panels.heat(heat),
        "hours": range(24),
        "spread": panels.bars(tables.distribution(spread), shop, [one["count"] for one in spread["results"]]),
        "spread_of": spread["of"],
    }  # fmt: skip
    return render(request, "analytics/overview.html", frame(request, member, "overview", chosen, **more))


def course(
    request: HttpRequest,
    shop: Shop,
    found: Range,
    chosen: tuple[metrics.Metric, ...],
    now: datetime,
) -> dict[str, Any]:
    """Return how figures went over the range: a chart of the one chosen, a table of all of them."""
    key, by = request.GET.get("show", ""), request.GET.get("by", "")
    key = key if key in {one.key for one in chosen} else chosen[0].key
    by = by if by in STEPS else "day"
    told = reports.trend(shop, found, now, by, chosen)
    steps = zip(STEPS, step_names(), strict=True)
    return {
        "chart": panels.trend(shop, told, key),
        "course": tables.shown(tables.of_days("trend", _("Trend"), told["metrics"], told["results"]), shop),
        "choices": [
            (one["label"], one["key"] == key, asked.address(request, show=one["key"])) for one in told["metrics"]
        ],
        "steps": [(name, one == by, asked.address(request, by=one)) for one, name in steps],
    }


def step_names() -> tuple[str, str, str]:
    """Return the steps of a trend in words."""
    return _("By day"), _("By week"), _("By month")


@pages.of_shop
@snapshot()
def agents(request: HttpRequest, member: Member) -> HttpResponse:
    """Every agent's figures (G7), each number with the sessions behind it."""
    shop, chosen = member.shop, asked.picked(request, member.shop)
    told = reports.agents(shop, chosen.range, timezone.now())
    table = tables.of_agents("agents", _("Agents"), told["metrics"], told["results"])
    shown = tables.shown(table, shop, _of_member(member, chosen))
    more = {"table": shown, "words": told["metrics"], "profile": told["profile"]}
    return render(request, "analytics/agents.html", frame(request, member, "agents", chosen, **more))


@pages.of_shop
@snapshot()
def quality(request: HttpRequest, member: Member) -> HttpResponse:
    """The quality monitor (质检): the shop's figures, every employee's, and the latest ratings (G9)."""
    shop, now, chosen = member.shop, timezone.now(), asked.picked(request, member.shop)
    told = reports.quality(shop, chosen.range, now)
    table = tables.of_agents("quality", _("Employees"), told["metrics"], told["employees"])
    more = {
        "cards": panels.cards(shop, chosen.range, told["figures"]),
        **course(request, shop, chosen.range, metrics.QUALITY, now),
        "table": tables.shown(table, shop, _of_member(member, chosen)),
        "words": told["metrics"],
        "latest": listing.ratings(shop, listing.RatingsAsked(), "", LATEST)[0],
    }
    return render(request, "analytics/quality.html", frame(request, member, "quality", chosen, **more))


@pages.of_shop
@snapshot()
def ratings(request: HttpRequest, member: Member) -> HttpResponse:
    """Ratings of the shop and of each agent, up to 30 days (G9)."""
    shop, chosen = member.shop, asked.picked(request, member.shop, asked.RATINGS_MOST)
    told = reports.ratings(shop, chosen.range, timezone.now())
    table = tables.of_agents("ratings", _("Ratings of agents"), told["metrics"], told["results"])
    more = {
        "cards": panels.cards(shop, chosen.range, told["figures"]),
        "table": tables.shown(table, shop, _of_member(member, chosen)),
        "words": told["metrics"],
        "stars": panels.bars(tables.stars(told["stars"]), shop, [one["count"] for one in told["stars"]]),
        "most": asked.RATINGS_MOST,
    }
    return render(request, "analytics/ratings.html", frame(request, member, "ratings", chosen, **more))


@pages.of_shop
def mine(request: HttpRequest, member: Member) -> HttpResponse:
    """An agent's own figures (G7, C9); nobody else's (A2)."""
    chosen = asked.picked(request, member.shop)
    told = reports.mine(member, chosen.range, timezone.now())
    more = {"cards": panels.cards(member.shop, chosen.range, told["figures"], own=True)}
    about = frame(request, member, "mine", chosen, **more)
    return render(request, "analytics/mine.html", about | {"here": "mine"})


def _of_member(member: Member, chosen: Picked) -> tables.Link:
    """Link a number of an agent to the sessions it counts."""
    of_shop = cache(partial(panels.behind, member.shop, chosen.range))
    return lambda who, key: "" if key == "agent" else f"{of_shop(key)}&member={who}"
