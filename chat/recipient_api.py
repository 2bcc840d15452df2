"""REST of to whom an order goes, in plain (docs/wire.md): for a reason, and written down."""

from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, serializers, shapes
from chat.actions import unmasking
from chat.api import MemberView
from shops import schema
from shops.rest import body_of

WORDS = {"type": "string", "maxLength": unmasking.LONGEST}


class RecipientView(MemberView):
    @schema.operation(
        "Show an order's recipient in plain, once, for a reason; the audit log keeps it",
        schema.shape(shapes.RecipientShape),
        name="order_recipient",
        errors=(403, 409, 429),
        request=schema.body({"reason": {"type": "string", "enum": list(unmasking.REASONS)}}, {"words": WORDS}),
    )
    def post(self, request: Request, shop_id: int, buyers_order_id: int) -> Response:
        order, body = access.order_to_unmask(self.member, buyers_order_id), body_of(request)
        incoming.fields(body, "reason", "words")
        reason = incoming.choice(body.get("reason"), "reason", unmasking.REASONS)
        words = incoming.words(body.get("words", ""), "words", unmasking.LONGEST, empty=reason != "other")
        return Response(serializers.recipient(unmasking.show(order, self.member, reason, words)))
