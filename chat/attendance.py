"""Who is away with open sessions, and how long each agent was online, on a break or away (C22). Questions only."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, OuterRef, Q, Subquery

from chat.models import ServiceSession
from shops.models import Duty, Member

MOST = 500  # people of a shop


class Absent(NamedTuple):
    """An agent who is away, since when, and what lies there."""

    member: Member
    since: datetime | None
    open: int
    unanswered: int
    oldest: datetime | None


class Hours(NamedTuple):
    """One agent's seconds in each state within a range, and the spans they add up from."""

    member: Member
    seconds: dict[str, int]
    spans: list[Duty]


def absent(shop_id: int) -> list[Absent]:
    """Return the agents who are away with open sessions, whose buyers wait longest first."""
    running = Duty.objects.filter(member=OuterRef("pk"), ended_at=None, state=Duty.State.OFFLINE)
    away = Member.objects.filter(shop_id=shop_id, load__gt=0, was_online=False)
    members = list(away.annotate(since=Subquery(running.values("started_at")[:1])).order_by("nickname")[:MOST])
    held = ServiceSession.objects.assigned().filter(assignee__in=members).order_by().values("assignee")
    waits = Q(waiting_since__isnull=False, no_reply_needed=False)
    rows = held.annotate(n=Count("pk"), waiting=Count("pk", filter=waits), oldest=Min("waiting_since", filter=waits))
    found = {row["assignee"]: row for row in rows}
    result = [
        Absent(one, one.since, row["n"], row["waiting"], row["oldest"]) for one in members if (row := found.get(one.pk))
    ]
    return sorted(result, key=lambda one: (one.oldest is None, one.oldest or one.since, one.member.pk))


def hours(shop_id: int, start: datetime, end: datetime, now: datetime) -> list[Hours]:
    """Return every agent's time within [start, end), a running span counted up to now."""
    overlapping = Duty.objects.filter(Q(ended_at__gt=start) | Q(ended_at=None), shop_id=shop_id, started_at__lt=end)
    spans: dict[int, list[Duty]] = defaultdict(list)
    for span in overlapping.order_by("started_at", "pk"):
        spans[span.member_id].append(span)
    agents = Member.objects.filter(Q(im_permission=True) | Q(pk__in=spans), shop_id=shop_id).order_by("nickname")
    return [Hours(one, _seconds(spans[one.pk], start, min(end, now)), spans[one.pk]) for one in agents[:MOST]]


def _seconds(spans: list[Duty], start: datetime, end: datetime) -> dict[str, int]:
    total = dict.fromkeys(Duty.State.values, 0.0)
    for span in spans:
        length = (min(span.ended_at or end, end) - max(span.started_at, start)).total_seconds()
        total[span.state] += max(0.0, length)
    return {state: round(seconds) for state, seconds in total.items()}
