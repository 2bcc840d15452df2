"""REST of the history page (docs/wire.md, C8): what was talked, for agents their own, for leads the shop's."""

from rest_framework.request import Request
from rest_framework.response import Response

from chat import inbox, incoming, params, past, serializers, shapes
from chat.api import MemberView
from chat.past_pages import midnight, shown
from shops import schema
from shops.access import MAX_ID

BUYER = 64  # characters
DAY = {"type": "string", "format": "date"}


class History(MemberView):
    @schema.operation(
        "Closed sessions by time, agent and buyer, newest last message first (C8)",
        schema.page(shapes.SessionRowShape),
        name="history",
        errors=(403,),
        parameters=[
            schema.query("start", DAY, "With their last message on this day of the shop or later."),
            schema.query("end", DAY, "On this day of the shop or earlier."),
            schema.query("agent", schema.ID, "Only whom this agent had last; for leads."),
            schema.query("buyer", {"type": "string", "maxLength": BUYER}, "Words of the nickname, or the whole UID."),
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
        return Response({"results": [serializers.row(row) for row in found], "next": after})
