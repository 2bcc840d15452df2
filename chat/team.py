"""The team as it stands now, for who leads it (A4): one fixed number of queries, whatever the shop's size and past."""

from datetime import datetime, time
from typing import NamedTuple

from django.db.models import Count, F, Min, Q, QuerySet
from django.utils import timezone

from chat import inbox, urgency
from chat.models import Assignment, ServiceSession
from shops import hours, permissions
from shops.models import Duty, Member, Shop

MOST = 500  # accounts of a shop


class Mate(NamedTuple):
    """An agent now; `since` is when the present state (online, on a break, offline) began."""

    member: Member
    online: bool
    since: datetime | None
    received: int
    unreplied: int

    @property
    def available(self) -> bool:
        """Whether a session could be given to it automatically (B1)."""
        here = self.online and self.member.accepting and self.member.on_break_since is None
        return here and self.member.load < self.member.capacity

    @property
    def full(self) -> bool:
        return self.online and self.member.load >= self.member.capacity


class Team(NamedTuple):
    """All agents, who waits for them, and whether the shop serves now, or when it does next."""

    mates: list[Mate]
    waiting: int
    oldest: datetime | None
    is_open: bool
    opens_at: datetime | None


def require(member: Member) -> Member:
    """Return the member if it may see the team (A4); raise NotAllowed."""
    permissions.require(member, "see the team")
    return member


def read(shop: Shop, now: datetime) -> Team:
    """Return the team of a shop; received are the buyers' sessions of its day that an agent ever had (C9)."""
    agents = list(Member.objects.agents().filter(shop=shop).order_by("nickname", "pk")[:MOST])
    online = set(Member.objects.online(now).filter(pk__in=[one.pk for one in agents]).values_list("pk", flat=True))
    since = dict(Duty.objects.filter(member__in=agents, ended_at=None).values_list("member", "started_at"))
    received, unreplied = _received(agents, shop, now), _unreplied(agents)
    queue = ServiceSession.objects.queued().filter(shop=shop)
    oldest = queue.aggregate(oldest=Min("queued_at"))["oldest"]
    away = hours.on_holiday(shop, now)
    serves = hours.is_open(shop, now) and not away
    back = shop.holiday_until if away else now  # None: nobody knows when
    return Team(
        [Mate(a, a.pk in online, since.get(a.pk), received.get(a.pk, 0), unreplied.get(a.pk, 0)) for a in agents],
        inbox.waiting(shop.pk) if oldest else 0,
        oldest,
        serves,
        None if serves or back is None else hours.next_opening(shop, back),
    )


def settings(member: Member) -> QuerySet[Member]:
    """Return every agent with what it has set for itself (A3)."""
    return Member.objects.agents().filter(shop=member.shop).select_related("shop").order_by("nickname", "pk")[:MOST]


def _received(agents: list[Member], shop: Shop, now: datetime) -> dict[int, int]:
    start = datetime.combine(timezone.localdate(now, shop.zone), time.min, tzinfo=shop.zone)
    # Nobody has a session before it starts: with the day, the agents' own assignments of it are all that is read.
    today = Assignment.objects.filter(member__in=agents, started_at__gte=start, session__started_at__gte=start)
    rows = today.filter(session__started_by="buyer", again=False).order_by().values("member")
    return dict(rows.annotate(n=Count("pk")).values_list("member", "n"))


def _unreplied(agents: list[Member]) -> dict[int, int]:
    held = ServiceSession.objects.assigned().filter(urgency.WAITS & Q(assignee__in=agents)).order_by()
    return dict(held.values(mate=F("assignee")).annotate(n=Count("pk")).values_list("mate", "n"))
