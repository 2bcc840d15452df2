"""The strip above an agent's own desk (C9)."""

from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Q

from analytics import conditions, periods, reading
from chat.models import Assignment, ServiceSession, SessionQuerySet
from shops import profiles
from shops.models import Member


class Reception(TypedDict):
    response_rate: float | None
    satisfaction: float | None
    received_today: int


def reception(member: Member, now: datetime) -> Reception:
    """Return an agent's own strip: G2 over the last 7 days, G3 and the consultations received today."""
    by = conditions.rules(member.shop)
    which = conditions.of(by, now)
    week = received_by(member, periods.last_days(member.shop, 7, now))
    rate = week.aggregate(over=Count("pk", filter=which["answered"]), under=Count("pk", filter=which["counted"]))
    today = received_by(member, periods.today(member.shop, now))
    # Satisfaction goes to the agent who was rated, not to everybody who had the session.
    rated = Q(rated_member=member)
    found = today.aggregate(
        all=Count("pk", filter=conditions.BUYER),
        over=Count("pk", filter=rated & which["satisfied"]),
        under=Count("pk", filter=rated & which["rated"]),
    )
    return {
        "response_rate": _share(rate) if by.profile.counts == profiles.SESSIONS else _turn_rate(member, now),
        "satisfaction": _share(found),
        "received_today": found["all"],
    }


def received_by(member: Member, span: periods.Span) -> SessionQuerySet:
    """Return the sessions of a range that this agent ever had; after a transfer they count for both (SPEC G)."""
    # Nobody has a session before it starts: with the span, the agent's own assignments are all that is read.
    had = Assignment.objects.filter(member=member, started_at__gte=span.start).values("session")
    return ServiceSession.objects.filter(
        shop=member.shop, started_at__gte=span.start, started_at__lt=span.end, pk__in=had
    )


def _share(found: dict[str, int]) -> float | None:
    return found["over"] / found["under"] if found["under"] else None


def _turn_rate(member: Member, now: datetime) -> float | None:
    """Return the rate of a profile that counts turns: the agent's own ones."""
    days = periods.last(member.shop, 7, now)
    numbers = reading.by_agent(member.shop, days, conditions.rules(member.shop), now).get(member.pk, {})
    return _share({"over": numbers.get("answered", 0), "under": numbers.get("counted", 0)})
