"""REST of the history page (docs/wire.md, C8): what was talked, for agents their own, for leads the shop's."""

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from chat import inbox, incoming, params, past, serializers, shapes
from chat.api import MemberView
from chat.models import ServiceSession
from chat.past_pages import midnight, shown
from shops import schema
from shops.access import MAX_ID

BUYER = 64  # characters
DAY = {"type": "string", "format": "date"}


class PastSessionShape(TypedDict):
    """A session as the history page lists it; `agent` had it last, null where only automatic reception did."""

    id: int
    buyer: shapes.BuyerShape
    agent: shapes.ColleagueShape | None
    last_message_at: str
    last_message_text: str
    removed: bool
    close_reason: str
    entry: str
    topic: str
    stars: int | None


class History(MemberView):
    @schema.operation(
        "Closed sessions by time, agent and buyer, newest last message first (C8)",
        schema.page(PastSessionShape),
        name="history",
        errors=(403,),
        parameters=[
            schema.query("start", DAY, "With their last message on this day of the shop or later."),
            schema.query("end", DAY, "On this day of the shop or earlier."),
            schema.query("agent", schema.ID, "Only whom this agent had last; for leads, ignored from others."),
            schema.query(
                "buyer", {"type": "string", "maxLength": BUYER}, "Words of the nickname, or a whole nickname or UID."
            ),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "start", "end", "agent", "buyer", "cursor")
        given, shop = request.query_params, self.member.shop
        agent = params.whole(request, "agent", 1, MAX_ID)
        asked = past.Asked(
            since=midnight(shop, params.day(request, "start")),
            until=midnight(shop, params.day(request, "end"), later=1),
            agent=agent if self.member.is_lead else None,
            buyer=incoming.words(given.get("buyer", ""), "buyer", BUYER, empty=True),
            before=inbox.read_cursor(given["cursor"]) if given.get("cursor") else None,
        )
        found, following = shown(self.member, asked)
        after = inbox.write_cursor(*following) if following else None
        return Response({"results": [_row(one) for one in found], "next": after})


def _row(session: ServiceSession) -> PastSessionShape:
    """Return what the page shows of a session and no more: a lead without IM permission reads this too."""
    buyer = session.buyer
    return {
        "id": session.pk,
        "buyer": {"id": buyer.pk, "uid": buyer.uid, "nickname": buyer.nickname},
        "agent": serializers.colleague(session.last_assignee),
        "last_message_at": serializers.moment(session.last_message_at),
        "last_message_text": "" if session.removed_at else session.last_message_text,
        "removed": session.removed_at is not None,
        "close_reason": session.close_reason,
        "entry": session.entry,
        "topic": session.topic,
        "stars": session.stars,
    }
