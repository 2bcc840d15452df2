"""REST of shifts (C22): who is away with open sessions, hand-over of many at once, hours for leads."""

from datetime import datetime, time, timedelta
from typing import TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, attendance, incoming, params, serializers, shapes
from chat.actions import handover
from chat.api import MemberView
from shops import permissions, schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.models import Duty, Shop
from shops.rest import body_of

DAYS = 31
MOST = 1000  # sessions named in one hand-over
DAY = {"type": "string", "format": "date"}


class AbsentAgentShape(TypedDict):
    member: shapes.ColleagueShape
    since: str | None
    open: int
    unanswered: int
    oldest_waiting: str | None


class HandedOverShape(TypedDict):
    moved: list[int]
    left: list[int]


class DutySpanShape(TypedDict):
    state: str
    reason: str
    started_at: str
    ended_at: str | None


class DutyHoursShape(TypedDict):
    member: shapes.ColleagueShape
    online: int
    on_break: int
    offline: int
    spans: list[DutySpanShape]


class AbsentView(MemberView):
    @schema.operation(
        "Agents who are away with open sessions; for leads (C22)",
        schema.page(AbsentAgentShape),
        name="absent_list",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        return Response({"results": [_absent(one) for one in attendance.absent(shop_id)], "next": None})


class HandOver(MemberView):
    @schema.operation(
        "The open sessions of an agent: my own, or for leads anybody's (C22)",
        schema.page(shapes.SessionRowShape),
        name="handover_list",
        errors=(403,),
        parameters=[schema.query("of", schema.ID, "Whose; mine by default.")],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "of")
        of = access.colleague(self.member, params.whole(request, "of", 1, MAX_ID) or self.member.pk)
        if of.pk != self.member.pk:
            permissions.require(self.member, "steer all sessions")
        return Response({"results": [serializers.row(one) for one in access.held_by(of)], "next": None})

    @schema.operation(
        "Hand many open sessions over: to a colleague, or without one back to the queue in their old places (C22)",
        schema.shape(HandedOverShape),
        name="handover",
        errors=(403, 409),
        request=schema.body(
            {"member": schema.ID},
            {"to": schema.ID, "sessions": {"type": "array", "items": schema.ID, "minItems": 1, "maxItems": MOST}},
        ),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "member", "to", "sessions")
        of = access.colleague(self.member, incoming.identifier(body.get("member"), "member"))
        given, ids = body.get("to"), body.get("sessions")
        to = access.colleague(self.member, incoming.identifier(given, "to")) if given is not None else None
        if ids is not None and (not isinstance(ids, list) or not 1 <= len(ids) <= MOST):
            raise Invalid(sessions=_("A list of up to %(n)s sessions, please.") % {"n": MOST})
        chosen = [incoming.identifier(pk, "sessions") for pk in ids] if ids is not None else None
        done = handover.hand_over(of, to, self.member, chosen)
        return Response({"moved": done.moved, "left": done.left})


class DutyView(MemberView):
    @schema.operation(
        "Seconds online, on a break and away of every agent, over whole days of the shop; for leads (C22)",
        schema.page(DutyHoursShape),
        name="duty_list",
        errors=(403,),
        parameters=[
            schema.query("start", DAY, "First day; today by default."),
            schema.query("end", DAY, "Last day, included; at most 31 days."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "start", "end")
        start, end = _range(request, self.member.shop)
        found = attendance.hours(shop_id, start, end, timezone.now())
        return Response({"results": [_hours(one) for one in found], "next": None})


def _range(request: Request, shop: Shop) -> tuple[datetime, datetime]:
    today = timezone.localdate(timezone=shop.zone)
    first = params.day(request, "start") or today
    last = params.day(request, "end") or (max(first, today) if "start" not in request.query_params else first)
    if not timedelta(0) <= last - first < timedelta(days=DAYS):
        raise Invalid(end=_("From the first day on, at most %(n)s days.") % {"n": DAYS})
    return (
        datetime.combine(first, time.min, tzinfo=shop.zone),
        datetime.combine(last + timedelta(days=1), time.min, tzinfo=shop.zone),
    )


def _absent(one: attendance.Absent) -> AbsentAgentShape:
    return {
        "member": {"id": one.member.pk, "nickname": one.member.nickname},
        "since": serializers.maybe(one.since),
        "open": one.open,
        "unanswered": one.unanswered,
        "oldest_waiting": serializers.maybe(one.oldest),
    }


def _hours(one: attendance.Hours) -> DutyHoursShape:
    return {
        "member": {"id": one.member.pk, "nickname": one.member.nickname},
        "online": one.seconds[Duty.State.ONLINE],
        "on_break": one.seconds[Duty.State.BREAK],
        "offline": one.seconds[Duty.State.OFFLINE],
        "spans": [_span(span) for span in one.spans],
    }


def _span(span: Duty) -> DutySpanShape:
    started, ended = serializers.moment(span.started_at), serializers.maybe(span.ended_at)
    return {"state": span.state, "reason": span.reason, "started_at": started, "ended_at": ended}
