"""REST of the shop's orders (docs/wire.md, C7, C20), as the seller center lists them."""

from typing import TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, contacts, inbox, incoming, params, serializers, shapes
from chat.api import MemberView
from commerce import listing
from commerce.models import Order
from shops import schema
from shops.models import Member

QUESTION = 64  # characters
STATES = (*dict.fromkeys([*Order.GROUPS, *Order.State.values]),)


class MayContactShape(TypedDict):
    allowed: bool
    reason: str


class ShopOrderShape(shapes.DeskOrderShape):
    buyer: shapes.BuyerShape
    contact: MayContactShape


class Orders(MemberView):
    @schema.operation(
        "The shop's orders, newest first (C20)",
        schema.page(ShopOrderShape),
        name="orders_list",
        errors=(403,),
        parameters=[
            schema.query("state", {"type": "string", "enum": list(STATES)}, "A tab of the list, or one state."),
            schema.query(
                "q", {"type": "string", "maxLength": QUESTION}, "Order number, or the buyer's UID or nickname."
            ),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "state", "q", "cursor")
        cursor = request.query_params.get("cursor")
        asked = listing.Asked(
            state=params.choice(request, "state", STATES, ""),
            q=incoming.words(request.query_params.get("q", ""), "q", QUESTION, empty=True),
            before=inbox.read_cursor(cursor) if cursor is not None else None,
        )
        found, following = listing.page(self.member.shop, asked)
        return Response(
            {"results": rows(self.member, found), "next": inbox.write_cursor(*following) if following else None}
        )


class OneOrder(MemberView):
    @schema.operation("One order, with its buyer", schema.shape(ShopOrderShape), name="order", errors=(403,))
    def get(self, request: Request, shop_id: int, order_id: int) -> Response:
        params.known(request)
        return Response(rows(self.member, [access.order(self.member, order_id)])[0])


def rows(member: Member, found: list[Order]) -> list[ShopOrderShape]:
    """Return orders, each with why its buyer can't be written to, if so."""
    why = contacts.refusals(member, found, timezone.now())
    served = access.served(member, [one.buyer_id for one in found])
    return [
        {
            **serializers.desk_order(one, member.shop, may_unmask=one.buyer_id in served),
            "buyer": {"id": one.buyer_id, "uid": one.buyer.uid, "nickname": one.buyer.nickname},
            "contact": {"allowed": not why[one.pk], "reason": why[one.pk]},
        }
        for one in found
    ]
