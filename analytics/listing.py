"""All sessions (全部会话): one row each with its facts, and the sessions behind any figure (G9)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics import bot_numbers, conditions, metrics, orders, periods, shapes
from analytics.metrics import Metric
from analytics.periods import Days
from chat import inbox
from chat.models import Assignment, Rating, ServiceSession, SessionQuerySet
from chat.serializers import moment
from lib.redacting import veil
from shops.models import Shop

PAGE = 50
RATINGS = ("low", "neutral", "satisfied", "rated", "none")
PARTS = ("over", "under", "rest")
SOURCES = tuple(Rating.Source.values)
TOPICS = tuple(ServiceSession.Topic.values)
STATES = tuple(ServiceSession.State.values)
# What _facts reads of a session: of five rows a line, a page shows a few columns.
SHOWN = (
    "buyer__nickname", "state", "entry", "topic", "started_by", "started_at", "closed_at", "close_reason",
    "first_human_by__nickname", "first_reply_us", "first_wait_us", "last_automatic_seq", "last_buyer_seq", "turns",
    "turn_us", "turns_fast", "turns_slow", "stars", "rating__words", "rating_source", "rated_member__nickname",
    "holiday_mode", "no_reply_needed", "report_upheld",
)  # fmt: skip


class Asked(NamedTuple):
    """What the list is asked for; `figure` and `part` name the sessions behind a number."""

    days: Days
    member: int | None = None
    rating: str = ""
    source: str = ""
    topic: str = ""
    state: str = ""
    figure: str = ""
    part: str = "under"
    q: str = ""
    question: int | None = None


class RatingsAsked(NamedTuple):
    """What the list of ratings is asked for."""

    days: Days | None = None
    member: int | None = None
    rating: str = ""
    source: str = ""


def page(
    shop: Shop, asked: Asked, cursor: str, now: datetime, limit: int | None = None
) -> tuple[list[shapes.SessionFactsShape], str | None]:
    """Return one page of sessions, newest first, and the cursor of the next."""
    rows = chosen(shop, asked, now).select_related("buyer", "first_human_by", "rated_member", "rating").only(*SHOWN)
    rows = rows.order_by("-started_at", "-pk")
    if cursor:
        at, pk = inbox.read_cursor(cursor)
        rows = rows.filter(Q(started_at__lt=at) | Q(started_at=at, pk__lt=pk), started_at__lte=at)
    limit = limit or PAGE
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    following = inbox.write_cursor(last.started_at, last.pk) if last else None
    return list(facts(shop, found[:limit], now)), following


def chosen(shop: Shop, asked: Asked, now: datetime) -> SessionQuerySet:
    """Return the sessions that an address asks for."""
    span = periods.span(shop, asked.days)
    rows = ServiceSession.objects.filter(shop=shop, started_at__gte=span.start, started_at__lt=span.end)
    metric = metrics.METRICS.get(asked.figure)
    if metric is not None:
        rows = rows.filter(behind(metric, asked.part, _conditions(shop, asked, now), asked.member))
    elif asked.member is not None:
        rows = rows.filter(_belongs(metrics.ASSIGNED, asked.member))
    if asked.question is not None:
        rows = rows.filter(bot_numbers.conditions(asked.question)["bot_answers"])
    if asked.rating:
        rows = rows.filter(_rated(asked.rating))
    for name in ("source", "topic", "state"):
        if getattr(asked, name):
            rows = rows.filter(**{{"source": "rating_source"}.get(name, name): getattr(asked, name)})
    if asked.q:
        rows = rows.filter(Q(buyer__nickname__icontains=asked.q) | Q(buyer__uid=asked.q))
    return rows


def _conditions(shop: Shop, asked: Asked, now: datetime) -> dict[str, Q]:
    """Return the condition of every number that has sessions behind it."""
    counted = conditions.of(conditions.rules(shop), now)
    return counted | orders.followed_by(shop) | bot_numbers.conditions(asked.question)


def behind(metric: Metric, part: str, now: dict[str, Q], member: int | None = None) -> Q:
    """Return which sessions a figure counts, which it counts them among, or the rest of those; of one agent (G7)."""
    over, under = now.get(metric.over), now.get(metric.under)
    mine = among = Q()
    if member is not None:
        mine, among = _belongs(metric.belongs, member), _belongs(metric.among or metric.belongs, member)
    over = over & mine if over is not None else None
    under = under & among if under is not None else None
    if part == "over" or under is None:
        return over if over is not None else under if under is not None else conditions.BUYER & mine
    if part == "rest" and over is not None:
        return under & ~over
    return under


def facts(shop: Shop, rows: Iterable[ServiceSession], now: datetime) -> Iterator[shapes.SessionFactsShape]:
    """Yield one row a session with all its facts; one more query for who had them."""
    found, by = list(rows), conditions.rules(shop)
    had: dict[int, dict[int, shapes.AgentShape]] = defaultdict(dict)
    of_them = Assignment.objects.filter(session__in=[one.pk for one in found]).order_by("pk")
    for session, who, nickname, active in of_them.values_list(
        "session", "member", "member__nickname", "member__is_active"
    ):
        had[session][who] = {"id": who, "nickname": nickname, "active": active}
    for one in found:
        yield _facts(one, list(had[one.pk].values()), by)


def outcome(session: ServiceSession, by: conditions.Rules) -> str:
    """Return what became of a session (G5, G6): human_in_time, auto_solved, late or unanswered."""
    took = session.first_reply_us
    if took is not None and took <= conditions.limit(by):
        return "human_in_time"
    if session.last_automatic_seq > session.last_buyer_seq:
        return "auto_solved"
    return "unanswered" if took is None else "late"


def ratings(
    shop: Shop, asked: RatingsAsked, cursor: str, limit: int | None = None
) -> tuple[list[shapes.RatingShape], str | None]:
    """Return one page of ratings, newest first (G9: the live list)."""
    rows = chosen_ratings(shop, asked).select_related("session__buyer", "member").order_by("-created_at", "-pk")
    if cursor:
        at, pk = inbox.read_cursor(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk), created_at__lte=at)
    limit = limit or PAGE
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    following = inbox.write_cursor(last.created_at, last.pk) if last else None
    return [_rating(one) for one in found[:limit]], following


def chosen_ratings(shop: Shop, asked: RatingsAsked) -> QuerySet[Rating]:
    """Return the ratings that an address asks for."""
    rows = Rating.objects.filter(shop=shop)
    if asked.days:
        span = periods.span(shop, asked.days)
        rows = rows.filter(created_at__gte=span.start, created_at__lt=span.end)
    if asked.member is not None:
        rows = rows.filter(member=asked.member)
    if asked.rating:
        rows = rows.filter(_rated(asked.rating))
    if asked.source:
        rows = rows.filter(source=asked.source)
    return rows


def _rated(name: str) -> Q:
    return {
        "low": Q(stars__lte=2),
        "neutral": Q(stars=3),
        "satisfied": Q(stars__gte=4),
        "rated": Q(stars__isnull=False),
    }.get(name, Q(stars__isnull=True))


def _belongs(whose: str, member_id: int) -> Q:
    """Return which sessions are an agent's, as the figure sees it (G7)."""
    if whose == metrics.RATED:
        return Q(rated_member=member_id)
    if whose == metrics.REPLIED:
        return Q(first_human_by=member_id)
    return Q(Exists(Assignment.objects.filter(session=OuterRef("pk"), member=member_id)))


