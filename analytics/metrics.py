"""Each figure of SPEC G, defined once, from the facts that sessions keep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics import periods
from chat.models import Assignment, ServiceSession, SessionQuerySet
from shops.models import Member, Shop
from shops.presets import Policy

ANSWER_WITHIN = timedelta(hours=24)

HUMAN_IN_TIME = Q(first_human_at__lte=F("started_at") + ANSWER_WITHIN)
NO_FOLLOW_UP = Q(last_automatic_seq__gt=F("last_buyer_seq"))
ANSWERED = HUMAN_IN_TIME | NO_FOLLOW_UP
FOLLOWED_UP = Q(last_automatic_seq__lte=F("last_buyer_seq"))


class Reception(TypedDict):
    response_rate: float | None
    satisfaction: float | None
    received_today: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its words; `compute` gives None where nothing can be measured."""

    id: str
    label: str | Promise
    definition: str | Promise
    unit: str  # count | rate | seconds
    target: str | Promise  # empty where no guide names one
    compute: Callable[[SessionQuerySet, Policy], float | None]


def consultations(sessions: SessionQuerySet, policy: Policy) -> int:
    """G1: how many sessions buyers started."""
    return sessions.count()


def response_rate(sessions: SessionQuerySet, policy: Policy) -> float | None:
    """G2: the share answered within 24 h, 0-1; holiday mode is left out."""
    counted = sessions.filter(holiday_mode=False).aggregate(all=Count("pk"), answered=Count("pk", filter=ANSWERED))
    return counted["answered"] / counted["all"] if counted["all"] else None


def satisfaction(sessions: SessionQuerySet, policy: Policy) -> float | None:
    """G3: satisfied (4-5 stars) of the rated sessions, 0-1; three stars count as rated only (F1)."""
    counted = sessions.aggregate(rated=Count("rating"), satisfied=Count("rating", filter=Q(rating__stars__gte=4)))
    return counted["satisfied"] / counted["rated"] if counted["rated"] else None


def first_response(sessions: SessionQuerySet, policy: Policy) -> float | None:
    """G4: mean seconds from the clock's start (P11) to the first human reply."""
    clock = "first_assigned_at" if policy.first_response_clock == "assignment" else "started_at"
    taken = ExpressionWrapper(F("first_human_at") - F(clock), output_field=DurationField())
    # Automatic-solved means no human reply in time, so a reply counts when it was in time or there was a follow-up.
    replied = sessions.filter(HUMAN_IN_TIME | FOLLOWED_UP, holiday_mode=False, first_human_at__isnull=False)
    mean = replied.aggregate(mean=Avg(taken))["mean"]
    return mean.total_seconds() if mean is not None else None


METRICS = (
    Metric(
        "consultations",
        _("Consultations"),
        _("Sessions that buyers started in the range: by a first message, or by a click on a common question."),
        "count",
        "",
        consultations,
    ),
    Metric(
        "response_rate",
        _("24-hour response rate"),
        _(
            "Of these sessions, the share answered within 24 hours: by a human reply, or by an automatic answer that "
            "the buyer did not follow up. Sessions started in holiday mode are left out; weekends and holidays count."
        ),
        "rate",
        "",
        response_rate,
    ),
    Metric(
        "satisfaction",
        _("Satisfaction"),
        _("Of the rated sessions, the share with 4 or 5 stars; 3 stars count as rated, not as satisfied."),
        "rate",
        "",
        satisfaction,
    ),
    Metric(
        "first_response",
        _("Average first response"),
        _(
            "Mean time until the first human reply. Left out: sessions in holiday mode and those solved by automatic "
            "reception."
        ),
        "seconds",
        "",
        first_response,
    ),
)


def started_in(shop: Shop, span: periods.Span) -> SessionQuerySet:
    """Return the shop's sessions of a range: those that buyers started in it (C7: an agent's are in no figure)."""
    by_buyers = ServiceSession.objects.filter(shop=shop, started_by=ServiceSession.StartedBy.BUYER)
    return by_buyers.filter(started_at__gte=span.start, started_at__lt=span.end)


def received_by(member: Member, span: periods.Span) -> SessionQuerySet:
    """Return the sessions of a range that this agent ever had; after a transfer they count for both (SPEC G)."""
    # Nobody has a session before it starts: with the span, the agent's own assignments are all that is read.
    had = Assignment.objects.filter(member=member, started_at__gte=span.start).values("session")
    return started_in(member.shop, span).filter(pk__in=had)


def overview(shop: Shop, days: int, now: datetime) -> dict[str, float | None]:
    """Return every figure of the shop over its last whole days, by id."""
    sessions, policy = started_in(shop, periods.last_days(shop, days, now)), shop.policy
    return {metric.id: metric.compute(sessions, policy) for metric in METRICS}


def reception(member: Member, now: datetime) -> Reception:
    """Return an agent's own strip (C9): G2 over the last 7 days, G3 and the sessions received today."""
    policy = member.shop.policy
    week = received_by(member, periods.last_days(member.shop, 7, now))
    of_today = received_by(member, periods.today(member.shop, now))
    # Satisfaction goes to the agent who was rated, not to everybody who had the session.
    rated = of_today.filter(rating__member=member)
    return {
        "response_rate": response_rate(week, policy),
        "satisfaction": satisfaction(rated, policy),
        "received_today": consultations(of_today, policy),
    }
