"""REST of notifications (docs/wire.md): one's choices, and the browsers that may be reached with no page open."""

from typing import Any, TypedDict

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, vapid
from chat.actions import notices
from chat.api import MemberView
from chat.buyer_api import BUYER, BuyerView
from chat.token_api import key
from shops import schema
from shops.errors import Invalid
from shops.rest import body_of

ENDPOINT = {"type": "string", "minLength": 1, "maxLength": notices.ENDPOINT}
SUBSCRIBE = schema.body({"endpoint": ENDPOINT, "keys": schema.obj({"p256dh": schema.TEXT, "auth": schema.TEXT})})
FORGET = schema.body({"endpoint": ENDPOINT})


class NotificationSettingsShape(notices.ChoiceShape):
    push_key: str


class PushKeyShape(TypedDict):
    push_key: str


class Notices(MemberView):
    @schema.operation(
        "How I want to be told", schema.shape(NotificationSettingsShape), name="notifications_read", errors=(403,)
    )
    def get(self, request: Request, shop_id: int) -> Response:
        return Response(self._shape())

    @schema.operation(
        "Change how I want to be told (C11)",
        schema.shape(NotificationSettingsShape),
        name="notifications_change",
        errors=(403,),
        request=schema.body({}, dict.fromkeys(notices.WAYS, schema.FLAG)),
    )
    def patch(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, *notices.WAYS)
        notices.choose(self.member, **{name: incoming.flag(value, name) for name, value in body.items()})
        return Response(self._shape())

    def _shape(self) -> NotificationSettingsShape:
        return {**notices.choice(self.member), "push_key": vapid.keys().public}


class Push(MemberView):
    @schema.operation(
        "Let me be reached through this browser (C15)",
        None,
        name="push_subscribe",
        status=204,
        errors=(403,),
        request=SUBSCRIBE,
    )
    def post(self, request: Request, shop_id: int) -> Response:
        notices.subscribe_member(self.member, browser(request), key(request) or "")
        return Response(status=204)


class PushForget(MemberView):
    @schema.operation(
        "Stop reaching me through this browser", None, name="push_forget", status=204, errors=(403,), request=FORGET
    )
    def post(self, request: Request, shop_id: int) -> Response:
        notices.forget_member(self.member, endpoint(request))
        return Response(status=204)


class BuyerPush(BuyerView):
    @schema.operation("The key to subscribe for", schema.shape(PushKeyShape), name="buyer_push_key", auth=BUYER)
    def get(self, request: Request) -> Response:
        return Response({"push_key": vapid.keys().public})

    @schema.operation(
        "Be told of answers after leaving (C25)",
        None,
        name="buyer_push_subscribe",
        status=204,
        auth=BUYER,
        request=SUBSCRIBE,
    )
    def post(self, request: Request) -> Response:
        found = browser(request)
        access.line(self.token)
        notices.subscribe_buyer(self.token, found)
        return Response(status=204)


class BuyerPushForget(BuyerView):
    @schema.operation("Be told no more", None, name="buyer_push_forget", status=204, auth=BUYER, request=FORGET)
    def post(self, request: Request) -> Response:
        access.line(self.token)
        notices.forget_buyer(self.token, endpoint(request))
        return Response(status=204)


def browser(request: Request) -> notices.Browser:
    body = body_of(request)
    incoming.fields(body, "endpoint", "keys")
    keys: Any = body.get("keys")
    if not isinstance(keys, dict) or set(keys) != {"p256dh", "auth"}:
        keys = {"p256dh": None, "auth": None}
    return notices.Browser(body.get("endpoint"), keys["p256dh"], keys["auth"])


def endpoint(request: Request) -> str:
    incoming.fields(body_of(request), "endpoint")
    found = incoming.words(body_of(request).get("endpoint"), "endpoint", notices.ENDPOINT)
    if not found.startswith(("https://", "http://")):
        raise Invalid(endpoint=_("This is no address of a push service."))
    return found
