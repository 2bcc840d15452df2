"""Which tables can be taken away as files, each made by the report that its page shows (G11, G12)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from analytics import bot_reports, listing, metrics, reports, shapes, tables
from analytics.periods import Range
from analytics.tables import Table
from shops.models import Shop

Make = Callable[[Shop, Range, datetime], Table]


# The table of each report, whoever asks for it.
OF: dict[str, Callable[[Any], Table]] = {
    "overview": lambda told: tables.figures("overview", _("Overview"), told["figures"]),
    "mine": lambda told: tables.figures("mine", _("My figures"), told["figures"]),
    "bot": lambda told: tables.figures("bot", _("Bot"), told["figures"]),
    "bot_questions": lambda told: tables.questions(told["questions"]),
    "bot_trend": lambda told: tables.of_days("bot_trend", _("Bot by day"), told["metrics"], told["results"]),
    "trend": lambda told: tables.of_days("trend", _("Trend"), told["metrics"], told["results"]),
    "agents": lambda told: tables.of_agents("agents", _("Agents"), told["metrics"], told["results"]),
    "quality": lambda told: tables.of_agents("quality", _("Quality monitor"), told["metrics"], told["employees"]),
    "quality_trend": lambda told: tables.of_days(
        "quality_trend", _("Quality monitor by day"), told["metrics"], told["results"]
    ),
    "ratings": lambda told: tables.of_agents("ratings", _("Ratings of agents"), told["metrics"], told["results"]),
    "stars": lambda told: tables.stars(told["stars"]),
    "heatmap": tables.heatmap,
    "distribution": tables.distribution,
    "dissatisfaction": lambda told: tables.of_days(
        "dissatisfaction", told["figure"]["label"], [told["figure"]], told["results"]
    ),
}
_REPORTS: dict[str, Callable[[Shop, Range, datetime], Any]] = {
    "overview": reports.overview,
    "trend": reports.trend,
    "agents": reports.agents,
    "quality": reports.quality,
    "quality_trend": lambda shop, asked, now: reports.trend(shop, asked, now, "day", metrics.QUALITY),
    "ratings": reports.ratings,
    "stars": reports.ratings,
    "heatmap": reports.heatmap,
    "distribution": reports.distribution,
    "bot": bot_reports.bot,
    "bot_questions": bot_reports.bot,
    "bot_trend": bot_reports.trend,
    "dissatisfaction": lambda shop, asked, now: reports.dissatisfaction(shop, now),  # whatever the range (G8)
}


def _make(kind: str) -> Make:
    return lambda shop, asked, now: OF[kind](_REPORTS[kind](shop, asked, now))


# Small tables: as many rows as agents, days or classes; made while one waits.
SMALL: dict[str, Make] = {kind: _make(kind) for kind in _REPORTS}
OF_PAGE: dict[str, tuple[str, ...]] = {
    "overview": ("overview", "trend", "heatmap", "distribution"),
    "agents": ("agents",),
    "quality": ("quality", "quality_trend"),
    "ratings": ("ratings", "stars"),
    "bot": ("bot", "bot_questions", "bot_trend"),
    "score": ("dissatisfaction",),
}
SESSIONS, RATINGS_LATEST = "sessions", "ratings_latest"
BATCH = 500


def label(kind: str) -> str:
    """Return a table's name in words."""
    return {
        "overview": _("Overview"),
        "trend": _("Trend by day"),
        "agents": _("Agents"),
        "quality": _("Employees"),
        "quality_trend": _("Quality monitor by day"),
        "ratings": _("Ratings of agents"),
        "stars": _("Ratings by stars"),
        "heatmap": _("Consultations by weekday and hour"),
        "distribution": _("How long first responses took"),
        "dissatisfaction": _("IM dissatisfaction rate"),
        "bot": _("Bot"),
        "bot_questions": _("Bot by question"),
        "bot_trend": _("Bot by day"),
        SESSIONS: _("All sessions"),
        RATINGS_LATEST: _("Latest ratings"),
    }[kind]


def sessions(shop: Shop, asked: listing.Asked, now: datetime) -> Table:
    """Return all sessions asked for, one a row with all facts; read in batches by key, newest first."""
    return tables.sessions(_facts(shop, asked, now))


def _facts(shop: Shop, asked: listing.Asked, now: datetime) -> Iterator[shapes.SessionFactsShape]:
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = listing.page(shop, asked, cursor, now, BATCH)
        yield from rows


def latest_ratings(shop: Shop, asked: listing.RatingsAsked) -> Table:
    """Return all ratings asked for, newest first."""
    return tables.latest_ratings(_ratings(shop, asked))


def _ratings(shop: Shop, asked: listing.RatingsAsked) -> Iterator[Any]:
    cursor: str | None = ""
    while cursor is not None:
        rows, cursor = listing.ratings(shop, asked, cursor, BATCH)
        yield from rows
