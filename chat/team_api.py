"""REST of the team page (A4): for the roles of the shop's policy; IM permission is not asked for."""

from typing import TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from chat import params, serializers, shapes, team
from chat.api import MemberView
from shops import schema
from shops.models import Member, Shop


class TeamMateShape(TypedDict):
    id: int
    nickname: str
    avatar: str
    role: str
    online: bool
    accepting: bool
    on_break: bool
    break_reason: str
    since: str | None
    load: int
    capacity: int
    saturation: float
    received_today: int
    unreplied: int


class TeamQueueShape(TypedDict):
    waiting: int
    oldest: str | None


class TeamWarningsShape(TypedDict):
    nobody: bool
    waiting: bool
    full: list[shapes.ColleagueShape]


class TeamShape(TypedDict):
    now: str
    open: bool
    opens_at: str | None
    agents: list[TeamMateShape]
    available: int
    queue: TeamQueueShape
    warnings: TeamWarningsShape


class AgentSettingsShape(TypedDict):
    """What an agent has set for itself, and whether it comes first after a low rating of the bot (E6)."""

    id: int
    nickname: str
    avatar: str
    role: str
    capacity: int
    accepting: bool
    after_low_rating: bool


class TeamView(MemberView):
    """What the page reads at first and whenever its socket rings."""

    @schema.operation(
        "Every agent now: state, load, capacity, saturation, today's received and unreplied; and the warnings (A4)",
        schema.shape(TeamShape),
        name="team_read",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response(shape(self.member.shop))


class TeamSettings(MemberView):
    """What the page beside it shows."""

    @schema.operation(
        "What every agent has set for itself, to read (A3)",
        schema.page(
            AgentSettingsShape,
            capacity_min=schema.WHOLE,
            capacity_max=schema.WHOLE,
            capacity_advised={**schema.WHOLE, "nullable": True},
        ),
        name="team_settings",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        policy = self.member.shop.policy
        return Response(
            {
                "results": [_settings(one) for one in team.settings(self.member)],
                "next": None,
                "capacity_min": policy.capacity_min,
                "capacity_max": policy.capacity_max,
                "capacity_advised": policy.capacity_advised,
            }
        )


def shape(shop: Shop) -> TeamShape:
    """Return the team as its page shows it; it warns while the shop serves, and never otherwise."""
    now = timezone.now()
    found = team.read(shop, now)
    available = sum(one.available for one in found.mates)
    full = [one.member for one in found.mates if one.full]
    return {
        "now": serializers.moment(now),
        "open": found.is_open,
        "opens_at": serializers.maybe(found.opens_at),
        "agents": [_mate(one) for one in found.mates],
        "available": available,
        "queue": {"waiting": found.waiting, "oldest": serializers.maybe(found.oldest)},
        "warnings": {
            "nobody": found.is_open and not available,
            "waiting": found.is_open and found.waiting > 0,
            "full": [{"id": one.pk, "nickname": one.nickname} for one in full] if found.is_open else [],
        },
    }


def _settings(member: Member) -> AgentSettingsShape:
    return {
        "id": member.pk,
        "nickname": member.nickname,
        "avatar": serializers.picture(member),
        "role": member.role,
        "capacity": member.capacity,
        "accepting": member.accepting,
        "after_low_rating": member.after_low_rating,
    }


def _mate(one: team.Mate) -> TeamMateShape:
    member = one.member
    return {
        "id": member.pk,
        "nickname": member.nickname,
        "avatar": serializers.picture(member),
        "role": member.role,
        "online": one.online,
        "accepting": member.accepting,
        "on_break": member.on_break_since is not None,
        "break_reason": member.break_reason,
        "since": serializers.maybe(one.since),
        "load": member.load,
        "capacity": member.capacity,
        "saturation": round(member.load / member.capacity, 4),
        "received_today": one.received,
        "unreplied": one.unreplied,
    }