def _facts(one: ServiceSession, agents: list[shapes.AgentShape], by: conditions.Rules) -> shapes.SessionFactsShape:
    rating, took = getattr(one, "rating", None), getattr(one, by.reply_us)
    return {
        "id": one.pk,
        "buyer": one.buyer.nickname,
        "buyer_id": one.buyer_id,
        "state": one.state,
        "entry": one.entry,
        "topic": one.topic,
        "started_by": one.started_by,
        "started_at": moment(one.started_at),
        "closed_at": moment(one.closed_at) if one.closed_at else None,
        "close_reason": one.close_reason,
        "agents": agents,
        "first_replier": one.first_human_by.nickname if one.first_human_by else None,
        "first_response": took / 1_000_000 if took is not None else None,
        "outcome": outcome(one, by),
        "turns": one.turns,
        "response_time": one.turn_us / one.turns / 1_000_000 if one.turns else None,
        "turns_fast": one.turns_fast,
        "turns_slow": one.turns_slow,
        "stars": one.stars,
        "rating_words": veil(rating.words) if rating else "",
        "rating_source": one.rating_source,
        "rated_agent": one.rated_member.nickname if one.rated_member else None,
        "holiday_mode": one.holiday_mode,
        "no_reply_needed": one.no_reply_needed,
        "report_upheld": one.report_upheld,
    }


def _rating(one: Rating) -> shapes.RatingShape:
    return {
        "session": one.session_id,
        "buyer": one.session.buyer.nickname,
        "agent": one.member.nickname if one.member else None,
        "stars": one.stars,
        "words": veil(one.words),
        "source": one.source,
        "at": moment(one.created_at),
    }
