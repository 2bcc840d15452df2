"""What figures may be asked for: a range by name or dates, and the filters of the lists."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from analytics import listing, metrics, periods, writing
from chat import incoming, params
from shops import schema
from shops.access import MAX_ID
from shops.models import Shop

RANGE_NAMES = ("range", "start", "end")
RANGE = [
    schema.query("range", {"type": "string", "enum": list(periods.RANGES)}, "Which days; the last 7 by default."),
    schema.query(
        "start", {"type": "string", "format": "date"}, "A day of the day, week or month; where custom starts."
    ),
    schema.query("end", {"type": "string", "format": "date"}, "The last day of a custom range."),
]
JSON = "json"
FORMS = (JSON, *writing.FORMATS)
FORM = schema.query("format", {"type": "string", "enum": list(FORMS)}, "JSON by default; the table as a file else.")
_STEPS = ("day", "week", "month")
STEP = schema.query("by", {"type": "string", "enum": list(_STEPS)}, "The step; a day by default.")
CURSOR = schema.query("cursor", schema.TEXT, "`next` of the page before.")
MEMBER = schema.query("member", schema.ID, "Only this agent's.")


def _one_of(name: str, values: tuple[str, ...], words: str) -> Any:
    return schema.query(name, {"type": "string", "enum": list(values)}, words)


RATING = [
    _one_of("rating", listing.RATINGS, "Only with such a rating; low is 2 stars and below."),
    _one_of("source", listing.SOURCES, "Only with a rating from there."),
]
FILTERS = [
    *RATING,
    _one_of("topic", listing.TOPICS, "Only about this."),
    _one_of("state", listing.STATES, "Only in this state."),
    _one_of("figure", tuple(metrics.METRICS), "Only the sessions behind this figure."),
    _one_of("part", listing.PARTS, "What it counts, what that is a share of (by default), or the rest of those."),
    schema.query("question", schema.ID, "Only those that automatic reception gave this question's answer."),
    schema.query("q", {"type": "string", "maxLength": 60}, "The buyer's nickname or the shop's id for it."),
]
FILTER_NAMES = tuple(one.name for one in FILTERS)


def chosen_range(request: Request, shop: Shop, default: str = "last_7_days") -> periods.Range:
    """Return the range asked for; raise Invalid."""
    key = params.choice(request, "range", periods.RANGES, default)
    return periods.chosen(shop, timezone.now(), key, params.day(request, "start"), params.day(request, "end"))


def form(request: Request) -> str:
    return params.choice(request, "format", FORMS, JSON)


def step(request: Request) -> str:
    return params.choice(request, "by", _STEPS, "day")


def sessions(request: Request, shop: Shop) -> listing.Asked:
    """Return the filters of the list of sessions."""
    return listing.Asked(
        days=chosen_range(request, shop).days,
        member=params.whole(request, "member", 1, MAX_ID),
        rating=params.choice(request, "rating", listing.RATINGS, ""),
        source=params.choice(request, "source", listing.SOURCES, ""),
        topic=params.choice(request, "topic", listing.TOPICS, ""),
        state=params.choice(request, "state", listing.STATES, ""),
        figure=params.choice(request, "figure", tuple(metrics.METRICS), ""),
        part=params.choice(request, "part", listing.PARTS, "under"),
        q=incoming.words(request.query_params.get("q", ""), "q", 60, empty=True),
        question=params.whole(request, "question", 1, MAX_ID),
    )


def ratings(request: Request, shop: Shop) -> listing.RatingsAsked:
    """Return the filters of the list of ratings; all days where no range is named."""
    days = chosen_range(request, shop).days  # read even where no range is named: a malformed day is refused
    return listing.RatingsAsked(
        days=days if "range" in request.query_params else None,
        member=params.whole(request, "member", 1, MAX_ID),
        rating=params.choice(request, "rating", listing.RATINGS, ""),
        source=params.choice(request, "source", listing.SOURCES, ""),
    )
