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


def overview(shop: Shop, asked: Range, now: datetime) -> Table:
    """The shop's figures (G1-G6, G14)."""
    return tables.figures("overview", _("Overview"), reports.overview(shop, asked, now)["figures"])


def trend(shop: Shop, asked: Range, now: datetime) -> Table:
    """The shop's figures day by day."""
    found = reports.trend(shop, asked, now)
    return tables.of_days("trend", _("Trend"), found["metrics"], found["results"])


def agents(shop: Shop, asked: Range, now: datetime) -> Table:
    """Every agent's figures (G7)."""
    found = reports.agents(shop, asked, now)
    return tables.of_agents("agents", _("Agents"), found["metrics"], found["results"])


def quality(shop: Shop, asked: Range, now: datetime) -> Table:
    """Every employee's figures of the quality monitor (G9)."""
    found = reports.quality(shop, asked, now)
    return tables.of_agents("quality", _("Quality monitor"), found["metrics"], found["employees"])


def quality_trend(shop: Shop, asked: Range, now: datetime) -> Table:
    """The quality monitor day by day (G9)."""
    found = reports.trend(shop, asked, now, "day", metrics.QUALITY)
    return tables.of_days("quality_trend", _("Quality monitor by day"), found["metrics"], found["results"])


def ratings(shop: Shop, asked: Range, now: datetime) -> Table:
    """The ratings of each agent (G9)."""
    found = reports.ratings(shop, asked, now)
    return tables.of_agents("ratings", _("Ratings of agents"), found["metrics"], found["results"])


def stars(shop: Shop, asked: Range, now: datetime) -> Table:
    """The ratings by their stars."""
    return tables.stars(reports.ratings(shop, asked, now)["stars"])


def heatmap(shop: Shop, asked: Range, now: datetime) -> Table:
    """Consultations by weekday and hour."""
    return tables.heatmap(reports.heatmap(shop, asked))


def distribution(shop: Shop, asked: Range, now: datetime) -> Table:
    """First responses by how long they took."""
    return tables.distribution(reports.distribution(shop, asked, now))


def dissatisfaction(shop: Shop, asked: Range, now: datetime) -> Table:
    """IM dissatisfaction as it stood each day of the last 60, whatever the range (G8)."""
    found = reports.dissatisfaction(shop, now)
    return tables.of_days("dissatisfaction", found["figure"]["label"], [found["figure"]], found["results"])


def bot(shop: Shop, asked: Range, now: datetime) -> Table:
    """What automatic reception did (E4)."""
    return tables.figures("bot", _("Bot"), bot_reports.bot(shop, asked, now)["figures"])


def bot_questions(shop: Shop, asked: Range, now: datetime) -> Table:
    """How each question's answers did (E4)."""
    return tables.questions(bot_reports.bot(shop, asked, now)["questions"])


def bot_trend(shop: Shop, asked: Range, now: datetime) -> Table:
    """The bot's figures day by day."""
    found = bot_reports.trend(shop, asked, now)
    return tables.of_days("bot_trend", _("Bot by day"), found["metrics"], found["results"])


# Small tables: as many rows as agents, days or classes; made while one waits.
SMALL: dict[str, Make] = {
    one.__name__: one
    for one in (
        overview, trend, agents, quality, quality_trend, ratings, stars, heatmap, distribution, dissatisfaction,
        bot, bot_questions, bot_trend,
    )
}  # fmt: skip
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
