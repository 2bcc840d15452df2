"""REST of writing to a buyer first: who could be written to (C7)."""

from typing import TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from chat import contacts, incoming, params, serializers, shapes
from chat.api import MemberView
from commerce.models import Order
from shops import schema

ASKED = {"type": "string", "maxLength": 64}


class OrderLineShape(TypedDict):
    id: int
    number: str
    state: str
    created_at: str


class ContactShape(TypedDict):
    buyer: shapes.BuyerShape
    order: OrderLineShape | None
    session: int | None
    allowed: bool
    reason: str


class Contacts(MemberView):
    @schema.operation(
        "Buyers by order number, UID or nickname, and whether they may be written to first (C7, P6)",
        schema.page(ContactShape),
        name="contacts_list",
        errors=(403,),
        parameters=[schema.query("q", ASKED, "Order number, UID or part of a nickname.")],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "q")
        q = incoming.words(request.query_params.get("q", ""), "q", 64, empty=True)
        found = contacts.find(self.member, q, timezone.now()) if q else []
        return Response({"results": [_shape(one) for one in found], "next": None})


def _shape(one: contacts.Found) -> ContactShape:
    return {
        "buyer": {"id": one.buyer.pk, "uid": one.buyer.uid, "nickname": one.buyer.nickname},
        "order": _line(one.order) if one.order else None,
        "session": one.session,
        "allowed": not one.refusal,
        "reason": one.refusal,
    }


def _line(order: Order) -> OrderLineShape:
    created = serializers.moment(order.created_at)
    return {"id": order.pk, "number": order.number, "state": order.state, "created_at": created}
