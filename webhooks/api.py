"""REST of webhooks (docs/wire.md, docs/webhooks.md): for the owner and super admins."""

from rest_framework.request import Request
from rest_framework.response import Response

from chat import deliveries, incoming, params
from chat.api import MemberView
from shops import schema
from shops.access import MAX_ID
from shops.pages import base_of
from shops.rest import body_of
from webhooks import access, actions, shapes
from webhooks.models import Kind

_NAME = {"type": "string", "minLength": 1, "maxLength": actions.NAME, "example": "Warehouse"}
_URL = {"type": "string", "minLength": 1, "maxLength": actions.URL, "example": "https://shop.example.com/hooks/chat"}
_KINDS = {
    **{"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(Kind.values)}},
    "example": ["session.opened", "message.created"],
}
_FIELDS = {"name": _NAME, "url": _URL, "kinds": _KINDS}


class Endpoints(MemberView):
    @schema.operation("The shop's webhooks", schema.page(shapes.WebhookShape), name="webhooks_list", errors=(403,))
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request)
        found = [shapes.endpoint(one) for one in access.endpoints(self.member)]
        return Response({"results": found, "next": None})

    @schema.operation(
        "Tell an address what happens; the secret, which signs, is told here only",
        shapes.ISSUED,
        name="webhook_add",
        status=201,
        errors=(403, 409),
        request=schema.body(_FIELDS),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, *_FIELDS)
        values = {name: body.get(name) for name in _FIELDS}
        issued = actions.add(self.member, **values, base=base_of(request._request))
        return Response({**shapes.endpoint(issued.endpoint), "secret": issued.secret}, status=201)


class OneEndpoint(MemberView):
    @schema.operation("One webhook", shapes.ENDPOINT, name="webhook", errors=(403,))
    def get(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        params.known(request)
        return Response(shapes.endpoint(access.endpoint(self.member, endpoint_id)))

    @schema.operation(
        "Change a webhook or turn it on or off; what is not given stays",
        shapes.ENDPOINT,
        name="webhook_change",
        errors=(403,),
        request=schema.body({}, {**_FIELDS, "is_on": schema.FLAG}),
    )
    def patch(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        found, body = access.endpoint(self.member, endpoint_id), body_of(request)
        incoming.fields(body, *_FIELDS, "is_on")
        values = {name: body.get(name, getattr(found, name)) for name in _FIELDS}
        is_on = incoming.flag(body.get("is_on", found.is_on), "is_on")
        return Response(shapes.endpoint(actions.change(self.member, found, **values, is_on=is_on)))

    @schema.operation(
        "Remove a webhook with all that was sent, or waits to be",
        None,
        name="webhook_remove",
        status=204,
        errors=(403,),
    )
    def delete(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        actions.remove(self.member, access.endpoint(self.member, endpoint_id))
        return Response(status=204)


class Secret(MemberView):
    @schema.operation(
        "A new secret, told here only; the one before signs beside it for 24 hours",
        shapes.ISSUED,
        name="webhook_secret",
        status=201,
        errors=(403,),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        incoming.fields(body_of(request))
        issued = actions.renew_secret(self.member, access.endpoint(self.member, endpoint_id))
        return Response({**shapes.endpoint(issued.endpoint), "secret": issued.secret}, status=201)


class Test(MemberView):
    @schema.operation(
        "Send a test now, on or off, and wait for what comes of it, at most 6 s; it is not tried again",
        shapes.ONE_DELIVERY,
        name="webhook_test",
        errors=(403,),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        incoming.fields(body_of(request))
        found = access.endpoint(self.member, endpoint_id)
        return Response(shapes.one_delivery(found, actions.test(self.member, found)))


class Deliveries(MemberView):
    @schema.operation(
        "What was sent, newest first: what was taken for 7 days, what failed for good for 14",
        schema.page(shapes.DeliveryShape),
        name="webhook_deliveries",
        errors=(403,),
        parameters=[
            schema.query("state", {"type": "string", "enum": ["failed"]}, "Only what failed for good."),
            schema.query("cursor", schema.TEXT, "`next` of the page before."),
        ],
    )
    def get(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        params.known(request, "state", "cursor")
        failed = bool(params.choice(request, "state", ("failed",), ""))
        found = access.endpoint(self.member, endpoint_id)
        below = params.whole(request, "cursor", 1, MAX_ID)
        rows, following = deliveries.page(found.target, failed=failed, below=below)
        after = str(following) if following else None
        return Response({"results": [shapes.delivery(row) for row in rows], "next": after})


class OneDelivery(MemberView):
    @schema.operation(
        "One delivery: its body as it would be sent now, and every try with the beginning of its answer",
        shapes.ONE_DELIVERY,
        name="webhook_delivery",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, endpoint_id: int, delivery_id: int) -> Response:
        params.known(request)
        found = access.endpoint(self.member, endpoint_id)
        return Response(shapes.one_delivery(found, access.delivery(found, delivery_id)))


class Again(MemberView):
    @schema.operation(
        "Send one delivery once more, with the same event id and all its tries",
        shapes.DELIVERY,
        name="webhook_delivery_again",
        errors=(403, 409),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, endpoint_id: int, delivery_id: int) -> Response:
        incoming.fields(body_of(request))
        found = access.endpoint(self.member, endpoint_id)
        row = access.delivery(found, delivery_id)
        actions.send_again(found, row)
        return Response(shapes.delivery(access.delivery(found, row.pk)))


class AllAgain(MemberView):
    @schema.operation(
        "Send all that failed for good once more",
        schema.obj({"again": schema.WHOLE}),
        name="webhook_again",
        errors=(403, 409),
        request=schema.body({}),
    )
    def post(self, request: Request, shop_id: int, endpoint_id: int) -> Response:
        incoming.fields(body_of(request))
        return Response({"again": actions.send_again(access.endpoint(self.member, endpoint_id))})
